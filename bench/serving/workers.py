"""Measure how much faster two workers finish a backlog than one, and how they share it.

    python bench/serving/workers.py --out bench/serving/workers.json

PostgreSQL, an API that does no jobs, and worker processes with the stand-in for the pipeline of
``tests/serving/fake_server.py``: each job sleeps for a while (``--seconds``, what a model on
another machine would do), or computes for as long (``--burn``, which two workers can only share
where there are two free cores). The clock runs from the moment when the workers are up and the
first job is begun until nothing is left; starting Python is not part of it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from faults import SCRIPT, databases, load
from sqlalchemy import text


def run(count: int, workers: int, seconds: float, *, burn: bool) -> dict[str, object]:
    """Let workers finish a backlog."""
    fleets, scenarios = load("fleet"), load("scenarios")
    with tempfile.TemporaryDirectory(prefix="workers-") as name:
        folder = Path(name)
        with (
            databases("postgresql", folder) as (url, _, _),
            contextlib.closing(fleets.Forker(SCRIPT)) as forker,
            fleets.Fleet(folder, forker, database_url=url, seconds=seconds, workers=0) as fleet,
        ):
            scenarios.backlog(fleet, count)
            fleet.start_workers(workers, *(["--burn"] if burn else []))
            fleet.wait_until_done(seconds=600)
            fleet.check()
            engine = fleet.engine()
            with engine.connect() as connection:
                rows = connection.execute(
                    text("SELECT worker, started_at, finished_at FROM jobs WHERE kind = 'process'")
                ).all()
            engine.dispose()
    wall_s = (
        max(row.finished_at for row in rows) - min(row.started_at for row in rows)
    ).total_seconds()
    shares = sorted(Counter(row.worker for row in rows).values(), reverse=True)
    return {
        "workers": workers,
        "jobs": len(rows),
        "wall_s": round(wall_s, 2),
        "jobs_per_s": round(len(rows) / wall_s, 2),
        "shares": shares,
    }


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--jobs", type=int, default=60)
    read.add_argument("--seconds", type=float, default=0.5)
    read.add_argument("--burn", action="store_true")
    read.add_argument("--out", type=Path)
    given = read.parse_args()
    load_before = os.getloadavg()[0]
    began = time.monotonic()
    one = run(given.jobs, 1, given.seconds, burn=given.burn)
    two = run(given.jobs, 2, given.seconds, burn=given.burn)
    report = {
        "command": f"python bench/serving/workers.py {'--burn' if given.burn else ''}".strip(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cpus": os.cpu_count(), "python": platform.python_version(),
            "load_before": round(load_before, 1), "load_after": round(os.getloadavg()[0], 1),
        },
        "seconds_per_job": given.seconds,
        "computes": given.burn,
        "one": one,
        "two": two,
        "times_as_fast": round(one["wall_s"] / two["wall_s"], 2),
        "largest_share": round(max(two["shares"]) / sum(two["shares"]), 3),
        "took_s": round(time.monotonic() - began, 1),
    }  # fmt: skip
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if given.out is not None:
        given.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
