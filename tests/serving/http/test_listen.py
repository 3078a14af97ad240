"""``POST /v1/listen`` with Deepgram's own client."""

from __future__ import annotations

import httpx
import pytest
from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment

from conversation import Conversation, Participant, Provenance, Turn, Word
from speech import Transcription

# Of Deepgram's own use of websockets, when its client is first used.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

SAID = ((0, "Bonjour."), (1, "Ma box est en panne."), (0, "Je regarde."))


def conversation_of_two() -> Conversation:
    turns, at_s = [], 0.5
    for index, (place, text) in enumerate(SAID):
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
    asked = []

    def transcribed(service, path, request):
        asked.append((path.read_bytes(), request))
        return Transcription(
            conversation=conversation_of_two(), account=(),
            provenance=Provenance(component="s", version="1"),
        )  # fmt: skip

    monkeypatch.setattr("serving.routes.listen.transcribed", transcribed)
    return asked


@pytest.fixture
def client(service, admin_key):
    there = DeepgramClientEnvironment(
        base=service.url, production=service.url, agent=service.url, agent_rest=service.url
    )
    with httpx.Client(timeout=20) as http:
        yield DeepgramClient(api_key=admin_key, environment=there, httpx_client=http)


def test_a_file_is_transcribed_word_by_word(client, heard):
    answer = client.listen.v1.media.transcribe_file(
        request=b"sound", model="nova-3", language="fr", smart_format=True, keyterm="Livebox"
    )
    [channel] = answer.results.channels
    [alternative] = channel.alternatives
    assert alternative.transcript == "Bonjour. Ma box est en panne. Je regarde."
    assert [word.word for word in alternative.words[:3]] == ["bonjour", "ma", "box"]
    assert alternative.words[0].punctuated_word == "Bonjour."
    assert alternative.confidence == pytest.approx(0.9)
    assert answer.metadata.duration == 12.4
    assert len(answer.metadata.sha256) == 64
    [(content, request)] = heard
    assert (content, request.language, request.keywords) == (b"sound", "fr", ("Livebox",))


def test_who_spoke_is_told_when_asked_for(client, heard):
    answer = client.listen.v1.media.transcribe_file(
        request=b"sound", diarize=True, utterances=True, detect_language=True
    )
    assert [one.speaker for one in answer.results.utterances] == [0, 1, 0]
    assert answer.results.utterances[1].transcript == "Ma box est en panne."
    assert answer.results.channels[0].detected_language == "fr"
    assert heard[0][1].language is None


def test_addresses_are_not_fetched_and_nothing_is_sent_elsewhere(client, heard):
    with pytest.raises(ApiError) as refused:
        client.listen.v1.media.transcribe_url(url="http://169.254.169.254/latest/meta-data")
    assert refused.value.status_code == 422
    assert "transcribe_file" in refused.value.body["remedy"]
    for more in ({"callback": "http://127.0.0.1/"}, {"multichannel": True}):
        with pytest.raises(ApiError) as refused:
            client.listen.v1.media.transcribe_file(request=b"sound", **more)
        assert refused.value.status_code == 422
    assert heard == []


def test_a_key_is_needed(service, heard):
    with service.client_of("nobody") as nobody:
        assert nobody.post("/v1/listen", content=b"sound").status_code == 401
