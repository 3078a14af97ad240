"""The account of a channel: how much of the speech that is there became words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from conversation import Speaker
from speech.decoding import SAMPLE_RATE_HZ
from speech.heard import HeardWord
from speech.transcript import ChannelAccount, UncoveredSpeech
from speech.voice_activity import FRAME_S, FRAME_SAMPLES, Span

_SLACK_S = 0.3  # word times are some tenths of a second off at pauses
_LEAST_UNCOVERED_S = 1.0


def account_for_speech(
    spans: Sequence[Span],
    words: Sequence[HeardWord],
    n_samples: int,
    *,
    channel: int,
    speaker: Speaker,
) -> ChannelAccount:
    """Compare the speech on a channel with the words that were recognised in it.

    Args:
        spans: The channel's speech, without padding.
        words: Its words.
        n_samples: Length of the channel at 16 kHz.
        channel: Channel of the recording, from 0.
        speaker: Who is on it.

    Returns:
        Seconds of speech, seconds that words cover (each widened by 0.3 s, since word times are
        not exact), and the stretches with more than one second of speech and no word.
    """
    n_frames = -(-n_samples // FRAME_SAMPLES)
    speech = _frames(n_frames, [(span.start_s, span.end_s) for span in spans])
    said = _frames(n_frames, [(word.start_s - _SLACK_S, word.end_s + _SLACK_S) for word in words])
    return ChannelAccount(
        channel=channel,
        speaker=speaker,
        speech_s=round(int(speech.sum()) * FRAME_S, 3),
        covered_s=round(int((speech & said).sum()) * FRAME_S, 3),
        uncovered=tuple(
            UncoveredSpeech(start_s=round(gap.start_s, 3), end_s=round(gap.end_s, 3))
            for gap in find_uncovered(speech, words, n_samples)
        ),
    )


def _frames(n_frames: int, stretches: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    marked = np.zeros(n_frames, np.bool_)
    for start_s, end_s in stretches:
        first = max(0, round(start_s * SAMPLE_RATE_HZ)) // FRAME_SAMPLES
        marked[first : max(0, round(end_s / FRAME_S))] = True
    return marked


def find_uncovered(
    speech: NDArray[np.bool_], words: Sequence[HeardWord], n_samples: int
) -> list[Span]:
    """Return the stretches between words that hold more than a second of speech.

    Args:
        speech: Whether each 32 ms is speech, of shape ``(n,)``.
        words: What was recognised in it, in seconds from its start.
        n_samples: Its length at 16 kHz.

    Returns:
        From the first to the last speech of each such stretch.
    """
    said = _frames(
        len(speech), [(word.start_s - _SLACK_S, word.end_s + _SLACK_S) for word in words]
    )
    found: list[Span] = []
    edges = np.flatnonzero(np.diff(np.concatenate(([True], said, [True])).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        missed = np.flatnonzero(speech[start:end])
        if len(missed) * FRAME_S > _LEAST_UNCOVERED_S:
            first = (start + int(missed[0])) * FRAME_SAMPLES
            last = (start + int(missed[-1]) + 1) * FRAME_SAMPLES
            found.append(Span(first, min(last, n_samples)))
    return found
