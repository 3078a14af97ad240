"""What reviewers and agents wrote in a review that is about the customer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from conversation import Conversation
from conversation.vcon_values import mappings
from nlu.redaction import Redacted
from serving.masking import WITHOUT_MODELS
from serving.redacting import redact_analysed

_TEXTS = ("text", "reason")


def remarks_about_customer(
    conversation: Conversation, analysis: Mapping[str, Any], events: Sequence[str]
) -> list[dict[str, object]]:
    """Return the remarks of a review that name the customer or quote them.

    The rest of a review is about the agent, whose data it is. Who wrote a remark is told by the
    role alone, and names and numbers of others in it are masked.

    Args:
        conversation: As it is stored.
        analysis: Of it, as JSON values.
        events: The events of its reviews as JSON, oldest first.
    """
    if not events:
        return []
    theirs = {turn.index for turn in conversation.turns if turn.speaker == "customer"}
    redacted = redact_analysed(conversation, analysis, WITHOUT_MODELS)
    own = _own_values(conversation, redacted, theirs)
    found: list[dict[str, object]] = []
    for event in map(json.loads, events):
        quotes = [
            one["quote"]
            for one in mappings(event.get("evidence"))
            if one.get("turn_index") in theirs and isinstance(one.get("quote"), str)
        ]
        written = [event[name] for name in _TEXTS if isinstance(event.get(name), str)]
        masked = [redacted.scrubber.text(text) for text in written]
        if masked and (quotes or any(mark in text for text in masked for mark in own)):
            found.append(
                {
                    "kind": event.get("kind"), "by": event.get("role"), "at": event.get("at"),
                    "texts": [_with(own, text) for text in masked], "quotes": quotes,
                }
            )  # fmt: skip
    return found


def _own_values(conversation: Conversation, redacted: Redacted, theirs: set[int]) -> dict[str, str]:
    """Return what the customer said of themselves, by the placeholder that stands for it."""
    own: dict[str, str] = {}
    for turn in conversation.turns:
        for place in redacted.placed.get(turn.index, ()) if turn.index in theirs else ():
            own.setdefault(place.span.placeholder, turn.text[place.span.start : place.span.end])
    people = zip(conversation.participants, redacted.conversation.participants, strict=True)
    for stored, masked in people:
        if stored.role == "customer" and stored.name and masked.name and stored.name != masked.name:
            own.setdefault(masked.name, stored.name)
    return own


def _with(own: Mapping[str, str], masked: str) -> str:
    for mark, value in own.items():
        masked = masked.replace(mark, value)
    return masked
