from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import pytest

from conversation.errors import (
    AudioTooLong,
    AudioUnreadable,
    BadInput,
    ChannelsUnsupported,
    ModelMissing,
    NotFound,
)
from models import ModelStore, load_speaker_encoder
from speech import TranscribeOptions, parse_channels, transcribe
from speech.raw_audio import parse_raw_format
from speech.source import Source
from speech.transcript import Transcription
from speech.transcription import transcribe_many

from .conftest import decode, encode, tone

FRENCH = TranscribeOptions(language="fr")


def spoken(text: str, start: float) -> list[tuple[str, float, float]]:
    return [
        (f" {word}", start + 0.2 * n, start + 0.2 * n + 0.2) for n, word in enumerate(text.split())
    ]


def test_silence_gives_no_turns_and_says_so(write_audio, scripted):
    path = write_audio(np.zeros((2, 24_000)), 8_000)
    whisper = scripted([])
    result = transcribe(path, whisper)
    assert result.conversation.turns == ()
    assert result.conversation.duration_s == pytest.approx(3.0)
    assert (result.conversation.language, result.language_probability) == (None, None)
    assert [(side.speech_s, side.uncovered) for side in result.account] == [(0, ()), (0, ())]
    assert result.warnings == ("No speech was found in the recording.",)
    assert whisper.model.calls == []


def test_the_same_sound_on_both_channels_is_read_once_as_mono(call_piece, tmp_path, scripted):
    samples = decode(call_piece("telecom_panne.wav", 0, 6, channels=[0]))
    path = encode(tmp_path / "double.wav", np.concatenate([samples, 0.8 * samples]), 16_000, "wav")
    whisper = scripted([[spoken("Bonjour et bienvenue chez nous", 0.5)]])
    result = transcribe(path, whisper, options=FRENCH)
    assert len(whisper.model.calls) == 1
    assert [turn.speaker for turn in result.conversation.turns] == ["unknown"]
    assert [person.audio_channel for person in result.conversation.participants] == [None]
    assert result.warnings[0].startswith("Les deux canaux portent le même son")


def test_a_silent_channel_is_said_and_costs_nothing(call_piece, tmp_path, scripted):
    samples = decode(call_piece("telecom_panne.wav", 0, 6, channels=[0]))
    path = encode(
        tmp_path / "half.wav", np.concatenate([np.zeros_like(samples), samples]), 16_000, "wav"
    )
    whisper = scripted([[spoken("Bonjour et bienvenue chez Télécom Plus", 0.5)]])
    result = transcribe(path, whisper, options=FRENCH)
    assert len(whisper.model.calls) == 1
    assert [turn.speaker for turn in result.conversation.turns] == ["agent"]
    assert [person.role for person in result.conversation.participants] == ["customer", "agent"]
    assert "Le canal 0 est muet." in result.warnings


def test_a_mono_call_leaves_the_speakers_unknown_and_says_so(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 13, mono=True)
    result = transcribe(path, scripted([[spoken("Bonjour et bienvenue", 0.5)]]), options=FRENCH)
    assert {turn.speaker for turn in result.conversation.turns} == {"unknown"}
    assert "ne sont pas distingués" in result.warnings[0]


def test_a_mono_side_can_be_named(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 6, channels=[0])
    options = TranscribeOptions(language="fr", channels=parse_channels("0=agent"))
    result = transcribe(path, scripted([[spoken("Je m'appelle Claire", 0.5)]]), options=options)
    assert [turn.speaker for turn in result.conversation.turns] == ["agent"]
    assert result.conversation.participants[0].name == "Claire"


def test_six_channels_are_refused_unless_two_are_picked(call_piece, tmp_path, scripted):
    agent, customer = decode(call_piece("telecom_panne.wav", 0, 13))
    nothing = np.zeros_like(agent)
    six = np.stack([agent, nothing, nothing, customer, nothing, nothing])
    path = encode(tmp_path / "call.wav", six, 16_000, "wav")
    with pytest.raises(ChannelsUnsupported, match=r"got 6 in call\.wav; .* --channels 0=agent,3="):
        transcribe(path, scripted([]), options=FRENCH)
    options = TranscribeOptions(language="fr", channels=parse_channels("0=agent,3=customer"))
    script = [[spoken("Bonjour", 0.5)], [spoken("Oui bonjour", 0.5)]]
    result = transcribe(path, scripted(script), options=options)
    assert [turn.speaker for turn in result.conversation.turns] == ["agent", "customer"]
    assert [side.channel for side in result.account] == [0, 3]
    assert "4 canaux sur 6 n'ont pas été lus." in result.warnings


def test_speech_without_words_is_accounted_for_and_said(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 13)
    script = [[spoken("Bonjour", 0.4)], [spoken("Bonjour madame", 0.3)]]
    result = transcribe(path, scripted(script), options=FRENCH)
    for side in result.account:
        assert side.covered_s < side.speech_s / 2
        assert side.uncovered
        assert all(0 <= gap.start_s < gap.end_s <= 13 for gap in side.uncovered)
    assert "s de parole sont restées sans mots" in result.warnings[-1]


def test_dropped_text_is_kept_with_its_reason(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 6, channels=[0])
    credit = spoken("Sous-titrage Société Radio-Canada", 3)
    result = transcribe(path, scripted([[spoken("Bonjour", 0.5), credit]]), options=FRENCH)
    assert [turn.text for turn in result.conversation.turns] == ["Bonjour"]
    assert [(d.text, d.reason) for d in result.dropped] == [
        ("Sous-titrage Société Radio-Canada", "subtitle_credit")
    ]


def test_progress_runs_forward_to_the_end(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 13)
    seen: list[tuple[float, float]] = []
    script = [[spoken("un", 1), spoken("deux", 4)], [spoken("trois", 2)]]
    transcribe(
        path,
        scripted(script),
        options=FRENCH,
        progress=lambda done, all_: seen.append((done, all_)),
    )
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {round(all_, 3) for _, all_ in seen} == {13.0}
    assert seen[-1] == (13.0, 13.0)


def test_both_channels_are_in_the_language_of_the_call(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 13)
    script = [[spoken("hello", 0.5)], [spoken("hi", 0.5)]]
    whisper = scripted(script, languages=[("en", 0.6), ("fr", 0.2), ("de", 0.2)])
    result = transcribe(path, whisper)
    assert [language for _, language in whisper.model.calls] == ["en", "en"]
    assert result.conversation.language == "en"
    assert result.language_probability == pytest.approx(0.75)
    assert any("language is not certain" in warning for warning in result.warnings)


def test_what_cannot_be_done_is_refused_before_recognition(write_audio, scripted):
    path = write_audio(tone(8_000, 5.0), 8_000)
    with pytest.raises(BadInput, match="got 'tlh'"):
        transcribe(path, scripted([]), options=TranscribeOptions(language="tlh"))
    with pytest.raises(AudioTooLong):
        transcribe(path, scripted([]), options=TranscribeOptions(max_duration_s=4))


def test_the_id_is_readable_safe_and_stable(write_audio, scripted):
    path = write_audio(np.zeros(8_000), 8_000, name="Appel n°12 été")
    first, again = (transcribe(path, scripted([])) for _ in range(2))
    assert first == again
    assert first.conversation.id.startswith("Appel-n12-ete-")
    assert first.conversation.id.endswith(first.conversation.recording.sha256[:8])


def test_the_result_says_what_produced_it(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 6, channels=[0])
    result = transcribe(path, scripted([]), options=FRENCH)
    assert result.provenance.component == "speech.transcription"
    assert [model.name for model in result.provenance.models] == ["scripted"]
    assert result.provenance.settings["beam_size"] == 5
    assert type(result).model_validate_json(result.model_dump_json()) == result


def test_names_of_the_vocabulary_are_written_and_what_was_heard_is_kept(call_piece, scripted):
    path = call_piece("telecom_panne.wav", 0, 6, channels=[0])
    script = [[spoken("Bienvenue chez telecom plus je vous écoute", 0.5)]]
    options = TranscribeOptions(language="fr", vocabulary=("Télécom Plus",))
    [turn] = transcribe(path, scripted(script), options=options).conversation.turns
    assert turn.text == "Bienvenue chez Télécom Plus je vous écoute"
    assert turn.spoken_text == "Bienvenue chez telecom plus je vous écoute"


@pytest.mark.parametrize(("is_written", "text"), [(True, "42 €"), (False, "quarante-deux euros")])
def test_amounts_are_written_and_what_was_said_is_kept(call_piece, scripted, is_written, text):
    path = call_piece("telecom_panne.wav", 0, 6, channels=[0])
    script = [[spoken("Cela fait quarante-deux euros en tout", 0.5)]]
    options = TranscribeOptions(language="fr", written_numbers=is_written)
    [turn] = transcribe(path, scripted(script), options=options).conversation.turns
    assert turn.text == f"Cela fait {text} en tout"
    assert turn.spoken_text == "Cela fait quarante-deux euros en tout"


def test_each_of_many_recordings_gives_what_it_gives_alone_and_errors_keep_their_place(
    call_piece, tmp_path, scripted
):
    path = call_piece("telecom_panne.wav", 0, 6, channels=[0])
    gone = tmp_path / "gone.wav"
    (tmp_path / "text.wav").write_text("no sound")
    paths = [path, gone, path, tmp_path / "text.wav", path]
    script = [[spoken(text, 0.5)] for text in ("un", "deux", "trois")]
    results = list(transcribe_many([Source(p, options=FRENCH) for p in paths], scripted(script)))
    assert [type(result) for result in results] == [
        Transcription, NotFound, Transcription, AudioUnreadable, Transcription
    ]  # fmt: skip
    for result, segments in zip(results[::2], script, strict=True):
        assert result == transcribe(path, scripted([segments]), options=FRENCH)


def test_nothing_to_transcribe_gives_nothing(scripted):
    assert list(transcribe_many([], scripted([]))) == []


def test_a_call_in_two_files_is_one_call(call_piece, scripted):
    sides = [call_piece("telecom_panne.wav", 0, 13, channels=[side]) for side in (0, 1)]
    script = [[spoken("Bonjour et bienvenue", 0.5)], [spoken("Ma box ne marche plus", 0.5)]]
    result = transcribe(sides[0], scripted(script), second=sides[1], options=FRENCH)
    assert [turn.speaker for turn in result.conversation.turns] == ["agent", "customer"]
    assert [person.audio_channel for person in result.conversation.participants] == [0, 1]


@pytest.fixture(scope="module")
def exchange(call_piece, transcriber) -> Transcription:
    """The first turns of the French sample call."""
    return transcribe(call_piece("telecom_panne.wav", 0, 19.9), transcriber, options=FRENCH)


def words_of(result: Transcription) -> list[tuple[str, str, float]]:
    """Return who says each word and when, without the case and marks that context changes."""
    return [
        (turn.speaker, "".join(filter(str.isalnum, word.text)).casefold(), word.start_s)
        for turn in result.conversation.turns
        for word in turn.words
    ]


def assert_alike(result: Transcription, exchange: Transcription, *, within_s: float) -> None:
    """Check that nine words in ten are the same, said by the same at the same time."""
    found, expected = words_of(result), words_of(exchange)
    matcher = SequenceMatcher(
        None, [word[:2] for word in found], [word[:2] for word in expected], autojunk=False
    )
    assert matcher.ratio() >= 0.9
    assert abs(len(found) - len(expected)) <= 1
    for match in matcher.get_matching_blocks():
        for place in range(match.size):
            start_s, expected_s = found[match.a + place][2], expected[match.b + place][2]
            assert start_s == pytest.approx(expected_s, abs=within_s)


@pytest.mark.model
def test_a_call_in_two_files_gives_the_words_of_the_stereo_file(call_piece, transcriber, exchange):
    agent, customer = (call_piece("telecom_panne.wav", 0, 19.9, channels=[side]) for side in (0, 1))
    result = transcribe(agent, transcriber, second=customer, options=FRENCH)
    assert result.conversation.turns == exchange.conversation.turns


@pytest.mark.model
def test_telephone_sound_gives_the_same_words_with_and_without_a_header(
    call_piece, tmp_path, transcriber
):
    samples = decode(call_piece("telecom_panne.wav", 0, 6, channels=[0]))
    narrow = samples.reshape(1, -1, 2).mean(axis=2)
    wav = encode(tmp_path / "call.mulaw.wav", narrow, 8_000, "mulaw.wav")
    bare = encode(tmp_path / "call.mulaw", narrow, 8_000, "mulaw")
    raw = FRENCH.model_copy(update={"raw": parse_raw_format("mulaw:8000")})
    first, again = (
        transcribe(path, transcriber, options=options)
        for path, options in ((wav, FRENCH), (bare, raw))
    )
    assert first.conversation.turns == again.conversation.turns
    assert "comment puis-je vous aider" in first.conversation.turns[0].text


@pytest.mark.model
def test_hotwords_neither_shift_times_nor_add_words(call_piece, transcriber, exchange):
    options = TranscribeOptions(language="fr", hotwords=("Marc Dubois", "facture", "fibre optique"))
    path = call_piece("telecom_panne.wav", 0, 19.9)
    result = transcribe(path, transcriber, options=options)
    assert not {"marc", "dubois", "facture", "fibre", "optique"} & {
        w for _, w, _ in words_of(result)
    }
    assert_alike(result, exchange, within_s=0.15)


@pytest.mark.model
def test_what_one_side_hears_of_the_other_is_not_written_twice(
    call_piece, tmp_path, transcriber, exchange
):
    agent, customer = decode(call_piece("telecom_panne.wav", 0, 19.9))
    path = encode(tmp_path / "bleed.wav", np.stack([agent, customer + 0.1 * agent]), 16_000, "wav")
    result = transcribe(path, transcriber, options=FRENCH)
    assert [turn.speaker for turn in result.conversation.turns] == ["agent", "customer", "agent"]
    assert_alike(result, exchange, within_s=0.3)


@pytest.mark.model
def test_voices_on_one_channel_are_told_apart(call_piece, transcriber, models_dir):
    try:
        voices = load_speaker_encoder(store=ModelStore(models_dir))
    except ModelMissing:
        pytest.skip("the speaker encoder is not fetched")
    path = call_piece("telecom_panne.wav", 0, 19.9, mono=True)
    result = transcribe(path, transcriber, options=FRENCH, speaker_encoder=voices)
    call = result.conversation
    assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]
    assert [turn.start_s for turn in call.turns] == pytest.approx([0.2, 6.4, 13.4], abs=0.5)
    assert [person.role for person in call.participants] == ["agent", "customer"]
    assert {person.audio_channel for person in call.participants} == {None}
    told = FRENCH.model_copy(update={"channels": ((0, "agent"),)})
    one = transcribe(path, transcriber, options=told, speaker_encoder=voices).conversation
    assert {turn.speaker for turn in one.turns} == {"agent"}


@pytest.mark.model
def test_each_side_speaks_its_own_language(call_piece, tmp_path, transcriber):
    french = decode(call_piece("telecom_panne.wav", 0, 6, channels=[0]))
    english = decode(call_piece("auto_repair_en.flac", 0, 6, channels=[0]))
    silence = np.zeros_like(french)
    sound = np.concatenate(
        [np.concatenate([french, silence], axis=1), np.concatenate([silence, english], axis=1)]
    )
    result = transcribe(encode(tmp_path / "two.wav", sound, 16_000, "wav"), transcriber)
    assert [turn.language for turn in result.conversation.turns] == ["fr", "en"]
    assert "comment puis-je vous aider" in result.conversation.turns[0].text
    assert "thank you for calling" in result.conversation.turns[1].text.casefold()


@pytest.mark.model
@pytest.mark.parametrize("length_s", [5.6, 6.0, 6.4])
def test_a_sentence_is_written_once_however_short_its_piece_is(call_piece, transcriber, length_s):
    path = call_piece("auto_repair_en.flac", 0, length_s, channels=[0])
    call = transcribe(path, transcriber, options=TranscribeOptions(language="en")).conversation
    text = " ".join(turn.text for turn in call.turns).casefold()
    assert text.count("thank you for calling") == 1


@pytest.mark.model
def test_recordings_give_the_same_words_together_as_alone(call_piece, transcriber):
    paths = [
        call_piece("auto_repair_en.flac", 0, 15),
        call_piece("telecom_panne.wav", 0, 6, channels=[0]),
    ]
    together = list(transcribe_many([Source(path) for path in paths], transcriber))
    assert together == [transcribe(path, transcriber) for path in paths]


@pytest.mark.model
def test_the_first_turns_of_the_french_sample_call(call_piece, transcriber):
    result = transcribe(call_piece("telecom_panne.wav", 0, 19.9), transcriber)
    call = result.conversation
    assert (call.language, result.language_probability > 0.9) == ("fr", True)
    assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]
    assert "comment puis-je vous aider" in call.turns[0].text
    assert "je vous appelle parce que" in call.turns[1].text
    assert [turn.start_s for turn in call.turns] == pytest.approx([0.2, 6.3, 13.3], abs=0.5)
    assert [(p.role, p.audio_channel) for p in call.participants] == [("agent", 0), ("customer", 1)]
    assert call.participants[0].name == "Claire"
    assert result.warnings == ()
    for side in result.account:
        assert side.covered_s > 0.9 * side.speech_s
    for turn in call.turns:
        assert turn.text == " ".join(word.text for word in turn.words)
        times = [time for word in turn.words for time in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert times[-1] <= call.duration_s


@pytest.mark.model
def test_the_english_sample_call_is_found_to_be_english(call_piece, transcriber):
    result = transcribe(call_piece("auto_repair_en.flac", 0, 15), transcriber)
    assert result.conversation.language == "en"
    assert result.language_probability > 0.9
    assert [(p.role, p.audio_channel) for p in result.conversation.participants] == [
        ("agent", 0),
        ("customer", 1),
    ]


@pytest.mark.model
def test_noise_and_a_ring_back_tone_say_nothing(write_audio, transcriber):
    rate_hz = 8_000
    ring = tone(rate_hz, 10.0, 440) * (np.arange(10 * rate_hz) % (5 * rate_hz) < 1.5 * rate_hz)
    noise = np.random.default_rng(7).normal(0, 0.02, 10 * rate_hz)
    result = transcribe(write_audio(np.stack([ring, noise]), rate_hz), transcriber)
    assert result.conversation.turns == ()


def test_what_is_heard_is_told_while_more_is_recognised(examples_dir, scripted):
    told: list[tuple[str, float]] = []
    script = [[spoken(f"mot{number}", 1)] for number in range(40)]
    result = transcribe(
        examples_dir / "conversations" / "telecom_panne.wav",
        scripted(script),
        options=FRENCH,
        heard=lambda conversation, until_s: told.append(
            (" ".join(turn.text for turn in conversation.turns), until_s)
        ),
    )
    assert told
    whole = " ".join(turn.text for turn in result.conversation.turns)
    for text, until_s in told:
        assert 0 < until_s < (result.conversation.duration_s or 0)
        assert set(text.split()) < set(whole.split())
    assert [until_s for _, until_s in told] == sorted(until_s for _, until_s in told)
