"""Words of each speaker made into turns, in the order in which people spoke."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversation import Speaker, Turn, Word
from speech.heard import HeardWord, whole_ms

_LEAST_PAUSE_S = 0.2
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
    def is_backchannel(self) -> bool:
        return len(self.words) <= _BACKCHANNEL_WORDS and self.end_s - self.start_s <= _BACKCHANNEL_S


def build_turns(
    sides: Sequence[tuple[Speaker, Sequence[HeardWord]]],
    *,
    pause_s: float,
    write: Callable[[Sequence[HeardWord]], Sequence[HeardWord]] = tuple,
) -> tuple[Turn, ...]:
    """Make turns of the words of some speakers.

    A turn ends at a silence of its speaker longer than ``pause_s``, where the language changes,
    and at a shorter silence when another speaks in it, except that a short "oui" or "d'accord"
    does not cut a sentence that is not finished; it is a turn of its own all the same.

    Args:
        sides: Each participant with their words in order.
        pause_s: Seconds.
        write: Gives the words of a turn as a reader wants them; as they are if left.

    Returns:
        The turns in the order in which they start. The text of a turn is its words joined by
        single spaces, its language that of its words, its participant the position in ``sides``.
    """
    utterances = [
        utterance
        for side, (_, words) in enumerate(sides)
        for utterance in _at_pauses(side, words, pause_s)
    ]
    pieces: list[_Utterance] = []
    for side in range(len(sides)):
        others = _Words([utterance for utterance in utterances if utterance.side != side])
        for utterance in utterances:
            if utterance.side == side:
                pieces += _where_others_speak(utterance, others)
    pieces.sort(key=lambda piece: (piece.start_s, piece.end_s, piece.side))
    return tuple(
        _turn(index, sides[piece.side][0], piece.side, write(piece.words))
        for index, piece in enumerate(pieces)
    )


def _at_pauses(side: int, words: Sequence[HeardWord], pause_s: float) -> list[_Utterance]:
    utterances: list[_Utterance] = []
    start = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or (
            words[place].start_s - words[place - 1].end_s > pause_s
            or words[place].language != words[place - 1].language
        ):
            utterances.append(_Utterance(side, tuple(words[start:place])))
            start = place
    return [utterance for utterance in utterances if utterance.words]


class _Words:
    """The words of a speaker by the middle of their time."""

    def __init__(self, utterances: Sequence[_Utterance]) -> None:
        self._utterances = [utterance for utterance in utterances for _ in utterance.words]
        self._middles_s = [
            (word.start_s + word.end_s) / 2 for utterance in utterances for word in utterance.words
        ]

    def between(self, start_s: float, end_s: float) -> list[_Utterance]:
        """Return the utterance of each word that is said between two moments."""
        first = bisect_left(self._middles_s, start_s)
        return self._utterances[first : bisect_right(self._middles_s, end_s)]


def _where_others_speak(utterance: _Utterance, other: _Words) -> list[_Utterance]:
    """Cut an utterance at the pauses in which the other speaker says something."""
    pieces: list[_Utterance] = []
    start = 0
    for place in range(1, len(utterance.words)):
        before, after = utterance.words[place - 1], utterance.words[place]
        if after.start_s - before.end_s < _LEAST_PAUSE_S:
            continue
        is_finished = before.text.endswith(_SENTENCE_END)
        said = other.between(before.end_s, after.start_s)
        if any(is_finished or not by_other.is_backchannel for by_other in said):
            pieces.append(_Utterance(utterance.side, utterance.words[start:place]))
            start = place
    pieces.append(_Utterance(utterance.side, utterance.words[start:]))
    return pieces


def _turn(index: int, speaker: Speaker, participant: int, heard: Sequence[HeardWord]) -> Turn:
    words = tuple(
        Word(
            text=word.text,
            start_s=whole_ms(word.start_s),
            end_s=whole_ms(word.end_s),
            probability=round(word.probability, 4),
            spoken=word.spoken,
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
        language=heard[0].language,
        confidence=round(sum(word.probability for word in words) / len(words), 4),
        participant=participant,
    )
