"""Where utterances start and end, told from probabilities of speech as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from speech.live.options import LiveOptions
from speech.voice_activity import FRAME_S

THRESHOLD = 0.5
RELEASE = 0.35
"""Silero's own hysteresis, as for files (:func:`speech.voice_activity.find_spans`)."""

_FORGOTTEN_S = 0.3
_UNDECIDED_S = 1.0
_PATIENT_S = 10.0
_SHORTEST_SILENCE_S = 0.1
_LAST_CUTS_S = 14.0
_SMOOTHED_FRAMES = 5
_QUIET_FRAMES = 2


@dataclass(frozen=True)
class Started:
    """Speech started at a frame."""

    frame: int


@dataclass(frozen=True)
class Paused:
    """The speech may have ended before a frame.

    Attributes:
        frame: The first one after it.
        heard_frame: The next one, when this was told.
    """

    frame: int
    heard_frame: int


@dataclass(frozen=True)
class Resumed:
    """It went on after a pause."""


@dataclass(frozen=True)
class Stopped:
    """The utterance ended.

    Attributes:
        frame: The first one after its speech.
        heard_frame: The next one, when this was told; until there it is quiet.
        goes_on: It was cut for its length; the next one starts at that frame.
    """

    frame: int
    heard_frame: int
    goes_on: bool = False


Boundary = Started | Paused | Resumed | Stopped


class Endpointer:
    """Finds the utterances of one channel, frame by frame (32 ms).

    Attributes:
        frame: The next one.
        is_speaking: Between a :class:`Started` and its :class:`Stopped`.
    """

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self.frame = 0
        self.is_speaking = False
        self._start = -1
        self._speech_frames = 0
        self._quiet_from = -1
        self._is_paused = False
        self._probabilities: list[float] = []

    def advance(self, probabilities: Sequence[float]) -> list[Boundary]:
        """Take the probabilities of the next frames; return what they tell, in order."""
        found: list[Boundary] = []
        for probability in probabilities:
            self._step(float(probability), found)
        return found

    @property
    def start(self) -> int | None:
        """Frame where the utterance, or what may become one, starts."""
        return self._start if self._start >= 0 else None

    @property
    def may_end(self) -> bool:
        """Whether it is quiet just now, so that the utterance may be about to end."""
        return 0 <= self._quiet_from <= self.frame - _QUIET_FRAMES

    def stop(self) -> list[Boundary]:
        """End the utterance here, whatever the silence."""
        if not self.is_speaking:
            self._forget()
            return []
        end = self._quiet_from if self._quiet_from >= 0 else self.frame
        self._forget()
        return [Stopped(end, self.frame)]

    def skip(self, frames: int) -> None:
        """Pass over a hole, after :meth:`stop`."""
        self.frame += frames

    def _step(self, probability: float, found: list[Boundary]) -> None:
        frame = self.frame
        self.frame += 1
        if probability >= THRESHOLD:
            self._quiet_from = -1
            self._speech_frames += 1
            if self._start < 0:
                self._start = frame
            if self._is_paused:
                self._is_paused = False
                found.append(Resumed())
        elif self._start >= 0 and probability < RELEASE and self._quiet_from < 0:
            self._quiet_from = frame
        if self._start < 0:
            return
        self._probabilities.append(probability)
        silence_s = 0.0 if self._quiet_from < 0 else (self.frame - self._quiet_from) * FRAME_S
        if not self.is_speaking:
            if self._speech_frames * FRAME_S >= self._options.least_speech_s:
                self.is_speaking = True
                found.append(Started(self._start))
            elif silence_s >= _FORGOTTEN_S or len(self._probabilities) * FRAME_S >= _UNDECIDED_S:
                self._forget()
            return
        length_s = (self.frame - self._start) * FRAME_S
        if silence_s >= self._needed_silence_s(length_s - silence_s):
            found.append(Stopped(self._quiet_from, self.frame))
            self._forget()
        elif length_s >= self._options.longest_s - FRAME_S:
            self._cut(found)
        elif silence_s >= self._options.likely_silence_s and not self._is_paused:
            self._is_paused = True
            found.append(Paused(self._quiet_from, self.frame))

    def _needed_silence_s(self, length_s: float) -> float:
        """Ask for less silence the longer the speech, down to a short pause."""
        most_s = self._options.end_silence_s
        least_s = min(most_s, _SHORTEST_SILENCE_S)
        late = (length_s - _PATIENT_S) / max(self._options.longest_s - _PATIENT_S, FRAME_S)
        return most_s - (most_s - least_s) * min(max(late, 0.0), 1.0)

    def _cut(self, found: list[Boundary]) -> None:
        """Cut in the middle of the longest stretch that is hardly speech, or where it is least."""
        probabilities = np.asarray(self._probabilities)
        first = max(1, len(probabilities) - round(_LAST_CUTS_S / FRAME_S))
        best = (0, 0)  # length, start
        run = 0
        for place in range(first, len(probabilities)):
            run = run + 1 if probabilities[place] < THRESHOLD else 0
            best = max(best, (run, place - run + 1))
        if best[0] >= 2:
            place = best[1] + best[0] // 2
        else:
            kernel = np.ones(_SMOOTHED_FRAMES) / _SMOOTHED_FRAMES
            smooth = np.convolve(probabilities, kernel, mode="same")
            place = first + int(np.argmin(smooth[first:-_SMOOTHED_FRAMES]))
        cut = self._start + place
        rest = self._probabilities[place:]
        found.append(Stopped(cut, cut, goes_on=True))
        frame = self.frame
        self._forget()
        self.frame = cut
        # what follows the cut has passed: it is looked at as the start of the next utterance
        for probability in rest:
            self._step(probability, found)
        self.frame = frame

    def _forget(self) -> None:
        self.is_speaking = False
        self._start = -1
        self._speech_frames = 0
        self._quiet_from = -1
        self._is_paused = False
        self._probabilities = []
