"""Live sessions with the real models: a short real call over the WebSocket."""

from __future__ import annotations

import asyncio
import json
import random
import struct
import time

import numpy as np
import pytest
from jiwer import wer

from serving.live.hub import hub_of
from serving.settings import Settings

SECONDS = 24
PACE = 3.0  # times as fast as it was spoken


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class, live_tools, examples_dir, models_dir):
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("real") / "data",
        models_dir=models_dir,
        kb=examples_dir / "kb" / "telecom-plus",
        device="cpu",
        threads=1,
        beam_size=1,  # the same whether the machine is late or not
        warm_models=True,
    )
    running = live_tools.server(settings, fake_pipeline_class(), hub=hub_of)
    warming = running.hub._warming
    for _ in range(2000):
        if warming.done():
            break
        time.sleep(0.1)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sound(examples_dir):
    """Bytes of a telephone call, µ-law; the customer is on the second channel."""
    content = (examples_dir / "conversations" / "telecom_panne.wav").read_bytes()
    kind, channels, rate_hz = struct.unpack_from("<HHI", content, content.index(b"fmt ") + 8)
    assert (kind, channels) == (7, 2)
    begin = content.index(b"data") + 8
    return content[begin : begin + SECONDS * rate_hz * channels], rate_hz, channels


def start_of(sound):
    _, rate_hz, channels = sound
    speakers = ["agent", "customer"][:channels]
    audio = {"encoding": "mulaw", "sample_rate": rate_hz, "channels": speakers}
    return {"type": "start", "language": "fr", "audio": audio}


async def follow(server, live_tools, sound, cuts=()):
    """Send the call, with cuts at some shares of it; return all events."""
    data, rate_hz, channels = sound
    step = rate_hz * channels // 5
    events, token = [], None
    for until in (*cuts, 1.0):
        end = int(until * len(data))
        async with server.connect() as socket:
            seen = max((one["seq"] for one in events if one.get("seq")), default=0)
            again = {"resume_token": token, "last_seq": seen} if token else {}
            await socket.send(json.dumps(start_of(sound) | again))
            [begun] = await live_tools.receive(socket, "started", seconds=120)
            token, at = begun["resume_token"], begun["resume_from"]

            async def reading(socket=socket):
                async for message in socket:
                    events.append(json.loads(message))

            reader = asyncio.ensure_future(reading())
            while at < end:
                await socket.send(data[at : min(at + step, end)])
                at += step
                await asyncio.sleep(0.2 / PACE)
            if until == 1.0:
                await socket.send(json.dumps({"type": "end"}))
                async with asyncio.timeout(120):
                    await reader
            else:
                socket.transport.abort()
                await asyncio.gather(reader, return_exceptions=True)
    return events


def words_of(events):
    newest = {event["turn"]: event for event in events if event["type"] == "final"}
    said = {"agent": [], "customer": []}
    for final in sorted(newest.values(), key=lambda one: one["start_s"]):
        said[final["speaker"]] += final["text"].split()
    return said


@pytest.mark.model
@pytest.mark.slow
def test_a_call_that_is_cut_has_the_words_of_one_that_is_not(server, live_tools, sound):
    whole = asyncio.run(follow(server, live_tools, sound))
    kinds = {event["type"] for event in whole}
    assert {"final", "sentiment", "checklist", "summary", "ack", "closed"} <= kinds
    assert {one["speaker"] for one in whole if one["type"] == "sentiment"} == {"customer"}
    said = words_of(whole)
    assert len(said["agent"]) > 5
    assert len(said["customer"]) > 5
    chance = random.Random(7)
    cuts = sorted(chance.uniform(0.05, 0.95) for _ in range(4))
    cut = asyncio.run(follow(server, live_tools, sound, cuts))
    for speaker, words in words_of(cut).items():
        assert wer(" ".join(said[speaker]), " ".join(words)) < 0.15  # a model's wording may differ
        assert abs(len(words) - len(said[speaker])) <= 2
    numbered = [event["seq"] for event in cut if event["seq"] is not None]
    assert numbered == list(range(1, len(numbered) + 1))
    closed = whole[-1]
    assert server.client.get(f"/v1/conversations/{closed['conversation']}").status_code == 200


@pytest.mark.model
def test_a_chat_gets_cards_a_reason_and_a_note(server, live_tools):
    said = [
        ("agent", "Bonjour, Télécom Plus, Léa à votre écoute, que puis-je faire pour vous ?"),
        ("customer", "Bonjour, ma box n'a plus internet, le voyant est rouge. Que faire ?"),
        ("agent", "Je regarde cela tout de suite."),
    ]

    async def chat():
        async with server.connect() as socket:
            await socket.send(json.dumps({"type": "start", "language": "fr"}))
            await live_tools.receive(socket, "started")
            for number, (speaker, text) in enumerate(said):
                message = {"type": "text", "speaker": speaker, "text": text, "id": f"m{number}"}
                await socket.send(json.dumps(message))
            events = await live_tools.receive(socket, "card", seconds=120)
            [card] = [one["card"] for one in events if one["type"] == "card"]
            await socket.send(json.dumps({"type": "card", "id": card["id"], "judgement": "used"}))
            await socket.send(json.dumps({"type": "end"}))
            return card, events + await live_tools.receive(socket, "closed", seconds=120)

    card, events = asyncio.run(chat())
    assert card["asked_turn"] == 1
    assert card["citation"]["document"].endswith(".md")
    reasons = [one for one in events if one["type"] == "reason"]
    assert reasons[-1]["code"].startswith("tel.")
    assert [one["turn"] for one in events if one["type"] == "sentiment"] == [1]
    checklist = [one for one in events if one["type"] == "checklist"][-1]
    assert {item["state"] for item in checklist["items"]} <= {
        "said", "partly", "open", "not_applicable",
    }  # fmt: skip
    summaries = [one for one in events if one["type"] == "summary"]
    assert len(summaries) == 1
    assert not [one for one in events if one["type"] == "error"]
    assert np.isfinite(card["confidence"])
