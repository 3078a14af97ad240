"""Vectors of the shipped sentences, so that no start has to compute them again.

``python -m nlu.reason_vectors`` writes the file anew; do it after a change of a shipped taxonomy
or of the background. A sentence that the file does not hold is encoded when it is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models import Encoder

Array = NDArray[np.float32]

VECTORS_PATH = Path(__file__).parent / "taxonomies" / "vectors.npz"


def encode_sentences(sentences: Sequence[str], encoder: Encoder) -> Array:
    """Return the vectors of sentences, from the shipped file where the encoder is the same.

    Args:
        sentences: Any texts.
        encoder: Encodes those that are not in the file, each distinct one once.

    Returns:
        float32 array of shape (n_sentences, dim), rows L2-normalised.
    """
    sha256 = encoder.reference.sha256
    known = _shipped(sha256) if sha256 else {}
    found: dict[str, Array] = {}
    missing: list[str] = []
    for sentence in dict.fromkeys(sentences):
        vector = known.get(_key(sentence))
        if vector is None:
            missing.append(sentence)
        else:
            found[sentence] = vector
    if missing:
        found.update(zip(missing, encoder.encode(missing, kind="query"), strict=True))
    return np.stack([found[sentence] for sentence in sentences]).astype(np.float32)


def write_vectors(sentences: Sequence[str], encoder: Encoder, path: Path = VECTORS_PATH) -> None:
    """Write the vectors of sentences as bytes with one scale per sentence (a quarter of float32).

    Args:
        sentences: Any texts.
        encoder: Its weights' SHA-256 is written too.
        path: The file to write.
    """
    distinct = sorted(set(sentences))
    vectors = encoder.encode(distinct, kind="query")
    scales = np.abs(vectors).max(axis=1, keepdims=True) / 127
    np.savez_compressed(
        path,
        encoder_sha256=np.array(encoder.reference.sha256 or ""),
        keys=np.array([_key(sentence) for sentence in distinct], dtype=np.uint64),
        scales=scales.astype(np.float32),
        codes=np.round(vectors / scales).astype(np.int8),
    )


@lru_cache(maxsize=1)
def _shipped(encoder_sha256: str) -> dict[int, Array]:
    if not VECTORS_PATH.is_file():
        return {}
    with np.load(VECTORS_PATH, allow_pickle=False) as file:
        if str(file["encoder_sha256"]) != encoder_sha256:
            return {}
        vectors = file["codes"].astype(np.float32) * file["scales"]
        keys = file["keys"].tolist()
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip(keys, vectors, strict=True))


def _key(sentence: str) -> int:
    return int.from_bytes(hashlib.sha256(sentence.encode()).digest()[:8], "big")


def _main() -> None:
    from models import load_encoder
    from nlu.reason_scorer import sentences_of
    from nlu.taxonomy import SHIPPED, load_taxonomy

    taxonomies = [load_taxonomy(), *(load_taxonomy(name) for name in SHIPPED)]
    write_vectors(
        [text for taxonomy in taxonomies for text in sentences_of(taxonomy)], load_encoder()
    )


if __name__ == "__main__":
    _main()
