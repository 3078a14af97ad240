"""Live sessions and the service around them: limits, stops, cuts, a recogniser that breaks."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed

AUDIO = {"encoding": "pcm_s16le", "sample_rate": 8000, "channels": ["customer"]}
START = {"type": "start", "audio": AUDIO}
CHAT = {"type": "start"}


async def send(socket, message) -> None:
    await socket.send(json.dumps(message))


async def started(server, live_tools, socket, start=START):
    await send(socket, start)
    return (await live_tools.receive(socket, "started"))[-1]


async def stream(socket, sound, *, size=320) -> None:
    for at in range(0, len(sound), size):
        await socket.send(sound[at : at + size])


def finals_of(events):
    newest = {event["turn"]: event for event in events if event["type"] == "final"}
    return [newest[turn]["text"] for turn in sorted(newest)]


def test_a_service_that_stops_lets_sentences_end_and_the_next_one_goes_on(make_server, live_tools):
    sound = b"".join(live_tools.bursts([20 + at], after_s=0.4) for at in range(6))
    half = len(sound) // 2 + 1000

    async def first(server):
        async with server.connect() as socket:
            begun = await started(server, live_tools, socket)
            await stream(socket, sound[:half])
            events = await live_tools.receive(
                socket, until=lambda one: one["type"] == "ack" and one["received"] == half
            )
            stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
            await asyncio.sleep(0)
            try:
                events += await live_tools.receive(socket, "draining")
                await socket.recv()
            except ConnectionClosed:
                pass
            await stopping
            return begun["resume_token"], events

    async def second(server, token, events):
        async with server.connect() as socket:
            seen = max((one["seq"] for one in events if one.get("seq")), default=0)
            again = START | {"resume_token": token, "last_seq": seen}
            begun = await started(server, live_tools, socket, again)
            assert begun["resumed"] is True
            await stream(socket, sound[begun["resume_from"] :])
            await send(socket, {"type": "end"})
            return events + await live_tools.receive(socket, "closed")

    token, events = asyncio.run(first(make_server()))
    again = make_server()
    events = asyncio.run(second(again, token, events))
    assert " ".join(finals_of(events)) == " ".join(f"w{20 + at}" for at in range(6))
    closed = events[-1]
    assert closed["conversation"] is not None
    stored = again.app.state.service.store.get(closed["conversation"])
    with again.app.state.service.store.files.named(stored.recording_sha256, "x.wav") as path:
        assert abs(path.stat().st_size - len(sound)) < 100  # the sound is whole, too


def test_who_does_not_come_back_leaves_a_conversation(make_server, live_tools):
    server = make_server(live_resume_s=0.2)

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket)
            await stream(socket, live_tools.bursts([20]))
            await live_tools.receive(socket, "final")
            socket.transport.abort()
        while server.hub.sessions:
            await asyncio.sleep(0.05)

    asyncio.run(call())
    [stored] = server.client.get("/v1/conversations").json()["data"]
    assert stored["name"].startswith("live-")


def test_a_key_has_only_so_many_sessions(make_server, live_tools):
    server = make_server(live_streams_per_key=2)

    async def call():
        async with server.connect() as one, server.connect() as two, server.connect() as three:
            for socket in (one, two):
                await started(server, live_tools, socket, CHAT | {"store": False})
            await send(three, CHAT)
            [refused] = await live_tools.receive(three, "error")
            with pytest.raises(ConnectionClosed) as closed:
                await three.recv()
            return refused, closed.value.rcvd.code

    refused, code = asyncio.run(call())
    assert refused["problem"]["status"] == 429
    assert code == 1013


def test_a_silent_client_is_let_go(make_server, live_tools):
    server = make_server(live_idle_s=0.3)

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket)
            events = await live_tools.receive(socket, "error")
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            return events[-1]

    assert asyncio.run(call())["problem"]["status"] == 408


def test_a_recogniser_that_breaks_names_what_is_lost(make_server, live_tools):
    server = make_server()

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket)
            await stream(socket, live_tools.bursts([20], after_s=4))
            await live_tools.receive(
                socket, until=lambda one: one["type"] == "ack" and one["kept"] > 0
            )
            server.listener.recogniser.breaks = True
            await stream(socket, live_tools.bursts([30]))
            return await live_tools.receive(socket, "closed")

    events = asyncio.run(call())
    assert [one["fatal"] for one in events if one["type"] == "error"] == [True]
    closed = events[-1]
    assert closed["reason"] == "failed"
    assert 0 < closed["lost_from_s"] < 4.5
    assert closed["conversation"] is not None
    assert "broke" not in json.dumps(events)


def test_a_client_that_does_not_read_keeps_nobody_waiting(make_server, live_tools):
    server = make_server()

    async def call():
        async with server.connect(max_queue=1) as slow, server.connect() as quick:
            await started(server, live_tools, slow)
            await started(server, live_tools, quick)
            sound = live_tools.bursts([20, 30], after_s=0.4)
            for _ in range(3):
                await stream(slow, sound, size=8000)
            await stream(quick, sound)
            await send(quick, {"type": "end"})
            events = await live_tools.receive(quick, "closed")
            slow.transport.abort()
            return events

    assert finals_of(asyncio.run(call())) == ["w20 w30"]


def test_what_cannot_be_stored_is_tried_again(make_server, live_tools, monkeypatch):
    monkeypatch.setattr("serving.live.left.RETRY_S", 0.2)
    server = make_server()
    service = server.app.state.service
    accept, failures = service.accept_conversation, []

    def failing(*given, **more):
        if len(failures) < 2:
            failures.append(1)
            raise OSError(28, "No space left on device")
        return accept(*given, **more)

    monkeypatch.setattr(service, "accept_conversation", failing)

    async def chat():
        async with server.connect() as socket:
            begun = await started(server, live_tools, socket, CHAT)
            message = {"type": "text", "speaker": "customer", "text": "Ma box est en panne."}
            await send(socket, message)
            await send(socket, {"type": "end"})
            return begun, (await live_tools.receive(socket, "closed"))[-1]

    begun, closed = asyncio.run(chat())
    assert closed["conversation"] is None
    assert closed["reason"] == "failed"
    assert server.wait_for(begun["conversation"])["status"] == "done"
    assert len(failures) == 2
    folder = service.spool_dir / "live"
    assert not list(folder.iterdir())
