"""What may happen to a service, each as a function that makes it happen and checks what holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from fleet import Fleet


def kill_api(fleet: Fleet, chance: random.Random) -> dict[str, object]:
    """Kill the API while it takes uploads, and start it again."""
    with fleet.sending(every_s=0.03):
        time.sleep(chance.uniform(0.0, 0.8))
        fleet.kill_api()
        fleet.start_api()
        time.sleep(0.2)
    return {"recovered_s": fleet.wait_until_done()} | fleet.check()


def kill_worker(fleet: Fleet, chance: random.Random) -> dict[str, object]:
    """Kill one of two workers while it works; nobody starts it again (SQLite: it is the API)."""
    if not fleet.workers:
        return kill_api(fleet, chance)
    with fleet.sending(every_s=0.02):
        time.sleep(chance.uniform(0.1, 0.8))
        fleet.kill_worker()
        time.sleep(0.2)
    return {"recovered_s": fleet.wait_until_done()} | fleet.check()


def kill_both(fleet: Fleet, chance: random.Random) -> dict[str, object]:
    """Kill everything at once, and start it again."""
    count = len(fleet.workers)
    with fleet.sending(every_s=0.03):
        time.sleep(chance.uniform(0.1, 0.8))
        while fleet.workers:
            fleet.kill_worker()
        fleet.kill_api()
        fleet.start_api()
        if count:
            fleet.start_workers(count)
        time.sleep(0.2)
    return {"recovered_s": fleet.wait_until_done()} | fleet.check()


def truncated_uploads(fleet: Fleet, chance: random.Random) -> dict[str, object]:
    """Cut uploads off in the middle of their bodies."""
    with fleet.client() as client:
        before = len(client.get("/v1/conversations").json()["data"])
        for _ in range(5):
            _cut_upload(fleet, declared=200_000, sent=chance.randrange(1, 150_000))
        deadline = time.monotonic() + 10
        while leftovers := _incoming(fleet):
            assert time.monotonic() < deadline, leftovers
            time.sleep(0.02)
        assert len(client.get("/v1/conversations").json()["data"]) == before
        answer = client.post("/v1/conversations", files={"file": ("a.wav", _wav())})
        assert answer.status_code == 202, answer.text
        fleet.acknowledged.append(answer.json()["id"])
    fleet.wait_until_done()
    return fleet.check()


def many_uploads(fleet: Fleet, chance: random.Random, *, count: int = 1000) -> dict[str, object]:
    """Send many small uploads at once, each on a connection of its own.

    Each is acknowledged, or refused with the time after which it is sent again, with the same
    ``Idempotency-Key``; in the end all are acknowledged, and each is there once.
    """
    began = time.monotonic()
    before = len(fleet.acknowledged)
    refused, acknowledged_s = asyncio.run(_send_at_once(fleet, count, chance.randrange(10**9)))
    sent_s = time.monotonic() - began
    assert len(set(fleet.acknowledged[before:])) == count
    left_s = fleet.wait_until_done(seconds=300)
    facts = fleet.check()
    assert facts["stored"] == len(fleet.acknowledged)
    return facts | {
        "sent_s": round(sent_s, 2),
        "recovered_s": left_s,
        "done_s": round(sent_s + left_s, 2),
        "refused": refused,
        "longest_answer_s": round(max(acknowledged_s), 2),
    }


async def _send_at_once(fleet: Fleet, count: int, series: int) -> tuple[int, list[float]]:
    """Send chats on as many connections; return how often was refused, and the times it took."""
    refused = 0
    took_s: list[float] = []
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    headers = {"Authorization": str(fleet.client().headers["authorization"])}
    async with httpx.AsyncClient(
        base_url=fleet.api.url, timeout=300, limits=limits, headers=headers
    ) as client:

        async def send(number: int) -> None:
            nonlocal refused
            said = {"speaker": "customer", "text": f"message {number}"}
            key = {"Idempotency-Key": f"{series}-{number}"}
            began = time.monotonic()
            while True:
                answer = await client.post(
                    "/v1/conversations", json={"messages": [said]}, headers=key
                )
                if answer.status_code == 202:
                    fleet.acknowledged.append(answer.json()["id"])
                    took_s.append(time.monotonic() - began)
                    return
                assert answer.status_code in (429, 503), answer.text
                assert answer.headers["content-type"] == "application/problem+json"
                refused += 1
                await asyncio.sleep(float(answer.headers["retry-after"]))

        await asyncio.gather(*(send(number) for number in range(count)))
    return refused, took_s


def full_disk(fleet: Fleet, chance: random.Random, *, ballast: Path) -> dict[str, object]:
    """Fill the disk of the data folder while recordings come in, and empty it again.

    Args:
        fleet: Its data folder is on a small disk of its own.
        chance: Draws when.
        ballast: A file on that disk that takes what is left of it.
    """
    refused, before = 0, len(fleet.acknowledged)
    with fleet.client() as client:
        for number in range(12):
            if number == 4:
                _fill(ballast)
            if number == 8:
                ballast.unlink()
            answer = client.post(
                "/v1/conversations",
                files={"file": (f"{number}.wav", _wav(tone=number, seconds=4 + chance.random()))},
            )
            if answer.status_code == 202:
                fleet.acknowledged.append(answer.json()["id"])
            else:
                assert answer.status_code == 507, answer.text
                assert answer.headers["content-type"] == "application/problem+json"
                refused += 1
    assert refused >= 1
    assert len(fleet.acknowledged) - before >= 8
    return {"refused": refused, "recovered_s": fleet.wait_until_done()} | fleet.check()


def database_away(fleet: Fleet, chance: random.Random, *, stop, start) -> dict[str, object]:
    """Take the database away while work is going on, and bring it back.

    Args:
        fleet: On that database.
        chance: Draws for how long.
        stop: Takes the database away.
        start: Brings it back.
    """
    with fleet.sending(every_s=0.02):
        time.sleep(0.4)
        stop()
        away_s = chance.uniform(0.5, 2.0)
        answer = httpx.get(f"{fleet.api.url}/healthz", timeout=30)
        assert answer.status_code == 200, answer.text  # it is alive, if not ready
        time.sleep(away_s)
        start()
        time.sleep(0.4)
    acknowledged = len(fleet.acknowledged)
    deadline = time.monotonic() + 60
    while True:  # it comes back by itself
        with fleet.client() as client, contextlib.suppress(httpx.TransportError):
            said = {"speaker": "customer", "text": "after"}
            answer = client.post("/v1/conversations", json={"messages": [said]})
            if answer.status_code == 202:
                fleet.acknowledged.append(answer.json()["id"])
                break
            assert answer.status_code == 503, answer.text
        assert time.monotonic() < deadline, "it did not come back"
        time.sleep(0.1)
    facts = {"recovered_s": fleet.wait_until_done(), "away_s": round(away_s, 2)}
    return facts | {"during": acknowledged} | fleet.check()


def paused_worker(fleet: Fleet, chance: random.Random) -> dict[str, object]:
    """Pause the worker that has a job until it counts as dead, then let it go on."""
    del chance
    with fleet.client() as client:
        answer = client.post("/v1/conversations", files={"file": ("a.wav", _wav())})
        fleet.acknowledged.append(answer.json()["id"])
        one = fleet.acknowledged[-1]
        pid = _wait_for_line(fleet, "begin ").split()[-1]
    paused = next(worker for worker in fleet.workers if worker.pid == int(pid))
    paused.pause()
    recovered_s = fleet.wait_until_done(seconds=60)
    made_at = _made_at(fleet, one)
    paused.go_on()
    deadline = time.monotonic() + 30
    while '"claim lost"' not in (log := fleet.log.read_text()):
        assert time.monotonic() < deadline, log[-2000:]
        time.sleep(0.02)
    assert _made_at(fleet, one) == made_at, "the worker that woke up wrote over the result"
    return {"recovered_s": recovered_s} | fleet.check()


def _made_at(fleet: Fleet, conversation_id: str) -> float:
    from sqlalchemy import text

    engine = fleet.engine()
    with engine.connect() as connection:
        document = connection.execute(
            text("SELECT document FROM analyses WHERE conversation_id = :one"),
            {"one": conversation_id},
        ).scalar_one()
    engine.dispose()
    return json.loads(document)["facts"]["made_at"]


def _wait_for_line(fleet: Fleet, start: str, seconds: float = 30.0) -> str:
    deadline = time.monotonic() + seconds
    while True:
        for line in fleet.lines():
            if line.startswith(start):
                return line
        assert time.monotonic() < deadline, f"no line {start!r} in the journal"
        time.sleep(0.02)


def _incoming(fleet: Fleet) -> list[str]:
    return [
        str(file) for file in (fleet.data_dir / "incoming").rglob("*")
        if file.is_file() and not file.name.endswith(".lock")
    ]  # fmt: skip


def _cut_upload(fleet: Fleet, *, declared: int, sent: int) -> None:
    head = (
        "POST /v1/conversations HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {fleet.client().headers['authorization']}\r\n"
        f"Content-Length: {declared}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", fleet.port), timeout=20) as connection:
        connection.sendall(head.encode() + _wav(seconds=20)[:sent])


def _fill(ballast: Path) -> None:
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 512)


def _wav(*, seconds: float = 0.5, tone: int = 0) -> bytes:
    data = bytes([tone % 100, 0]) * int(8000 * seconds)
    header = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt "
    header += (16).to_bytes(4, "little") + (1).to_bytes(2, "little") + (1).to_bytes(2, "little")
    header += (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little")
    header += (2).to_bytes(2, "little") + (16).to_bytes(2, "little")
    return header + b"data" + len(data).to_bytes(4, "little") + data


def backlog(fleet: Fleet, count: int) -> None:
    """Send recordings while nobody works."""
    lock = threading.Lock()

    def send(number: int) -> None:
        with fleet.client() as client:
            said = {"speaker": "customer", "text": f"message {number}"}
            answer = client.post("/v1/conversations", json={"messages": [said]})
            assert answer.status_code == 202, answer.text
            with lock:
                fleet.acknowledged.append(answer.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(count)))
