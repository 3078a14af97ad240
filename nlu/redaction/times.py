"""When placeholders are said: what is to be silenced in the sound of a redacted conversation."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import Conversation, Turn
from conversation.errors import BadInput
from nlu.redaction.labels import find_placeholders, type_of_label
from nlu.redaction.spans import align_words


@dataclass(frozen=True)
class PlaceholderTime:
    """When something that a placeholder stands for is said.

    Attributes:
        type: Of the personal data, as the label says; ``other`` where it says none.
        turn_index: Which turn.
        start_s: Seconds from the start of the recording where its word starts; of the whole
            turn where it has no words.
        end_s: Seconds where it ends.
        free_from_s: Seconds where the word before it in the turn ends, or the turn starts;
            never after ``start_s``.
        free_to_s: Seconds where the word after it starts, or the turn ends.
        participant: Position of who says it among the participants; None where it is not known.
    """

    type: str
    turn_index: int
    start_s: float
    end_s: float
    free_from_s: float
    free_to_s: float
    participant: int | None


def find_placeholder_times(conversation: Conversation) -> tuple[PlaceholderTime, ...]:
    """Find when the placeholders of a redacted conversation are said.

    The conversation alone says it, so the sound can be redacted at any later time.

    Args:
        conversation: A redacted conversation.

    Returns:
        One for each word that holds a placeholder, in order of the turns.

    Raises:
        BadInput: A turn with a placeholder has no times.
    """
    times: list[PlaceholderTime] = []
    for turn in conversation.turns:
        if not find_placeholders(turn.text):
            continue
        times += _times_in(turn)
    return tuple(times)


def _times_in(turn: Turn) -> list[PlaceholderTime]:
    if turn.start_s is None or turn.end_s is None:
        raise BadInput(
            f"turn {turn.index} holds a placeholder and has no times, so its sound cannot be found",
            remedy="transcribe the recording again, or redact the text only",
        )
    if not turn.words or align_words(turn) is None:
        mark = find_placeholders(turn.text)[0]
        kind = type_of_label(mark.label)
        whole = (turn.start_s, turn.end_s, turn.start_s, turn.end_s)
        return [PlaceholderTime(kind, turn.index, *whole, turn.participant)]
    times = []
    for place, word in enumerate(turn.words):
        marks = find_placeholders(word.text)
        if not marks:
            continue
        before = turn.words[place - 1].end_s if place else turn.start_s
        after = turn.words[place + 1].start_s if place + 1 < len(turn.words) else turn.end_s
        times.append(
            PlaceholderTime(
                type=type_of_label(marks[0].label),
                turn_index=turn.index,
                start_s=word.start_s,
                end_s=word.end_s,
                free_from_s=min(before, word.start_s),
                free_to_s=max(after, word.end_s),
                participant=turn.participant,
            )
        )
    return times
