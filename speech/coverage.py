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
        uncovered=_uncovered(speech, said, n_samples / SAMPLE_RATE_HZ),
    )


def _frames(n_frames: int, stretches: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    marked = np.zeros(n_frames, np.bool_)
    for start_s, end_s in stretches:
        marked[max(0, int(start_s / FRAME_S)) : max(0, round(end_s / FRAME_S))] = True
    return marked


def _uncovered(
    speech: NDArray[np.bool_], said: NDArray[np.bool_], duration_s: float
) -> tuple[UncoveredSpeech, ...]:
    """Return the stretches between words that hold more than a second of speech."""
    found: list[UncoveredSpeech] = []
    edges = np.flatnonzero(np.diff(np.concatenate(([True], said, [True])).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        missed = np.flatnonzero(speech[start:end])
        if len(missed) * FRAME_S > _LEAST_UNCOVERED_S:
            found.append(
                UncoveredSpeech(
                    start_s=round((start + int(missed[0])) * FRAME_S, 3),
                    end_s=round(min((start + int(missed[-1]) + 1) * FRAME_S, duration_s), 3),
                )
            )
    return tuple(found)
