"""Memory of a service under everything at once, for half an hour.

    python bench/serving/memory.py --out bench/serving/memory.json [--minutes 30] [--postgresql]

The service is a process of its own (``entendu serve`` with the models that ship with Entendu), with
SQLite in one process, or with ``--postgresql`` an API that does no jobs and a worker beside it.
The load comes from this process: chats and recordings are uploaded, conversations and knowledge
searched, contact reasons classified, one customer after the other talks to the bot, and one live
stream after the other is sent at the speed of speech. No text is sent twice.

Every ten seconds the resident memory of each process is noted. The first fifth (at most five
minutes) warms up; the slope of a straight line through the rest (least squares) says how fast it
grows, and the mean of its last quarter less that of its first quarter by how much it did. The
memory of recent vectors is bounded to 4 MB, so that it is full before the measurement begins.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from live_load import CALLS, KEY, ROOT, call, wait_until_ready
from load import new_texts, sentences

EVERY_S = 10.0
STREAM_S = 60.0
SETTINGS = {
    "ENTENDU_ADMIN_KEY": KEY, "ENTENDU_WARM_MODELS": "true", "ENTENDU_DEVICE": "cpu",
    "ENTENDU_RATE_PER_KEY": "1000000", "ENTENDU_VECTOR_CACHE_MB": "4",
}  # fmt: skip
Ask = Callable[[httpx.AsyncClient, str], Awaitable[None]]


@contextlib.contextmanager
def served(folder: Path, postgresql: bool) -> Iterator[tuple[str, dict[str, psutil.Process]]]:
    """Start the service; yield its address and its processes by name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with contextlib.ExitStack() as stack:
        environment = os.environ | SETTINGS
        commands = {"api": ["serve", "--port", str(port)]}
        if postgresql:
            from faults import databases

            url, _, _ = stack.enter_context(databases("postgresql", folder))
            environment["ENTENDU_DATABASE_URL"] = str(url)
            commands = {"api": [*commands["api"], "--no-work"], "worker": ["worker"]}
        started: dict[str, subprocess.Popen[bytes]] = {}
        base = ["--data", str(folder / "data")]
        base += ["--kb", str(ROOT / "examples" / "kb" / "telecom-plus")]
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))
        try:
            for name, command in commands.items():
                log = stack.enter_context((folder / f"{name}.log").open("wb"))
                started[name] = subprocess.Popen(
                    [sys.executable, "-m", "serving", *command, *base],
                    env=environment, cwd=ROOT, stdout=log, stderr=log,
                )  # fmt: skip
                wait_until_ready(client, started["api"])
            yield (
                str(client.base_url),
                {name: psutil.Process(process.pid) for name, process in started.items()},
            )
        finally:
            for process in started.values():
                process.terminate()
            for process in started.values():
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


async def send_chat(client: httpx.AsyncClient, text: str) -> None:
    messages = [
        {"speaker": "agent", "text": "Bonjour, que puis-je faire pour vous ?"},
        {"speaker": "customer", "text": text},
        {"speaker": "agent", "text": "Je regarde votre dossier."},
    ]
    answer = await client.post("/v1/conversations", json={"messages": messages})
    answer.raise_for_status()


async def send_recording(client: httpx.AsyncClient, text: str) -> None:
    path = ROOT / "examples" / "conversations" / CALLS[hash(text) % len(CALLS)]
    answer = await client.post(
        "/v1/conversations",
        files={"file": (path.name, path.read_bytes())}, data={"priority": "batch"},
    )  # fmt: skip
    answer.raise_for_status()


async def search_conversations(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.get("/v1/conversations/search", params={"q": text[:100]})
    answer.raise_for_status()


async def search_knowledge(client: httpx.AsyncClient, text: str) -> None:
    (await client.post("/v1/knowledge/search", json={"query": text})).raise_for_status()


async def classify(client: httpx.AsyncClient, text: str) -> None:
    (await client.post("/v1/reasons/classify", json={"text": text})).raise_for_status()


async def talk_to_the_bot(client: httpx.AsyncClient, text: str) -> None:
    opened = await client.post("/v1/bot/sessions", json={"language": "fr"})
    opened.raise_for_status()
    path = f"/v1/bot/sessions/{opened.json()['id']}"
    (await client.post(f"{path}/messages", json={"text": text})).raise_for_status()
    (await client.post(f"{path}/close")).raise_for_status()


LOAD: tuple[tuple[Ask, float], ...] = (
    (send_chat, 2.0), (send_recording, 90.0), (search_conversations, 1.0),
    (search_knowledge, 0.5), (classify, 0.5), (talk_to_the_bot, 5.0),
)  # fmt: skip
"""What is asked, and the mean seconds between two of them."""


async def drive(url: str, until_s: float, asked: Counter[str], failed: Counter[str]) -> None:
    """Send everything until a moment."""
    texts = new_texts(sentences())
    chance = random.Random(17)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:

        async def again_and_again(ask: Ask, every_s: float) -> None:
            while time.monotonic() < until_s:
                left_s = max(0.0, until_s - time.monotonic())
                await asyncio.sleep(min(chance.expovariate(1 / every_s), left_s))
                asked[ask.__name__] += 1
                try:
                    await ask(client, next(texts))
                except httpx.HTTPError as error:
                    failed[f"{ask.__name__}: {type(error).__name__}"] += 1

        async def speak() -> None:
            live = url.replace("http://", "ws://").rstrip("/") + "/v1/live"
            number = 0
            while (left_s := until_s - time.monotonic()) > 5:
                asked["live_stream"] += 1
                await call(live, CALLS[number % len(CALLS)], min(STREAM_S, left_s), 0.0, 0.0)
                number += 1

        await asyncio.gather(speak(), *(again_and_again(*one) for one in LOAD))


async def watch(
    processes: dict[str, psutil.Process], began_s: float, until_s: float
) -> list[dict[str, float]]:
    """Note the memory of each process until a moment."""
    samples = []
    while time.monotonic() < until_s:
        sample = {"at_s": round(time.monotonic() - began_s, 1)}
        for name, process in processes.items():
            sample[name] = round(process.memory_info().rss / 1e6, 1)
        samples.append(sample)
        await asyncio.sleep(EVERY_S)
    return samples


def growth(samples: list[dict[str, float]], name: str, warm_up_s: float) -> dict[str, float]:
    """Return how the memory of a process grew after the warm-up."""
    rest = [sample for sample in samples if sample["at_s"] >= warm_up_s]
    values = [sample[name] for sample in rest]
    quarter = max(1, len(values) // 4)
    slope = statistics.linear_regression([sample["at_s"] for sample in rest], values).slope
    first, last = statistics.fmean(values[:quarter]), statistics.fmean(values[-quarter:])
    return {
        "slope_mb_per_min": round(slope * 60, 3),
        "first_quarter_mb": round(first, 1),
        "last_quarter_mb": round(last, 1),
        "grew_percent": round((last / first - 1) * 100, 2),
        "max_mb": max(values),
    }


async def measure(
    url: str, processes: dict[str, psutil.Process], minutes: float
) -> tuple[list[dict[str, float]], Counter[str], Counter[str]]:
    began_s = time.monotonic()
    until_s = began_s + 60 * minutes
    asked: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    samples, _ = await asyncio.gather(
        watch(processes, began_s, until_s), drive(url, until_s, asked, failed)
    )
    return samples, asked, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--postgresql", action="store_true", help="API and worker apart")
    arguments = parser.parse_args()
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="memory-") as name:
        folder = Path(name)
        with served(folder, arguments.postgresql) as (url, processes):
            samples, asked, failed = asyncio.run(measure(url, processes, arguments.minutes))
            headers = {"Authorization": f"Bearer {KEY}"}
            metrics = httpx.get(f"{url}/metrics", headers=headers, timeout=60).text
    warm_up_s = min(300.0, arguments.minutes * 60 / 5)
    done = [line for line in metrics.splitlines() if line.startswith("entendu_queue_depth{")]
    report: dict[str, Any] = {
        "command": f"python bench/serving/memory.py --minutes {arguments.minutes:g}"
        + (" --postgresql" if arguments.postgresql else ""),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(), "python": platform.python_version(),
            "load_before": round(load_before, 1),
        },
        "warm_up_s": warm_up_s,
        "growth": {one: growth(samples, one, warm_up_s) for one in samples[0] if one != "at_s"},
        "asked": dict(asked),
        "failed": dict(failed),
        "queue_at_the_end": done,
        "samples": samples,
    }  # fmt: skip
    sys.stdout.write(json.dumps({k: report[k] for k in ("growth", "asked", "failed")}) + "\n")
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
