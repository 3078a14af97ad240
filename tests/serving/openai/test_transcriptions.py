"""``/v1/audio/transcriptions`` with OpenAI's own client: formats, streams, refusals."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
import wave

import numpy as np
import openai
import pytest

from conversation import Conversation, Participant, Provenance, Turn, Word
from speech import Transcription
from speech.audio_file import read_header
from speech.decoding import Decoder

SAID = (
    (0, "Bonjour. Comment puis-je vous aider ?"),
    (1, "Ma box est en panne. Il pleut & <vente> !"),
    (0, "Je regarde."),
)


def conversation_of(said):
    turns, at_s = [], 0.5
    for index, (place, text) in enumerate(said):
        words = []
        for word in text.split():
            words.append(Word(text=word, start_s=at_s, end_s=at_s + 0.3, probability=0.9))
            at_s += 0.4
        turns.append(
            Turn(
                index=index, speaker=("agent", "customer")[place], text=text, words=tuple(words),
                start_s=words[0].start_s, end_s=words[-1].end_s, participant=place,
            )
        )  # fmt: skip
    return Conversation(
        id="call", channel="phone", language="fr", duration_s=12.4, turns=tuple(turns),
        participants=(Participant(role="agent"), Participant(role="customer")),
    )  # fmt: skip


@pytest.fixture
def heard(monkeypatch):
    """A stand-in for the transcription; what it was asked is kept."""
    asked = []

    def transcribed(service, path, request, *, heard=None):
        asked.append((path, path.read_bytes(), request))
        whole = conversation_of(SAID)
        if heard is not None:
            heard(conversation_of(SAID[:2]), whole.turns[1].end_s + 2.5)
        if b"BREAK" in asked[-1][1]:
            raise RuntimeError("Dupont")
        return Transcription(
            conversation=whole, account=(), provenance=Provenance(component="s", version="1")
        )

    for module in ("transcriptions", "transcript_stream"):
        monkeypatch.setattr(f"serving.routes.openai.{module}.transcribed", transcribed)
    monkeypatch.setattr("serving.routes.openai.transcriptions.probe", lambda path: None)
    return asked


def transcribe(client, content=b"sound", **more):
    return client.audio.transcriptions.create(
        model=more.pop("model", "whisper-1"), file=("call.wav", content), **more
    )


def test_json_and_text_hold_all_that_was_said(client, heard):
    text = " ".join(text for _, text in SAID)
    answer = transcribe(client, language="fr", prompt="Livebox, Sosh", temperature=0.0)
    assert answer.text == text
    assert answer.usage.type == "duration"
    assert answer.usage.seconds == 13
    assert transcribe(client, model="gpt-4o-transcribe", response_format="text") == f"{text}\n"
    request = heard[0][2]
    assert (request.language, request.hotwords) == ("fr", ("Livebox, Sosh",))


def test_subtitles_are_what_players_read(client, heard):
    srt = transcribe(client, response_format="srt")
    vtt = transcribe(client, response_format="vtt")
    assert re.match(r"1\n00:00:00,500 --> 00:00:0\d,\d{3}\nBonjour\.", srt)
    assert vtt.startswith("WEBVTT\n\n1\n00:00:00.500 --> ")
    assert "Conseiller" not in srt + vtt
    assert "&amp; &lt;vente&gt;" in vtt


def test_verbose_json_has_segments_and_words_as_asked(client, heard):
    plain = transcribe(client, response_format="verbose_json")
    assert (plain.language, plain.duration, plain.words) == ("french", 12.4, None)
    assert [one.text for one in plain.segments] == [
        "Bonjour.", "Comment puis-je vous aider ?", "Ma box est en panne.",
        "Il pleut & <vente> !", "Je regarde.",
    ]  # fmt: skip
    first = plain.segments[0]
    assert (first.id, first.start, first.end, first.seek) == (0, 0.5, 0.8, 50)
    assert first.avg_logprob == pytest.approx(-0.1054, abs=1e-3)
    words = transcribe(client, response_format="verbose_json", timestamp_granularities=["word"])
    assert (words.segments, len(words.words)) == (None, 18)
    assert (words.words[1].word, words.words[1].start) == ("Comment", 0.9)
    both = transcribe(
        client, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert len(both.segments) == 5
    assert len(both.words) == 18


def test_diarized_json_tells_speakers_apart(client, heard):
    answer = transcribe(client, response_format="diarized_json", chunking_strategy="auto")
    assert [(one.speaker, one.id) for one in answer.segments][:3] == [
        ("A", "seg_001"), ("A", "seg_002"), ("B", "seg_003"),
    ]  # fmt: skip
    assert answer.segments[-1].speaker == "A"


def test_a_stream_gives_each_sentence_once_and_then_the_whole(client, heard):
    events = list(transcribe(client, stream=True))
    deltas = [one.delta for one in events if one.type == "transcript.text.delta"]
    assert deltas[0] == "Bonjour."
    assert deltas[1] == " Comment puis-je vous aider ?"
    assert events[-1].type == "transcript.text.done"
    assert "".join(deltas) == events[-1].text == " ".join(text for _, text in SAID)
    assert events[-1].usage.seconds == 13


def test_the_async_client_streams_too(served, admin_key, heard):
    async def main():
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key=admin_key) as client:
            stream = await transcribe(client, stream=True)
            return [one async for one in stream]

    assert asyncio.run(main())[-1].text.startswith("Bonjour. Comment")


def test_a_diarized_stream_has_segments_with_speakers(client, heard):
    events = list(transcribe(client, stream=True, response_format="diarized_json"))
    segments = [one for one in events if one.type == "transcript.text.segment"]
    assert [one.speaker for one in segments] == ["A", "A", "B", "B", "A"]
    assert events[0].segment_id == segments[0].id


def test_a_stream_that_breaks_off_says_so_without_the_cause(client, heard):
    with pytest.raises(openai.APIError) as caught:
        list(transcribe(client, b"BREAK", stream=True))
    assert "Dupont" not in str(caught.value)


def test_card_numbers_are_in_no_answer(client, monkeypatch):
    said = (
        (0, "Votre carte ?"),
        (1, "C'est le 4970 1012 3456 7893 et rien d'autre."),
        (0, "Bien."),
    )
    whole = conversation_of(said)

    def transcribe_whole(path, transcriber, *, heard=None, **options):
        if heard is not None:
            part = conversation_of(((0, "Votre carte ?"), (1, "C'est le 4970 1012")))
            heard(part, part.turns[-1].end_s + 2.5)
        return Transcription(
            conversation=whole, account=(), provenance=Provenance(component="s", version="1")
        )

    monkeypatch.setattr("serving.routes.openai.transcription_run.transcribe", transcribe_whole)
    monkeypatch.setattr("serving.routes.openai.transcriptions.probe", lambda path: None)
    for kind in ("text", "srt", "vtt"):
        assert "4970" not in transcribe(client, response_format=kind)
    verbose = transcribe(
        client, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert "4970" not in verbose.model_dump_json()
    events = list(transcribe(client, stream=True))
    assert events[-1].text.startswith("Votre carte ? C'est le")
    assert "4970" not in "".join(one.model_dump_json() for one in events)


def test_nothing_of_a_file_is_left(client, heard, served):
    transcribe(client)
    list(transcribe(client, stream=True))
    folder = served.app.state.service.store.files.incoming
    deadline = time.monotonic() + 5
    while any("call.wav" in names for _, _, names in os.walk(folder)):
        assert time.monotonic() < deadline
    assert len(heard) == 2


def test_the_silence_that_ends_a_segment_can_be_set(client, heard):
    strategy = {"type": "server_vad", "silence_duration_ms": 400, "threshold": 0.5}
    transcribe(client, chunking_strategy=strategy)
    assert heard[0][2].turn_pause_s == 0.4


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"response_format": "xml"}, "response_format"),
        ({"language": "français"}, "language"),
        ({"temperature": 3}, "temperature"),
        ({"timestamp_granularities": ["word"]}, "timestamp_granularities"),
        ({"include": ["logprobs"]}, "include"),
        ({"chunking_strategy": {"type": "magic"}}, "chunking_strategy"),
        ({"stream": True, "response_format": "srt"}, "stream"),
        ({"extra_body": {"surprise": "1"}}, "surprise"),
        (
            {"extra_body": {"known_speaker_names": ["A"]}, "response_format": "diarized_json"},
            "known_speaker_references",
        ),
    ],
)
def test_what_it_cannot_do_is_refused_and_named(client, heard, more, param):
    with pytest.raises(openai.BadRequestError) as caught:
        transcribe(client, **more)
    assert caught.value.param == param
    assert f"{param}: {param}" not in caught.value.message
    assert not heard


def test_a_form_without_file_or_model_names_what_is_missing(served):
    for parts, param in (
        ({"model": (None, "whisper-1")}, "file"), ({"file": ("a.wav", b"x")}, "model"),
    ):  # fmt: skip
        answer = served.client.post("/v1/audio/transcriptions", files=parts)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_what_is_no_sound_is_refused_before_a_stream_begins(client):
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError, match="got text in"):
            transcribe(client, b"This is a text and no sound.", stream=stream)


@pytest.fixture(scope="module")
def call_sound(examples_dir):
    """The first seconds of a call, the agent in row 0 and the customer in row 1, at 16 kHz."""
    header = read_header(examples_dir / "conversations" / "telecom_panne.wav")
    decoder = Decoder(header, channels=[0, 1], max_duration_s=600)
    blocks, length = [], 0
    for block in decoder.blocks():
        blocks.append(block)
        length += block.shape[1]
        if length > 12.5 * 16_000:
            break
    return np.concatenate(blocks, axis=1)[:, : round(12.5 * 16_000)]


def wav_of(path, sound):
    """Write sound of shape (n_channels, n) at 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((sound.T * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.model
def test_a_real_call_is_transcribed_and_streamed_alike(client, call_sound, tmp_path):
    call = wav_of(tmp_path / "call.wav", call_sound)
    answer = client.audio.transcriptions.create(
        model="whisper-1", file=call, response_format="verbose_json", language="fr",
        timestamp_granularities=["word", "segment"],
    )  # fmt: skip
    assert "comment puis-je vous aider" in answer.text
    assert all(one.tokens for one in answer.segments)
    starts = [word.start for word in answer.words]
    assert starts == sorted(starts)
    events = list(
        client.audio.transcriptions.create(model="whisper-1", file=call, language="fr", stream=True)
    )
    assert events[-1].text == answer.text


def translate(client, path, **fields):
    """As the client does, whose own method warns that it is deprecated."""
    return client.post(
        "/audio/translations", body={"model": "whisper-1"} | fields, cast_to=object,
        files=[("file", ("call.wav", path.read_bytes()))],
        options={"headers": {"Content-Type": "multipart/form-data"}},
    )  # fmt: skip


@pytest.mark.model
def test_a_real_call_is_translated_into_english(client, call_sound, tmp_path):
    call = wav_of(tmp_path / "call.wav", call_sound)
    answer = translate(client, call, response_format="verbose_json", language="fr")
    assert (answer["task"], answer["language"], answer["duration"]) == (
        "translate",
        "english",
        12.5,
    )
    assert "hello" in answer["text"].lower() or "welcome" in answer["text"].lower()
    assert answer["segments"][-1]["end"] <= 12.6


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"response_format": "diarized_json"}, "response_format"), ({"stream": "true"}, "stream")],
)
def test_what_a_translation_cannot_do_is_refused(client, tmp_path, fields, param):
    (tmp_path / "call.wav").write_bytes(b"RIFF")
    with pytest.raises(openai.BadRequestError) as caught:
        translate(client, tmp_path / "call.wav", **fields)
    assert caught.value.param == param


@pytest.mark.model
def test_known_speakers_get_their_names(client, call_sound, tmp_path):
    call = wav_of(tmp_path / "call.wav", call_sound)
    voices = (call_sound[:1, : round(5.5 * 16_000)], call_sound[1:, round(6.2 * 16_000) :])
    references = [
        "data:audio/wav;base64,"
        + base64.b64encode(wav_of(tmp_path / "voice.wav", voice).read_bytes()).decode()
        for voice in voices
    ]
    answer = client.audio.transcriptions.create(
        model="gpt-4o-transcribe-diarize", file=call, language="fr",
        response_format="diarized_json", known_speaker_names=["Marc", "Claire"],
        known_speaker_references=references[::-1],
    )  # fmt: skip
    assert answer.segments[0].speaker == "Claire"
    assert {one.speaker for one in answer.segments} == {"Claire", "Marc"}
