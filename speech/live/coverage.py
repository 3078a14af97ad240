"""Whether all the speech of an utterance was heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from speech.heard import HeardSegment
from speech.live.endpointing import THRESHOLD
from speech.live.utterance import Task
from speech.voice_activity import FRAME_S

_AROUND_WORD_S = 0.3
_LEAST_MISSING_S = 0.6
_MISSING_SHARE = 0.4


def uncovered_s(task: Task, segments: Sequence[HeardSegment]) -> float:
    """Return the seconds of speech, by voice activity, that are under no word.

    Args:
        task: The sound that was decoded.
        segments: What was heard in it, in seconds from its start.
    """
    is_missed = task.probabilities >= THRESHOLD
    for segment in segments:
        for word in segment.words:
            first = max(0, int((word.start_s - _AROUND_WORD_S) / FRAME_S))
            is_missed[first : int((word.end_s + _AROUND_WORD_S) / FRAME_S) + 1] = False
    return float(np.count_nonzero(is_missed)) * FRAME_S


def is_heard(task: Task, segments: Sequence[HeardSegment]) -> bool:
    """Tell whether the words cover the speech well enough not to decode it again.

    Args:
        task: The sound that was decoded.
        segments: What was heard in it.
    """
    missing_s = uncovered_s(task, segments)
    return missing_s < max(_LEAST_MISSING_S, _MISSING_SHARE * uncovered_s(task, ()))
