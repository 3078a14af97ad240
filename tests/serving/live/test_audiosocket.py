"""Asterisk's AudioSocket over TCP, with frames as its documentation describes them."""

from __future__ import annotations

import asyncio
import time
import uuid

import pytest

from serving.settings import Settings

ALWAYS = uuid.UUID("40325ec2-5efd-4bd3-805f-53576e581d13")


def frame(kind: int, payload: bytes = b"") -> bytes:
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class, live_tools):
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("asterisk") / "data",
        audiosocket_port=0,
        audiosocket_uuids=(str(ALWAYS),),
    )
    running = live_tools.server(settings, fake_pipeline_class())
    yield running
    running.stop()


async def leg(server, name: uuid.UUID, sound: bytes, *, kind=0x10, hold=None, packet_s=0.0):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.app.state.audiosocket.port)
    # the first frame as the byte vector of the documentation: 01 00 10 and the UUID
    writer.write(b"\x01\x00\x10" + name.bytes)
    for at in range(0, len(sound), 320):
        writer.write(frame(kind, sound[at : at + 320]))
        await asyncio.sleep(packet_s)
    writer.write(frame(0x03, b"5"))
    await writer.drain()
    if hold is not None:
        await hold.wait()
    writer.write(b"\x00\x00\x00")
    await writer.drain()
    async with asyncio.timeout(10):
        rest = await reader.read()
    writer.close()
    return rest


async def turns_of(server, count):
    async with asyncio.timeout(10):
        while not server.hub.sessions or len(server.hub.sessions[0].record.turns) < count:
            await asyncio.sleep(0.02)
    return list(server.hub.sessions[0].record.turns.values())


async def until_over(server):
    async with asyncio.timeout(10):
        while server.hub.sessions:
            await asyncio.sleep(0.02)


def test_a_call_of_the_allow_list_becomes_a_conversation(server, live_tools):
    before = len(server.client.get("/v1/conversations").json()["data"])

    async def call():
        rest = await leg(server, ALWAYS, live_tools.bursts([20, 30]))
        await until_over(server)
        return rest

    assert asyncio.run(call()) == b"\x00\x00\x00"
    assert len(server.client.get("/v1/conversations").json()["data"]) == before + 1


@pytest.mark.parametrize("without_a_processor_s", [0, 1])
def test_two_announced_legs_are_one_conversation(
    server, live_tools, monkeypatch, without_a_processor_s
):
    opened = server.hub.open

    async def late(facts):
        time.sleep(without_a_processor_s)  # nothing else runs meanwhile
        return await opened(facts)

    monkeypatch.setattr(server.hub, "open", late)
    legs = [uuid.uuid4(), uuid.uuid4()]
    body = {
        "legs": [{"uuid": str(legs[0]), "speaker": "customer"},
                 {"uuid": str(legs[1]), "speaker": "agent"}],
        "queue": "fixe", "customer_key": "c-9",
    }  # fmt: skip
    answer = server.client.post("/v1/audiosocket/calls", json=body)
    assert answer.status_code == 201
    assert answer.json()["port"] == server.app.state.audiosocket.port
    assert server.client.post("/v1/audiosocket/calls", json=body).status_code == 409

    async def call():
        hold = asyncio.Event()
        sounds = live_tools.bursts([20], after_s=1), live_tools.bursts([40], after_s=1)
        both = [
            asyncio.ensure_future(leg(server, one, sound, hold=hold, packet_s=0.02))
            for one, sound in zip(legs, sounds, strict=True)
        ]
        turns = await turns_of(server, 2)
        hold.set()
        await asyncio.gather(*both)
        await until_over(server)
        return turns

    turns = asyncio.run(call())
    assert sorted((turn.speaker, turn.text) for turn in turns) == [
        ("agent", "w40"), ("customer", "w20"),
    ]  # fmt: skip
    newest = server.client.get("/v1/conversations").json()["data"][0]
    row = server.app.state.service.store.get(newest["id"])
    assert (row.queue, row.customer_key, row.channels) == ("fixe", "c-9", "0=customer,1=agent")


def test_sixteen_kilohertz_has_a_kind_of_its_own(server, live_tools):
    name = uuid.uuid4()
    server.client.post("/v1/audiosocket/calls", json={"legs": [{"uuid": str(name)}]})

    async def call():
        hold = asyncio.Event()
        sound = live_tools.bursts([20], rate_hz=16_000)
        one = asyncio.ensure_future(leg(server, name, sound, kind=0x12, hold=hold))
        turns = await turns_of(server, 1)
        hold.set()
        await one
        await until_over(server)
        return turns

    assert [turn.text for turn in asyncio.run(call())] == ["w20"]


@pytest.mark.parametrize(
    "first", [frame(0x01, uuid.UUID(int=7).bytes), frame(0x10, b"\x00" * 320), b"\x01\x00\x02ab"]
)
def test_who_was_not_announced_is_hung_up_on(server, first):
    async def call():
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.app.state.audiosocket.port
        )
        writer.write(first)
        async with asyncio.timeout(5):
            rest = await reader.read()
        writer.close()
        return rest

    assert asyncio.run(call()) == b"\x00\x00\x00"
    assert not server.hub.sessions


def test_legs_with_one_uuid_are_no_call(server):
    name = str(uuid.uuid4())
    body = {"legs": [{"uuid": name}, {"uuid": name}]}
    assert server.client.post("/v1/audiosocket/calls", json=body).status_code == 422
