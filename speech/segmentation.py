"""Speech joined into blocks for the recogniser, and its clock mapped back to the recording's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ
from speech.voice_activity import Span

BLOCK_SPEECH_S = 240.0
"""Speech that is recognised in one call: bounds memory, and long enough that the last window,
which is mostly empty, does not cost much."""


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
    channel: int, spans: Sequence[Span], *, block_speech_s: float = BLOCK_SPEECH_S
) -> list[Block]:
    """Join the speech of one channel into blocks, cut only at pauses.

    Args:
        channel: Position of the channel among those that are decoded.
        spans: Its speech, in order.
        block_speech_s: A block is closed before it gets longer than this, seconds; a single
            longer span is cut into equal parts.

    Returns:
        Blocks that together hold all the speech, each sample once.
    """
    blocks: list[Block] = []
    current: list[Span] = []
    length_s = 0.0
    for span in _cut_long(spans, block_speech_s):
        if current and length_s + span.length_s > block_speech_s:
            blocks.append(Block(channel, tuple(current)))
            current, length_s = [], 0.0
        current.append(span)
        length_s += span.length_s
    if current:
        blocks.append(Block(channel, tuple(current)))
    return blocks


def _cut_long(spans: Iterable[Span], longest_s: float) -> Iterator[Span]:
    for span in spans:
        parts = -(-(span.end - span.start) // max(1, round(longest_s * SAMPLE_RATE_HZ)))
        edges = np.linspace(span.start, span.end, max(parts, 1) + 1).round().astype(int).tolist()
        for start, end in pairwise(edges):
            if end > start:
                yield Span(start, end)


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
