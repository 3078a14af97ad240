"""Heads on disk: arrays, facts and a model card in a folder, checked when they are read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from conversation import ModelReference
from conversation.errors import BadInput, ModelCorrupt, ModelMissing
from quality.question_model.examples import TextBlocks, packed, unpacked
from quality.question_model.two_view_head import TwoViewHead

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACTS_NAME = "head.json"
ARRAYS_NAME = "head.npz"
CARD_NAME = "README.md"

Kind = Literal["question", "turns"]

_FORMAT = 1


@dataclass(frozen=True, eq=False)
class StoredHead:
    """A head as a folder keeps it.

    Attributes:
        kind: What it judges: one question of a contact, or turns.
        blocks: Words.
        n_blocks: How many blocks of text it reads.
        head: The head.
        encoder: Whose vectors it reads.
        report: How it was trained, as JSON values.
        reference: Name and hash of the folder; None when it was just trained.
    """

    kind: Kind
    blocks: TextBlocks
    n_blocks: int
    head: TwoViewHead
    encoder: ModelReference
    report: Mapping[str, Any]
    reference: ModelReference | None = None


def save_head(stored: StoredHead, folder: Path, *, card: str) -> ModelReference:
    """Write a head; the same bytes for the same head and report.

    Args:
        stored: What to keep.
        folder: Made when it is not there; it must not hold anything but an earlier head.
        card: The model card, in Markdown.

    Returns:
        Name and hash of the folder.

    Raises:
        BadInput: The folder holds something else or cannot be written.
    """
    check_folder(folder)
    content = packed({**stored.blocks.arrays(), **stored.head.arrays()})
    facts = {
        "format": _FORMAT,
        "kind": stored.kind,
        "arrays_sha256": hashlib.sha256(content).hexdigest(),
        "encoder": stored.encoder.model_dump(mode="json"),
        "n_blocks": stored.n_blocks,
        "head": stored.head.facts(),
        "report": dict(stored.report),
    }
    text = (json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = ((ARRAYS_NAME, content), (CARD_NAME, card.encode()), (FACTS_NAME, text))
        for name, written in files:
            draft = folder / f".{name}.{os.getpid()}"
            draft.write_bytes(written)
            draft.replace(folder / name)
    except OSError as error:
        raise BadInput(
            f"nothing can be written to {folder}: {error.strerror}", remedy="name another folder"
        ) from error
    return ModelReference(name=folder.name, sha256=hashlib.sha256(text).hexdigest())


def load_head(folder: Path, kind: Kind, *, encoder: ModelReference | None) -> StoredHead:
    """Read what :func:`save_head` wrote.

    Args:
        folder: The folder.
        kind: What the head must judge.
        encoder: Whose vectors it will read; None: not checked here.

    Raises:
        ModelMissing: A file is not there.
        ModelCorrupt: A file does not have its SHA-256, or the files are no head.
        BadInput: The head judges something else, or was trained with another encoder.
    """
    for name in (FACTS_NAME, ARRAYS_NAME):
        if not (folder / name).is_file():
            raise ModelMissing(
                f"{folder / name} does not exist", remedy="restore the folder, or train the head"
            )
    try:
        stored = _read(folder)
    except (ValueError, KeyError, TypeError, OSError, AttributeError, IndexError) as error:
        raise ModelCorrupt(
            f"{folder} does not hold a trained head: {error}",
            remedy="restore its files, or train the head again",
        ) from error
    if stored.kind != kind:
        raise BadInput(
            f"{folder} holds a head for {stored.kind}, expected one for {kind}",
            remedy="name the other folder",
        )
    if encoder is not None and not same_encoder(stored.encoder, encoder):
        raise BadInput(
            f"{folder} was trained with {_shown(stored.encoder)}, got {_shown(encoder)}",
            remedy="use the encoder that its README.md names, or train the head again",
        )
    return stored


def check_folder(folder: Path) -> None:
    """Check that a head may be written to a folder.

    Raises:
        BadInput: It is a file, or holds something else than an earlier head.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file, expected a folder", remedy="name another folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FACTS_NAME).is_file():
        raise BadInput(
            f"{folder} holds other files, expected an empty folder or an earlier head",
            remedy="name another folder",
        )


def same_encoder(one: ModelReference, other: ModelReference) -> bool:
    """Whether two references are of the same weights; by name where a hash is not known."""
    if one.sha256 and other.sha256:
        return one.sha256 == other.sha256
    return one.name == other.name


def _read(folder: Path) -> StoredHead:
    text = (folder / FACTS_NAME).read_bytes()
    content = (folder / ARRAYS_NAME).read_bytes()
    facts = json.loads(text)
    digest = hashlib.sha256(content).hexdigest()
    if facts["format"] != _FORMAT:
        raise ValueError(f"it has the format {facts['format']!r}, expected {_FORMAT}")
    if facts["arrays_sha256"] != digest:
        raise ValueError(
            f"the SHA-256 of {ARRAYS_NAME} is {digest}, expected {facts['arrays_sha256']}"
        )
    arrays: dict[str, NDArray[Any]] = unpacked(content)
    n_blocks = int(facts["n_blocks"])
    return StoredHead(
        kind=facts["kind"],
        blocks=TextBlocks.from_arrays(arrays, blocks=n_blocks),
        n_blocks=n_blocks,
        head=TwoViewHead.from_parts(facts["head"], arrays),
        encoder=ModelReference.model_validate(facts["encoder"]),
        report=dict(facts["report"]),
        reference=ModelReference(name=folder.name, sha256=hashlib.sha256(text).hexdigest()),
    )


def _shown(encoder: ModelReference) -> str:
    return encoder.name if encoder.sha256 is None else f"{encoder.name} ({encoder.sha256[:12]}…)"
