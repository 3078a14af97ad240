"""Words of each speaker made into turns, in the order in which people spoke."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from conversation import Speaker, Turn, Word
from speech.recognition import HeardWord

_BACKCHANNEL_S = 1.5
_BACKCHANNEL_WORDS = 3
_SENTENCE_END = (".", "?", "!", "…")


@dataclass(frozen=True)
class _Utterance:
    """Words of one channel without a long pause between them."""

    side: int
    words: tuple[HeardWord, ...]

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return max(word.end_s for word in self.words)

    @property
    def middle_s(self) -> float:
        return (self.start_s + self.end_s) / 2

    @property
    def is_backchannel(self) -> bool:
        return len(self.words) <= _BACKCHANNEL_WORDS and self.end_s - self.start_s <= _BACKCHANNEL_S


def build_turns(
    sides: Sequence[tuple[Speaker, Sequence[HeardWord]]], *, language: str, pause_s: float
) -> tuple[Turn, ...]:
    """Make turns of the words of one or two speakers.

    A turn ends at a silence of its speaker longer than ``pause_s``, and at a shorter one when
    the other speaks in it, except that a short "oui" or "d'accord" does not cut a sentence that
    is not finished; it is a turn of its own all the same.

    Args:
        sides: Each speaker with their words in order.
        language: Primary BCP 47 tag of the turns.
        pause_s: Seconds.

    Returns:
        The turns in the order in which they start. The text of a turn is its words joined by
        single spaces.
    """
    utterances = [
        utterance
        for side, (_, words) in enumerate(sides)
        for utterance in _at_pauses(side, words, pause_s)
    ]
    pieces = [
        piece
        for utterance in utterances
        for piece in _where_others_speak(
            utterance, [other for other in utterances if other.side != utterance.side]
        )
    ]
    pieces.sort(key=lambda piece: (piece.start_s, piece.end_s, piece.side))
    return tuple(
        _turn(index, sides[piece.side][0], piece.words, language)
        for index, piece in enumerate(pieces)
    )


def _at_pauses(side: int, words: Sequence[HeardWord], pause_s: float) -> list[_Utterance]:
    utterances: list[_Utterance] = []
    start = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place].start_s - words[place - 1].end_s > pause_s:
            utterances.append(_Utterance(side, tuple(words[start:place])))
            start = place
    return [utterance for utterance in utterances if utterance.words]


def _where_others_speak(utterance: _Utterance, others: Sequence[_Utterance]) -> list[_Utterance]:
    """Cut an utterance at the pauses in which the other speaker says something."""
    within = [other for other in others if utterance.start_s < other.middle_s < utterance.end_s]
    pieces: list[_Utterance] = []
    start = 0
    for place in range(1, len(utterance.words)):
        before, after = utterance.words[place - 1], utterance.words[place]
        in_pause = [other for other in within if before.end_s <= other.middle_s <= after.start_s]
        is_finished = before.text.endswith(_SENTENCE_END)
        if any(is_finished or not other.is_backchannel for other in in_pause):
            pieces.append(_Utterance(utterance.side, utterance.words[start:place]))
            start = place
    pieces.append(_Utterance(utterance.side, utterance.words[start:]))
    return pieces


def _turn(index: int, speaker: Speaker, heard: Sequence[HeardWord], language: str) -> Turn:
    words = tuple(
        Word(
            text=word.text,
            start_s=_whole_ms(word.start_s),
            end_s=_whole_ms(word.end_s),
            probability=round(word.probability, 4),
        )
        for word in heard
    )
    return Turn(
        index=index,
        speaker=speaker,
        text=" ".join(word.text for word in words),
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        words=words,
        language=language,
        confidence=round(sum(word.probability for word in words) / len(words), 4),
    )


def _whole_ms(time_s: float) -> float:
    """Round down, so that no word ends after its recording."""
    return math.floor(time_s * 1000) / 1000
