"""How far a piece of speech has been read, and which pieces are read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ
from speech.doubts import is_loop, is_silence
from speech.heard import HeardSegment
from speech.joining import join_words
from speech.piece import LeadIn, Piece
from speech.voice_activity import FRAME_S, FRAME_SAMPLES
from speech.whisper_pass import FULL_FRAMES, MEL_FRAME_S, AlignedWord, Written

LEAD_S = 0.5
"""Quiet before the speech of a window."""

TAIL_S = 1.0
"""Quiet after it, at least."""

_LEAST_WINDOW_S = 10.0
_FRAMES_STEP = 500  # few lengths make few batches
_BATCH_FRAMES = 8 * FULL_FRAMES
_LEAST_STEP_S = 0.5
_LEAST_LEFT_S = 0.4
_MOST_AFTER_CLOSE_S = 0.5  # a segment is closed now and then before its last word is over
_MOST_ROUNDS = 12


@dataclass
class Reading:
    """How far a piece has been read.

    Attributes:
        piece: What is read.
        language: Primary tag in which it is read; None until it is chosen.
        context: Tokens of what was said before.
        segments: Read so far, in seconds from the start of the piece.
        at: Sample from which it goes on.
        rounds: How many windows of it were read.
    """

    piece: Piece
    language: str | None
    context: list[int] = field(default_factory=list)
    segments: list[HeardSegment] = field(default_factory=list)
    at: int = 0
    rounds: int = 0

    @property
    def lead_in(self) -> LeadIn | None:
        """Speech that is heard before what is left: of the piece, before its first window."""
        return None if self.rounds else self.piece.lead_in

    @property
    def before_s(self) -> float:
        """Seconds of the window before what is left."""
        return LEAD_S + (self.lead_in.length_s if self.lead_in else 0.0)

    @property
    def left(self) -> NDArray[np.float32]:
        """Samples that are not read."""
        return self.piece.samples[self.at :]

    @property
    def is_done(self) -> bool:
        """Whether all its speech was read."""
        return self.at >= len(self.piece.samples)

    @property
    def left_s(self) -> float:
        """Seconds that are not read."""
        return len(self.left) / SAMPLE_RATE_HZ

    @property
    def n_frames(self) -> int:
        """Columns that hold the rest of the piece with the quiet around it."""
        return min(FULL_FRAMES, round((self.before_s + self.left_s + TAIL_S) / MEL_FRAME_S))

    @property
    def window_frames(self) -> int:
        """Columns of the window in which the rest is read."""
        if self.piece.in_full_window:
            return FULL_FRAMES
        fitted = -(-self.n_frames // _FRAMES_STEP) * _FRAMES_STEP
        return min(FULL_FRAMES, max(fitted, round(_LEAST_WINDOW_S / MEL_FRAME_S)))

    def speech_after_s(self, at: int) -> float:
        """Seconds of speech from a sample of the piece on."""
        if self.piece.speech is None:
            return max(0, len(self.piece.samples) - at) / SAMPLE_RATE_HZ
        return float((self.piece.speech[at // FRAME_SAMPLES :] >= 0.5).sum()) * FRAME_S

    def take(self, written: Written, words: Sequence[AlignedWord]) -> None:
        """Write down what was read of a window, and from where the piece goes on.

        Args:
            written: For the window.
            words: Its words, on the window's clock.
        """
        before_s = self.before_s
        self.rounds += 1
        began_s = self.at / SAMPLE_RATE_HZ
        if not is_silence(written):
            first = 0
            for tokens in written.segments:
                end, n_tokens = first, 0
                while end < len(words) and n_tokens < len(tokens):
                    n_tokens += words[end].n_tokens
                    end += 1
                joined = join_words(
                    words[first:end],
                    shift_s=began_s - before_s,
                    length_s=self.piece.length_s,
                    language=self.language or "",
                )
                first = end
                if joined:
                    self.segments.append(
                        HeardSegment(
                            words=joined,
                            mean_log_probability=written.log_probability,
                            no_speech_probability=written.no_speech_probability,
                            compression_ratio=written.compression_ratio,
                        )
                    )
        self.context = [] if is_loop(written) else [*self.context, *written.tokens]
        self.at = self._next(written, before_s)

    def _next(self, written: Written, before_s: float) -> int:
        """Return the sample from which a piece goes on, its end when all its speech was read."""
        end = len(self.piece.samples)
        if written.end_s is None or self.rounds >= _MOST_ROUNDS:
            return end
        step_s = max(written.end_s - before_s, _LEAST_STEP_S)
        if self.segments:
            # a segment is closed now and then before its last word is over
            said_s = self.segments[-1].words[-1].end_s - self.at / SAMPLE_RATE_HZ
            step_s = max(step_s, min(said_s, step_s + _MOST_AFTER_CLOSE_S))
        at = self.at + round(step_s * SAMPLE_RATE_HZ)
        return at if self.speech_after_s(at) >= _LEAST_LEFT_S else end


def room_s(piece: Piece, *, least_s: float = 0.0) -> float:
    """Return how long the lead-in of a piece may be, seconds.

    Args:
        piece: Without one.
        least_s: Where its window has less room than this, the next longer ones are taken, up to
            Whisper's own.
    """
    needed_s = LEAD_S + piece.length_s + TAIL_S
    frames = Reading(piece, None).window_frames
    while frames < FULL_FRAMES and frames * MEL_FRAME_S - needed_s < least_s:
        frames += _FRAMES_STEP
    return min(frames, FULL_FRAMES) * MEL_FRAME_S - needed_s


def share_out(readings: Sequence[Reading], n_workers: int) -> list[list[Reading]]:
    """Give each worker about as much speech; the same pieces are always shared out alike.

    Args:
        readings: Of all pieces.
        n_workers: At most so many groups.
    """
    groups: list[list[Reading]] = [[] for _ in range(min(n_workers, len(readings)))]
    loads_s = [0.0] * len(groups)
    for reading in sorted(readings, key=lambda reading: -reading.left_s):
        least = loads_s.index(min(loads_s))
        groups[least].append(reading)
        loads_s[least] += reading.left_s
    return groups


def batches_of(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Put windows of one length together, as many as the memory for a batch allows.

    Windows of one batch are equally long, and what is heard in one does not depend on the others.
    """
    batches: list[list[Reading]] = []
    for reading in sorted(readings, key=lambda reading: -reading.window_frames):
        n_frames = reading.window_frames
        if (
            not batches
            or n_frames != batches[-1][-1].window_frames
            or n_frames * (len(batches[-1]) + 1) > _BATCH_FRAMES
        ):
            batches.append([])
        batches[-1].append(reading)
    return batches
