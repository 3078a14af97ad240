"""The head that goes with an encoder: the one that ships, or one trained for it here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from models import Encoder, LinearHead

_log = logging.getLogger(__name__)
_retrained: dict[tuple[str, str, str | None], LinearHead] = {}


def shipped_head(name: str, encoder: Encoder, train: Callable[[Encoder], LinearHead]) -> LinearHead:
    """Return the head of a name that goes with an encoder.

    The shipped head serves the encoder that it was trained for, told by the SHA-256 of its
    weights. For any other encoder one is trained and kept for the rest of the process.

    Args:
        name: Of the head's files in ``nlu/heads``, without suffix.
        encoder: Whose vectors the head will read.
        train: Trains the head on the shipped training set.

    Raises:
        ModelMissing: The shipped files were removed.
        ModelCorrupt: The shipped files are damaged.
    """
    head = LinearHead.load(Path(str(files("nlu").joinpath("heads", name))))
    if was_trained_for(head, encoder):
        return head
    key = (name, encoder.name, encoder.reference.sha256)
    if key not in _retrained:
        _log.info("training the %s head for encoder %s", name, encoder.name)
        _retrained[key] = train(encoder)
    return _retrained[key]


def was_trained_for(head: LinearHead, encoder: Encoder) -> bool:
    """Whether a head was trained on the vectors of an encoder with the same weights."""
    trained_for = head.metadata.get("encoder", {}).get("sha256")
    return trained_for is not None and trained_for == encoder.reference.sha256
