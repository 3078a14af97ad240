"""Live streams at the speed of speech while recordings are analysed, over the WebSocket.

    python bench/serving/live_load.py --out FILE [--streams 4] [--seconds 90] [--batch 12]

The server is a process of its own (``entendu serve``), the callers are another one on the same
machine, and both share its cores. Each stream sends one of the example calls (telephone, µ-law,
two channels; the others as 16-bit samples) in frames of 100 ms at the time at which they would be
spoken, again from the start when it is over; the streams begin two seconds apart. Meanwhile a queue
of uploaded recordings keeps the analysis of the batch busy.

The figure is the delay of finals: from the moment at which the last sound of the utterance was sent
until its final text has arrived at the client, network and WebSocket included. The first
``--warm-up`` seconds are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import psutil
from websockets.asyncio.client import connect

ROOT = Path(__file__).resolve().parents[2]
CALLS = ("telecom_panne.wav", "banque_fraude.wav", "auto_repair_en.flac")
KEY = "the-key-of-the-benchmark-0123456789"
FRAME_S = 0.1
RATE_HZ = 8000
BEGIN_APART_S = 2.0
PACKAGES = ("fastapi", "uvicorn", "websockets", "ctranslate2", "faster-whisper", "numpy")


@dataclass
class Caller:
    """What one stream was told.

    Attributes:
        delays_s: Of each final after the warm-up.
        said_s: The server's own figure for the same finals.
        events: How many of each type.
    """

    delays_s: list[float] = field(default_factory=list)
    said_s: list[float] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)


def sound_of(name: str) -> bytes:
    """Return a call as 16-bit samples of two channels at 8 kHz."""
    with av.open(str(ROOT / "examples" / "conversations" / name)) as container:
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE_HZ)
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        frames += resampler.resample(None)
    return b"".join(np.asarray(frame.to_ndarray(), "<i2").tobytes() for frame in frames)


async def call(url: str, name: str, seconds: float, warm_up_s: float, begin_s: float) -> Caller:
    """Send one call at the speed of speech, and time what comes back."""
    caller = Caller()
    sound = sound_of(name)
    step = int(FRAME_S * RATE_HZ) * 4
    await asyncio.sleep(begin_s)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with connect(url, additional_headers=headers, max_size=None) as stream:
        audio = {"encoding": "pcm_s16le", "sample_rate": RATE_HZ, "channels": ["agent", "customer"]}
        await stream.send(json.dumps({"type": "start", "audio": audio}))
        first = json.loads(await stream.recv())
        if first["type"] != "started":
            raise SystemExit(f"the server says {first}")
        began = time.perf_counter()

        async def listen() -> None:
            async for message in stream:
                now_s = time.perf_counter() - began
                event: dict[str, Any] = json.loads(message)
                caller.events[event["type"]] = caller.events.get(event["type"], 0) + 1
                if event["type"] != "final" or event["revision"] or event["goes_on"]:
                    continue
                if now_s >= warm_up_s and now_s <= seconds:
                    caller.delays_s.append(round(now_s - event["speech_end_s"], 3))
                    caller.said_s.append(event["delay_s"])

        listener = asyncio.ensure_future(listen())
        frames = int(seconds / FRAME_S)
        for number in range(frames):
            at = number * step % (len(sound) - step)
            await stream.send(sound[at : at + step])
            await asyncio.sleep(max(0.0, began + (number + 1) * FRAME_S - time.perf_counter()))
        await stream.send('{"type": "end"}')
        async with asyncio.timeout(120):
            await listener
    return caller


def wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers and its models are loaded."""
    for _ in range(1200):
        if process.poll() is not None:
            raise SystemExit("the server stopped")
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.25)
    raise SystemExit("the server is not ready after five minutes")


def queue_batch(client: httpx.Client, count: int) -> int:
    """Upload recordings for the analysis to be busy with; return how many."""
    for number in range(count):
        path = ROOT / "examples" / "conversations" / CALLS[number % len(CALLS)]
        answer = client.post(
            "/v1/conversations",
            files={"file": (f"{number}-{path.name}", path.read_bytes())},
            data={"priority": "batch"},
        )
        answer.raise_for_status()
    return count


def statuses(client: httpx.Client) -> dict[str, int]:
    """Return how many conversations have each status."""
    found: dict[str, int] = {}
    for one in client.get("/v1/conversations", params={"limit": 100}).json()["data"]:
        found[one["status"]] = found.get(one["status"], 0) + 1
    return found


def warm(url: str) -> None:
    """Have the first session load what the others share."""

    async def session() -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with connect(url, additional_headers=headers, max_size=None) as stream:
            audio = {"encoding": "pcm_s16le", "sample_rate": RATE_HZ, "channels": ["customer"]}
            await stream.send(json.dumps({"type": "start", "audio": audio, "store": False}))
            await stream.send(bytes(2 * RATE_HZ))
            await stream.send('{"type": "end"}')
            async for _ in stream:
                pass
        async with connect(url, additional_headers=headers, max_size=None) as chat:
            await chat.send('{"type": "start"}')
            text = {"type": "text", "speaker": "customer", "text": "Ma box est en panne."}
            await chat.send(json.dumps(text))
            await asyncio.sleep(5)
            await chat.send('{"type": "end"}')
            async for _ in chat:
                pass

    asyncio.run(session())


def percentile(values: list[float], share: float) -> float | None:
    """Return the value below which a share of the others is."""
    if not values:
        return None
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 3)


def summary(values: list[float]) -> dict[str, float | int | None]:
    """Return count, median and percentiles."""
    return {
        "count": len(values),
        "median_s": round(statistics.median(values), 3) if values else None,
        "p90_s": percentile(values, 0.9),
        "p95_s": percentile(values, 0.95),
        "longest_s": max(values, default=None),
    }


async def all_calls(url: str, arguments: argparse.Namespace) -> list[Caller]:
    """Let all streams run beside each other."""
    calls = (
        call(url, CALLS[number % len(CALLS)], arguments.seconds, arguments.warm_up,
             number * BEGIN_APART_S)
        for number in range(arguments.streams)
    )  # fmt: skip
    return list(await asyncio.gather(*calls))


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the server and the callers; return the report."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "ENTENDU_ADMIN_KEY": KEY,
            "ENTENDU_WARM_MODELS": "true",
            "ENTENDU_LANGUAGE": "auto",
        }
        command = [sys.executable, "-m", "serving", "serve", "--port", str(port)]
        command += ["--data", str(Path(folder) / "data"), "--device", arguments.device]
        command += ["--kb", str(ROOT / "examples" / "kb" / "telecom-plus")]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {KEY}"},
            timeout=60,
        )  # fmt: skip
        url = f"ws://127.0.0.1:{port}/v1/live"
        try:
            wait_until_ready(client, process)
            warm(url)
            queued = queue_batch(client, arguments.batch)
            server = psutil.Process(process.pid)
            cpu_before = sum(server.cpu_times()[:2])
            began = time.perf_counter()
            callers = asyncio.run(all_calls(url, arguments))
            took_s = time.perf_counter() - began
            cpu_s = sum(server.cpu_times()[:2]) - cpu_before
            batch = statuses(client)
            memory_mb = round(server.memory_info().rss / 1e6)
        finally:
            client.close()
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    delays_s = [delay for caller in callers for delay in caller.delays_s]
    said_s = [delay for caller in callers for delay in caller.said_s if delay is not None]
    return {
        "final_delay": summary(delays_s),
        "final_delay_as_the_server_says": summary(said_s),
        "streams": [
            {
                "call": CALLS[number % len(CALLS)],
                **summary(caller.delays_s),
                "events": caller.events,
            }
            for number, caller in enumerate(callers)
        ],
        "batch": {"queued": queued, "statuses_after": batch},
        "settings": {
            "streams": arguments.streams, "seconds": arguments.seconds,
            "warm_up_s": arguments.warm_up, "device": arguments.device,
        },
        "server": {
            "cpu_seconds_per_second": round(cpu_s / took_s, 2), "memory_mb": memory_mb,
        },
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(), "python": platform.python_version(),
            "load_before": os.getloadavg()[0],
        },
        "versions": {name: version(name) for name in PACKAGES},
        "raw_delays_s": [caller.delays_s for caller in callers],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--streams", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--warm-up", type=float, default=10.0)
    parser.add_argument("--batch", type=int, default=12, help="recordings queued; 0: none")
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    report = measure(arguments)
    shown = {name: report[name] for name in ("final_delay", "batch", "server")}
    print(json.dumps(shown, indent=2))
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
