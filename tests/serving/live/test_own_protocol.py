"""The protocol entendu.live.v1 over a real WebSocket."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

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


def test_what_is_said_comes_back_as_finals_and_becomes_a_conversation(server, live_tools):
    async def call():
        async with server.connect() as socket:
            more = {"queue": "support", "customer_key": "c-1"}
            begun = await started(server, live_tools, socket, START | more)
            await stream(socket, live_tools.bursts([20, 30]) + live_tools.bursts([40]))
            await send(socket, {"type": "end"})
            return begun, await live_tools.receive(socket, "closed")

    begun, events = asyncio.run(call())
    assert begun["protocol"] == "entendu.live.v1"
    assert begun["resume_from"] == 0
    finals = [event for event in events if event["type"] == "final"]
    assert [final["text"] for final in finals] == ["w20 w30", "w40"]
    assert [final["turn"] for final in finals] == [0, 1]
    assert finals[0]["speaker"] == "customer"
    assert finals[0]["words"][0]["start_s"] < finals[0]["words"][1]["start_s"]
    numbered = [event["seq"] for event in events if event["seq"] is not None]
    assert numbered == list(range(1, len(numbered) + 1))
    assert events[-2]["type"] == "ack"
    assert [event["note"] for event in events if event["type"] == "summary"] == [{"turns": 2}]
    closed = events[-1]
    assert closed["reason"] == "end"
    assert closed["lost_from_s"] is None
    stored = server.client.get(f"/v1/conversations/{closed['conversation']}").json()
    assert stored["name"].startswith("live-")
    assert not list((server.app.state.service.settings.data_dir / "live").iterdir())


def test_two_channels_are_two_speakers(server, live_tools):
    sound = live_tools.bursts([20], channel=0, channels=2) + live_tools.bursts(
        [30], channel=1, channels=2
    )
    audio = AUDIO | {"channels": ["agent", "customer"]}

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket, START | {"audio": audio})
            await stream(socket, sound)
            await send(socket, {"type": "end"})
            return await live_tools.receive(socket, "closed")

    finals = [one for one in asyncio.run(call()) if one["type"] == "final"]
    assert [(one["speaker"], one["channel"], one["text"]) for one in finals] == [
        ("agent", 0, "w20"), ("customer", 1, "w30"),
    ]  # fmt: skip


@pytest.mark.parametrize("cuts", [(0.15, 0.4, 0.75), (0.05, 0.5), (0.33, 0.34, 0.9)])
def test_a_connection_that_is_cut_loses_and_doubles_no_word(server, live_tools, cuts):
    sound = b"".join(live_tools.bursts([20 + at, 40 + at], after_s=0.4) for at in range(5))
    expected = [f"w{20 + at} w{40 + at}" for at in range(5)]

    async def call():
        events, token, framing = [], None, AUDIO | {"framing": "offset"}
        for until in (*cuts, 1.0):
            async with server.connect() as socket:
                seen = max((one["seq"] for one in events if one.get("seq")), default=0)
                start = {"type": "start", "audio": framing}
                if token is not None:
                    start |= {"resume_token": token, "last_seq": seen}
                begun = await started(server, live_tools, socket, start)
                assert begun["resumed"] is (token is not None)
                token = begun["resume_token"]
                # a client may send again what has arrived already
                at = max(0, begun["resume_from"] - 500)
                end = int(until * len(sound))
                while at < end:
                    piece = sound[at : min(at + 333, end)]
                    await socket.send(at.to_bytes(8, "big") + piece)
                    at += len(piece)
                if until == 1.0:
                    await send(socket, {"type": "end"})
                    return events + await live_tools.receive(socket, "closed")
                await asyncio.sleep(0.05)
                while True:  # what is read before the cut is known, the rest is sent again
                    try:
                        async with asyncio.timeout(0.01):
                            events.append(json.loads(await socket.recv()))
                    except TimeoutError:
                        break
                socket.transport.abort()
        return events

    events = asyncio.run(call())
    assert finals_of(events) == expected
    numbered = [event["seq"] for event in events if event["seq"] is not None]
    assert numbered == list(range(1, len(numbered) + 1))


def test_a_card_number_reaches_neither_the_wire_nor_the_disk(server, live_tools, heard_as):
    groups = ["4970", "1012", "3456", "7893"]
    heard_as({20: "carte", 30: groups[0], 40: groups[1], 50: groups[2], 60: groups[3], 25: "et"})
    sound = b"".join(live_tools.bursts([level]) for level in (20, 30, 40, 50, 60)) + (
        live_tools.bursts([25, 20])
    )

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket)
            raw = []
            await stream(socket, sound)
            async with asyncio.timeout(10):
                while not raw or '"turn":5' not in raw[-1].replace(" ", ""):
                    raw.append(await socket.recv())
            folder = server.app.state.service.settings.data_dir / "live"
            spooled = b"".join(
                file.read_bytes() for file in folder.glob("*/*") if file.name != "sound"
            )
            # ids, hashes and fractions of seconds hold any digits
            spooled = re.sub(rb"[0-9a-f]{32,}|\.\d+", b"", spooled)
            await send(socket, {"type": "end"})
            events = await live_tools.receive(socket, "closed")
            return raw, spooled, events[-1]["conversation"]

    raw, spooled, conversation = asyncio.run(call())
    for group in groups:
        assert not any(f'"{group}' in one or f" {group}" in one for one in raw), group
        assert group.encode() not in spooled
    assert b"CARTE_1" in spooled
    finals = finals_of(map(json.loads, raw))
    assert finals == ["carte", *["[CARTE_1]"] * 4, "et carte"]
    service = server.app.state.service
    sha256 = service.store.get(conversation).recording_sha256
    with service.store.files.named(sha256, "x.wav") as path:
        import numpy as np

        samples = np.frombuffer(path.read_bytes()[44:], "<i2")
    words = len(live_tools.bursts([20])) // 2
    assert np.abs(samples[:words]).max() > 6000  # "carte" is still there
    assert not samples[words : 5 * words].any()  # and nothing of the number


def test_digits_that_are_no_card_number_are_shown_when_that_is_known(server, live_tools, heard_as):
    heard_as({20: "commande", 30: "4587", 40: "merci"})

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket)
            await stream(socket, live_tools.bursts([20, 30]) + live_tools.bursts([40]))
            await send(socket, {"type": "end"})
            return await live_tools.receive(socket, "closed")

    events = asyncio.run(call())
    said = [(one["turn"], one["revision"], one["text"]) for one in events if one["type"] == "final"]
    assert said == [(0, 0, "commande […]"), (1, 0, "merci"), (0, 1, "commande 4587")]


def test_messages_of_a_chat_are_followed_and_count_once(server, live_tools):
    async def chat():
        async with server.connect() as socket:
            begun = await started(server, live_tools, socket, CHAT)
            message = {"type": "text", "speaker": "customer", "text": "alerte rouge", "id": "m1"}
            await send(socket, message)
            await send(socket, message)
            await live_tools.receive(socket, "alert")
            socket.transport.abort()
        async with server.connect() as socket:
            again = CHAT | {"resume_token": begun["resume_token"], "last_seq": 1}
            resumed = await started(server, live_tools, socket, again)
            await send(socket, {"type": "text", "speaker": "agent", "text": "Bonjour.", "id": "m2"})
            await send(socket, {"type": "end"})
            return resumed, await live_tools.receive(socket, "closed")

    resumed, events = asyncio.run(chat())
    assert resumed["resume_from"] == 1
    assert [one["type"] for one in events if one["seq"]] == ["alert", "final", "summary"]
    assert [one["text"] for one in events if one["type"] == "final"] == ["Bonjour."]
    stored = server.app.state.service.store.source(events[-1]["conversation"])
    assert [turn.text for turn in stored.turns] == ["alerte rouge", "Bonjour."]
    assert stored.channel == "chat"


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        ("no json", "not valid"),
        ('{"type": "dance"}', "dance"),
        ('{"type": "text", "speaker": "customer", "text": "Bonjour"}', "session of sound"),
        (b"\x00" * 3, "offset"),
        ((10**6).to_bytes(8, "big") + b"\x00\x00", "expected byte 0"),
    ],
)
def test_a_message_that_cannot_be_used_is_told_and_ends_nothing(
    server, live_tools, message, detail
):
    audio = AUDIO | {"framing": "offset"}

    async def call():
        async with server.connect() as socket:
            await started(server, live_tools, socket, START | {"audio": audio})
            await socket.send(message)
            [*_, error] = await live_tools.receive(socket, "error")
            await socket.send((0).to_bytes(8, "big") + live_tools.bursts([20]))
            await send(socket, {"type": "end"})
            return error, await live_tools.receive(socket, "closed")

    error, events = asyncio.run(call())
    assert detail in error["problem"]["detail"]
    assert error["fatal"] is False
    assert finals_of(events) == ["w20"]


@pytest.mark.parametrize(
    ("start", "detail"),
    [
        ({"type": "stop"}, "start"),
        (START | {"audio": AUDIO | {"sample_rate": 1}}, "sample_rate"),
        (START | {"audio": AUDIO | {"encoding": "mp3"}}, "encoding"),
        (START | {"resume_token": "20260101-0.none"}, "no live session"),
    ],
)
def test_a_start_that_cannot_be_used_closes_the_connection(server, live_tools, start, detail):
    async def call():
        async with server.connect() as socket:
            await send(socket, start)
            [error] = await live_tools.receive(socket, "error")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            return error, closed.value.rcvd.code

    error, code = asyncio.run(call())
    assert error["fatal"] is True
    assert detail in error["problem"]["detail"]
    assert code == 1008


def test_nobody_else_can_resume_a_session(server, live_tools):
    other = server.key("supervisor")

    async def call():
        async with server.connect() as socket:
            begun = await started(server, live_tools, socket)
            again = START | {"resume_token": begun["resume_token"]}
            async with server.connect(additional_headers=other) as thief:
                await send(thief, again)
                stolen = await live_tools.receive(thief, "error", "started")
            wrong = START | {"resume_token": begun["resume_token"][:-1] + "~"}
            async with server.connect() as guess:
                await send(guess, wrong)
                guessed = await live_tools.receive(guess, "error", "started")
            await send(socket, {"type": "end"})
            await live_tools.receive(socket, "closed")
            return stolen + guessed

    assert [one["type"] for one in asyncio.run(call())] == ["error", "error"]


def test_an_agents_key_speaks_for_that_agent_only(server, live_tools):
    key = server.key("agent", agent_key="a-1")

    async def call(agent_key):
        async with server.connect(additional_headers=key) as socket:
            await send(socket, CHAT | ({"agent_key": agent_key} if agent_key else {}))
            [first] = await live_tools.receive(socket, "started", "error")
            if first["type"] == "error":
                return first
            await send(socket, {"type": "text", "speaker": "agent", "text": "Bonjour."})
            await send(socket, {"type": "end"})
            return (await live_tools.receive(socket, "closed"))[-1]

    assert asyncio.run(call("a-2"))["problem"]["status"] == 403
    closed = asyncio.run(call(None))
    assert server.app.state.service.store.get(closed["conversation"]).agent_key == "a-1"


@pytest.mark.parametrize("role", ["nobody", "customer", "analyst"])
def test_who_may_not_follow_calls_gets_no_connection(server, role):
    headers = {} if role == "nobody" else server.key(role)

    async def call():
        async with server.connect(additional_headers=headers):
            pass

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(call())
    assert refused.value.response.status_code == (401 if role == "nobody" else 403)


def test_opus_packets_are_heard(server, live_tools):
    import av
    import numpy as np

    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = 48_000, "mono", "s16"
    codec.open()
    pcm = np.frombuffer(live_tools.bursts([40], rate_hz=48_000, after_s=1.0), "<i2")
    packets = []
    for at in range(0, len(pcm) - 960, 960):
        frame = av.AudioFrame.from_ndarray(pcm[None, at : at + 960], format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48_000, at
        packets += [bytes(packet) for packet in codec.encode(frame)]

    async def call():
        async with server.connect() as socket:
            audio = {"encoding": "opus", "sample_rate": 16_000, "channels": ["customer"]}
            begun = await started(server, live_tools, socket, START | {"audio": audio})
            await socket.send(b"\xff" * 70_000)
            for packet in packets:
                await socket.send(packet)
            await send(socket, {"type": "end"})
            return begun, await live_tools.receive(socket, "closed")

    begun, events = asyncio.run(call())
    assert begun["resume_token"] is None
    assert [one["problem"]["status"] for one in events if one["type"] == "error"] == [415]
    assert len(finals_of(events)) == 1
