"""Embeddings, classification and knowledge search under load, over HTTP.

    python bench/serving/load.py --out bench/serving/load.json [--passages 10000] [--seconds 20]

The server is a process of its own (``entendu serve`` with the encoder that ships with Entendu), the
load comes from another one on the same machine, and both share its cores. No text is sent twice in
a measurement, so that nothing comes from the server's memory of recent vectors.

* Embeddings: one client that waits for each answer before it asks again, then 32 of them. The
  figure is texts a second and their ratio.
* Classification (``POST /v1/reasons/classify``) and knowledge search (``POST
  /v1/knowledge/search``): 50 requests a second at random times (exponential gaps, fixed seed),
  whether or not the ones before were answered. A time counts from the moment at which a request was
  due, so a server that falls behind cannot hide it (coordinated omission, as wrk2 avoids it).

The passages are made: sentences of the documents and examples in this repository, drawn with a
fixed seed; their vectors are real. Before each measurement five seconds of the same load warm up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
SEED = 11
KEY = "the-key-of-the-benchmark-0123456789"
PASSAGES_PER_DOCUMENT = 20
WARM_UP_S = 5.0
RATE_A_S = 50.0
CLIENTS = 32
PACKAGES = ("fastapi", "starlette", "uvicorn", "ctranslate2", "numpy", "faiss-cpu", "bm25s")


def sentences() -> list[str]:
    """Return French and English sentences of the repository's own texts."""
    found: set[str] = set()
    for path in sorted((ROOT / "examples" / "kb").rglob("*.md")):
        text = re.sub(r"(?s)^---.*?---", "", path.read_text("utf-8"))
        found |= {one.strip() for one in re.split(r"(?<=[.!?])\s+|\n+", text)}
    for path in sorted((ROOT / "tests" / "nlu").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            values = json.loads(line)
            if isinstance(values.get("text"), str):
                found.add(values["text"].strip())
    usable = sorted(one for one in found if 5 <= len(one.split()) <= 30 and one[0].isalnum())
    if len(usable) < 100:
        raise SystemExit(f"only {len(usable)} sentences found")
    return usable


def new_texts(pool: list[str]) -> Iterator[str]:
    """Yield what customers might write, each once."""
    rng = random.Random(SEED)
    for number in range(10**9):
        yield f"{rng.choice(pool)} ({rng.choice(('dossier', 'réf.', 'order', 'ticket'))} {number})"


def write_documents(folder: Path, pool: list[str], n_passages: int) -> None:
    """Write Markdown documents whose sections become one passage each."""
    rng = random.Random(SEED + 1)
    folder.mkdir(parents=True)
    for number in range(-(-n_passages // PASSAGES_PER_DOCUMENT)):
        lines = [f"# Fiche {number}\n"]
        for section in range(PASSAGES_PER_DOCUMENT):
            text = " ".join(rng.sample(pool, 3))
            lines.append(f"## Point {number}.{section} {rng.choice(pool)[:40]}\n\n{text}\n")
        (folder / f"fiche-{number:05d}.md").write_text("\n".join(lines), encoding="utf-8")


class Server:
    """``entendu serve`` in a process of its own."""

    def __init__(self, data: Path, kb: Path) -> None:
        environment = os.environ | {
            "ENTENDU_ADMIN_KEY": KEY, "ENTENDU_RATE_PER_KEY": "1000000", "ENTENDU_DEVICE": "cpu",
        }  # fmt: skip
        command = [sys.executable, "-m", "serving", "serve", "--port", "0"]
        self.log = (data.parent / "server.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*command, "--data", str(data), "--kb", str(kb)],
            env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        self.port = self._port()
        self._watched = psutil.Process(self.process.pid)

    def _port(self) -> int:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = re.search(r"listens on http://127\.0\.0\.1:(\d+)", line)
            if found:
                return int(found[1])
        self.log.seek(0)
        raise SystemExit(f"the server did not start: {self.log.read()[-2000:]}")

    @property
    def cpu_s(self) -> float:
        times = self._watched.cpu_times()
        return times.user + times.system

    @property
    def memory_mb(self) -> float:
        return self._watched.memory_info().rss / 1e6

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Connection:
    """One kept HTTP/1.1 connection; a client library would take the server's cores."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        try:
            return await self._post(path, body)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise
            self.close()  # it was idle for too long, and the server let go of it
            return await self._post(path, body)

    async def _post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        content = json.dumps(body).encode()
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", head)
        if length is None:
            raise SystemExit(f"an answer without length: {head[:300]!r}")
        answer = await reader.readexactly(int(length[1]))
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


Body = Callable[[str], dict[str, Any]]


def embedding(text: str) -> dict[str, Any]:
    return {"model": "entendu-encoder-fr-en", "input": text, "encoding_format": "base64"}


async def closed_loop(
    port: int, texts: Iterator[str], *, clients: int, seconds: float
) -> dict[str, Any]:
    """Let so many clients ask for embeddings, each as soon as it was answered."""
    times: list[float] = []
    end_s = time.perf_counter() + seconds

    async def client() -> None:
        connection = Connection(port)
        while time.perf_counter() < end_s:
            began_s = time.perf_counter()
            status, answer = await connection.post("/v1/embeddings", embedding(next(texts)))
            if status != 200:
                raise SystemExit(f"{status}: {answer[:300]!r}")
            times.append(time.perf_counter() - began_s)
        connection.close()

    began_s = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    took_s = time.perf_counter() - began_s
    return {"clients": clients, "texts_a_s": round(len(times) / took_s, 1), **spread(times)}


async def open_loop(
    port: int, texts: Iterator[str], path: str, body: Body, *, seconds: float
) -> dict[str, Any]:
    """Send requests at random times, 50 a second, whatever became of those before."""
    rng = random.Random(SEED)
    free: list[Connection] = []
    times: list[float] = []
    failed: list[int] = []

    async def ask(due_s: float, text: str) -> None:
        connection = free.pop() if free else Connection(port)
        status, _ = await connection.post(path, body(text))
        times.append(time.perf_counter() - due_s)
        free.append(connection)
        if status != 200:
            failed.append(status)

    tasks = []
    due_s = began_s = time.perf_counter()
    while (due_s := due_s + rng.expovariate(RATE_A_S)) < began_s + seconds:
        await asyncio.sleep(max(due_s - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(ask(due_s, next(texts))))
    await asyncio.gather(*tasks)
    took_s = time.perf_counter() - began_s
    for connection in free:
        connection.close()
    return {
        "asked_a_s": RATE_A_S,
        "answered_a_s": round(len(times) / took_s, 1),
        "failed": len(failed),
        **spread(times),
    }


def spread(times_s: list[float]) -> dict[str, Any]:
    ordered = sorted(times_s)

    def at(share: float) -> float:
        return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000, 1)

    return {
        "requests": len(ordered),
        "mean_ms": round(statistics.fmean(ordered) * 1000, 1),
        "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "max_ms": at(1.0),
    }  # fmt: skip


async def measure(server: Server, pool: list[str], seconds: float) -> dict[str, Any]:
    texts = new_texts(pool)
    port, results = server.port, {}

    async def noted(name: str, run: Callable[[float], Any]) -> None:
        await run(WARM_UP_S)
        cpu_s, began_s = server.cpu_s, time.perf_counter()
        found = await run(seconds)
        found["server_cores"] = round((server.cpu_s - cpu_s) / (time.perf_counter() - began_s), 2)
        results[name] = found
        print(f"{name}: {json.dumps(found)}", file=sys.stderr)

    for name, clients in (("embeddings_1", 1), ("embeddings_32", CLIENTS)):
        await noted(
            name, lambda s, clients=clients: closed_loop(port, texts, clients=clients, seconds=s)
        )
    await noted(
        "classification",
        lambda s: open_loop(
            port, texts, "/v1/reasons/classify", lambda text: {"text": text}, seconds=s
        ),
    )
    await noted(
        "knowledge_search",
        lambda s: open_loop(
            port, texts, "/v1/knowledge/search", lambda text: {"query": text}, seconds=s
        ),
    )
    ratio = results["embeddings_32"]["texts_a_s"] / results["embeddings_1"]["texts_a_s"]
    results["embeddings_ratio"] = round(ratio, 2)
    return results


async def prepare(server: Server) -> dict[str, float]:
    """Have everything loaded and indexed; return the seconds that each took."""
    took = {}
    for path, body in (
        ("/v1/embeddings", embedding("Bonjour")),
        ("/v1/reasons/classify", {"text": "Ma box est en panne."}),
        ("/v1/knowledge/search", {"query": "Ma box est en panne."}),
    ):
        began_s = time.perf_counter()
        status, answer = await Connection(server.port).post(path, body)
        if status != 200:
            raise SystemExit(f"{path}: {status} {answer[:300]!r}")
        took[path] = round(time.perf_counter() - began_s, 2)
    return took


def environment() -> dict[str, Any]:
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load_before": os.getloadavg()[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--data", type=Path, help="folder that keeps the index for a second run")
    arguments = parser.parse_args()
    pool = sentences()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.data or Path(scratch) / "load"
        if not (folder / "kb").is_dir():
            write_documents(folder / "kb", pool, arguments.passages)
        found: dict[str, Any] = {"environment": environment(), "passages": arguments.passages}
        server = Server(folder / "data", folder / "kb")
        try:
            found["prepare_s"] = asyncio.run(prepare(server))
            found |= asyncio.run(measure(server, pool, arguments.seconds))
            found["server_memory_mb"] = round(server.memory_mb)
        finally:
            server.stop()
    arguments.out.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
