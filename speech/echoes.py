"""Words that were recognised twice because one side is heard on the other's channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from speech.file_decoding import SAMPLE_RATE_HZ
from speech.heard import HeardWord

_FRAME_S = 512 / SAMPLE_RATE_HZ
_TOGETHER_S = 0.4
_ONE_WORD_TOGETHER_S = 0.15
_QUIETER_DB = 6.0
_ONE_WORD_QUIETER_DB = 12.0
_SAME_TEXT = 0.75


@dataclass(frozen=True)
class EchoSplit:
    """The words of two channels, and those that only repeat the other channel.

    Attributes:
        kept: For each channel the words that were said there.
        dropped: For each channel the words that belong to the other one and stand there as well.
    """

    kept: tuple[tuple[HeardWord, ...], ...]
    dropped: tuple[tuple[HeardWord, ...], ...]


def drop_echoes(
    words_by_channel: Sequence[Sequence[HeardWord]], levels_db: Sequence[NDArray[np.float32]]
) -> EchoSplit:
    """Drop words that repeat, more quietly, what the other channel says at the same moment.

    Two people who say "oui" together are both kept: a word alone is an echo only where it
    starts with the other one and is at least 12 dB below it; of two or more in a row, 6 dB is
    enough.

    Args:
        words_by_channel: The words of one or two channels, in order of time.
        levels_db: For each channel the level of each 32 ms in dB, as the survey gives it.

    Returns:
        What is kept and what is dropped; each word is in one of them.
    """
    if len(words_by_channel) != 2:
        kept = tuple(tuple(words) for words in words_by_channel)
        return EchoSplit(kept, tuple(() for _ in kept))
    sides = [
        _split(
            words_by_channel[side], words_by_channel[1 - side], levels_db[side], levels_db[1 - side]
        )
        for side in (0, 1)
    ]
    return EchoSplit(tuple(kept for kept, _ in sides), tuple(dropped for _, dropped in sides))


def _split(
    words: Sequence[HeardWord],
    others: Sequence[HeardWord],
    levels_db: NDArray[np.float32],
    other_levels_db: NDArray[np.float32],
) -> tuple[tuple[HeardWord, ...], tuple[HeardWord, ...]]:
    starts = np.array([other.start_s for other in others])
    twins: list[tuple[float, float] | None] = []  # apart in seconds, quieter by dB
    for word in words:
        first, last = np.searchsorted(
            starts, (word.start_s - _TOGETHER_S, word.start_s + _TOGETHER_S)
        ).tolist()
        same = [other for other in others[first:last] if _is_same_text(word.text, other.text)]
        twins.append(
            min(
                (
                    abs(other.start_s - word.start_s),
                    _level(other, other_levels_db) - _level(word, levels_db),
                )
                for other in same
            )
            if same
            else None
        )
    kept: list[HeardWord] = []
    dropped: list[HeardWord] = []
    for place, (word, twin) in enumerate(zip(words, twins, strict=True)):
        beside = twins[max(0, place - 1) : place] + twins[place + 1 : place + 2]
        in_a_row = any(other is not None and other[1] >= _QUIETER_DB for other in beside)
        is_echo = twin is not None and (
            (in_a_row and twin[1] >= _QUIETER_DB)
            or (twin[1] >= _ONE_WORD_QUIETER_DB and twin[0] <= _ONE_WORD_TOGETHER_S)
        )
        (dropped if is_echo else kept).append(word)
    return tuple(kept), tuple(dropped)


def _is_same_text(one: str, other: str) -> bool:
    left, right = ("".join(c for c in text.casefold() if c.isalnum()) for text in (one, other))
    if not (left and right):
        return False
    return left == right or SequenceMatcher(None, left, right).ratio() >= _SAME_TEXT


def _level(word: HeardWord, levels_db: NDArray[np.float32]) -> float:
    """Return the level of a word's loudest third, in dB."""
    first = int(word.start_s / _FRAME_S)
    frames = levels_db[first : max(first + 1, round(word.end_s / _FRAME_S))]
    return float(np.percentile(frames, 67)) if len(frames) else -120.0
