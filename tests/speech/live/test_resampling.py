from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import BadInput
from speech.live.encoding import SampleReader
from speech.live.resampling import StreamResampler


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 24_000, 44_100])
def test_the_clock_does_not_drift_over_an_hour(rate_hz):
    resampler = StreamResampler(rate_hz)
    second = np.zeros(rate_hz, np.float32)
    second[0] = 1.0  # one click at the start of each second
    places, done = [], 0
    for _ in range(3600):
        for piece in (second[:77], second[77:]):
            out = resampler.feed(piece)
            loud = int(np.argmax(out)) if len(out) else 0
            if len(out) and out[loud] > 0.2:
                places.append(done + loud)
            done += len(out)
    done += len(resampler.finish())
    assert done == 3600 * 16_000
    assert np.abs(np.array(places) - 16_000 * np.arange(3600)).max() <= 1


@settings(max_examples=25)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=20), st.sampled_from([8000, 22_050]))
def test_pieces_of_any_size_are_resampled_as_one(sizes, rate_hz):
    sound = np.random.default_rng(0).normal(0, 0.1, sum(sizes)).astype(np.float32)
    whole = StreamResampler(rate_hz)
    expected = np.concatenate((whole.feed(sound), whole.finish()))
    parts = StreamResampler(rate_hz)
    edges = np.cumsum([0, *sizes])
    got = [parts.feed(sound[a:b]) for a, b in itertools.pairwise(edges)]
    np.testing.assert_allclose(np.concatenate((*got, parts.finish())), expected, atol=1e-5)


@pytest.mark.parametrize(("encoding", "codec"), [("mulaw", "pcm_mulaw"), ("alaw", "pcm_alaw")])
def test_all_codes_of_g711_are_read_as_ffmpeg_reads_them(encoding, codec):
    import av

    context = av.CodecContext.create(codec, "r")
    context.sample_rate, context.layout = 8000, "mono"
    (frame,) = context.decode(av.Packet(bytes(range(256))))
    expected = frame.to_ndarray()[0].astype(np.float32) / 32768
    np.testing.assert_array_equal(SampleReader(encoding).read(bytes(range(256))), expected)


@pytest.mark.parametrize("rate_hz", [0, -8000, 80, 10_000_000])
def test_a_rate_that_is_none_of_sound_is_refused(rate_hz):
    with pytest.raises(BadInput, match=f"got {rate_hz}"):
        StreamResampler(rate_hz)
