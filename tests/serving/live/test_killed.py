"""A service that is killed in the middle of a call."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket as sockets
import subprocess
import sys
import time

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import connect

AUDIO = {"encoding": "pcm_s16le", "sample_rate": 8000, "channels": ["agent", "customer"]}
START = {"type": "start", "audio": AUDIO}


@pytest.fixture
def run_service(tmp_path, live_tools):
    """Start the stand-in as a process of its own: ``run_service(resume_s)``; it can be killed."""
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    processes, clients = [], []

    def run(resume_s=60.0):
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        arguments = [str(tmp_path / "data"), str(port), str(resume_s)]
        with (tmp_path / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, str(live_tools.script), *arguments],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        processes.append(process)
        headers = {"Authorization": f"Bearer {live_tools.admin_key}"}
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20)
        clients.append(client)
        for _ in range(600):
            try:
                client.get("/healthz")
                break
            except httpx.TransportError:
                assert process.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.05)
        return process, client, f"ws://127.0.0.1:{port}/v1/live", headers

    yield run
    for client in clients:
        client.close()
    for process in processes:
        process.kill()
        process.wait()


def call_of(live_tools):
    """Five words of the agent and five of the customer, partly at the same time."""
    parts = []
    for number in range(5):
        one = np.frombuffer(live_tools.bursts([20 + number], after_s=0.6, channels=2), "<i2")
        two = live_tools.bursts([40 + number], long_s=0.3, after_s=0.55, channel=1, channels=2)
        mixed = one.copy()
        other = np.frombuffer(two, "<i2")
        mixed[: len(other)] += other[: len(mixed)]
        parts.append(mixed.tobytes())
    return b"".join(parts)


def said(events):
    newest = {event["turn"]: event for event in events if event["type"] == "final"}
    texts = {"agent": [], "customer": []}
    for final in sorted(newest.values(), key=lambda one: one["start_s"]):
        texts[final["speaker"]] += final["text"].split()
    return texts


def is_kept(events):
    return any(one["type"] == "ack" and one["kept"] for one in events)


async def speak(url, headers, sound, start, events, *, end_at, is_last, until=None):
    """Send up to ``end_at``; the socket closes after ``end``, or once ``until(events)`` holds."""
    async with connect(url, additional_headers=headers) as socket:
        await socket.send(json.dumps(start))
        begun = json.loads(await socket.recv())
        assert begun["type"] == "started", begun
        at = begun["resume_from"]

        async def reading():
            async for message in socket:
                events.append(json.loads(message))

        reader = asyncio.ensure_future(reading())
        while at < end_at:
            await socket.send(sound[at : min(at + 640, end_at)])
            at += 640
            await asyncio.sleep(0.004)
        if until is not None:
            async with asyncio.timeout(20):
                while not until(events):
                    await asyncio.sleep(0.02)
        if is_last:
            await socket.send('{"type": "end"}')
            async with asyncio.timeout(20):
                await reader
        return begun, reader


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
def test_a_client_that_comes_back_after_a_kill_loses_no_word(run_service, live_tools, seed):
    sound = call_of(live_tools)
    share = random.Random(seed).uniform(0.3, 0.9)
    events = []

    async def all_of_it():
        process, _, url, headers = run_service()
        cut = int(share * len(sound))
        begun, reader = await speak(url, headers, sound, START, events, end_at=cut, is_last=False)
        await asyncio.sleep(random.Random(seed).uniform(0, 0.5))
        process.kill()
        process.wait()
        await asyncio.gather(reader, return_exceptions=True)
        kept = max((one["kept"] for one in events if one["type"] == "ack"), default=0)
        _, client, url, headers = await asyncio.to_thread(run_service)
        seen = max((one["seq"] for one in events if one.get("seq")), default=0)
        again = START | {"resume_token": begun["resume_token"], "last_seq": seen}
        resumed, _ = await speak(
            url, headers, sound, again, events, end_at=len(sound), is_last=True
        )
        assert resumed["resume_from"] >= kept  # what was acknowledged is not asked for again
        return client

    client = asyncio.run(all_of_it())
    assert said(events) == {
        "agent": [f"w{20 + at}" for at in range(5)], "customer": [f"w{40 + at}" for at in range(5)],
    }  # fmt: skip
    numbered = [event["seq"] for event in events if event.get("seq") is not None]
    assert numbered == list(range(1, len(numbered) + 1))
    [stored] = client.get("/v1/conversations").json()["data"]
    assert stored["id"] == events[-1]["conversation"]


@pytest.mark.slow
def test_what_was_kept_becomes_a_conversation_when_nobody_comes_back(run_service, live_tools):
    sound = call_of(live_tools)
    events = []

    async def half():
        process, _, url, headers = run_service()
        _, reader = await speak(
            url, headers, sound, START, events,
            end_at=len(sound), is_last=False, until=is_kept,
        )  # fmt: skip
        process.kill()
        process.wait()
        await asyncio.gather(reader, return_exceptions=True)

    asyncio.run(half())
    _, client, *_ = run_service(0.0)
    deadline = time.monotonic() + 20
    while not (stored := client.get("/v1/conversations").json()["data"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert stored[0]["name"].startswith("live-")
