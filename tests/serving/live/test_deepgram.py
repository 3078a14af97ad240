"""Deepgram's protocol, with Deepgram's own client."""

from __future__ import annotations

import threading

import pytest
from deepgram import DeepgramClient
from deepgram.core.events import EventType
from deepgram.environment import DeepgramClientEnvironment
from websockets.exceptions import InvalidStatus

# the client still names what the websockets package has renamed
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")


def client_of(server, key=None):
    environment = DeepgramClientEnvironment(
        base=server.url, production=server.ws, agent=server.ws, agent_rest=server.url
    )
    secret = key or server.headers["Authorization"].removeprefix("Bearer ")
    return DeepgramClient(api_key=secret, environment=environment)


def converse(server, sound, *, then, **asked):
    """Send sound and what comes then; return all messages."""
    messages, over = [], threading.Event()
    with client_of(server).listen.v1.connect(
        model="nova-3", encoding="linear16", sample_rate=8000, **asked
    ) as connection:
        connection.on(EventType.MESSAGE, messages.append)
        connection.on(EventType.CLOSE, lambda _: over.set())
        listening = threading.Thread(target=connection.start_listening)
        listening.start()
        for at in range(0, len(sound), 640):
            connection.send_media(sound[at : at + 640])
        then(connection, messages)
        listening.join(15)
    assert over.is_set()
    return messages


def closing(connection, messages):
    connection.send_close_stream()


def test_sound_becomes_results_and_then_metadata(server, live_tools):
    sound = live_tools.bursts([20, 30]) + live_tools.bursts([40])
    before = len(server.client.get("/v1/conversations").json()["data"])
    messages = converse(
        server, sound, then=closing, language="fr", interim_results="true", vad_events="true",
        utterance_end_ms="1000", punctuate="true",
    )  # fmt: skip
    kinds = [message.type for message in messages]
    results = [message for message in messages if message.type == "Results" and message.is_final]
    assert [one.channel.alternatives[0].transcript for one in results] == ["w20 w30", "w40"]
    words = results[0].channel.alternatives[0].words
    assert [word.word for word in words] == ["w20", "w30"]
    assert words[0].end <= words[1].start
    assert results[0].channel_index == [0, 1]
    assert results[0].speech_final is True
    assert "SpeechStarted" in kinds
    assert kinds.count("UtteranceEnd") == 2
    assert kinds[-1] == "Metadata"
    assert messages[-1].duration == pytest.approx(len(sound) / 16000, abs=0.01)
    assert messages[-1].request_id == results[0].metadata.request_id
    # only heard: nothing is stored
    assert len(server.client.get("/v1/conversations").json()["data"]) == before
    assert not list((server.app.state.service.settings.data_dir).glob("live/*"))


def test_finalize_says_what_was_said_so_far(server, live_tools):
    def finalizing(connection, messages):
        connection.send_finalize()
        waited = threading.Event()
        for _ in range(200):
            if any(getattr(one, "from_finalize", False) for one in messages):
                break
            waited.wait(0.05)
        connection.send_keep_alive()
        connection.send_close_stream()

    sound = live_tools.bursts([20], after_s=0.0)  # no silence ends it
    messages = converse(server, sound, then=finalizing, language="fr")
    results = [message for message in messages if message.type == "Results"]
    said = [one.channel.alternatives[0].transcript for one in results]
    assert said[: said.index("w20") + 1] == ["w20"]
    assert results[-1].from_finalize is True


def test_two_channels_are_told_apart(server, live_tools):
    one = live_tools.bursts([20], channel=0, channels=2)
    two = live_tools.bursts([30], channel=1, channels=2)
    messages = converse(server, one + two, then=closing, channels=2, multichannel="true")
    results = [message for message in messages if message.type == "Results" and message.is_final]
    said = [(one.channel_index, one.channel.alternatives[0].transcript) for one in results]
    assert said == [([0, 2], "w20"), ([1, 2], "w30")]


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"encoding": "flac"}, 415), ({"encoding": "linear16", "sample_rate": 4}, 422),
     ({"encoding": "linear16", "sample_rate": 8000, "channels": 2}, 422),
     ({"encoding": "linear16", "sample_rate": 8000, "channels": 9}, 422)],
)  # fmt: skip
def test_what_cannot_be_heard_is_refused_at_the_door(server, asked, status):
    with (
        pytest.raises(InvalidStatus) as refused,
        client_of(server).listen.v1.connect(model="nova-3", **asked),
    ):
        pass
    assert refused.value.response.status_code == status
    assert refused.value.response.headers["content-type"] == "application/problem+json"


def test_a_wrong_key_is_refused_at_the_door(server):
    with (
        pytest.raises(InvalidStatus) as refused,
        client_of(server, "no-key").listen.v1.connect(model="nova-3", encoding="mulaw"),
    ):
        pass
    assert refused.value.response.status_code == 401
