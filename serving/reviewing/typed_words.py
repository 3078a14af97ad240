"""What people type in reviews, without what the centre's redaction removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.review.event import MOST_SAID
from serving.redacting import card_free

if TYPE_CHECKING:
    from nlu.redaction import RedactionPolicy
    from quality.review.events import AnyEvent

_TYPED = ("text", "reason", "note")


def without_personal_data(event: AnyEvent, policy: RedactionPolicy) -> AnyEvent:
    """Return an event whose remarks and reasons may be stored.

    Quotes stay as they are: they are checked against the conversation, which was redacted before.

    Args:
        event: As it came; sent again it becomes the same.
        policy: What is to become of each type; card data is removed whatever it says.
    """
    typed = {name: getattr(event, name, None) for name in _TYPED}
    cleaned = {
        name: card_free(words, policy, language=None)[:MOST_SAID]
        for name, words in typed.items()
        if words
    }
    changed = {name: words for name, words in cleaned.items() if words != typed[name]}
    return event.model_copy(update=changed) if changed else event
