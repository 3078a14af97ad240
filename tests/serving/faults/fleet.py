"""Services and workers in processes of their own, which can be killed, and what must hold after.

Used by the tests beside it and by ``bench/serving/faults.py``; the pipeline is the stand-in of
``fake_server.py``, since the models are not the point.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Self

import httpx
from sqlalchemy import create_engine, text

KEY = "the-key-of-the-tests-0123456789"
STAGES = {"decode", "transcribe", "understand", "score", "index"}
START_S = 60.0


class Forker:
    """A process with everything imported, of which servers are forked (see ``fake_server.py``)."""

    def __init__(self, script: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(script), "--fork-servers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONWARNINGS": "error"},
        )

    def start(self, arguments: list[str], log: Path) -> int:
        order = {"arguments": arguments, "log": str(log)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Process:
    """A server, or a worker without a port."""

    def __init__(self, fleet: Fleet, *options: str, port: int) -> None:
        self.is_worker = "--worker" in options
        self.url = f"http://127.0.0.1:{port}"
        self._log = fleet.log
        arguments = [str(fleet.data_dir), str(port), str(fleet.seconds)]
        arguments += ["--lease", str(fleet.lease_s), *options]
        if fleet.database_url is not None:
            arguments += ["--database-url", fleet.database_url]
        self.pid = fleet.forker.start(arguments, fleet.log)

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_S
        while not self._is_up():
            assert self.is_alive(), f"it ended while it started: {self._log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(0.02)

    def _is_up(self) -> bool:
        if self.is_worker:
            return f"-{self.pid}-" in self._log.read_text()  # it says its name
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz").status_code == 200
        return False

    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.is_alive():
            assert time.monotonic() < deadline, "it did not end"
            time.sleep(0.01)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._wait(20)

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)
        self._wait(30)


class Fleet:
    """One API and the workers behind it: one process on SQLite, several on PostgreSQL."""

    def __init__(
        self,
        folder: Path,
        forker: Forker,
        *,
        database_url: str | None,
        seconds: float = 0.05,
        lease_s: float = 2.0,
        workers: int = 1,
    ) -> None:
        self.forker = forker
        self.data_dir = folder / "data"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.journal = folder / "journal"
        self.log = folder / "log"
        self.database_url = database_url
        self.seconds = seconds
        self.lease_s = lease_s
        self.kills = 0
        self.acknowledged: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.api: Process | None = None
        self.workers: list[Process] = []
        self.start_api()
        if database_url is not None:
            self.start_workers(workers)

    def start_api(self) -> None:
        alone = () if self.database_url is None else ("--no-work",)
        self.api = Process(self, *alone, port=self.port)
        self.api.wait_until_up()

    def start_workers(self, count: int, *options: str) -> None:
        started = [Process(self, "--worker", *options, port=0) for _ in range(count)]
        for worker in started:
            worker.wait_until_up()
        self.workers += started

    def kill_api(self) -> None:
        self.api.kill()
        self.kills += 1

    def kill_worker(self) -> None:
        self.workers.pop(0).kill()
        self.kills += 1

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.api.url, timeout=60, headers={"Authorization": f"Bearer {KEY}"}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [self.api, *self.workers]:
            if process is not None:
                process.kill()

    # What is sent, and what must hold

    def send_while(self, going_on: threading.Event, *, every_s: float = 0.0) -> None:
        """Send chats one after the other; those that were acknowledged are remembered."""
        number = 0
        while going_on.is_set():
            number += 1
            with contextlib.suppress(httpx.TransportError), self.client() as client:
                while going_on.is_set():
                    number += 1
                    said = {"speaker": "customer", "text": f"message {number}"}
                    answer = client.post("/v1/conversations", json={"messages": [said]})
                    if answer.status_code == 202:
                        self.acknowledged.append(answer.json()["id"])
                    else:
                        assert answer.status_code in (503, 507), answer.text
                    time.sleep(every_s)
            time.sleep(0.05)

    @contextlib.contextmanager
    def sending(self, *, every_s: float = 0.0):
        going_on = threading.Event()
        going_on.set()
        failures: list[AssertionError] = []

        def send() -> None:
            try:
                self.send_while(going_on, every_s=every_s)
            except AssertionError as error:
                failures.append(error)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        try:
            yield
        finally:
            going_on.clear()
            thread.join(90)
        assert not failures, failures[0]

    def wait_until_done(self, *, seconds: float = 60.0) -> float:
        """Wait until nothing is left to do; return how long it took."""
        began = time.monotonic()
        engine = self.engine()
        try:
            while True:
                with engine.connect() as connection:
                    left = connection.execute(
                        text(
                            "SELECT (SELECT count(*) FROM conversations"
                            " WHERE status IN ('queued', 'running'))"
                            " + (SELECT count(*) FROM jobs"
                            " WHERE kind = 'process' AND state IN ('queued', 'running'))"
                        )
                    ).scalar_one()
                if left == 0:
                    return time.monotonic() - began
                assert time.monotonic() - began < seconds, f"{left} are left"
                time.sleep(0.05)
        finally:
            engine.dispose()

    def engine(self):
        if self.database_url is None:
            return create_engine(f"sqlite:///{self.data_dir / 'entendu.sqlite'}")
        url = self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return create_engine(url)

    def check(self) -> dict[str, object]:
        """Check that nothing acknowledged is lost and nothing was done twice."""
        engine = self.engine()
        with engine.connect() as connection:
            statuses = dict(connection.execute(text("SELECT id, status FROM conversations")).all())
            analyses = Counter(
                connection.execute(text("SELECT conversation_id FROM analyses")).scalars()
            )
            jobs = connection.execute(
                text("SELECT id, conversation_id, state FROM jobs WHERE kind = 'process'")
            ).all()
            stages = connection.execute(
                text("SELECT job_id, stage FROM job_stages ORDER BY job_id")
            ).all()
        engine.dispose()
        lost = [one for one in self.acknowledged if statuses.get(one) != "done"]
        assert not lost, f"{len(lost)} of {len(self.acknowledged)} acknowledged are lost"
        assert set(statuses.values()) <= {"done"}, Counter(statuses.values())
        once = Counter(list(statuses))
        assert analyses == once, "an analysis is missing or there twice"
        assert Counter(job.conversation_id for job in jobs) == once
        assert {job.state for job in jobs} <= {"done"}
        kept = Counter((row.job_id, row.stage) for row in stages)
        assert set(kept.values()) <= {1}
        of_job = {job.id: set() for job in jobs}
        for job_id, stage in kept:
            of_job.get(job_id, set()).add(stage)
        assert all(stages_of_one == STAGES for stages_of_one in of_job.values())
        return {
            "acknowledged": len(self.acknowledged),
            "stored": len(statuses),
            "kills": self.kills,
            "transcribed": sum(
                line.startswith("begin ") and not line.startswith("begin understand ")
                for line in self.lines()
            ),
        }

    def lines(self) -> list[str]:
        return self.journal.read_text().splitlines() if self.journal.exists() else []
