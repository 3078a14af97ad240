"""Search in 100,000 passages: time, memory, adding a document, starting from disk.

    python bench/kb_search/scale.py --data DATA/retrieval --vectors VECTORS.npz \
        --store FOLDER --out bench/kb_search/scale.json

The passages are made: sentences of the three corpora, drawn with a fixed seed, 60 to 150 words
under a title and a heading of their own. Their vectors are made as well, since the encoder would
take hours: each is a mix of two real vectors of the same encoder with noise, so that they lie as
close together as real ones. Questions are real, and so are their vectors: the encoder runs inside
the timer. What is added while the timer runs is encoded for real too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bases import MEASURED, RememberingEncoder, environment, load_base

from kb_search.filters import Filters
from kb_search.index import PassageIndex
from kb_search.index.segment import Segment
from kb_search.index.vector_index import VectorIndex
from kb_search.sentences import sentence_spans
from kb_search.store import KnowledgeStore
from kb_search.words import stems
from models import Encoder, load_encoder

SEED = 5
PASSAGES_PER_DOCUMENT = 10
ADDED = 20
PRODUCTS = ("mobile", "internet", "banque", "assurance")


class MixedVectors:
    """Real vectors for questions, mixes of real vectors with noise for passages."""

    def __init__(self, encoder: Encoder, real: np.ndarray) -> None:
        self.name, self.dim, self.reference = encoder.name, encoder.dim, encoder.reference
        self._encoder = encoder
        self._real = real
        self.passages_are_real = False

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:
        if kind == "query" or self.passages_are_real:
            return self._encoder.encode(texts, kind=kind)
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            rng = np.random.default_rng(number_of(text))
            first, second = rng.integers(len(self._real), size=2)
            share = rng.uniform(0.5, 1.0)
            vector = share * self._real[first] + (1 - share) * self._real[second]
            vector = vector + rng.normal(0, 0.01, self.dim)
            vectors[row] = vector / np.linalg.norm(vector)
        return vectors


def number_of(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def write_documents(data: Path, folder: Path, n_passages: int) -> None:
    """Write Markdown documents of ten sections; every third is of English sentences."""
    rng = random.Random(SEED)
    pools = []
    for name in MEASURED:
        sentences = [
            entry_text[start:end]
            for entry_text in (p.text for p in load_base(data, name).passages)
            for start, end in sentence_spans(entry_text)
            if 4 <= len(entry_text[start:end].split()) <= 60
        ]
        pools.append(sentences)
    folder.mkdir(parents=True)
    for number in range(n_passages // PASSAGES_PER_DOCUMENT):
        pool = pools[number % len(pools)]
        lines = [
            f"---\nproduct: {PRODUCTS[number % 4]}\n---\n",
            f"# Dossier {number} {title(rng, pool)}",
        ]
        for _ in range(PASSAGES_PER_DOCUMENT):
            lines.append(f"## {title(rng, pool)}")
            words = 0
            wanted = rng.randint(60, 150)
            text = []
            while words < wanted:
                text.append(rng.choice(pool).strip())
                words += len(text[-1].split())
            lines.append(" ".join(" ".join(text).split()[:195]))
        path = folder / f"{number % 100:02d}" / f"{number:05d}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(lines), encoding="utf-8")


def title(rng: random.Random, pool: list[str]) -> str:
    return " ".join(rng.choice(pool).split()[: rng.randint(4, 9)]).strip("#*-|> ")


def milliseconds(times: list[float]) -> dict[str, float]:
    """Return what is told of times in seconds."""
    return {
        "median_ms": round(1000 * float(np.median(times)), 2),
        "p95_ms": round(1000 * float(np.percentile(times, 95)), 2),
        "max_ms": round(1000 * max(times), 2),
    }


def timed(calls: Sequence[Any], run: Callable[[Any], object]) -> dict[str, float]:
    times = []
    for call in calls:
        began = time.perf_counter()
        run(call)
        times.append(time.perf_counter() - began)
    return milliseconds(times)


def memory_mib() -> dict[str, int]:
    """Return the process's memory; what is mapped from files and may be given back is apart."""
    fields = {}
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name in {"VmRSS", "VmHWM", "RssFile", "RssAnon"}:
            fields[name] = int(value.split()[0]) // 1024
    return fields


def start(options: argparse.Namespace) -> None:
    """In a process of its own: open the store, search once, tell the time and the memory."""
    import bm25s  # noqa: F401, imports do not count
    import faiss  # noqa: F401
    import scipy.sparse  # noqa: F401
    import sqlalchemy  # noqa: F401

    encoder = load_encoder(options.model)
    encoder.encode(["prêt"])
    before = memory_mib()
    began = time.perf_counter()
    base = KnowledgeStore.open(options.store, encoder).knowledge_base()
    opened = time.perf_counter() - began
    base.search("Comment résilier mon contrat ?")
    first = time.perf_counter() - began
    for query in load_base(options.data, "piaf_fr").queries[:100]:
        base.search(query.query)
    report = {
        "open_s": round(opened, 3),
        "open_and_first_search_s": round(first, 3),
        "memory_mib_before": before,
        "memory_mib_after_100_searches": memory_mib(),
        "passages": len(base.passages),
    }
    print(json.dumps(report))


def against(index: PassageIndex, questions: list[str], vectors: np.ndarray) -> dict[str, object]:
    """Time faiss and bm25s called directly on the same passages."""
    import bm25s
    import faiss

    held = np.ascontiguousarray(index.vectors)
    flat = faiss.IndexFlatIP(held.shape[1])
    flat.add(held)
    retriever = bm25s.BM25(method="lucene")
    retriever.index(
        [stems(f"{p.label}\n{p.text}", "fr") for p in index.passages], show_progress=False
    )
    asked = [[stems(question, "fr")] for question in questions]
    graph = VectorIndex.build(held)
    everything = np.ones(len(held), bool)
    found = []
    times = []
    for vector in vectors:
        began = time.perf_counter()
        rows = graph.nearest(vector, 200, everything)
        times.append(time.perf_counter() - began)
        _, exact = flat.search(vector[None], 50)
        found.append(len(set(exact[0]) & set(rows.tolist())) / 50)
    return {
        "faiss flat, 200 nearest": timed(vectors, lambda v: flat.search(v[None], 200)),
        "faiss HNSW as here, 200 nearest": milliseconds(times),
        "share of the 50 nearest that HNSW finds": round(float(np.mean(found)), 4),
        "bm25s.retrieve, 200 best": timed(
            asked, lambda a: retriever.retrieve(a, k=200, show_progress=False)
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the retrieval sets")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    parser.add_argument("--vectors", type=Path, help="NPZ file with vectors of the sets")
    parser.add_argument("--store", type=Path, required=True, help="folder for the store")
    parser.add_argument("--model", default="entendu-encoder-fr-en")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300, help="how many are asked")
    parser.add_argument("--start", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.start:
        start(options)
        return
    real_encoder = load_encoder(options.model)
    remembered = RememberingEncoder(real_encoder, options.vectors)
    bases = {name: load_base(options.data, name) for name in MEASURED}
    real = remembered.encode(
        [
            f"{p.label}\n{p.text}".strip()
            for name in ("cnil_faq_fr", "bankfaq_en")
            for p in bases[name].passages
        ],
        kind="passage",
    )
    encoder = MixedVectors(real_encoder, real)
    store = KnowledgeStore.open(options.store, encoder)
    build: dict[str, float] = {}
    texts = options.store.parent / f"{options.store.name}-texts"
    if not texts.exists():
        write_documents(options.data, texts, options.passages)
    if not len(store.knowledge_base().passages):
        began, cpu = time.perf_counter(), time.process_time()
        store.add([texts])
        build = {
            "add_all_s": round(time.perf_counter() - began, 1),
            "add_all_cpu_s": round(time.process_time() - cpu, 1),
        }
    base = store.knowledge_base()
    encoder.passages_are_real = True
    questions = [
        query.query for name in MEASURED for query in bases[name].queries[: options.questions // 3]
    ]
    index = PassageIndex(
        [Segment.load(folder) for folder in options.store.glob("index/*/segment-*")]
    )
    base.search_many(questions[:20])
    vectors = real_encoder.encode(questions)
    narrow = Filters(products=("banque",), languages=("fr",))
    search = {
        "search, encoding included": timed(questions, base.search),
        "encoding alone": timed(questions, lambda q: real_encoder.encode([q])),
        "search without encoding": timed(
            list(zip(questions, vectors, strict=True)),
            lambda pair: index.search(pair[0], pair[1], k=5),
        ),
        "search, filtered to a quarter and one language": timed(
            questions, lambda q: base.search(q, filters=narrow)
        ),
    }
    folder = options.store.parent / f"{options.store.name}-added"
    folder.mkdir(exist_ok=True)
    times = []
    for number in range(ADDED):
        path = folder / f"{os.getpid()}-{number}.md"
        path.write_text(
            f"# Note {os.getpid()} {number}\n\n"
            f"Le code zèbre{os.getpid()}x{number} ouvre le portail "
            f"{number}. " + "Une phrase de plus pour faire un passage de longueur usuelle. " * 8,
            encoding="utf-8",
        )
        began = time.perf_counter()
        store.add([path])
        base = store.knowledge_base()
        times.append(time.perf_counter() - began)
        assert base.search(f"zèbre{os.getpid()}x{number}")[0].passage.document == path.name
    started = subprocess.run(
        [
            sys.executable, __file__, "--data", options.data, "--store", options.store,
            "--model", options.model, "--start",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sizes = {
        path.relative_to(options.store).as_posix(): round(path.stat().st_size / 2**20, 1)
        for path in sorted(options.store.rglob("*"))
        if path.is_file() and path.stat().st_size > 2**20
    }
    before = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    report = {
        "environment": environment() | {"threads": os.environ.get("OMP_NUM_THREADS", "all")},
        "seed": SEED,
        "load_average_at_the_end": round(os.getloadavg()[0], 1),
        "passages": len(base.passages),
        "questions": len(questions),
        "build": build or before.get("build", {}),
        "search": search,
        "called directly": against(index, questions, vectors),
        "add one document, durable and found": milliseconds(times),
        "start": json.loads(started.stdout.splitlines()[-1]),
        "files_mib": sizes,
    }
    text = json.dumps(report, indent=2, ensure_ascii=False)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
