"""Seconds of a search by meaning over what was said in many conversations.

    python bench/serving/meaning.py --out bench/serving/meaning.json [--conversations 20000]

A store on SQLite is filled with conversations of 14 turns whose vectors (384 numbers, of length 1)
are invented around 400 directions, as contact reasons are. Each query is ranked twice: from the
vectors in memory, as the service does it, and from the database block by block, as it did before
and does with what memory has no room for. The timer holds the ranking of 500 conversations; the
query's own encoding and reading the words of the hits are not in it. Every query asks for other
things: nothing in particular, one queue of ten, one agent of a hundred. Whether both gave the same
conversations is counted. Times are seconds of the processor on one thread, which do not depend on
what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from load import environment
from sqlalchemy import insert

from serving.store import Filters, Store
from serving.store.by_meaning import nearest, pack_vectors
from serving.store.held_vectors import HeldVectors
from serving.store.tables import ConversationRow, TurnVectorsRow
from serving.store.visible import matching

SHA, DIM, TURNS, DIRECTIONS, LIMIT = "e" * 64, 384, 14, 400, 500
ASKED = {
    "all": Filters(), "one queue of ten": Filters(queue="q3"),
    "one agent of a hundred": Filters(agent_key="a-7"),
}  # fmt: skip


def unit(values: np.ndarray) -> np.ndarray:
    """Return vectors of length 1."""
    scaled: np.ndarray = values / np.linalg.norm(values, axis=-1, keepdims=True)
    return scaled.astype(np.float32)


def fill(store: Store, count: int, chance: np.random.Generator, directions: np.ndarray) -> None:
    """Store conversations with their vectors."""
    now = datetime.now(UTC)
    for first in range(0, count, 500):
        rows, vectors = [], []
        for number in range(first, min(first + 500, count)):
            about = directions[chance.integers(0, DIRECTIONS, TURNS)]
            packed = pack_vectors(
                unit(about + 0.05 * chance.standard_normal((TURNS, DIM))), range(TURNS)
            )
            one = f"{number:032x}"
            rows.append({
                "id": one, "status": "done", "name": one, "created_at": now, "finished_at": now,
                "source": "{}", "queue": f"q{number % 10}", "agent_key": f"a-{number % 100}",
            })  # fmt: skip
            vectors.append({
                "conversation_id": one, "encoder_sha": SHA, "turn_count": packed.count,
                "dim": packed.dim, "turn_indexes": packed.indexes, "vectors": packed.vectors,
            })  # fmt: skip
        with store.database.writing() as session:
            session.execute(insert(ConversationRow), rows)
            session.execute(insert(TurnVectorsRow), vectors)


def milliseconds(found: list[float]) -> dict[str, float]:
    """Summarise times in seconds."""
    ordered = sorted(found)
    return {
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))] * 1000, 1),
        "most_ms": round(ordered[-1] * 1000, 1),
    }


def measure(store: Store, queries: np.ndarray) -> dict[str, Any]:
    """Rank every query both ways."""
    held = HeldVectors()
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report: dict[str, Any] = {}
    for name, filters in ASKED.items():
        times: dict[str, list[float]] = {"memory": [], "database": []}
        same = near = 0
        for query in queries:
            answers = []
            for way, taken in times.items():
                conditions = (matching(filters, store.database.kind),)
                with store.database.reading() as session:
                    began = time.process_time()
                    ranked = (held.nearest if way == "memory" else nearest)(
                        session, query, SHA, conditions, limit=LIMIT, turns=3
                    )
                    taken.append(time.process_time() - began)
                if "first_read_s" not in report:
                    report["first_read_s"] = round(taken.pop(), 3)
                    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                    report["memory_grew_mb"] = round(peak_mb - before_mb)
                answers.append([one.conversation_id for one in ranked])
            same += len(set(answers[0]) & set(answers[1]))
            near += len(answers[1])
        report[name] = {way: milliseconds(found) for way, found in times.items()} | {
            "found_by_both": round(same / near, 5)
        }
    return report


def main() -> None:
    """Measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    chance = np.random.default_rng(1)
    directions = unit(chance.standard_normal((DIRECTIONS, DIM)))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        fill(store, asked.conversations, chance, directions)
        queries = unit(directions[: asked.queries] + 0.05 * chance.standard_normal(
            (asked.queries, DIM)
        ))  # fmt: skip
        report = measure(store, queries)
        store.close()
    report |= {
        "conversations": asked.conversations, "turns": asked.conversations * TURNS,
        "queries": asked.queries, "environment": environment(),
    }  # fmt: skip
    asked.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
