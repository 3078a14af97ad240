"""Genesys AudioHook, version 2, with messages as its reference client sends them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from serving.live.signatures import SeenNonces, SignedRequest, check_audiohook
from serving.settings import Settings

API_KEY = "a-key-for-genesys"
SECRET = base64.b64encode(b"a secret of some length").decode()
ORGANIZATION = "d7934305-0972-4844-938e-9060eef73d05"
SESSION = "e160e428-53e2-487c-977d-96989bf5c99d"
NOBODY = "00000000-0000-0000-0000-000000000000"


def headers(server, *, secret=SECRET, created=None, nonce=None, path="/v1/audiohook", key=API_KEY):
    created = int(time.time()) if created is None else created
    nonce = nonce or base64.b64encode(secrets.token_bytes(18)).decode()
    values = {
        "@request-target": path, "@authority": f"127.0.0.1:{server.port}",
        "audiohook-organization-id": ORGANIZATION, "audiohook-session-id": SESSION,
        "audiohook-correlation-id": "c-1", "x-api-key": key,
    }  # fmt: skip
    names = " ".join(f'"{name}"' for name in values)
    params = (
        f'({names});keyid="{key}";nonce="{nonce}";alg="hmac-sha256";'
        f"created={created};expires={created + 30}"
    )
    base = "\n".join([*(f'"{name}": {value}' for name, value in values.items()),
                      f'"@signature-params": {params}'])  # fmt: skip
    signature = hmac.new(base64.b64decode(secret), base.encode(), hashlib.sha256).digest()
    return {
        "Audiohook-Organization-Id": ORGANIZATION, "Audiohook-Session-Id": SESSION,
        "Audiohook-Correlation-Id": "c-1", "X-API-KEY": key,
        "Signature-Input": f"sig1={params}",
        "Signature": f"sig1=:{base64.b64encode(signature).decode()}:",
    }  # fmt: skip


class Client:
    """Keeps the sequence rules of the reference client."""

    def __init__(self, socket):
        self.socket = socket
        self.seq = 0
        self.server_seq = 0

    async def send(self, kind, **parameters):
        self.seq += 1
        message = {
            "version": "2", "id": SESSION, "type": kind, "seq": self.seq,
            "serverseq": self.server_seq, "position": "PT0.0S", "parameters": parameters,
        }  # fmt: skip
        await self.socket.send(json.dumps(message))

    async def receive(self):
        async with asyncio.timeout(10):
            message = json.loads(await self.socket.recv())
        assert message["version"] == "2"
        assert message["id"] == SESSION
        assert message["seq"] == self.server_seq + 1
        assert message["clientseq"] <= self.seq
        self.server_seq = message["seq"]
        return message

    async def receive_until(self, kind):
        messages = [await self.receive()]
        while messages[-1]["type"] != kind:
            messages.append(await self.receive())
        return messages


def opening(*, conversation="090eaa2f-72fa-480a-83e0-8667ff89c0ec", channels=None, **more):
    offers = (
        [["external", "internal"], ["external"], ["internal"]] if channels is None else channels
    )
    return {
        "organizationId": ORGANIZATION, "conversationId": conversation,
        "participant": {"id": conversation, "ani": "+33612345678", "aniName": "", "dnis": ""},
        "media": [{"type": "audio", "format": "PCMU", "channels": one, "rate": 8000}
                  for one in offers],
        "language": "fr-FR", **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class, live_tools):
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("genesys") / "data",
        audiohook_api_key=API_KEY,
        audiohook_client_secret=SECRET,
    )
    running = live_tools.server(settings, fake_pipeline_class())
    yield running
    running.stop()


def stereo(live_tools, mulaw):
    one = mulaw(live_tools.bursts([20, 30], after_s=1.2))
    two = mulaw(live_tools.bursts([40], after_s=0.5))
    two = b"\xff" * (len(one) - len(two)) + two
    return bytes(byte for pair in zip(one, two, strict=True) for byte in pair)


def test_a_call_gives_transcripts_and_becomes_a_conversation(server, live_tools, mulaw):
    sound = stereo(live_tools, mulaw)

    async def call():
        async with server.connect("/v1/audiohook", additional_headers=headers(server)) as socket:
            client = Client(socket)
            config = {"queue": "fixe", "agent_key": "a-3"}
            await client.send("open", **opening(customConfig=config))
            opened = await client.receive()
            await client.send("ping")
            pong = await client.receive()
            assert pong["clientseq"] == client.seq
            for at in range(0, len(sound), 3200):
                await socket.send(sound[at : at + 3200])
            await client.send("paused")
            await client.send("resumed", start="PT1.5S", discarded="PT2S")
            for at in range(0, len(sound), 3200):
                await socket.send(sound[at : at + 3200])
            await client.send("update", language="fr-FR")
            await client.send("close", reason="end")
            return opened, pong, await client.receive_until("closed")

    opened, pong, messages = asyncio.run(call())
    assert opened["type"] == "opened"
    [media] = opened["parameters"]["media"]
    assert media["channels"] == ["external", "internal"]
    assert pong["type"] == "pong"
    assert "updated" in [message["type"] for message in messages]
    entities = [
        entity
        for message in messages
        if message["type"] == "event"
        for entity in message["parameters"]["entities"]
    ]
    assert {entity["type"] for entity in entities} == {"transcript"}
    finals = [entity["data"] for entity in entities if entity["data"]["isFinal"]]
    texts = [(one["channelId"], one["alternatives"][0]["interpretations"][0]["transcript"])
             for one in finals]  # fmt: skip
    assert sorted(texts) == [(0, "w20 w30"), (0, "w20 w30"), (1, "w39"), (1, "w39")]
    assert len({one["id"] for one in finals}) == 4
    token = finals[0]["alternatives"][0]["interpretations"][0]["tokens"][0]
    assert token["type"] == "word"
    assert token["value"] == "w20"
    offsets = [float(one["offset"][2:-1]) for one in finals if one["channelId"] == 0]
    length_s = len(sound) / 2 / 8000
    assert offsets[1] - offsets[0] == pytest.approx(length_s + 2, abs=0.05)  # the hole counts
    [stored] = server.client.get("/v1/conversations").json()["data"]
    row = server.app.state.service.store.get(stored["id"])
    assert (row.queue, row.agent_key, row.channels) == ("fixe", "a-3", "0=customer,1=agent")


def test_a_probe_of_the_connection_is_opened_without_sound(server):
    async def call():
        async with server.connect("/v1/audiohook", additional_headers=headers(server)) as socket:
            client = Client(socket)
            await client.send("open", **opening(conversation=NOBODY))
            opened = await client.receive()
            await client.send("ping")
            await client.receive()
            await client.send("close", reason="end")
            return opened, await client.receive()

    opened, closed = asyncio.run(call())
    assert opened["parameters"]["media"] == []
    assert closed["type"] == "closed"


@pytest.mark.parametrize("what", ["seq", "organization", "media", "first"])
def test_a_client_that_breaks_the_protocol_is_disconnected(server, what):
    async def call():
        async with server.connect("/v1/audiohook", additional_headers=headers(server)) as socket:
            client = Client(socket)
            if what == "seq":
                client.seq = 4
            asked = opening(channels=[] if what == "media" else None)
            if what == "organization":
                asked["organizationId"] = SESSION
            await client.send("ping" if what == "first" else "open", **asked)
            message = await client.receive()
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            return message

    message = asyncio.run(call())
    assert message["type"] == "disconnect"
    expected = "unauthorized" if what == "organization" else "error"
    assert message["parameters"]["reason"] == expected


@pytest.mark.parametrize(
    "given",
    [{"secret": base64.b64encode(b"another").decode()}, {"key": "another-key"},
     {"created": int(time.time()) - 3600}, {"created": int(time.time()) + 3600},
     {"nonce": "short"}, {"path": "/v1/other"}],
)  # fmt: skip
def test_a_signature_that_is_not_good_is_refused_at_the_door(server, given):
    async def call():
        async with server.connect("/v1/audiohook", additional_headers=headers(server, **given)):
            pass

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(call())
    assert refused.value.response.status_code == 401


def test_a_signature_counts_once(server):
    once = headers(server)

    async def call():
        async with server.connect("/v1/audiohook", additional_headers=once):
            pass
        async with server.connect("/v1/audiohook", additional_headers=once):
            pass

    with pytest.raises(InvalidStatus):
        asyncio.run(call())


def test_a_signature_must_cover_what_it_is_about():
    values = {"x-api-key": API_KEY}
    params = f'("x-api-key");keyid="{API_KEY}";nonce="{"n" * 22}";created=1000'
    base = f'"x-api-key": {API_KEY}\n"@signature-params": {params}'
    mac = hmac.new(base64.b64decode(SECRET), base.encode(), hashlib.sha256).digest()
    values["signature-input"] = f"sig1={params}"
    values["signature"] = f"sig1=:{base64.b64encode(mac).decode()}:"
    with pytest.raises(Exception, match="does not cover"):
        check_audiohook(
            SignedRequest("/v1/audiohook", "x", values), api_key=API_KEY, client_secret=SECRET,
            nonces=SeenNonces(), now=1000,
        )  # fmt: skip
