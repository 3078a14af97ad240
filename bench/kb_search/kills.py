"""Kill an ingest 50 times at random moments; the base must be as before or as after.

    python bench/kb_search/kills.py --out bench/kb_search/kills.json

Each time a copy of the same store gets the same change (documents added, changed and taken away)
in a process that is sent SIGKILL after a time drawn between nothing and what the whole change
takes. What is left is compared with both states: documents, and rankings of questions. The same
change is then made again in it, and must give the state after.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import bm25s  # noqa: F401, imported once for all processes
import markdown_it  # noqa: F401
import numpy as np
import scipy.sparse  # noqa: F401
from bases import environment

from conversation import ModelReference
from kb_search.store import KnowledgeStore, ingest, kept_segments
from kb_search.words import split_words

SEED = 50
QUESTIONS = [f"sujet {number} et mot {number * 7 % 50}" for number in range(12)]


class HashedWords:
    """A fast encoder: words hashed into a vector."""

    name, dim = "hashed words", 64
    reference = ModelReference(name="hashed words", sha256="0" * 64)

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:  # noqa: ARG002
        vectors = np.full((len(texts), self.dim), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in split_words(text):
                vectors[row, zlib.crc32(f"{word}".encode()) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def write(folder: Path, numbers: range, version: str) -> None:
    for number in numbers:
        words = " ".join(f"mot {n}" for n in range(number, number + 40))
        sections = [
            f"## Sujet {number} partie {n}\n\nTexte {version}. {words}. Fin {n}." for n in range(5)
        ]
        (folder / f"{number:03d}.md").write_text("\n\n".join(sections), encoding="utf-8")


def state(folder: Path) -> tuple[object, ...]:
    store = KnowledgeStore.open(folder, HashedWords())
    base = store.knowledge_base()
    documents = tuple((document.path, document.sha256) for document in store.documents())
    rankings = tuple(
        tuple((hit.passage.id, round(hit.score, 5)) for hit in hits)
        for hits in base.search_many(QUESTIONS, k=10)
    )
    return documents, rankings


def ingest_in_a_process(store: Path, documents: Path) -> int:
    child = os.fork()
    if not child:
        KnowledgeStore.open(store, HashedWords()).add([documents])
        os._exit(0)
    return child


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the figures")
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    kept_segments.KEPT_FROM = 32
    ingest.STAGED_AT_ONCE = 8
    ingest.ENCODED_AT_ONCE = 16
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        documents, store = root / "documents", root / "store"
        documents.mkdir()
        write(documents, range(40), "premier")
        KnowledgeStore.open(store, HashedWords()).add([documents])
        before = state(store)
        write(documents, range(30, 70), "second")
        for number in range(10):
            (documents / f"{number:03d}.md").unlink()
        shutil.copytree(store, root / "whole")
        began = time.perf_counter()
        os.waitpid(ingest_in_a_process(root / "whole", documents), 0)
        whole_s = time.perf_counter() - began
        after = state(root / "whole")
        outcomes: Counter[str] = Counter()
        for number in range(options.kills):
            copy = root / f"copy-{number}"
            shutil.copytree(store, copy)
            child = ingest_in_a_process(copy, documents)
            time.sleep(rng.uniform(0, whole_s))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            killed = os.waitstatus_to_exitcode(status) == -signal.SIGKILL
            found = state(copy)
            outcome = "before" if found == before else "after" if found == after else "between"
            outcomes[outcome if killed else f"{outcome}, ended before it was killed"] += 1
            KnowledgeStore.open(copy, HashedWords()).add([documents])
            outcomes["same change made again gives after"] += state(copy) == after
            shutil.rmtree(copy)
    report = {
        "environment": environment(),
        "seed": SEED,
        "kills": options.kills,
        "whole_change_s": round(whole_s, 3),
        "outcomes": dict(outcomes),
    }
    text = json.dumps(report, indent=2)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
