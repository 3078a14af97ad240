"""The outline of a recording: each channel for itself, on the clock of the transcript."""

from __future__ import annotations

import struct
import wave

import pytest

from conversation.errors import AudioTooLong
from speech.waveform import MAX_POINTS, read_waveform

RATE_HZ = 8000


@pytest.fixture
def recording(tmp_path):
    """Make a stereo recording that is loud on the left first, then on the right."""

    def make(seconds: float):
        path = tmp_path / "call.wav"
        half = int(seconds * RATE_HZ / 2)
        loud, soft = struct.pack("<hh", 16384, 0), struct.pack("<hh", 0, 8192)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(b"".join((loud, bytes(4)) * (half // 2)))
            file.writeframes(b"".join((soft, bytes(4)) * (half // 2)))
        return path

    return make


def test_each_channel_shows_when_it_is_loud(recording):
    found = read_waveform(recording(4), max_duration_s=60)
    left, right = found.channels
    assert found.duration_s == pytest.approx(4, abs=0.05)
    assert len(left) == len(right) == pytest.approx(80, abs=1)
    assert min(left[2:38]) > 10
    assert max(left[42:]) <= 1
    assert max(right[2:38]) <= 1
    assert min(right[42:78]) > 5


def test_a_long_recording_has_no_more_points_than_a_screen_shows(recording):
    found = read_waveform(recording(140), max_duration_s=600)
    assert [len(channel) for channel in found.channels] == [MAX_POINTS, MAX_POINTS]


def test_one_that_is_longer_than_allowed_is_refused(recording):
    with pytest.raises(AudioTooLong):
        read_waveform(recording(4), max_duration_s=2)
