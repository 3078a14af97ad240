"""What the tests of reasons share: an encoder that reads words and nothing else."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np
import pytest

from conversation import Conversation, ModelReference, Turn


class WordEncoder:
    """A bag of words in 256 directions: texts with common words are near, deterministic, instant.

    Attributes:
        encoded: Every text it was given, in order.
    """

    name = "words"
    dim = 256
    reference = ModelReference(name="words", sha256=None)

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:
        self.encoded += texts
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
            for word in re.findall(r"\w+", plain):
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
            vectors[row, 0] += 0.1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def word_encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def talk():
    """Build a conversation of ``(speaker, text)`` pairs."""

    def build(*turns: tuple[str, str], language: str | None = None) -> Conversation:
        return Conversation(
            id="talk",
            channel="phone",
            language=language,
            turns=tuple(
                Turn(index=i, speaker=speaker, text=text) for i, (speaker, text) in enumerate(turns)
            ),
        )

    return build
