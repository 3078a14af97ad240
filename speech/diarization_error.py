"""Diarization error rate, in exact arithmetic of intervals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from speech.diarization import SpeakerSegment


class DiarizationError(BaseModel):
    """How much of the reference's speech was given to the wrong speaker, in seconds.

    Where several people speak at once each counts: a second of two voices is two seconds of
    speech.

    Attributes:
        speech_s: Of the reference.
        missed_s: Speech that the hypothesis has nobody for.
        false_alarm_s: Speakers of the hypothesis beyond those of the reference.
        confusion_s: Speech given to another speaker.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speech_s: float
    missed_s: float
    false_alarm_s: float
    confusion_s: float

    @property
    def rate(self) -> float:
        """All errors by the reference's speech; by 1 s where it has none."""
        wrong_s = self.missed_s + self.false_alarm_s + self.confusion_s
        return wrong_s / (self.speech_s or 1.0)

    def __add__(self, other: DiarizationError) -> DiarizationError:
        """Return the errors of both recordings together."""
        return DiarizationError(
            speech_s=self.speech_s + other.speech_s,
            missed_s=self.missed_s + other.missed_s,
            false_alarm_s=self.false_alarm_s + other.false_alarm_s,
            confusion_s=self.confusion_s + other.confusion_s,
        )


def diarization_error(
    reference: Sequence[SpeakerSegment],
    hypothesis: Sequence[SpeakerSegment],
    *,
    collar_s: float = 0.0,
) -> DiarizationError:
    """Compare who speaks when with a reference.

    Speakers of both sides are paired one to one so that they share as much time as possible
    (the Hungarian algorithm); what is spoken by a speaker and not given to their pair is an
    error. The definition is that of the NIST Rich Transcription evaluations (RT-09 evaluation
    plan, 2009); speech of several people at once counts, and the whole recording is scored.

    Args:
        reference: Who really speaks when; segments may overlap.
        hypothesis: What was found; segments may overlap.
        collar_s: Left out of the count on both sides of each start and end of the reference,
            seconds.

    Returns:
        The errors in seconds.
    """
    from scipy.optimize import linear_sum_assignment

    events: list[tuple[float, int, int, int]] = []  # time, side, speaker, one more or one less
    for side, segments in enumerate((reference, hypothesis)):
        for segment in segments:
            if segment.end_s > segment.start_s:
                events.append((segment.start_s, side, segment.speaker, 1))
                events.append((segment.end_s, side, segment.speaker, -1))
    if collar_s > 0:
        for edge_s in {edge for item in reference for edge in (item.start_s, item.end_s)}:
            events.append((edge_s - collar_s, 2, 0, 1))
            events.append((edge_s + collar_s, 2, 0, -1))
    events.sort()
    speaking: tuple[Counter[int], Counter[int], Counter[int]] = (Counter(), Counter(), Counter())
    shared: defaultdict[tuple[int, int], float] = defaultdict(float)
    speech_s = missed_s = false_alarm_s = paired_s = 0.0
    before_s = 0.0
    for time_s, side, speaker, change in events:
        length_s = time_s - before_s
        if length_s > 0 and not speaking[2]:
            real, found = list(speaking[0]), list(speaking[1])
            speech_s += length_s * len(real)
            missed_s += length_s * max(0, len(real) - len(found))
            false_alarm_s += length_s * max(0, len(found) - len(real))
            paired_s += length_s * min(len(real), len(found))
            for one in real:
                for other in found:
                    shared[one, other] += length_s
        before_s = time_s
        speaking[side][speaker] += change
        if not speaking[side][speaker]:
            del speaking[side][speaker]
    rows = sorted({one for one, _ in shared})
    columns = sorted({other for _, other in shared})
    table = np.array([[shared.get((one, other), 0.0) for other in columns] for one in rows])
    right_s = 0.0
    if table.size:
        right_s = float(table[linear_sum_assignment(table, maximize=True)].sum())
    return DiarizationError(
        speech_s=speech_s,
        missed_s=missed_s,
        false_alarm_s=false_alarm_s,
        confusion_s=max(0.0, paired_s - right_s),
    )
