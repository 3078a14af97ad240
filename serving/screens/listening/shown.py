"""A conversation as somebody is shown it: without personal data, unless they ask and may."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from conversation.vcon_values import mapping
from nlu.redaction import find_placeholders
from quality.metrics import SpokenMetrics
from serving.masking import masking_of

if TYPE_CHECKING:
    from conversation import Conversation, Turn
    from serving.routes.documents import Document

# Fields of what was concluded or said about a conversation that may repeat its words.
_WORDS = frozenset(("quote", "text", "reason", "reason_fr", "reason_en", "condition", "due_text"))


@dataclass(frozen=True)
class Shown:
    """A conversation as it is shown.

    Attributes:
        document: As it is stored.
        conversation: Who said what, as it is shown.
        unmasked: Whether personal data is shown.
        masked: How many pieces of personal data can be shown to who may see them.
        gone: How many the store does not hold any more.
        scrub: Takes the same personal data out of another text about the conversation.
    """

    document: Document
    conversation: Conversation
    unmasked: bool
    masked: int
    gone: int
    scrub: Callable[[str], str]

    def scrubbed(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Take personal data out of the words in JSON values, and leave the rest as it is."""
        if isinstance(value, dict):
            return {
                name: self.scrub(item)
                if name in _WORDS and isinstance(item, str)
                else self.scrubbed(item)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.scrubbed(item) for item in value]
        return value

    def turns(self) -> list[dict[str, object]]:
        """Return the turns as JSON values, words with their times."""
        return [_turn(one) for one in self.conversation.turns]

    def sound(self) -> dict[str, object]:
        """Return what is drawn below the waveform: silences, overlaps, who is on which channel."""
        try:
            spoken = SpokenMetrics.model_validate(
                mapping(self.document.analysis.get("metrics")).get("spoken")
            )
        except ValidationError:
            spoken = None
        people = self.conversation.participants
        channels = {one.audio_channel: one.role for one in people if one.audio_channel is not None}
        return {
            "silences": _spans(() if spoken is None else spoken.silences),
            "overlaps": _spans(() if spoken is None else spoken.overlaps),
            "roles": [channels.get(place, "unknown") for place in range(len(channels))],
        }

    def listening(self, *, has_audio: bool, may_unmask: bool) -> dict[str, object]:
        """Return what the shared player and transcript begin with (``transcript/listening.js``).

        Args:
            has_audio: Whether there is a recording to play.
            may_unmask: Whether who looks may see personal data.
        """
        stored = self.document.stored
        return {
            "id": stored.id,
            "has_audio": has_audio,
            "duration_s": self.conversation.duration_s or stored.duration_s or 0.0,
            "turns": self.turns(),
            "sound": self.sound(),
            "masking": self.masking(may=may_unmask),
        }

    def masking(self, *, may: bool) -> dict[str, object]:
        """Return what a page says about personal data.

        Args:
            may: Whether who looks may see it.
        """
        return {
            "unmasked": self.unmasked, "masked": self.masked, "gone": self.gone, "may": may,
        }  # fmt: skip


def shown(document: Document, *, unmasked: bool) -> Shown:
    """Return a conversation as it is shown.

    What is personal was found when it was analysed; no model is loaded to show it.

    Args:
        document: As it is stored.
        unmasked: Whether personal data is shown.
    """
    conversation = document.conversation
    masking = masking_of(conversation, document.analysis)
    gone = len(
        {
            (mark.label, mark.mark)
            for turn in conversation.turns
            for mark in find_placeholders(turn.text)
        }
    )
    masked = masking.count
    if unmasked:
        return Shown(document, conversation, True, masked, gone, lambda text: text)
    return Shown(document, masking.conversation, False, masked, gone, masking.text)


def _turn(turn: Turn) -> dict[str, object]:
    """Return a turn with what the page draws; of ten thousand words each field counts."""
    return {
        "index": turn.index, "speaker": turn.speaker, "participant": turn.participant,
        "text": turn.text, "start_s": turn.start_s, "end_s": turn.end_s,
        "at": None if turn.at is None else turn.at.isoformat(), "confidence": turn.confidence,
        "words": [
            {
                "text": word.text, "start_s": word.start_s, "end_s": word.end_s,
                "probability": word.probability,
                **({} if word.spoken is None else {"spoken": word.spoken}),
            }
            for word in turn.words
        ],
    }  # fmt: skip


def _spans(found: Iterable[Any]) -> list[dict[str, float]]:
    return [{"start_s": one.start_s, "end_s": one.end_s} for one in found]
