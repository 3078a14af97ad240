"""An encoder that can be held up, and what is built on it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from conversation import ModelReference
from models import TokenizedText
from serving.throughput.batched_encoder import BatchedEncoder
from serving.throughput.model_handle import ModelHandle
from serving.throughput.thread_budget import ThreadBudget
from serving.throughput.vector_cache import VectorCache


class HeldEncoder:
    """One token a word; a text's vector is made of its hash. Waits at the gate when told to."""

    name = "held"
    dim = 4
    reference = ModelReference(name="held", sha256="0" * 64)

    def __init__(self, lanes: int = 1) -> None:
        self.batches_at_once = lanes
        self.batches: list[list[str]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def tokenize(self, texts, *, kind="query"):
        return [TokenizedText(text, kind, np.zeros(len(text.split()), np.int32)) for text in texts]

    def text_of_tokens(self, tokens):
        return " ".join(map(str, tokens))

    def encode_together(self, texts):
        self.batches.append([one.text for one in texts])
        self.entered.release()
        assert self.gate.wait(20)
        if self.error is not None:
            raise self.error
        return np.stack([vector_of(one.text, one.kind) for one in texts])


def vector_of(text, kind="query"):
    numbers = np.random.default_rng(abs(hash((text, kind)))).normal(size=4).astype(np.float32)
    return numbers / np.linalg.norm(numbers)


@pytest.fixture(autouse=True)
def _no_garbage_is_collected_for_long(monkeypatch):
    """All that a test run has imported would be looked through for each small model."""
    monkeypatch.setattr("serving.throughput.model_handle.settle_memory", lambda: None)


@pytest.fixture(scope="session")
def expected_vector():
    """The vector that the encoder makes of a text."""
    return vector_of


@pytest.fixture
def held():
    """The encoder that can be held up: ``held.gate.clear()``."""
    return HeldEncoder()


@pytest.fixture
def make_batched(held):
    """Make the shared encoder on top of it."""
    made = []

    def make(*, batch_tokens=8, queue_tokens=1000, cache_bytes=0, wait_s=0.0):
        encoder = BatchedEncoder(
            ModelHandle("held", lambda: held),
            reference=held.reference,
            budget=ThreadBudget(held.batches_at_once),
            cache=VectorCache(cache_bytes),
            batch_tokens=batch_tokens,
            batch_wait_s=wait_s,
            queue_tokens=queue_tokens,
        )
        made.append(encoder)
        return encoder

    yield make
    held.gate.set()
    for encoder in made:
        encoder.close()
