"""The index on disk: a cache that may be lost, damaged or shared at any time.

A base has one folder; in it every state of its documents has a folder of its own, written under
a temporary name and moved into place, and a file ``current`` names the one in use. A reader
therefore sees the state before a change or the one after it. Whatever cannot be read back is
rebuilt.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from conversation import ModelReference
from kb_search.documents import Document
from kb_search.index import PassageIndex
from kb_search.settings import IngestSettings
from kb_search.sparse import SparseIndex

FORMAT = 1
"""Raised whenever reading, cutting or encoding changes what is stored."""

_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_KEPT_STATES = 2
_ABANDONED_AFTER_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class CachedState:
    """What was stored for one state of the documents.

    Attributes:
        documents: As they were read.
        index: Of those of their passages that were in force.
    """

    documents: tuple[Document, ...]
    index: PassageIndex


class IndexCache:
    """Stores and finds the index of one knowledge base.

    Args:
        root: Folder of all caches; made when it is not there.
        base: The knowledge base's folder.
        encoder: Whose vectors they are.
        settings: With which the documents were read.
    """

    def __init__(
        self, root: Path, base: Path, encoder: ModelReference, settings: IngestSettings
    ) -> None:
        facts = [
            str(FORMAT), str(base.resolve()), encoder.name, encoder.sha256 or "",
            settings.model_dump_json(),
        ]  # fmt: skip
        self.folder = root / _digest(facts)[:24]

    def load(self) -> CachedState | None:
        """Return the state in use; None when there is none that can be read."""
        import numpy as np

        try:
            name = (self.folder / "current").read_text(encoding="ascii").strip()
            state = self.folder / Path(name).name
            _verify(state)
            documents = _DOCUMENTS.validate_json((state / "documents.json").read_bytes())
            passages = {
                passage.id: passage for document in documents for passage in document.passages
            }
            indexed = json.loads((state / "indexed.json").read_text(encoding="utf-8"))
            index = PassageIndex(
                [passages[passage_id] for passage_id in indexed],
                np.load(state / "vectors.npy", allow_pickle=False),
                SparseIndex.load(state / "words"),
                SparseIndex.load(state / "letters"),
            )
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return None
        return CachedState(documents, index)

    def save(self, documents: Sequence[Document], index: PassageIndex) -> None:
        """Store a state and make it the one in use; keep quiet where nothing can be written."""
        with suppress(OSError):
            self._save(documents, index)

    def _save(self, documents: Sequence[Document], index: PassageIndex) -> None:
        import numpy as np

        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        try:
            (fresh / "documents.json").write_bytes(_DOCUMENTS.dump_json(tuple(documents)))
            np.save(fresh / "vectors.npy", index.vectors)
            index.words.save(fresh / "words")
            index.letters.save(fresh / "letters")
            indexed = json.dumps([passage.id for passage in index.passages], ensure_ascii=False)
            (fresh / "indexed.json").write_text(indexed, encoding="utf-8")
            (fresh / "checksums.json").write_text(json.dumps(_checksums(fresh)), encoding="ascii")
            name = f"state-{_digest([*_states(documents), indexed])[:24]}"
            state = self.folder / name
            try:
                fresh.replace(state)
            except OSError:  # the same state is there already: whole, or damaged
                if not _is_whole(state):
                    shutil.rmtree(state, ignore_errors=True)
                    fresh.replace(state)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        handle, pointer = tempfile.mkstemp(prefix=".current-", dir=self.folder)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(name)
        Path(pointer).replace(self.folder / "current")
        self._drop_old(name)

    def _drop_old(self, current: str) -> None:
        """Delete all but the newest states; the last but one may still be being read."""
        states = [
            (state.stat().st_mtime, state)
            for state in self.folder.glob("state-*")
            if state.name != current
        ]
        states.sort(reverse=True)
        for _, state in states[_KEPT_STATES - 1 :]:
            shutil.rmtree(state, ignore_errors=True)
        for rest in self.folder.glob(".new-*"):  # of processes that were killed
            with suppress(OSError):
                if time.time() - rest.stat().st_mtime > _ABANDONED_AFTER_S:
                    shutil.rmtree(rest, ignore_errors=True)


def _states(documents: Sequence[Document]) -> list[str]:
    return [f"{document.path}\0{document.sha256}" for document in documents]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0\0".join(parts).encode()).hexdigest()


def _checksums(state: Path) -> dict[str, str]:
    files = sorted(file for file in state.rglob("*") if file.is_file())
    return {
        file.relative_to(state).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.name != "checksums.json"
    }


def _verify(state: Path) -> None:
    """Raise ValueError or OSError when a file of a state is missing or damaged."""
    expected = json.loads((state / "checksums.json").read_text(encoding="ascii"))
    if _checksums(state) != expected:
        raise ValueError(f"the cache {state} is damaged")


def _is_whole(state: Path) -> bool:
    try:
        _verify(state)
    except (OSError, ValueError):
        return False
    return True
