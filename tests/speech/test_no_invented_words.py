"""Ten minutes without speech yield no word, whatever the recogniser would write about them."""

from __future__ import annotations

import numpy as np
import pytest

from speech import TranscribeOptions, transcribe
from speech.line_sounds import LineSoundDetector, mask_line_sounds
from speech.phantoms import drop_phantoms
from speech.voice_activity import SpeechDetector, find_spans

from . import sounds
from .conftest import decode, encode
from .test_phantoms import segment

NON_SPEECH = sounds.non_speech()
PHANTOMS = ("Merci.", "Sous-titrage ST' 501", "Oui, bonjour.", "Thank you for watching!")


def channels_of(sound: sounds.NonSpeech):
    for samples in sound.samples:
        wide = sound.rate_hz == 16_000
        yield samples if wide else sounds.at_16_khz(samples, sound.rate_hz)


def test_there_are_ten_minutes_of_it():
    assert sum(sound.length_s for sound in NON_SPEECH) >= 600
    assert all(np.abs(sound.samples).max(initial=0) <= 1 for sound in NON_SPEECH)
    again = sounds.non_speech()
    assert all((a.samples == b.samples).all() for a, b in zip(NON_SPEECH, again, strict=True))


@pytest.mark.parametrize("sound", NON_SPEECH, ids=[sound.name for sound in NON_SPEECH])
def test_no_speech_is_found_and_no_text_survives(sound: sounds.NonSpeech):
    for samples in channels_of(sound):
        activity, line = SpeechDetector(), LineSoundDetector()
        activity.feed(samples)
        line.feed(samples)
        found = line.finish()
        probabilities = mask_line_sounds(activity.finish(), found)
        assert not find_spans(probabilities, len(samples), min_silence_s=0.3, min_speech_s=0.1)
        length_s = len(samples) / 16_000
        invented = [
            segment(text, at_s)
            for at_s in np.arange(0.0, length_s - 2, 4.0).tolist()
            for text in PHANTOMS
        ]
        kept, dropped = drop_phantoms(invented, probabilities, channel=0, sounds=found)
        assert not kept
        assert len(dropped) == len(invented)


@pytest.mark.model
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_word_is_written_where_nobody_speaks(transcriber, tmp_path, language: str):
    for sound in NON_SPEECH:
        path = encode(tmp_path / "sound.wav", sound.samples, sound.rate_hz, "wav")
        result = transcribe(path, transcriber, options=TranscribeOptions(language=language))
        assert result.conversation.turns == (), sound.name


@pytest.mark.model
def test_what_sounds_between_the_words_of_a_call_adds_none(transcriber, examples_dir, tmp_path):
    call = decode(examples_dir / "conversations" / "telecom_panne.wav", [0])[0]
    greeting, question = call[: round(5.8 * 16_000)], call[13 * 16_000 : 20 * 16_000]
    held = np.concatenate([
        sounds.ringback_fr(7), sounds.mu_law(sounds.flute(15, 3)), sounds.dtmf("0123456789"),
        sounds.tones(0.5, 1_000.0), sounds.silence(1),
    ])  # fmt: skip
    wait = sounds.at_16_khz(held)
    path = encode(
        tmp_path / "call.wav", np.concatenate([greeting, wait, question])[None], 16_000, "wav"
    )
    result = transcribe(path, transcriber, options=TranscribeOptions(language="fr"))
    words = [word for turn in result.conversation.turns for word in turn.words]
    start_s, end_s = 5.8, 5.8 + len(wait) / 16_000
    middles = [(word.start_s + word.end_s) / 2 for word in words]
    assert not [middle for middle in middles if start_s + 0.3 < middle < end_s - 0.3]
    before = [middle for middle in middles if middle <= start_s + 0.3]
    assert len(before) >= 12
    assert len(middles) - len(before) >= 10
