from __future__ import annotations

import numpy as np
import pytest


def _talk(studio, minutes: float, *, first: int) -> np.ndarray:
    """Utterances of four words each 3 s, with levels that differ from one to the next."""
    count = round(minutes * 60 / 3)
    return np.concatenate([
        studio.bursts([first + (4 * n + k) % 400 for k in range(4)], long_s=0.4, after_s=3 - 1.84)
        for n in range(count)
    ])  # fmt: skip


@pytest.mark.parametrize("streams", [6])
def test_finals_stay_timely_when_partials_alone_are_three_times_too_much(studio, streams):
    # a partial of 1 s costs 0.5 s: six streams that ask for two a second need 3 s a second
    bench = studio.bench(cost=(0.05, 0.12), partial_interval_s=0.25)
    opened = [bench.open() for _ in range(streams)]
    bench.speak({stream: _talk(studio, 3.0, first=100 + 60 * n) for n, stream in enumerate(opened)})
    bench.run()
    for stream in opened:
        finals = [event for event in studio.read(stream) if event.type == "final"]
        assert len(finals) == 60
        latencies = [final.latency_s for final in finals]
        assert np.median(latencies) < 3.0
        # the delay does not grow: the last minute is as the first
        assert np.median(latencies[-20:]) < np.median(latencies[:20]) + 0.5
    assert bench.scheduler.pace.interval_s > 0.25


def test_a_stream_is_told_of_lag_and_of_its_end_and_no_final_is_lost(studio):
    bench = studio.bench(cost=(0.1, 0.9), partial_interval_s=0.5)
    opened = [bench.open() for _ in range(3)]
    bench.speak({stream: _talk(studio, 1.0, first=101) for stream in opened})
    bench.run()
    quiet = np.zeros(16_000 * 60, np.float32)
    bench.speak(dict.fromkeys(opened, quiet))
    bench.speak({opened[0]: _talk(studio, 0.1, first=101)})
    for stream in opened:
        events = studio.read(stream)
        assert sum(event.type == "final" for event in events) >= 20
        told = [event for event in events if event.type in ("lag", "recovered")]
        assert told
        assert told[-1].type == "recovered"
        assert all(event.behind_s >= 2.0 for event in told if event.type == "lag")
    # late finals are decoded with a narrow beam
    assert 1 in {beam for beam, lengths in bench.recogniser.rounds if max(lengths) > 1.9}


def test_an_idle_machine_makes_partials_at_the_interval_asked_for(studio):
    bench = studio.bench(cost=(0.01, 0.01), partial_interval_s=0.5)
    stream = bench.open()
    partials = []
    sound = studio.bursts(range(101, 125), long_s=0.3, gap_s=0.06, after_s=1.0)
    for at in range(0, len(sound), 1600):
        bench.speak({stream: sound[at : at + 1600]})
        partials += [event for event in studio.read(stream) if event.type == "partial"]
    assert len(partials) == pytest.approx(8.6 / 0.5, abs=2)
    assert bench.scheduler.pace.interval_s == 0.5
    ends = [partial.end_s for partial in partials]
    assert np.diff(ends).max() < 0.7


def test_several_streams_are_decoded_in_one_batch(studio):
    bench = studio.bench(partial_interval_s=0)
    opened = [bench.open() for _ in range(4)]
    for stream in opened:
        stream.feed(studio.bursts([101, 102], after_s=1.0))
    bench.run()
    assert [len(lengths) for _, lengths in bench.recogniser.rounds] == [4]


def test_finals_come_before_partials_and_the_oldest_first(studio):
    bench = studio.bench(partial_interval_s=0.5, batch_size=1)
    late, early, talking = bench.open(), bench.open(), bench.open()
    talking.feed(studio.bursts([301], long_s=3.0))
    bench.clock.now_s += 1
    early.feed(studio.bursts([201], after_s=1.0))
    bench.clock.now_s += 1
    late.feed(studio.bursts([101], after_s=1.0))
    chosen = []
    while tasks := bench.scheduler.choose():
        chosen += [(task.kind, task.channel) for task in tasks]
        for task in tasks:
            task.channel.begin(task)
        bench.scheduler.run(tasks)
    assert chosen == [
        ("final", early.channels[0]), ("final", late.channels[0]), ("partial", talking.channels[0])
    ]  # fmt: skip


def test_speech_that_the_recogniser_passed_over_is_decoded_again_without_context(studio):
    bench = studio.bench(partial_interval_s=0)
    hear = bench.recogniser.recognise

    def deaf_with_context(pieces, **settings):
        heard = hear(pieces, **settings)
        return [() if p.previous else h for p, h in zip(pieces, heard, strict=True)]

    bench.recogniser.recognise = deaf_with_context
    stream = bench.open(is_real_time=False)
    stream.feed(studio.bursts([101, 102, 103], after_s=1.0))
    stream.feed(studio.bursts([104, 105, 106], after_s=1.0))
    bench.run()
    assert studio.said(studio.read(stream)) == [f"w{level}" for level in range(101, 107)]


@pytest.mark.parametrize(
    ("first_reading_s", "is_real_time", "is_late"),
    [(0.2, True, False), (1.0, True, True), (1.0, False, False)],
)
def test_doubtful_words_are_read_again_while_they_are_in_time(
    studio, first_reading_s, is_real_time, is_late
):
    bench = studio.bench(cost=(first_reading_s, 0), partial_interval_s=0)
    hear, asked = bench.recogniser.recognise, []

    def note_urgency(pieces, **settings):
        heard = hear(pieces, **settings)
        asked.extend(piece.is_late() for piece in pieces)
        return heard

    bench.recogniser.recognise = note_urgency
    bench.open(is_real_time=is_real_time).feed(studio.bursts([101, 102], after_s=1.0))
    bench.run()
    assert asked == [is_late]
