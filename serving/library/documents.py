"""Files that are sent, read into documents before any of them is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from conversation.errors import BadInput, DocumentUnreadable, EntenduError
from kb_search import Document, read_document
from kb_search.store.putting import MetadataChange

MAX_NAME = 200


@dataclass(frozen=True)
class SentFile:
    """A file that somebody sent.

    Attributes:
        name: Path in the base, with ``/``; its ending tells the format.
        content: Its bytes.
    """

    name: str
    content: bytes


def read_sent(files: Sequence[SentFile], change: MetadataChange) -> tuple[Document, ...]:
    """Read files; none is kept.

    Args:
        files: What was sent.
        change: What holds for all of them, whatever they say themselves.

    Raises:
        BadInput: A name cannot be used.
        DocumentUnreadable: One or more cannot be read; all of them are named.
    """
    documents: list[Document] = []
    problems: list[str] = []
    for file in files:
        try:
            documents.append(change.of(_read(file)))
        except DocumentUnreadable as error:
            problems.append(f"{file.name}: {error}")
    if problems:
        raise DocumentUnreadable(
            "; ".join(problems), remedy="correct them, or send the others without them"
        )
    return tuple(documents)


def checked_name(name: str, folder: str = "") -> str:
    """Return the path that a file gets in the base.

    Args:
        name: Of the file; folders in it do not count.
        folder: In which it is put; empty: in none.

    Raises:
        BadInput: It cannot be a path.
    """
    own = PurePosixPath(name.replace("\\", "/")).name
    parts = [part for part in folder.split("/") if part]
    whole = "/".join([*parts, own])
    bad = any(part in (".", "..") or part.startswith(".") for part in [*parts, own])
    if not own or bad or len(whole) > MAX_NAME or not whole.isprintable():
        raise BadInput(
            f"the name {whole[:80]!r} cannot be used",
            remedy=f"name it with an ending such as .md, {MAX_NAME} characters at most",
        )
    return whole


def _read(file: SentFile) -> Document:
    with tempfile.TemporaryDirectory(prefix="entendu-document-") as folder:
        suffix = PurePosixPath(file.name).suffix
        path = Path(folder) / f"document{suffix}"
        path.write_bytes(file.content)
        try:
            return read_document(path, path=file.name)
        except EntenduError as error:
            raise DocumentUnreadable(
                error.message.replace(path.name, file.name).replace(str(path.parent), ""),
                remedy=error.remedy,
            ) from None
