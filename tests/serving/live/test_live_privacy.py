"""Objection, erasure and alerts around live sessions."""

from __future__ import annotations

import asyncio
import json

CHAT = {"type": "start"}


async def open_chat(server, live_tools, socket, **more):
    await socket.send(json.dumps(CHAT | more))
    return (await live_tools.receive(socket, "started", "error"))[-1]


async def say(socket, text, speaker="customer"):
    await socket.send(json.dumps({"type": "text", "speaker": speaker, "text": text}))


def test_a_customer_who_objects_is_not_followed(server, live_tools):
    body = {"kind": "objection", "customer_key": "c-no"}
    assert server.client.post("/v1/consents", json=body).status_code == 201

    async def call():
        async with server.connect() as socket:
            return await open_chat(server, live_tools, socket, customer_key="c-no")

    refused = asyncio.run(call())
    assert refused["type"] == "error"
    assert "object" in refused["problem"]["detail"]
    assert not server.hub.sessions


def test_an_objection_during_the_call_leaves_nothing(server, live_tools):
    async def call():
        async with server.connect() as socket:
            begun = await open_chat(server, live_tools, socket, customer_key="c-late")
            await say(socket, "Je refuse d'être enregistrée.")
            await live_tools.receive(socket, "ack")
            body = {"kind": "objection", "customer_key": "c-late"}
            answer = await asyncio.to_thread(server.client.post, "/v1/consents", json=body)
            assert answer.status_code == 201
            await socket.send('{"type": "end"}')
            return begun, await live_tools.receive(socket, "closed")

    begun, events = asyncio.run(call())
    assert events[-1]["conversation"] is None
    assert events[-1]["reason"] == "failed"
    assert server.client.get(f"/v1/conversations/{begun['conversation']}").status_code == 404
    assert not (server.app.state.service.spool_dir / "live" / begun["session"]).exists()


def test_an_erasure_names_a_session_that_goes_on_and_reaches_one_that_waits(
    server, live_tools, monkeypatch
):
    async def call():
        async with server.connect() as socket:
            begun = await open_chat(server, live_tools, socket, customer_key="c-9")
            await say(socket, "un texte que personne ne doit retrouver")
            await live_tools.receive(socket, "ack")
            body = {"customer_key": "c-9"}
            answer = await asyncio.to_thread(server.client.post, "/v1/privacy/erasures", json=body)
            await socket.send('{"type": "end"}')
            await live_tools.receive(socket, "closed")
            return begun, answer

    begun, answer = asyncio.run(call())
    assert answer.status_code == 201
    [line] = [one for one in answer.json()["receipt"]["copies"] if one["copy"] == "live sessions"]
    assert line["kept"] == 1
    assert line["items"] == [begun["session"]]
    again = server.client.post("/v1/privacy/erasures", json={"customer_key": "c-9"})
    assert again.status_code == 201
    assert server.client.get(f"/v1/conversations/{begun['conversation']}").status_code == 404


def test_an_alert_is_told_to_other_systems(server, live_tools, monkeypatch):
    told = []
    service = server.app.state.service
    monkeypatch.setattr(service, "notify", lambda *given, **more: told.append((given, more)))

    async def call():
        async with server.connect() as socket:
            begun = await open_chat(server, live_tools, socket)
            await say(socket, "alerte rouge")
            await live_tools.receive(socket, "alert")
            await socket.send('{"type": "end"}')
            await live_tools.receive(socket, "closed")
            return begun

    begun = asyncio.run(call())
    [((kind, data), more)] = [one for one in told if one[0][0] == "alert.raised"]
    assert kind == "alert.raised"
    assert data == {"conversation_id": begun["conversation"], "category": "x"}
    assert more["key"] == f"{begun['conversation']}:x"


def test_who_opened_a_session_is_in_the_audit_log(server, live_tools):
    async def call():
        async with server.connect() as socket:
            begun = await open_chat(server, live_tools, socket, store=False)
            await say(socket, "Bonjour.")
            await socket.send('{"type": "end"}')
            await live_tools.receive(socket, "closed")
            return begun

    begun = asyncio.run(call())
    lines = server.client.get("/v1/audit", params={"limit": 50}).json()["data"]
    assert [one["action"] for one in lines if one["object_id"] == begun["session"]] == ["live.open"]
