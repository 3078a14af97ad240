"""Requests made from the API's own description, sent with keys of every role.

    python bench/serving/schemathesis.py --out bench/serving/schemathesis.json [--seconds 120]

Schemathesis (https://schemathesis.readthedocs.io) makes requests for every operation of
``/openapi.json``: its examples, the edges of every schema, random valid and random broken ones. A
server of its own (``entendu serve``, with the models of this machine) answers them; one
conversation is analysed before. For each role the run lasts as long as is asked for. What counts as
a failure: an answer of 500 and above, a status, media type, header or body that the description
does not have.
Event streams are left out (they end with their job), and so are purges and erasures (they would
take from the other requests what they are about).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import psutil

from serving.settings import Settings

KEY = "the-key-of-the-benchmark-0123456789"
ROLES: dict[str, dict[str, str]] = {
    "customer": {"customer_key": "c-1"},
    "agent": {"agent_key": "agent-17"},
    "analyst": {},
    "supervisor": {},
    "admin": {},
    "nobody": {},
}
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
PER_MINUTE = 60_000  # the limit of requests has tests of its own
LEFT_OUT = r"(/events|/v1/privacy/purges|/v1/privacy/erasures)$"
CHAT = {
    "conversation": {
        "messages": [
            {"speaker": "agent", "text": "Bonjour, que puis-je faire pour vous ?"},
            {"speaker": "customer", "text": "Ma box ne fonctionne plus depuis hier soir."},
            {"speaker": "agent", "text": "Je regarde, un instant s'il vous plaît."},
        ]
    },
    "metadata": {"agent_key": "agent-17", "queue": "support-fixe"},
}
PACKAGES = ("schemathesis", "hypothesis", "fastapi", "starlette", "uvicorn")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(done: Callable[[], bool], what: str, seconds: float = 180.0) -> None:
    """Ask until the answer is yes."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.TransportError):
            if done():
                return
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.2)


def prepare(client: httpx.Client) -> dict[str, str]:
    """Have a conversation analysed and a key for each role; return the headers of each."""
    answer = client.post("/v1/conversations", json=CHAT)
    answer.raise_for_status()
    path = answer.json()["links"]["self"]
    wait_until(lambda: client.get(path).json()["status"] == "done", "the first conversation")
    headers = {"nobody": ""}
    for role, more in ROLES.items():
        if role != "nobody":
            wanted = {"name": role, "role": role, "per_minute": PER_MINUTE, **more}
            made = client.post("/v1/keys", json=wanted)
            made.raise_for_status()
            bearer = f"Bearer {made.json()['key']}"
            headers[role] = f"Authorization: {bearer}"
            # a key that was good from here stays so when wrong ones are tried beside it
            client.get("/v1/conversations", headers={"Authorization": bearer})
    return headers


def run(url: str, header: str, *, seconds: int, seed: int, folder: Path) -> dict[str, Any]:
    """Run Schemathesis once; return its report."""
    report = folder / "report.json"
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json",
        "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-time", str(seconds),
        "--continue-on-failure", "--exclude-path-regex", LEFT_OUT, "--seed", str(seed),
        "--request-timeout", "60", "--suppress-health-check", "all", "--no-color",
        "--report", "json", "--report-json-path", str(report),
    ]  # fmt: skip
    if header:
        command += ["--header", header]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(report.read_text("utf-8")) if report.is_file() else {}
    if found.get("running_time") is None:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    found["said"] = done.stdout
    return found


def main() -> None:
    """Measure and write the figures."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--out", type=Path, required=True)
    read.add_argument("--seconds", type=int, default=120, help="for each role")
    read.add_argument("--seed", type=int, default=11)
    read.add_argument("--roles", nargs="+", choices=tuple(ROLES), default=list(ROLES))
    given = read.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        log = folder / "server.log"
        environment = os.environ | {
            "ENTENDU_ADMIN_KEY": KEY, "ENTENDU_DATA_DIR": str(folder / "data"),
            "ENTENDU_MODELS_DIR": str(Settings().models_dir),
            # all come from one address; 429 would hide what else there is to find
            "ENTENDU_RATE_PER_ADDRESS": "1000000", "ENTENDU_RATE_PER_CUSTOMER": "1000000",
        }  # fmt: skip
        with log.open("wb") as written:
            server = subprocess.Popen(
                [sys.executable, "-m", "serving", "serve", "--port", str(port)],
                env=environment, stdout=written, stderr=written,
            )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(
                base_url=url, headers={"Authorization": f"Bearer {KEY}"}, timeout=60
            ) as client:
                wait_until(lambda: client.get("/healthz").status_code == 200, "the server")
                headers = prepare(client)
            for role in given.roles:
                report = run(
                    url, headers[role], seconds=given.seconds, seed=given.seed, folder=folder
                )
                figures[role] = {
                    "operations": report["operations"],
                    "test_cases": report["test_cases"],
                    "failures": report["failures"],
                    "errors": report["errors"],
                    "seconds": round(report["running_time"], 1),
                }
                sys.stderr.write(f"{role}: {json.dumps(figures[role])[:400]}\n")
                if report["failures"] or report["errors"]:
                    sys.stderr.write(report["said"][:20_000])
        finally:
            server.terminate()
            server.wait(30)
        lines = [
            json.loads(line) for line in log.read_text("utf-8").splitlines() if line[:1] == "{"
        ]
    statuses: dict[str, int] = {}
    for line in lines:
        if line.get("message") == "unexpected error":
            sys.stderr.write(json.dumps(line, indent=1) + "\n")
        if line.get("message") == "request":
            statuses[str(line["status"])] = statuses.get(str(line["status"]), 0) + 1
    result = {
        "what": "requests made from the description, by role; failures are 5xx and answers that "
        "the description does not have",
        "roles": figures,
        "statuses": dict(sorted(statuses.items())),
        "unexpected_errors": sum(line.get("message") == "unexpected error" for line in lines),
        "seed": given.seed,
        "machine": {
            "cpus": os.cpu_count(), "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
            "python": platform.python_version(),
        },
        "packages": {name: version(name) for name in PACKAGES},
    }  # fmt: skip
    given.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
