"""What is heard in recordings: their speech goes through the recogniser in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from conversation.errors import EntenduError
from speech.coverage import find_uncovered
from speech.decoding import SAMPLE_RATE_HZ
from speech.heard import HeardSegment, HeardWord
from speech.language import CallLanguage, PieceLanguage
from speech.mixed_languages import part_by_language, put_together
from speech.piece import Piece
from speech.recogniser import Recogniser
from speech.segmentation import LONGEST_PIECE_S, Block, collect_blocks, plan_blocks
from speech.voice_activity import FRAME_SAMPLES, Span

BATCH_S = 8 * LONGEST_PIECE_S
"""Speech that is recognised together: bounds memory."""

_GAP_PAD = round(0.3 * SAMPLE_RATE_HZ)
_LEAST_GAP_LOG_PROBABILITY = -1.0
_CLEAR_LOG_PROBABILITY = -0.6
_CLEAR_COMPRESSION = 2.0


@dataclass(frozen=True)
class SpeechSide:
    """The speech of one channel.

    Attributes:
        spans: Where it is, in order.
        probabilities: Of speech, of each 32 ms of the channel, float32 of shape ``(n,)``.
    """

    spans: Sequence[Span]
    probabilities: NDArray[np.float32]


@dataclass(eq=False)
class Hearing:
    """One recording on its way through the recogniser.

    Attributes:
        sound: Decodes the recording from its start: arrays of shape ``(n_sides, n)``.
        sides: The channels that are decoded, in the same order.
        language: Primary tag, or what finds it out for each piece.
        heard: Segments of each side, on the recording's clock, in order once it is complete.
        error: Why it could not be decoded; None when it could.
        progress: Called with the share of its speech that is done.
    """

    sound: Callable[[], Iterator[NDArray[np.float32]]]
    sides: Sequence[SpeechSide]
    language: str | CallLanguage
    heard: list[list[HeardSegment]] = field(default_factory=list)
    error: EntenduError | None = None
    progress: Callable[[float], None] | None = None
    _blocks: list[Block] = field(init=False)
    _waiting: set[Block] = field(init=False)

    def __post_init__(self) -> None:
        self.heard = [[] for _ in self.sides]
        self._blocks = [
            block
            for place, side in enumerate(self.sides)
            for block in plan_blocks(place, side.spans, side.probabilities)
        ]
        self._waiting = set(self._blocks)

    @classmethod
    def failed(cls, error: EntenduError) -> Hearing:
        """Return the hearing of a recording that cannot be decoded."""
        return cls(sound=lambda: iter(()), sides=(), language="", error=error)

    @property
    def is_complete(self) -> bool:
        """Whether all its speech was recognised, or cannot be."""
        return self.error is not None or not self._waiting

    @property
    def heard_until_s(self) -> float:
        """Up to where all speech was recognised, on all sides; infinite once it is complete."""
        return min((block.spans[0].start_s for block in self._waiting), default=float("inf"))

    def pieces(self) -> Iterator[tuple[Block, Piece]]:
        """Decode the recording; an error is kept in ``error``."""
        if not self._blocks:
            return
        try:
            for block, speech in collect_blocks(self.sound(), self._blocks):
                probabilities = _under(block, self.sides[block.channel].probabilities)
                yield block, Piece(speech, self._language_of_piece(), speech=probabilities)
        except EntenduError as error:
            self.error = error

    def _language_of_piece(self) -> str | PieceLanguage:
        return self.language if isinstance(self.language, str) else self.language.of_piece()

    def said_before(self, block: Block) -> str:
        """Return what the same side said last, where that was understood well."""
        if not self.heard[block.channel]:
            return ""
        last = self.heard[block.channel][-1]
        is_clear = (
            last.mean_log_probability >= _CLEAR_LOG_PROBABILITY
            and last.compression_ratio <= _CLEAR_COMPRESSION
        )
        return last.text if is_clear else ""

    def take(self, block: Block, segments: Sequence[HeardSegment]) -> None:
        """Keep what was heard in a block."""
        self.heard[block.channel] += [_on_recording(block, segment) for segment in segments]
        self._waiting.discard(block)
        if not self._waiting:
            self.heard = [_in_order(side) for side in self.heard]
        if self.progress is not None:
            self.progress(1.0 - len(self._waiting) / len(self._blocks))


def hear(
    hearings: Iterable[Hearing], recogniser: Recogniser, *, batch_s: float = BATCH_S
) -> Iterator[Hearing]:
    """Recognise the speech of recordings, pieces of several of them in one batch.

    Args:
        hearings: One for each recording; the next one is taken when those before it cannot fill
            a batch.
        recogniser: For all.
        batch_s: Speech that is recognised together, seconds.

    Yields:
        Each when it is complete, in their order.
    """
    coming = iter(hearings)
    unfinished: deque[_InTurn] = deque()
    while True:
        batch = _Batch(batch_s)
        for one in unfinished:
            one.give(batch)
        while not batch.is_full and (hearing := next(coming, None)) is not None:
            unfinished.append(_InTurn(hearing))
            unfinished[-1].give(batch)
            if len(unfinished) == 1 and hearing.is_complete:
                yield unfinished.popleft().hearing
        if not batch.entries:
            break
        _recognise(batch.entries, recogniser)
        while unfinished and unfinished[0].hearing.is_complete:
            yield unfinished.popleft().hearing
    yield from (one.hearing for one in unfinished)


Entry = tuple[Hearing, Block, Piece]


@dataclass
class _Batch:
    """Pieces to be recognised together.

    Attributes:
        most_s: How long all of them may be, seconds; one piece always has room.
        entries: The pieces.
        length_s: How long they are.
        is_full: Whether a piece was turned away for want of room.
    """

    most_s: float
    entries: list[Entry] = field(default_factory=list)
    length_s: float = 0.0
    is_full: bool = False

    def take(self, hearing: Hearing, block: Block, piece: Piece) -> bool:
        """Take a piece, unless it is too much, or what comes before it is in the batch as well."""
        if self.entries and self.length_s + piece.length_s > self.most_s:
            self.is_full = True
            return False
        # what a side said before helps to understand what it says next
        if any(one is hearing and other.channel == block.channel for one, other, _ in self.entries):
            return False
        self.entries.append((hearing, block, piece))
        self.length_s += piece.length_s
        return True


class _InTurn:
    """A recording that gives its pieces, one of each side at a time."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self._pieces = hearing.pieces()
        self._next = next(self._pieces, None)

    def give(self, batch: _Batch) -> None:
        """Give what the batch takes."""
        while self._next is not None and batch.take(self.hearing, *self._next):
            self._next = next(self._pieces, None)


def _recognise(batch: Sequence[Entry], recogniser: Recogniser) -> None:
    heard = recogniser.recognise(
        [replace(piece, previous=hearing.said_before(block)) for hearing, block, piece in batch]
    )
    for place, (_, _, piece) in enumerate(batch):
        if isinstance(piece.language, PieceLanguage) and piece.language.is_mixed:
            parts = part_by_language(piece, recogniser.identify)
            if parts:
                found = recogniser.recognise([part for _, part in parts])
                heard[place] = put_together(parts, found)
    gaps = [
        (place, gap)
        for place, (_, _, piece) in enumerate(batch)
        for gap in _gaps(piece, heard[place])
    ]
    # speech without words is read once more, alone and in the window that Whisper knows best
    again = recogniser.recognise(
        [_cut(batch[place][2], gap, _language_at(heard[place], gap)) for place, gap in gaps]
    )
    for (place, gap), segments in zip(gaps, again, strict=True):
        heard[place] = _fill(heard[place], gap, segments)
    for (hearing, block, _), segments in zip(batch, heard, strict=True):
        hearing.take(block, segments)


def _under(block: Block, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probability of speech of each 32 ms of a block's joined speech."""
    middles = np.arange(0, block.n_samples, FRAME_SAMPLES) + FRAME_SAMPLES // 2
    frames = block.samples_in_recording(middles) // FRAME_SAMPLES
    chosen: NDArray[np.float32] = probabilities[np.minimum(frames, len(probabilities) - 1)]
    return chosen


def _gaps(piece: Piece, segments: Sequence[HeardSegment]) -> list[Span]:
    if piece.speech is None:
        return []
    words = [word for segment in segments for word in segment.words]
    return find_uncovered(piece.speech >= 0.5, words, len(piece.samples))


def _language_at(segments: Sequence[HeardSegment], gap: Span) -> str | None:
    """Return the language of the word that is nearest to a gap."""
    words = [word for segment in segments for word in segment.words]
    if not words:
        return None
    return min(words, key=lambda word: abs(word.start_s - gap.start_s)).language


def _start_of(gap: Span) -> int:
    """Return the sample of a piece from which a gap is read again."""
    return max(0, gap.start - _GAP_PAD) // FRAME_SAMPLES * FRAME_SAMPLES


def _cut(piece: Piece, gap: Span, language: str | None) -> Piece:
    end = min(len(piece.samples), gap.end + _GAP_PAD)
    return replace(
        piece.cut(_start_of(gap), end), language=language or piece.language, in_full_window=True
    )


def _fill(
    segments: Sequence[HeardSegment], gap: Span, found: Sequence[HeardSegment]
) -> tuple[HeardSegment, ...]:
    """Put what a second reading found into the gap; words outside of it were heard before."""
    shift_s = _start_of(gap) / SAMPLE_RATE_HZ
    kept = [part for segment in segments for part in _parted(segment, gap.start_s)]
    for segment in found:
        inside = tuple(
            word
            for word in segment.moved(shift_s).words
            if gap.start_s <= (word.start_s + word.end_s) / 2 <= gap.end_s
        )
        if inside and segment.mean_log_probability >= _LEAST_GAP_LOG_PROBABILITY:
            kept.append(replace(segment, words=inside))
    return tuple(sorted(kept, key=lambda segment: segment.words[0].start_s))


def _parted(segment: HeardSegment, at_s: float) -> list[HeardSegment]:
    """Part a segment at a gap, so that what is said in the gap can stand between its words."""
    before = tuple(word for word in segment.words if (word.start_s + word.end_s) / 2 <= at_s)
    parts = (before, segment.words[len(before) :])
    return [replace(segment, words=words) for words in parts if words]


def _on_recording(block: Block, segment: HeardSegment) -> HeardSegment:
    words = []
    for word in segment.words:
        start_s, end_s = block.to_recording(word.start_s, word.end_s)
        words.append(replace(word, start_s=start_s, end_s=end_s))
    return replace(segment, words=tuple(words))


def _in_order(segments: Sequence[HeardSegment]) -> list[HeardSegment]:
    """Sort the segments of a side; the recogniser's times go back now and then by hundredths."""
    last_start_s = last_end_s = 0.0
    ordered = []
    for segment in sorted(segments, key=lambda segment: segment.words[0].start_s):
        words: list[HeardWord] = []
        for word in segment.words:
            last_start_s = max(word.start_s, last_start_s)
            last_end_s = max(word.end_s, last_end_s, last_start_s)
            words.append(replace(word, start_s=last_start_s, end_s=last_end_s))
        ordered.append(replace(segment, words=tuple(words)))
    return ordered
