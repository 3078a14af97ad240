"""The question sets that the search is fitted and measured on, and an encoder that remembers.

``cnil_faq_fr`` (self-care questions, repository MIT) and ``piaf_fr`` (Licence Ouverte 2.0) are
fitted on; ``bankfaq_en`` has no licence and is only measured.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from conversation import ModelReference
from kb_search.documents import Passage
from kb_search.evaluation import (
    CorpusEntry,
    JudgedQuery,
    corpus_passages,
    read_corpus,
    read_queries,
)
from models import Encoder, load_encoder

FITTED = ("cnil_faq_fr", "piaf_fr")
MEASURED = (*FITTED, "bankfaq_en")
_MOST_QUERIES = 500


@dataclass(frozen=True)
class Base:
    """A corpus with its questions."""

    name: str
    documents: list[CorpusEntry]
    queries: list[JudgedQuery]
    passages: list[Passage]


class RememberingEncoder:
    """Keeps every vector in a file, since the corpora take minutes to encode."""

    def __init__(self, encoder: Encoder, file: Path | None) -> None:
        self.name = encoder.name
        self.dim = encoder.dim
        self.reference: ModelReference = encoder.reference
        self._encoder = encoder
        self._file = file
        self._vectors: dict[str, np.ndarray] = {}
        if file is not None and file.exists():
            with np.load(file) as stored:
                self._vectors = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:
        """Return remembered vectors, and encode the others."""
        keys = [hashlib.sha1(f"{kind}|{text}".encode()).hexdigest() for text in texts]
        fresh = [n for n, key in enumerate(keys) if key not in self._vectors]
        for first in range(0, len(fresh), 128):
            part = fresh[first : first + 128]
            vectors = self._encoder.encode([texts[n] for n in part], kind=kind)
            self._vectors.update(zip((keys[n] for n in part), vectors, strict=True))
            self._write()
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._vectors[key] for key in keys]).astype(np.float32)

    def _write(self) -> None:
        if self._file is not None:
            keys = np.array(list(self._vectors))
            np.savez(self._file, keys=keys, vectors=np.stack(list(self._vectors.values())))


def arguments(description: str) -> argparse.Namespace:
    """Read the command line that both scripts share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the retrieval sets")
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the figures")
    parser.add_argument("--vectors", type=Path, help="NPZ file that keeps vectors between runs")
    parser.add_argument("--model", default="entendu-encoder-fr-en")
    return parser.parse_args()


def open_encoder(options: argparse.Namespace) -> RememberingEncoder:
    """Load the encoder of the command line."""
    return RememberingEncoder(load_encoder(options.model), options.vectors)


def load_base(data: Path, name: str) -> Base:
    """Read one set; of more than 500 questions, 500 are drawn with a fixed seed."""
    documents = read_corpus(data / name / "corpus.jsonl")
    queries = read_queries(data / name / "dev" / "queries.jsonl")
    if len(queries) > _MOST_QUERIES:
        numbers = sorted(random.Random(1).sample(range(len(queries)), _MOST_QUERIES))
        queries = [queries[number] for number in numbers]
    return Base(name, documents, queries, corpus_passages(documents))


def environment() -> dict[str, str]:
    """Return what the figures were measured with."""
    packages = ("numpy", "bm25s", "faiss-cpu", "PyStemmer", "scikit-learn", "ctranslate2")
    return {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU",
        **{package: version(package) for package in packages},
    }
