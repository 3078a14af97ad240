"""A tiny deterministic encoder for tests: texts that share stems and letters lie close."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from conversation import ModelReference
from kb_search.words import letter_grams, query_stems


class HashingEncoder:
    """Hashes stems and letter grams; unrelated texts have cosine 0.8, equal ones 1."""

    name = "hashing"
    dim = 257
    reference = ModelReference(name="hashing", sha256="0" * 64)

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:
        assert kind in {"query", "passage"}
        self.encoded.extend(texts)
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            bag = np.zeros(self.dim - 1)
            stems = [forms[0] for forms in query_stems(text, ("fr", "en"))]
            for weight, terms in ((3.0, stems), (1.0, letter_grams(text))):
                for term in terms:
                    digest = zlib.crc32(term.encode())
                    bag[digest % (self.dim - 1)] += weight * (1 if digest >> 16 & 1 else -1)
            norm = np.linalg.norm(bag)
            vectors[row, 0] = np.sqrt(0.8) if norm else 1.0
            if norm:
                vectors[row, 1:] = np.sqrt(0.2) * bag / norm
        return vectors
