"""Vectors of the example sentences of scorecards and categories, made once for each encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from quality.rescoring import read_vectors
from quality.sentence_vectors import SentenceVectors
from serving.result_files import write_together

if TYPE_CHECKING:
    from conversation import ModelReference
    from models import Encoder

_FOLDER = "example_vectors"


def example_vectors(
    texts: Sequence[str],
    *,
    encoder: Callable[[], Encoder],
    model: ModelReference,
    data_dir: Path,
) -> SentenceVectors:
    """Return vectors that know the example sentences, kept below the data folder.

    Args:
        texts: Of all definitions in use.
        encoder: Loads the encoder; called only where a text is not kept yet.
        model: Its name and content.
        data_dir: The data folder; one that cannot be written only costs time.
    """
    name = hashlib.sha256(f"{model.name} {model.sha256}".encode()).hexdigest()[:16]
    path = data_dir / _FOLDER / f"{name}.vectors"
    kept = read_vectors(path)
    known = SentenceVectors(encoder, model=model, stored=() if kept is None else (kept,))
    if texts:
        known.of(list(texts))
    if known.encoded:
        with suppress(OSError):
            write_together([(path, known.stored(texts).to_bytes())])
    return known
