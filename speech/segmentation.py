"""Speech joined into blocks for the recogniser, and its clock mapped back to the recording's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ
from speech.voice_activity import FRAME_SAMPLES, Span

LONGEST_PIECE_S = 22.0
"""Longer pieces gain no accuracy from what they hold more, and every word takes longer to decode:
the decoder looks at the whole window for each (measured with whisper-base on French calls)."""


_LEAST_BLOCK_SHARE = 0.5
_PAUSE_SHAPE = (0.1, 0.2, 0.4, 0.2, 0.1)
_QUIET = 0.35
_LATENESS = 0.1
"""How much more probable speech may be at a cut at the end of where one may be than at its start:
of two like pauses the later one leaves fewer pieces."""


@dataclass(frozen=True)
class Block:
    """Spans of speech of one channel that are recognised together, silence left out.

    Attributes:
        channel: Position of the channel among those that are decoded.
        spans: In order, not overlapping.
    """

    channel: int
    spans: tuple[Span, ...]
    _ends: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ends = accumulate(span.end - span.start for span in self.spans)
        object.__setattr__(self, "_ends", tuple(ends))

    @property
    def n_samples(self) -> int:
        """Length of the joined speech in samples at 16 kHz."""
        return self._ends[-1]

    @property
    def length_s(self) -> float:
        """Length of the joined speech in seconds."""
        return self.n_samples / SAMPLE_RATE_HZ

    def samples_in_recording(self, samples: NDArray[np.int64]) -> NDArray[np.int64]:
        """Map samples of the joined speech to the recording's.

        Args:
            samples: Positions from 0, int64 of shape ``(n,)``; those after the end count as on
                the last span.

        Returns:
            Positions in the recording, of the same shape.
        """
        ends = np.asarray(self._ends)
        places = np.minimum(np.searchsorted(ends, samples, side="right"), len(self.spans) - 1)
        shifts = np.asarray([span.end for span in self.spans]) - ends
        moved: NDArray[np.int64] = samples + shifts[places]
        return moved

    def to_recording(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Map a word's times in the joined speech to the recording.

        The word is put into the span that holds its middle and cut to it, so that it never
        reaches into left-out silence. Times that do not go back before do not afterwards.

        Args:
            start_s: Seconds from the start of the joined speech.
            end_s: Seconds from the start of the joined speech, not before ``start_s``.

        Returns:
            Both times in seconds from the start of the recording.
        """
        middle = round((start_s + end_s) / 2 * SAMPLE_RATE_HZ)
        place = min(bisect_right(self._ends, middle), len(self.spans) - 1)
        span = self.spans[place]
        shift = span.end - self._ends[place]

        def mapped(time_s: float) -> float:
            sample = round(time_s * SAMPLE_RATE_HZ) + shift
            return min(max(sample, span.start), span.end) / SAMPLE_RATE_HZ

        return mapped(start_s), mapped(end_s)


def plan_blocks(
    channel: int,
    spans: Sequence[Span],
    probabilities: NDArray[np.float32],
    *,
    block_speech_s: float = LONGEST_PIECE_S,
) -> list[Block]:
    """Join the speech of one channel into blocks, cut only at pauses.

    Args:
        channel: Position of the channel among those that are decoded.
        spans: Its speech, in order.
        probabilities: Of speech, of each 32 ms of the channel, float32 of shape ``(n,)``.
        block_speech_s: A block is closed before it gets longer than this, seconds; a single
            longer span is cut where speech is least probable in its second half.

    Returns:
        Blocks that together hold all the speech, each sample once.
    """
    blocks: list[Block] = []
    current: list[Span] = []
    length_s = 0.0
    for span in _cut_long(spans, probabilities, block_speech_s):
        if current and length_s + span.length_s > block_speech_s:
            blocks.append(Block(channel, tuple(current)))
            current, length_s = [], 0.0
        current.append(span)
        length_s += span.length_s
    if current:
        blocks.append(Block(channel, tuple(current)))
    return blocks


def _cut_long(
    spans: Iterable[Span], probabilities: NDArray[np.float32], longest_s: float
) -> Iterator[Span]:
    longest = max(1, round(longest_s * SAMPLE_RATE_HZ))
    for span in spans:
        start = span.start
        while span.end - start > longest:
            cut = _find_pause(
                probabilities, start + round(longest * _LEAST_BLOCK_SHARE), start + longest
            )
            yield Span(start, cut)
            start = cut
        if span.end > start:
            yield Span(start, span.end)


def _find_pause(probabilities: NDArray[np.float32], first: int, last: int) -> int:
    """Return the sample between two in the middle of what is least likely speech."""
    frames = np.arange(-(-first // FRAME_SAMPLES), last // FRAME_SAMPLES)
    frames = frames[frames < len(probabilities)]
    if not len(frames):
        return last
    reach = len(_PAUSE_SHAPE) // 2
    around = frames[:, None] + np.arange(-reach, reach + 1)
    near = probabilities[np.clip(around, 0, len(probabilities) - 1)]
    speech = near @ np.asarray(_PAUSE_SHAPE) + np.linspace(_LATENESS, 0, len(frames))
    start = end = int(speech.argmin())
    # a word starts softly: away from both ends of the pause nothing of one is cut off
    quiet = probabilities[frames] < _QUIET
    while quiet[start] and start > 0 and quiet[start - 1]:
        start -= 1
    while quiet[end] and end + 1 < len(frames) and quiet[end + 1]:
        end += 1
    middle = int(frames[(start + end) // 2]) * FRAME_SAMPLES + FRAME_SAMPLES // 2
    return min(max(middle, first), last)


def collect_blocks(
    sound: Iterable[NDArray[np.float32]], blocks: Sequence[Block]
) -> Iterator[tuple[Block, NDArray[np.float32]]]:
    """Cut blocks out of sound that passes by once.

    Args:
        sound: float32 arrays of shape ``(n_channels, n)`` that follow each other, at 16 kHz.
        blocks: In any order; those of one channel may overlap.

    Yields:
        Each block, as soon as all its sound has passed, with its speech joined: float32 of
        shape ``(block.n_samples,)``.
    """
    waiting = sorted(blocks, key=lambda block: block.spans[-1].end)
    parts: dict[Block, list[NDArray[np.float32]]] = {block: [] for block in blocks}
    start = 0
    for piece in sound:
        end = start + piece.shape[1]
        for block in waiting:
            if block.spans[0].start >= end:
                continue
            for span in block.spans:
                first, last = max(span.start, start), min(span.end, end)
                if first < last:
                    parts[block].append(piece[block.channel, first - start : last - start].copy())
        start = end
        while waiting and waiting[0].spans[-1].end <= end:
            block = waiting.pop(0)
            yield block, np.concatenate(parts.pop(block))
