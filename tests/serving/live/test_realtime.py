"""OpenAI's Realtime transcription, with OpenAI's own client."""

from __future__ import annotations

import base64

import openai
import pytest

# the client opens its connection in a way that the websockets package has replaced
pytestmark = pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning")


def client_of(server):
    key = server.headers["Authorization"].removeprefix("Bearer ")
    return openai.OpenAI(
        api_key=key, base_url=f"{server.url}/v1", websocket_base_url=f"{server.ws}/v1"
    )


def connection_to(server):
    return client_of(server).realtime.connect(extra_query={"intent": "transcription"})


def read_until(connection, kind):
    events = []
    while not events or events[-1].type != kind:
        events.append(connection.recv())
    return events


def asking(**inputs):
    return {"type": "transcription", "audio": {"input": inputs}}


PCM = {"type": "audio/pcm", "rate": 24_000}
COMPLETED = "conversation.item.input_audio_transcription.completed"


def append(connection, sound, size=4800):
    for at in range(0, len(sound), size):
        connection.input_audio_buffer.append(audio=base64.b64encode(sound[at : at + size]).decode())


def test_turns_are_found_and_transcribed(server, live_tools):
    with connection_to(server) as connection:
        created = connection.recv()
        assert created.type == "session.created"
        assert created.session.type == "transcription"
        connection.session.update(
            session=asking(format=PCM, transcription={"model": "whisper-1", "language": "fr"})
        )
        updated = connection.recv()
        assert updated.type == "session.updated"
        assert updated.session.audio.input.transcription.language == "fr"
        append(connection, live_tools.bursts([20, 30], rate_hz=24_000))
        first = read_until(connection, COMPLETED)
        append(connection, live_tools.bursts([40], rate_hz=24_000))
        second = read_until(connection, COMPLETED)
    kinds = [event.type for event in first]
    assert kinds == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
        "conversation.item.input_audio_transcription.delta", COMPLETED,
    ]  # fmt: skip
    assert first[-1].transcript == "w20 w30"
    assert second[-1].transcript == "w40"
    assert len({event.item_id for event in first if hasattr(event, "item_id")}) == 1
    [committed] = [one for one in second if one.type == "input_audio_buffer.committed"]
    assert committed.previous_item_id == first[-1].item_id
    assert first[-1].usage.type == "duration"
    assert len({event.event_id for event in first + second}) == len(first + second)


def test_a_client_may_commit_turns_itself(server, live_tools):
    with connection_to(server) as connection:
        connection.recv()
        connection.session.update(session=asking(format=PCM, turn_detection=None))
        assert connection.recv().session.audio.input.turn_detection is None
        append(connection, live_tools.bursts([20], rate_hz=24_000))
        append(connection, live_tools.bursts([30], rate_hz=24_000, after_s=0))
        connection.input_audio_buffer.commit()
        first = read_until(connection, COMPLETED)
        connection.input_audio_buffer.commit()
        error = connection.recv()
        append(connection, live_tools.bursts([40], rate_hz=24_000, after_s=0))
        connection.input_audio_buffer.clear()
        read_until(connection, "input_audio_buffer.cleared")
        append(connection, live_tools.bursts([50], rate_hz=24_000, after_s=0))
        connection.input_audio_buffer.commit()
        second = read_until(connection, COMPLETED)
    assert first[-1].transcript == "w20 w30"
    assert error.type == "error"
    assert error.error.type == "invalid_request_error"
    assert second[-1].transcript == "w50"


def test_telephony_sends_mulaw(server, live_tools, mulaw):
    with connection_to(server) as connection:
        connection.recv()
        connection.session.update(session=asking(format={"type": "audio/pcmu"}))
        connection.recv()
        append(connection, mulaw(live_tools.bursts([40])), size=160)
        completed = read_until(connection, COMPLETED)[-1]
    assert completed.transcript == "w39"


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({"type": "response.create"}, "response.create"),
        ({"type": "session.update", "session": {"type": "realtime"}}, "transcription"),
        ({"type": "session.update", "session": asking(format={"type": "audio/mp3"})}, "audio/mp3"),
    ],
)
def test_what_is_not_of_transcription_is_an_error_in_openais_shape(server, event, detail):
    with connection_to(server) as connection:
        connection.recv()
        connection.send({**event, "event_id": "mine"})
        error = connection.recv()
    assert error.type == "error"
    assert detail in error.error.message
    assert error.error.event_id == "mine"
    assert error.error.code == "bad_input"


def test_the_beta_form_is_understood(server, live_tools):
    with connection_to(server) as connection:
        connection.recv()
        connection.send(
            {
                "type": "transcription_session.update",
                "session": {"input_audio_format": "pcm16", "turn_detection": None},
            }
        )
        assert connection.recv().type == "transcription_session.updated"
        append(connection, live_tools.bursts([20], rate_hz=24_000))
        connection.input_audio_buffer.commit()
        events = read_until(connection, COMPLETED)
    assert "conversation.item.created" in [event.type for event in events]
    assert events[-1].transcript == "w20"
