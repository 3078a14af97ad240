"""Following a session that somebody else feeds, and practice of which nothing stays."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

AUDIO = {"encoding": "pcm_s16le", "sample_rate": 8000, "channels": ["customer"]}
START = {"type": "start", "audio": AUDIO}


async def send(socket, message) -> None:
    await socket.send(json.dumps(message))


async def started(live_tools, socket, start=START):
    await send(socket, start)
    return (await live_tools.receive(socket, "started"))[-1]


def watched(server, session, **options):
    return server.connect(f"/v1/live/sessions/{session}/watch", **options)


def test_who_follows_hears_everything_from_the_beginning_but_the_token(server, live_tools):
    async def call():
        async with server.connect() as socket:
            begun = await started(live_tools, socket, START | {"agent_key": "a-1"})
            await socket.send(live_tools.bursts([20, 30]))
            await live_tools.receive(socket, "final")
            async with watched(server, begun["session"]) as other:
                first = await live_tools.receive(other, "final")
                await socket.send(live_tools.bursts([40]))
                then = await live_tools.receive(other, "final")
                await send(socket, {"type": "end"})
                events = first + then + await live_tools.receive(other, "closed")
                with pytest.raises(ConnectionClosed):
                    await other.recv()
            return begun, events

    begun, events = asyncio.run(call())
    assert events[0]["type"] == "watching"
    assert events[0]["session"]["agent_key"] == "a-1"
    assert [one["text"] for one in events if one["type"] == "final"] == ["w20 w30", "w40"]
    numbered = [one["seq"] for one in events if one["seq"]]
    assert numbered == list(range(1, len(numbered) + 1))
    assert "ack" not in {one["type"] for one in events}
    assert begun["resume_token"] not in json.dumps(events)


def test_what_is_done_with_cards_is_known_on_both_sides(server, live_tools):
    async def call():
        async with server.connect() as socket:
            begun = await started(live_tools, socket)
            async with watched(server, begun["session"]) as other:
                await live_tools.receive(other, "watching")
                await send(other, {"type": "card", "id": "1-1", "judgement": "up"})
                [*_, judged] = await live_tools.receive(socket, "judged")
                await send(socket, {"type": "mute"})
                [*_, muted] = await live_tools.receive(other, "muted")
                await send(other, {"type": "end"})  # not theirs to end
                await send(other, {"type": "fly"})
                [*_, wrong] = await live_tools.receive(other, "error")
            async with watched(server, begun["session"]) as late:
                [*_, still] = await live_tools.receive(late, "muted")
            await send(socket, {"type": "end"})
            await live_tools.receive(socket, "closed")
            return judged, muted, wrong, still

    judged, muted, wrong, still = asyncio.run(call())
    assert (judged["id"], judged["judgement"]) == ("1-1", "up")
    assert muted["muted"]
    assert still["muted"]
    assert wrong["problem"]["status"] == 422


def test_a_session_that_may_not_be_seen_is_as_if_it_were_not_there(server, live_tools):
    others = server.key("agent", agent_key="a-2")
    own = server.key("agent", agent_key="a-1")
    elsewhere = server.key("supervisor", team="lyon")

    async def call():
        async with server.connect() as socket:
            begun = await started(live_tools, socket, START | {"agent_key": "a-1"})
            for headers in (others, elsewhere):
                with pytest.raises(InvalidStatus) as refused:
                    async with watched(server, begun["session"], additional_headers=headers):
                        pass
                assert refused.value.response.status_code == 404
                assert server.client.get("/v1/live/sessions", headers=headers).json() == {
                    "data": []
                }
            [listed] = server.client.get("/v1/live/sessions", headers=own).json()["data"]
            assert listed["id"] == begun["session"]
            async with watched(server, begun["session"], additional_headers=own) as other:
                await live_tools.receive(other, "watching")
            await send(socket, {"type": "end"})
            await live_tools.receive(socket, "closed")
            return begun["session"]

    session = asyncio.run(call())
    lines = server.client.get("/v1/audit", params={"object_id": session}).json()["data"]
    assert [one["action"] for one in lines if one["action"].startswith("live.")] == [
        "live.watch", "live.open",
    ]  # fmt: skip


def test_a_cut_follower_gets_what_was_missed(server, live_tools):
    async def call():
        async with server.connect() as socket:
            begun = await started(live_tools, socket)
            await socket.send(live_tools.bursts([20]))
            await live_tools.receive(socket, "final")
            async with watched(server, begun["session"]) as other:
                [*_, final] = await live_tools.receive(other, "final")
                other.transport.abort()
            await socket.send(live_tools.bursts([30]))
            await live_tools.receive(socket, "final")
            path = f"/v1/live/sessions/{begun['session']}/watch?last_seq={final['seq']}"
            async with server.connect(path) as other:
                events = await live_tools.receive(other, "final")
            await send(socket, {"type": "end"})
            await live_tools.receive(socket, "closed")
            return events

    assert [one["text"] for one in asyncio.run(call()) if one["type"] == "final"] == ["w30"]


def test_practice_is_followed_and_resumed_and_nothing_of_it_stays(
    server, live_tools, heard_as, monkeypatch
):
    heard_as({20: "alerte"})
    service = server.app.state.service
    told = []
    monkeypatch.setattr(service, "notify", lambda kind, *given, **more: told.append(kind))
    stored = {one["id"] for one in server.client.get("/v1/conversations").json()["data"]}
    folder = service.settings.data_dir / "live"

    async def call():
        async with server.connect() as socket:
            begun = await started(live_tools, socket, START | {"practice": True})
            await socket.send(live_tools.bursts([20]))
            await live_tools.receive(socket, "alert")
            assert server.client.get("/v1/live/sessions").json() == {"data": []}
            assert not folder.exists() or not list(folder.iterdir())
            socket.transport.abort()
        async with server.connect() as socket:
            again = START | {"resume_token": begun["resume_token"], "last_seq": 2}
            resumed = await started(live_tools, socket, again)
            await socket.send(live_tools.bursts([30]))
            await send(socket, {"type": "end"})
            return begun, resumed, await live_tools.receive(socket, "closed")

    begun, resumed, events = asyncio.run(call())
    assert begun["conversation"] is None
    assert resumed["resume_from"] == len(live_tools.bursts([20]))
    assert [one["note"] for one in events if one["type"] == "summary"] == [{"turns": 2}]
    assert events[-1]["conversation"] is None
    assert "alert.raised" not in told
    after = {one["id"] for one in server.client.get("/v1/conversations").json()["data"]}
    assert after == stored


def test_practice_with_somebody_on_the_line_is_refused(server, live_tools):
    async def call():
        async with server.connect() as socket:
            await send(socket, START | {"practice": True, "customer_key": "c-1"})
            return await live_tools.receive(socket, "error")

    [refused] = asyncio.run(call())
    assert refused["fatal"]
    assert refused["problem"]["status"] == 422
