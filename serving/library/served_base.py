"""A knowledge base that is searched while it changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import EntenduError
from kb_search import Document, IngestReport, KnowledgeBase, KnowledgeStore
from serving.library.trials import Trials

if TYPE_CHECKING:
    from kb_search.store.putting import ListedDocument, MetadataChange
    from models import Encoder

logger = logging.getLogger("entendu.library")

LOOK_EVERY_S = 1.0
"""Seconds between two looks for changes that another process made."""


@dataclass(frozen=True)
class _Current:
    """The base as searches see it.

    Attributes:
        base: To search and ask.
        revision: Of the store that it was made from.
        day: On which its documents are in force.
    """

    base: KnowledgeBase
    revision: int
    day: date


class ServedBase:
    """Documents of one team; searches go on with the base as it was until a change is whole.

    Who changes something finds it changed in the next search. What another process changes is
    found within a second or two, and a document that is no longer in force is gone at midnight.

    Args:
        folder: Of the store; made when it is not there.
        encoder: Makes the vectors.
        first: Folder of documents with which an empty base begins; None: with none.
        today: Tells the day.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        *,
        first: Path | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._store = KnowledgeStore.open(folder, encoder)
        self._first = first
        self._today = today
        self._trials = Trials(lambda given: self._store.tried(given, today=self._today()))
        self._renewing = threading.Lock()
        self._changing = threading.Lock()
        self._current: _Current | None = None
        self._looked_s = float("-inf")

    @property
    def base(self) -> KnowledgeBase:
        """The base as it is now, to search and ask; what comes in later does not touch it."""
        current = self._current
        if current is None or current.day != self._today():
            return self._renewed()
        now_s = time.monotonic()
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            if self._store.revision != current.revision and not self._renewing.locked():
                threading.Thread(
                    target=self._renewed, name="entendu-knowledge", daemon=True
                ).start()
        return current.base

    @property
    def found(self) -> KnowledgeBase | None:
        """The base as it is now; None where no passage is in force."""
        base = self.base
        return base if base.passages else None

    @property
    def is_empty(self) -> bool:
        """Whether no passage is in force."""
        return not self.base.passages

    @property
    def revision(self) -> int:
        """How often it was changed, by any process."""
        self._begin()
        return self._store.revision

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody else of this process change a document in this block.

        For those who look at a document before they change it.
        """
        with self._changing:
            yield

    def put(self, documents: Sequence[Document], *, only_new: bool = False) -> IngestReport:
        """Put in documents, all or none (see :meth:`kb_search.KnowledgeStore.put`)."""
        self._begin()
        report = self._store.put(documents, only_new=only_new)
        self._renewed()
        return report

    def change(self, path: str, change: MetadataChange) -> Document:
        """Change what a document says of itself (see :meth:`kb_search.KnowledgeStore.change`)."""
        self._begin()
        changed = self._store.change(path, change)
        self._renewed()
        return changed

    def remove(self, path: str) -> None:
        """Take a document out.

        Raises:
            NotFound: There is none of this name.
        """
        self._begin()
        self._store.remove([path])
        self._renewed()

    def tried(self, documents: Sequence[Document]) -> KnowledgeBase:
        """Return the base as it would be with documents (see :meth:`KnowledgeStore.tried`).

        The same documents asked about again are not indexed again, as long as nothing changed.
        """
        self._begin()
        return self._trials.get(documents, (self._store.revision, self._today()))

    def document(self, path: str) -> Document:
        """Return a document with its passages.

        Raises:
            NotFound: There is none of this name.
        """
        self._begin()
        return self._store.document(path)

    def listed(self) -> tuple[ListedDocument, ...]:
        """Return all documents by path, without their text."""
        self._begin()
        return self._store.listed()

    def close(self) -> None:
        """Close the store."""
        with self._renewing:
            self._store.close()

    def _renewed(self) -> KnowledgeBase:
        with self._renewing:
            self._import()
            revision, day = self._store.revision, self._today()
            current = self._current
            if current is None or (current.revision, current.day) != (revision, day):
                base = self._store.knowledge_base(today=day)
                self._current = current = _Current(base, revision, day)
            return current.base

    def _begin(self) -> None:
        if self._first is not None:
            with self._renewing:
                self._import()

    def _import(self) -> None:
        """Bring the first documents into a base that never had any."""
        first, self._first = self._first, None
        if first is None or self._store.revision:
            return
        try:
            report = self._store.add([first])
        except EntenduError as error:
            # The service is of use without them, and they can be sent to it.
            logger.warning("no documents were imported", extra={"facts": {"why": error.message}})
            return
        logger.info(
            "documents imported",
            extra={"facts": {"added": len(report.added), "problems": len(report.problems)}},
        )
