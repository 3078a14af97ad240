"""A piece of speech in two languages, parted at its pauses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from speech.decoding import SAMPLE_RATE_HZ
from speech.heard import HeardSegment
from speech.language import PieceLanguage
from speech.piece import Piece
from speech.voice_activity import FRAME_SAMPLES, Span, find_spans

_PAUSE_S = 0.3
_LEAST_PART_S = 2.5

Identify = Callable[[Sequence[Piece]], Sequence[Mapping[str, float]]]
"""Gives the probability of each language at the start of some pieces."""


def part_by_language(piece: Piece, identify: Identify) -> list[tuple[float, Piece]]:
    """Part a piece where its language changes.

    Args:
        piece: Whose ``language`` is a :class:`speech.language.PieceLanguage`.
        identify: Of the recogniser.

    Returns:
        Pieces with the language given, each with its start in seconds from that of the whole;
        none where it is all in one language.
    """
    if not isinstance(piece.language, PieceLanguage) or piece.speech is None:
        return []
    spans = _stretches(piece)
    probabilities = identify([piece.cut(span.start, span.end) for span in spans])
    tags = [piece.language.tell(found) for found in probabilities]
    parts: list[tuple[Span, str]] = []
    for span, tag in zip(spans, tags, strict=True):
        if parts and parts[-1][1] == tag:
            parts[-1] = (Span(parts[-1][0].start, span.end), tag)
        else:
            parts.append((span, tag))
    if len(parts) < 2:
        return []
    return [
        (span.start_s, replace(piece.cut(span.start, span.end), language=tag))
        for span, tag in parts
    ]


def put_together(
    parts: Sequence[tuple[float, Piece]], heard: Sequence[Sequence[HeardSegment]]
) -> tuple[HeardSegment, ...]:
    """Return the segments of the parts of a piece on the piece's clock."""
    return tuple(
        segment.moved(start_s)
        for (start_s, _), segments in zip(parts, heard, strict=True)
        for segment in segments
    )


def _stretches(piece: Piece) -> list[Span]:
    """Cut a piece at its pauses into stretches that are long enough to tell their language."""
    if piece.speech is None:
        return []
    spoken = find_spans(piece.speech, len(piece.samples), min_silence_s=_PAUSE_S)
    edges = [0]
    for before, after in pairwise(spoken):
        middle = (before.end + after.start) // 2 // FRAME_SAMPLES * FRAME_SAMPLES
        left_s = (len(piece.samples) - middle) / SAMPLE_RATE_HZ
        if (middle - edges[-1]) / SAMPLE_RATE_HZ >= _LEAST_PART_S <= left_s:
            edges.append(middle)
    ends = [*edges[1:], len(piece.samples)]
    return [Span(start, end) for start, end in zip(edges, ends, strict=True)]
