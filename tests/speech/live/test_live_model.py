"""Live transcription with the real model."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import jiwer
import numpy as np
import pytest

from conversation.errors import BadInput, Conflict
from speech.audio_file import read_header
from speech.decoding import Decoder
from speech.live import LiveOptions, LiveTranscriber
from speech.normalisation import normalise
from speech.options import TranscribeOptions
from speech.transcription import transcribe

RATE_HZ = 16_000
SPEAKERS = ("agent", "customer")


def _sound(path: Path) -> np.ndarray:
    decoder = Decoder(read_header(path), channels=[0, 1], max_duration_s=36_000)
    return np.concatenate(list(decoder.blocks()), axis=1)


def _feed(stream, sound: np.ndarray) -> threading.Thread:
    def feed() -> None:
        with stream:
            for at in range(0, sound.shape[1], 3200):
                for channel in range(len(sound)):
                    stream.feed(sound[channel, at : at + 3200], channel)

    feeder = threading.Thread(target=feed)
    feeder.start()
    return feeder


@pytest.fixture(scope="module")
def live(transcriber):
    with LiveTranscriber(transcriber) as live:
        yield live


@pytest.mark.model
@pytest.mark.slow
def test_a_call_fed_live_has_the_words_of_the_file(live, transcriber, examples_dir):
    path = examples_dir / "conversations" / "banque_fraude.wav"
    said = json.loads(Path(__file__).with_name("banque_fraude.json").read_text("utf-8"))
    references = [normalise(said[speaker], "fr") for speaker in SPEAKERS]
    options = TranscribeOptions(language="fr", channels=((0, "agent"), (1, "customer")))
    turns = transcribe(path, transcriber, options=options).conversation.turns
    stream = live.open(
        SPEAKERS, sample_rate_hz=RATE_HZ, encoding="f32le", language="fr", is_real_time=False
    )
    feeder = _feed(stream, _sound(path))
    finals = [event for event in stream if event.type == "final"]
    feeder.join()

    def word_error(spoken) -> float:
        texts = [" ".join(text for who, text in spoken if who == side) for side in SPEAKERS]
        return jiwer.wer(references, [normalise(text, "fr") for text in texts])

    by_file = word_error([(turn.speaker, turn.spoken_text) for turn in turns])
    by_stream = word_error([(event.speaker, event.to_turn(0).spoken_text) for event in finals])
    assert by_stream <= by_file + 0.02
    for final in finals:
        times = [time for word in final.words for time in (word.start_s, word.end_s)]
        assert times[0] >= 0
        assert sorted(word.start_s for word in final.words) == [w.start_s for w in final.words]
        assert final.speech_end_s - 28 < final.start_s <= final.end_s <= final.speech_end_s + 0.5


@pytest.mark.model
def test_streams_in_two_languages_are_told_apart(live, examples_dir):
    folder = examples_dir / "conversations"
    streams = {}
    for name, language in (("banque_fraude.wav", "fr"), ("auto_repair_en.flac", "en")):
        stream = live.open(SPEAKERS, sample_rate_hz=RATE_HZ, encoding="f32le")
        streams[language] = (stream, _feed(stream, _sound(folder / name)[:, : RATE_HZ * 15]))
    for language, (stream, feeder) in streams.items():
        finals = [event for event in stream if event.type == "final"]
        feeder.join()
        assert finals
        assert {final.language for final in finals} == {language}


@pytest.mark.model
def test_sounds_of_the_line_give_no_finals(live):
    time_s = np.arange(RATE_HZ * 12) / RATE_HZ
    ringing = 0.3 * np.sin(2 * np.pi * 440 * time_s) * (time_s % 5 < 1.5)
    keys = np.concatenate([
        np.concatenate((
            0.2 * np.sin(2 * np.pi * low * time_s[:1600])
            + 0.2 * np.sin(2 * np.pi * high * time_s[:1600]),
            np.zeros(1600),
        ))
        for low, high in ((697, 1209), (770, 1336), (852, 1477), (941, 1336)) * 6
    ])  # fmt: skip
    noise = np.random.default_rng(0).normal(0, 0.05, RATE_HZ * 10)
    sound = np.concatenate((ringing, keys, noise)).astype(np.float32)[None]
    stream = live.open(("customer",), sample_rate_hz=RATE_HZ, encoding="f32le", is_real_time=False)
    feeder = _feed(stream, sound)
    events = list(stream)
    feeder.join()
    assert [event.text for event in events if event.type == "final"] == []
    assert events[-1].duration_s == pytest.approx(sound.shape[1] / RATE_HZ)


@pytest.mark.model
def test_streams_are_opened_with_what_makes_sense(live, transcriber):
    with pytest.raises(BadInput, match="got 'boss'"):
        live.open(("boss",))
    with pytest.raises(BadInput, match="at least one channel"):
        live.open({})
    with pytest.raises(BadInput, match="xx"):
        live.open(language="xx")
    with pytest.raises(BadInput, match="xx"):
        LiveTranscriber(transcriber, options=LiveOptions(language="xx"))
    stream = live.open(stream_id="one")
    with pytest.raises(Conflict, match="'one'"):
        live.open(stream_id="one")
    stream.cancel()
    other = LiveTranscriber(transcriber)
    waiting = other.open()
    other.close()
    assert [event.type for event in waiting] == ["ended"]
    with pytest.raises(Conflict, match="closed"):
        other.open()
