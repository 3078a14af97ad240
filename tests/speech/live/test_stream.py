from __future__ import annotations

import asyncio
import itertools
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import BadInput, Conflict
from speech.live.worker import Worker


def test_each_utterance_starts_and_ends_with_a_final_that_holds_its_words(studio):
    bench = studio.bench()
    stream = bench.open()
    bench.speak({stream: studio.bursts([101, 102, 103], after_s=1.0)})
    bench.speak({stream: studio.bursts([104, 105], after_s=1.0)})
    events = studio.read(stream)
    told = [event.type for event in events if event.type != "partial"]
    assert told == ["speech_started", "speech_ended", "final"] * 2
    assert studio.said(events) == ["w101", "w102", "w103", "w104", "w105"]
    finals = [event for event in events if event.type == "final"]
    assert [final.utterance for final in finals] == [0, 1]
    assert finals[0].words[1].start_s == pytest.approx(0.36, abs=0.02)
    assert finals[1].start_s == pytest.approx(3 * 0.36 + 1.0, abs=0.02)
    assert finals[0].end_s <= finals[0].speech_end_s + 0.1


def test_a_final_is_decoded_during_the_silence_that_ends_the_turn(studio):
    bench = studio.bench(cost=(0.2, 0.0), partial_interval_s=0)
    stream = bench.open()
    bench.speak({stream: studio.bursts([101, 102], after_s=1.5)}, frame_s=0.02)
    (final,) = [event for event in studio.read(stream) if event.type == "final"]
    # the silence alone takes 0.6 s; decoding is over before
    assert final.latency_s == pytest.approx(0.6, abs=0.1)
    assert len(bench.recogniser.rounds) == 1


def test_speech_that_goes_on_after_a_pause_is_not_ended_by_what_was_decoded_early(studio):
    bench = studio.bench(partial_interval_s=0)
    stream = bench.open()
    sound = np.concatenate((studio.bursts([101], after_s=0.4), studio.bursts([102], after_s=1)))
    bench.speak({stream: sound})
    finals = [event for event in studio.read(stream) if event.type == "final"]
    assert [final.text for final in finals] == ["w101 w102"]
    assert len(bench.recogniser.rounds) == 2  # once after each word


def test_partials_never_take_back_what_they_called_stable(studio):
    bench = studio.bench(partial_interval_s=0.5)
    stream = bench.open()
    step = 1600
    sound = studio.bursts(range(101, 160), long_s=0.25, after_s=1.0)
    partials = []
    for at in range(0, len(sound), step):
        bench.speak({stream: sound[at : at + step]})
        partials += [event for event in studio.read(stream) if event.type == "partial"]
    assert len(partials) > 20
    for before, after in itertools.pairwise(partials):
        if before.utterance == after.utterance:
            assert after.stable_text.startswith(before.stable_text)
            assert after.text.startswith(after.stable_text)
    # partials of a long utterance do not decode it from its start again and again
    longest = max(length for beam, lengths in bench.recogniser.rounds for length in lengths
                  if beam == 1)  # fmt: skip
    assert longest < 14
    assert partials[-1].stable_text.split()[:20] == [f"w{level}" for level in range(101, 121)]


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_words_of_long_speech_are_neither_lost_nor_doubled_where_it_is_cut(studio, seed):
    draw = np.random.default_rng(seed)
    # at least two quiet frames between words, so that there is a place to cut
    words = [
        studio.bursts([100 + place], long_s=draw.uniform(0.15, 2.5), gap_s=draw.uniform(0.1, 0.4))
        for place in range(40)
    ]
    bench = studio.bench(partial_interval_s=0, waiting_s=1000)
    stream = bench.open(is_real_time=False)
    stream.feed(np.concatenate(words))
    stream.close()
    bench.run()
    events = studio.read(stream)
    assert studio.said(events) == [f"w{100 + place}" for place in range(40)]
    assert max(max(lengths) for _, lengths in bench.recogniser.rounds) < 29.5


def test_speech_without_any_pause_is_cut_before_the_recogniser_is_full(studio):
    bench = studio.bench(partial_interval_s=0, waiting_s=1000)
    stream = bench.open(is_real_time=False)
    stream.feed(studio.bursts([300], long_s=100.0))
    stream.close()
    bench.run()
    events = studio.read(stream)
    finals = [event for event in events if event.type == "final"]
    assert [final.goes_on for final in finals] == [True] * (len(finals) - 1) + [False]
    assert max(max(lengths) for _, lengths in bench.recogniser.rounds) <= 29.0
    assert finals[-1].end_s == pytest.approx(100, abs=0.1)
    for before, after in itertools.pairwise(finals):
        assert after.start_s == pytest.approx(before.end_s, abs=0.002)


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(1, 5000), max_size=40), encoding=st.sampled_from(
    ["mulaw", "alaw", "s16le", "f32le"]))  # fmt: skip
def test_how_the_bytes_are_cut_into_pieces_changes_nothing(studio, cuts, encoding):
    import av

    sound = studio.bursts([101, 250, 420], after_s=0.9)[::2].copy()
    codec = {"mulaw": "pcm_mulaw", "alaw": "pcm_alaw", "s16le": "pcm_s16le", "f32le": "pcm_f32le"}
    writer = av.CodecContext.create(codec[encoding], "w")
    writer.sample_rate, writer.layout, writer.format = 8000, "mono", {
        "f32le": "flt"}.get(encoding, "s16")  # fmt: skip
    samples = sound if encoding == "f32le" else (sound * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(samples[None], format=writer.format.name, layout="mono")
    frame.sample_rate = 8000
    data = b"".join(bytes(packet) for packet in [*writer.encode(frame), *writer.encode(None)])

    def finals(edges):
        bench = studio.bench(partial_interval_s=0)
        stream = bench.open(sample_rate_hz=8000, encoding=encoding, is_real_time=False)
        for start, end in zip([0, *edges], [*edges, len(data)], strict=True):
            stream.feed(data[start:end])
        stream.close()
        bench.run()
        events = studio.read(stream)
        return [e for e in events if e.type == "final"], events[-1].duration_s

    whole, duration_s = finals([])
    pieces, _ = finals(sorted({sum(cuts[:n]) % len(data) for n in range(1, len(cuts))}))
    assert [final.model_dump() for final in whole] == [final.model_dump() for final in pieces]
    assert duration_s == len(sound) / 8000
    # companding and resampling may move a level by some hundredths
    heard = [int(word[1:]) for word in whole[0].text.split()]
    assert heard == pytest.approx([101, 250, 420], rel=0.04)


def test_interleaved_channels_are_told_apart(studio):
    bench = studio.bench(partial_interval_s=0)
    stream = bench.open(channels=2, is_real_time=False)
    left = studio.bursts([101, 102], after_s=2.0)
    right = np.concatenate((np.zeros(16_000, np.float32), studio.bursts([203], after_s=3.0)))
    both = np.stack((left, right[: len(left)]), axis=1).astype("<f4").tobytes()
    for at in range(0, len(both), 1001):
        stream.feed_interleaved(both[at : at + 1001])
    stream.close()
    bench.run()
    events = studio.read(stream)
    assert studio.said(events, 0) == ["w101", "w102"]
    assert studio.said(events, 1) == ["w203"]


def test_a_hole_ends_the_utterance_and_keeps_the_clock(studio):
    bench = studio.bench(partial_interval_s=0)
    stream = bench.open()
    stream.feed(studio.bursts([101]))
    stream.skip(3600.0)
    stream.feed(studio.bursts([102], after_s=0.1))
    stream.close()
    bench.run()
    events = studio.read(stream)
    first, second = [event for event in events if event.type == "final"]
    assert second.start_s - first.start_s == pytest.approx(3600.36, abs=0.04)
    assert events[-1].duration_s == pytest.approx(3600.36 + 0.46, abs=0.001)


def test_flush_gives_the_final_without_waiting_for_silence(studio):
    bench = studio.bench(partial_interval_s=0)
    stream = bench.open()
    stream.feed(studio.bursts([101, 102]))
    stream.flush()
    bench.run()
    assert studio.said(studio.read(stream)) == ["w101", "w102"]
    stream.feed(studio.bursts([103], after_s=1.0))
    bench.run()
    assert [event.utterance for event in studio.read(stream)][-1] == 1


def test_close_says_what_was_spoken_last_and_cancel_does_not(studio):
    for end, words in (("close", ["w101"]), ("cancel", [])):
        bench = studio.bench(partial_interval_s=0)
        stream = bench.open()
        stream.feed(studio.bursts([101]))
        getattr(stream, end)()
        bench.run()
        events = studio.read(stream)
        assert studio.said(events) == words
        assert events[-1].type == "ended"
        assert events[-1].cancelled == (end == "cancel")
        assert bench.scheduler.streams == []
        with pytest.raises(Conflict, match="closed"):
            stream.feed(b"\0\0\0\0")


def test_sound_without_speech_says_nothing(studio):
    bench = studio.bench()
    stream = bench.open()
    stream.feed(np.full(160_000, 0.01, np.float32))
    stream.close()
    assert [event.type for event in studio.read(stream)] == ["ended"]


def test_a_noise_that_holds_no_words_is_withdrawn(studio):
    bench = studio.bench(partial_interval_s=0)
    bench.recogniser._hear = lambda samples: ()
    stream = bench.open()
    stream.feed(studio.bursts([400], after_s=1.0))
    stream.close()
    bench.run()
    told = [event.type for event in studio.read(stream)]
    assert told == ["speech_started", "speech_ended", "withdrawn", "ended"]


def test_what_was_said_before_is_context_but_not_when_it_was_long_ago(studio):
    bench = studio.bench(partial_interval_s=0)
    stream = bench.open(is_real_time=False)
    stream.feed(studio.bursts([101], after_s=1.0))
    stream.feed(studio.bursts([102], after_s=40.0))
    stream.feed(studio.bursts([103], after_s=1.0))
    bench.run()
    assert bench.recogniser.contexts == ["", "w101", ""]


def test_a_failure_of_the_recogniser_ends_only_its_stream(studio):
    bench = studio.bench(partial_interval_s=0)
    hear = bench.recogniser._hear

    def break_on_one(samples):
        if np.any(np.abs(samples - 0.666) < 1e-4):
            raise RuntimeError("no memory")
        return hear(samples)

    bench.recogniser._hear = break_on_one
    good, bad = bench.open(), bench.open()
    good.feed(studio.bursts([101], after_s=1.0))
    bad.feed(studio.bursts([666], after_s=1.0))
    bench.run()
    good.close()
    assert studio.said(list(good)) == ["w101"]
    with pytest.raises(RuntimeError, match="no memory"):
        list(bad)
    with pytest.raises(RuntimeError, match="no memory"):
        bad.feed(studio.bursts([101]))


def test_wrong_input_is_named(studio):
    bench = studio.bench()
    stream = bench.open()
    with pytest.raises(BadInput, match="channels \\[0\\], got 3"):
        stream.feed(b"", 3)
    with pytest.raises(BadInput, match="shape \\(2, 5\\)"):
        stream.feed(np.zeros((2, 5), np.float32))
    with pytest.raises(BadInput, match="mulaw, alaw"):
        bench.open(encoding="mp3")
    with pytest.raises(BadInput, match="got 80;"):
        bench.open(sample_rate_hz=80)
    stream.feed(np.array([np.nan, np.inf, 1e30] * 2000, np.float32))  # noise, no error


def test_events_reach_a_reader_in_asyncio(studio):
    bench = studio.bench(partial_interval_s=0)
    worker = Worker(bench.scheduler)
    stream = bench.open(channels=2)

    async def talk() -> list:
        async def send() -> None:
            for channel in (0, 1):
                sound = studio.bursts([101 + channel], after_s=1.0)
                for at in range(0, len(sound), 320):
                    await stream.drain()
                    stream.feed(sound[at : at + 320], channel)
            stream.close()

        sender = asyncio.create_task(send())
        events = [event async for event in stream]
        await sender
        return events

    events = asyncio.run(asyncio.wait_for(talk(), 20))
    worker.stop()
    assert studio.said(events, 0) == ["w101"]
    assert studio.said(events, 1) == ["w102"]
    assert events[-1].type == "ended"


def test_feeding_waits_while_too_much_has_no_final(studio):
    bench = studio.bench(partial_interval_s=0, waiting_s=2.0)
    stream = bench.open(is_real_time=False)
    fed = threading.Event()

    def feed() -> None:
        for level in range(101, 141):
            stream.feed(studio.bursts([level], long_s=1.0, after_s=1.0))
        stream.close()
        fed.set()

    feeder = threading.Thread(target=feed)
    feeder.start()
    with bench.scheduler.changed:
        assert bench.scheduler.changed.wait_for(lambda: stream.waiting_s > 2.0, timeout=20)
    assert not fed.is_set()
    worker = Worker(bench.scheduler)
    events = list(stream)
    feeder.join(20)
    worker.stop()
    assert studio.said(events) == [f"w{level}" for level in range(101, 141)]


def test_a_closed_transcriber_lets_go_of_who_waits(studio):
    bench = studio.bench(partial_interval_s=0, waiting_s=0.5)
    stream = bench.open(is_real_time=False)
    stopped = []

    def feed() -> None:
        try:
            for level in range(101, 121):
                stream.feed(studio.bursts([level], long_s=1.0, after_s=1.0))
        except Conflict as conflict:
            stopped.append(conflict)

    feeder = threading.Thread(target=feed)
    feeder.start()
    with bench.scheduler.changed:
        assert bench.scheduler.changed.wait_for(lambda: stream.waiting_s > 0.5, timeout=20)
    stream.cancel()
    feeder.join(20)
    assert len(stopped) == 1


def test_a_short_turn_is_decoded_with_the_sound_just_before_it(studio):
    bench = studio.bench(partial_interval_s=0)
    stream = bench.open()
    bench.speak({stream: studio.bursts([101, 102, 103], after_s=1.0)})
    bench.speak({stream: studio.bursts([104], after_s=1.0)})
    assert bench.recogniser.lead_ins == ["", "w101 w102 w103"]
    assert studio.said(studio.read(stream)) == ["w101", "w102", "w103", "w104"]


def test_finals_hold_names_and_numbers_as_those_of_files_do_and_keep_what_was_said(studio):
    words = {101: "quarante-sept", 102: "euros", 103: "chez", 104: "télékom", 105: "plus"}
    bench = studio.bench(vocabulary=("Télécom Plus",))
    bench.recogniser.words = words
    stream = bench.open()
    bench.speak({stream: studio.bursts(list(words), after_s=1.0)})
    events = studio.read(stream)
    (final,) = [event for event in events if event.type == "final"]
    assert final.text == "47 € chez Télécom Plus"
    assert final.to_turn(0).spoken_text == " ".join(words.values())
    assert all(
        event.text in " ".join(words.values()) for event in events if event.type == "partial"
    )


def test_numbers_stay_as_they_were_said_where_that_is_asked_for(studio):
    bench = studio.bench(written_numbers=False)
    bench.recogniser.words = {101: "quarante-sept"}
    stream = bench.open()
    bench.speak({stream: studio.bursts([101], after_s=1.0)})
    assert studio.said(studio.read(stream)) == ["quarante-sept"]


def test_the_prompt_read_back_is_no_speech(studio):
    bench = studio.bench()
    names = "Livebox, Horizon, Télécom, Sosh, Parnasse, Nordnet, Viaccess, Cofidis, Atlas, Mobius."
    bench.recogniser.words = dict(enumerate(names.split(), 101))
    bench.recogniser.prompts = names
    stream = bench.open()
    bench.speak({stream: studio.bursts(list(bench.recogniser.words), after_s=1.0)})
    (event,) = [event for event in studio.read(stream) if event.type in ("final", "withdrawn")]
    assert event.type == "withdrawn"
    assert [text.reason for text in event.dropped] == ["prompt_echo"]


def test_no_partial_is_begun_while_the_turn_may_be_ending(studio):
    bench = studio.bench(partial_interval_s=0.5)
    stream = bench.open()
    stream.feed(studio.bursts([101], long_s=0.7, gap_s=0.128))
    bench.run()
    assert bench.recogniser.rounds == []
    stream.feed(studio.bursts([102], long_s=0.3, gap_s=0.0))
    bench.run()
    assert len(bench.recogniser.rounds) == 1
