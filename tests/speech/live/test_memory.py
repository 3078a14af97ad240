from __future__ import annotations

import tracemalloc

import numpy as np
import pytest


def test_memory_stays_flat_over_an_hour(studio):
    bench = studio.bench(partial_interval_s=2.0)
    stream = bench.open(sample_rate_hz=8000)
    draw = np.random.default_rng(0)
    held, traced = [], []
    tracemalloc.start()
    try:
        for minute in range(60):
            for _ in range(4):
                levels = draw.integers(100, 900, 5)
                spoken = studio.bursts(levels, long_s=0.3, gap_s=0.1, after_s=13.0)
                stream.feed(spoken[::2])
                bench.run()
                assert len(studio.read(stream)) > 0
                held.append(max(c.held_samples for c in stream.channels.values()))
            if minute >= 5:
                traced.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert stream.duration_s == pytest.approx(3600, abs=0.01)
    assert max(held) < 2 * 16_000 * 60
    assert np.median(traced[-10:]) - np.median(traced[:10]) < 1_000_000


def test_nothing_is_kept_of_an_hour_in_which_nobody_speaks(studio):
    bench = studio.bench()
    stream = bench.open()
    for _ in range(360):
        stream.feed(np.zeros(160_000, np.float32))
    (channel,) = stream.channels.values()
    assert channel.held_samples < 6 * 16_000
    assert stream.duration_s == 3600


def test_unread_partials_give_way_to_later_ones(studio):
    bench = studio.bench(partial_interval_s=0.5)
    stream = bench.open()
    bench.speak({stream: studio.bursts(range(101, 141), after_s=1.0)})
    events = studio.read(stream)
    assert sum(event.type == "partial" for event in events) <= 2
    assert studio.said(events) == [f"w{level}" for level in range(101, 141)]
