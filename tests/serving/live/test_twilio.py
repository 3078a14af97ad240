"""Twilio Media Streams, with frames as its documentation shows them."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest
from twilio.request_validator import RequestValidator
from websockets.exceptions import ConnectionClosed, InvalidStatus

from serving.settings import Settings

TOKEN = "a-token-of-an-account"
CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}


def start(*tracks, **parameters):
    return {
        "event": "start", "sequenceNumber": "1", "streamSid": "MZ1",
        "start": {
            "accountSid": "AC1", "streamSid": "MZ1", "callSid": "CA1", "tracks": list(tracks),
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": parameters,
        },
    }  # fmt: skip


def media(track, at_ms, sound):
    return {
        "event": "media", "sequenceNumber": "2", "streamSid": "MZ1",
        "media": {"track": track, "chunk": "1", "timestamp": str(at_ms),
                  "payload": base64.b64encode(sound).decode()},
    }  # fmt: skip


STOP = {"event": "stop", "sequenceNumber": "9", "streamSid": "MZ1", "stop": {"callSid": "CA1"}}


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class, live_tools):
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("twilio") / "data", twilio_auth_token=TOKEN
    )
    running = live_tools.server(settings, fake_pipeline_class())
    yield running
    running.stop()


def signed(server, path="/v1/twilio", token=TOKEN):
    signature = RequestValidator(token).compute_signature(server.ws + path, {})
    assert RequestValidator(token).validate(server.ws + path, {}, signature)
    return {"X-Twilio-Signature": signature}


async def turns_of(server, count):
    async with asyncio.timeout(10):
        while not server.hub.sessions or len(server.hub.sessions[0].record.turns) < count:
            await asyncio.sleep(0.02)
    return list(server.hub.sessions[0].record.turns.values())


def test_both_tracks_of_a_call_become_customer_and_agent(server, live_tools, mulaw):
    caller = mulaw(live_tools.bursts([20], after_s=1.0))
    agent = mulaw(live_tools.bursts([40], after_s=0.5))
    frames = [(at, "inbound", caller[at : at + 160]) for at in range(0, len(caller), 160)]
    frames += [(at + 4000, "outbound", agent[at : at + 160]) for at in range(0, len(agent), 160)]
    received = []

    async def call():
        async with server.connect("/v1/twilio", additional_headers=signed(server)) as socket:
            await socket.send(json.dumps(CONNECTED))
            parameters = {"queue": "support", "customer_key": "c-7", "language": "fr"}
            await socket.send(json.dumps(start("inbound", "outbound", **parameters)))
            for at, track, sound in sorted(frames, key=lambda frame: frame[0]):
                await socket.send(json.dumps(media(track, at // 8, sound)))
            received.extend(await turns_of(server, 2))
            await socket.send(json.dumps(STOP))
            async for message in socket:
                received.append(message)

    asyncio.run(call())
    assert [(turn.speaker, turn.text) for turn in received] == [
        ("customer", "w20"),
        ("agent", "w39"),
    ]
    assert 0.4 < received[1].start_s < 0.7  # at its own time
    [stored] = server.client.get("/v1/conversations").json()["data"]
    row = server.app.state.service.store.get(stored["id"])
    assert (row.queue, row.customer_key) == ("support", "c-7")
    assert row.channels == "0=customer,1=agent"


def test_lost_packets_of_one_track_leave_their_time(server, live_tools, mulaw):
    sound = mulaw(live_tools.bursts([20], after_s=0.5))
    held = []

    async def call():
        async with server.connect("/v1/twilio", additional_headers=signed(server)) as socket:
            await socket.send(json.dumps(CONNECTED))
            await socket.send(json.dumps(start("inbound")))
            for first_ms in (0, 2000):
                for at in range(0, len(sound), 160):
                    message = media("inbound", first_ms + at // 8, sound[at : at + 160])
                    await socket.send(json.dumps(message))
            held.extend(await turns_of(server, 2))
            await socket.send(json.dumps(STOP))
            async for _ in socket:
                pass

    asyncio.run(call())
    assert held[1].start_s == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Signature": "d3Jvbmc="}, "other token"])
def test_who_is_not_twilio_gets_no_connection(server, headers):
    given = signed(server, token="another-token") if headers == "other token" else headers

    async def call():
        async with server.connect("/v1/twilio", additional_headers=given):
            pass

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(call())
    assert refused.value.response.status_code == 401


def test_a_stream_in_another_format_is_refused(server):
    wrong = start("inbound")
    wrong["start"]["mediaFormat"]["sampleRate"] = 16_000

    async def call():
        async with server.connect("/v1/twilio", additional_headers=signed(server)) as socket:
            await socket.send(json.dumps(CONNECTED))
            await socket.send(json.dumps(wrong))
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            return closed.value.rcvd.code

    assert asyncio.run(call()) == 1008
