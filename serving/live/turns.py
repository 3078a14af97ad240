"""Turns, finals and conversations made of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from conversation import Conversation, Evidence, Turn
from serving.live.events import FinalText, Lasting
from serving.live.facts import SessionFacts
from speech.live import Final

_LASTING: TypeAdapter[Lasting] = TypeAdapter(Lasting)


def moved(turn: Turn, by_s: float) -> Turn:
    """Return a turn some seconds later."""
    if by_s == 0 or turn.start_s is None or turn.end_s is None:
        return turn
    words = tuple(
        word.model_copy(update={"start_s": word.start_s + by_s, "end_s": word.end_s + by_s})
        for word in turn.words
    )
    return turn.model_copy(
        update={"start_s": turn.start_s + by_s, "end_s": turn.end_s + by_s, "words": words}
    )


def final_of(event: Final, turn: Turn, base_s: float, delay_s: float | None) -> FinalText:
    """Make the event of an utterance, but for its text, which is redacted.

    Args:
        event: What was heard.
        turn: Made of it, moved.
        base_s: Where the stream begins in the sound.
        delay_s: From the end of the speech until now.
    """
    return FinalText(
        turn=turn.index,
        channel=event.channel,
        utterance=event.utterance,
        speaker=event.speaker,
        text="",
        start_s=turn.start_s,
        end_s=turn.end_s,
        speech_end_s=event.speech_end_s + base_s,
        confidence=event.probability,
        language=event.language,
        delay_s=delay_s,
        goes_on=event.goes_on,
    )


def lasting_events(documents: Iterable[Mapping[str, Any]]) -> list[Lasting]:
    """Read the events of a journal."""
    return [_LASTING.validate_python(document) for document in documents]


def turn_of(final: FinalText) -> Turn:
    """Return the turn that a final says."""
    return Turn(
        index=final.turn,
        speaker=final.speaker,
        text=final.text,
        start_s=final.start_s,
        end_s=final.end_s,
        words=final.words,
        language=final.language,
        confidence=final.confidence,
    )


def in_time(turns: Sequence[Turn]) -> list[Turn]:
    """Return turns in the order in which they began, which is not that in which they ended."""
    return sorted(turns, key=lambda turn: (turn.start_s or 0.0, turn.index))


def spoken_language(turns: Sequence[Turn]) -> str | None:
    """Return the language in which most of the turns were heard; None where that is not known."""
    heard = Counter(turn.language for turn in turns if turn.language)
    return heard.most_common(1)[0][0] if heard else None


def conversation_of(facts: SessionFacts, turns: Sequence[Turn]) -> Conversation:
    """Make a conversation of the turns so far, renumbered in time order."""
    ordered = in_time(turns)
    return Conversation(
        id=facts.id,
        channel=facts.channel,
        direction=facts.direction,
        language=spoken_language(turns) if facts.language in (None, "auto") else facts.language,
        started_at=facts.started_at,
        turns=tuple(turn.model_copy(update={"index": at}) for at, turn in enumerate(ordered)),
    )


def as_numbered(evidence: Iterable[Evidence], turns: Sequence[Turn]) -> tuple[Evidence, ...]:
    """Return evidence of :func:`conversation_of` with the numbers that finals have."""
    ordered = in_time(turns)
    return tuple(
        one.model_copy(update={"turn_index": ordered[one.turn_index].index}) for one in evidence
    )
