"""Documents kept in a folder of Entendu's own, from which every index is made."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import Conflict, NotFound
from kb_search.documents import Document, Metadata, Passage
from kb_search.index import PassageIndex
from kb_search.index.segment import Entry, passage_texts
from kb_search.settings import IngestSettings
from kb_search.store.kept_segments import INDEX_FORMAT, KeptSegments
from kb_search.store.report import IngestReport, StoreUnusable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from kb_search.knowledge_base import KnowledgeBase
    from kb_search.store.putting import ListedDocument, MetadataChange
    from kb_search.store.tables import Database
    from models import Encoder

Progress = Callable[[str, int, int], None]

_NAMED_AT_ONCE = 5_000


class KnowledgeStore:
    """Documents, passages and vectors, kept durably; open one with :meth:`open`.

    Several processes may search while one writes; a second writer waits for the first.

    Args:
        folder: Of the store; None keeps everything in memory.
        database: In it.
        encoder: Makes the vectors.
        settings: Limits of reading, and the length of passages.
    """

    def __init__(
        self,
        folder: Path | None,
        database: Database,
        encoder: Encoder,
        settings: IngestSettings | None = None,
    ) -> None:
        from kb_search.store.remembered_vectors import RememberedVectors

        self.folder = folder
        self._database = database
        self._encoder = encoder
        self._remembered = RememberedVectors(encoder, database)
        self._settings = settings or IngestSettings()
        index = hashlib.sha256(f"{INDEX_FORMAT} {self._remembered.kept_under}".encode())
        self._segments = KeptSegments(
            None if folder is None else folder / "index" / index.hexdigest()[:24],
            self._remembered,
        )
        self._indexing = threading.Lock()
        self._made: tuple[tuple[int | None, date], PassageIndex] | None = None

    @classmethod
    def open(
        cls, folder: Path | None, encoder: Encoder, *, settings: IngestSettings | None = None
    ) -> KnowledgeStore:
        """Open the store of a folder; it is made when it is not there.

        Args:
            folder: Belongs to the store alone; None keeps everything in memory.
            encoder: Makes the vectors; those of several encoders are kept side by side.
            settings: Limits of reading, and the length of passages.

        Raises:
            StoreUnusable: The folder holds something else, is damaged, cannot be written, or was
                written by a newer version.
        """
        from kb_search.store.tables import Database

        if folder is None:
            return cls(None, Database(None), encoder, settings)
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            database = Database(folder / "knowledge.sqlite3")
        except OSError as error:
            raise StoreUnusable(
                f"the knowledge store {folder} cannot be written ({error.strerror})",
                remedy="check the path and its permissions",
            ) from error
        return cls(folder, database, encoder, settings)

    def add(self, paths: Sequence[Path], *, progress: Progress | None = None) -> IngestReport:
        """Bring documents in, all or nothing; only what changed is parsed and encoded again.

        A folder given again is brought up to date: documents that are gone from it are removed.
        A document that lies in a folder of the base brings that folder up to date. When the
        process is killed, the base is as it was before or as it was to be, and the same call
        goes on where it was.

        Args:
            paths: Folders, single documents and lists of pages.
            progress: Called with (``"read"`` or ``"encode"``, done, in all).

        Raises:
            NotFound: A path does not exist; the base is as it was.
            DocumentUnreadable: Nothing of a path can be read; the base is as it was.
        """
        from kb_search.store.ingest import Ingest

        with self._writing():
            report = Ingest(self._database, self._remembered, self._settings).run(paths, progress)
        self._index(_today())
        return report

    def put(self, given: Sequence[Document], *, only_new: bool = False) -> IngestReport:
        """Put in documents that were read elsewhere, all or none; the base then owns them.

        Those of the same name are replaced. A folder that is added again leaves them as they are.

        Args:
            given: The documents; see :func:`kb_search.read_document`.
            only_new: Whether one that is there already is refused.

        Raises:
            BadInput: A name stands twice; the base is as it was.
            Conflict: One is there already and was to be new; the base is as it was.
        """
        from kb_search.store.ingest import read_with
        from kb_search.store.putting import put_in

        settings = read_with(self._settings)
        with self._writing():
            try:
                report = put_in(
                    self._database, self._remembered, given, read_with=settings, only_new=only_new
                )
            except FileExistsError as error:
                raise Conflict(
                    f"the base has {error} already", remedy="replace it, or give it another name"
                ) from None
        self._index(_today())
        return report

    def change(self, path: str, change: MetadataChange) -> Document:
        """Change what a document says about itself; its text stays.

        Args:
            path: Of the document in the base.
            change: Of its state, audience, validity, product or address.

        Raises:
            NotFound: The base has no such document.
            BadInput: It would end before it begins.
        """
        from kb_search.store.ingest import read_with
        from kb_search.store.putting import find, put_in

        with self._writing():
            with self._database.reading() as connection:
                changed = change.of(find(connection, path))
            settings = read_with(self._settings)
            put_in(self._database, self._remembered, [changed], read_with=settings)
        self._index(_today())
        return changed

    def document(self, path: str) -> Document:
        """Return one document with its passages.

        Raises:
            NotFound: The base has no such document.
        """
        from kb_search.store.putting import find

        with self._database.reading() as connection:
            return find(connection, path)

    def listed(self) -> tuple[ListedDocument, ...]:
        """Return all documents by path, without their text."""
        from kb_search.store.putting import list_documents

        with self._database.reading() as connection:
            return list_documents(connection)

    @property
    def revision(self) -> int:
        """How often the base was changed, by any process."""
        from sqlalchemy import select

        from kb_search.store.tables import facts

        with self._database.reading() as connection:
            found = connection.scalar(select(facts.c.value).where(facts.c.name == "revision"))
        return int(found or 0)

    def remove(self, documents: Sequence[str]) -> IngestReport:
        """Take documents out, of the store and of every index.

        Args:
            documents: Their paths in the base.

        Raises:
            NotFound: The base has no such document; nothing is removed.
        """
        from sqlalchemy import select

        from kb_search.store import tables
        from kb_search.store.ingest import forget_vectors, mark_changed, take_out

        wanted = sorted(set(documents))
        with self._writing(), self._database.writing() as connection:
            known = set(connection.scalars(select(tables.documents.c.path)))
            missing = [path for path in wanted if path not in known]
            if missing:
                raise NotFound(
                    f"the base has no document {', '.join(missing)}",
                    remedy="name documents as they are listed",
                )
            forget_vectors(connection, take_out(connection, wanted))
            mark_changed(connection)
        self._index(_today())
        return IngestReport(removed=tuple(wanted))

    def documents(self) -> tuple[Document, ...]:
        """Return all documents, by path, also those that are archived or not in force."""
        from sqlalchemy import select

        from kb_search.store import tables

        held: dict[int, list[Passage]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(
                select(tables.passages.c.document, tables.passages.c.body).order_by(
                    tables.passages.c.id
                )
            ):
                held.setdefault(row.document, []).append(Passage.model_validate_json(row.body))
            rows = connection.execute(
                select(tables.documents.c.id, tables.documents.c.body).order_by(
                    tables.documents.c.path
                )
            ).all()
        return tuple(
            Document.model_validate_json(row.body).model_copy(
                update={"passages": tuple(held.get(row.id, ()))}
            )
            for row in rows
        )

    def knowledge_base(
        self, *, today: date | None = None, progress: Progress | None = None
    ) -> KnowledgeBase:
        """Return the base as it is now; later changes of the store do not touch it.

        Args:
            today: Day on which documents must be in force; the current day when None.
            progress: Called with (``"encode"``, done, in all) when vectors must be made.
        """
        from kb_search.knowledge_base import KnowledgeBase

        index = self._index(today or _today(), progress)
        return KnowledgeBase(self._encoder, index, documents=self.documents)

    def tried(self, given: Sequence[Document], *, today: date | None = None) -> KnowledgeBase:
        """Return the base as it would be with documents in it; nothing of them is kept.

        Args:
            given: The documents, in place of those of the same names.
            today: Day on which documents must be in force; the current day when None.
        """
        from kb_search.store.tables import Database
        from kb_search.store.trying import BorrowedVectors

        names = {one.path for one in given}
        others = [one for one in self.documents() if one.path not in names]
        borrowed = BorrowedVectors(self._encoder, self._remembered)
        trial = KnowledgeStore(None, Database(None), borrowed, self._settings)
        trial.put([*others, *given])
        return trial.knowledge_base(today=today)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Wait until no other process writes."""
        from filelock import FileLock

        if self.folder is None:
            yield
            return
        with FileLock(self.folder / "write.lock"):
            yield

    def _index(self, today: date, progress: Progress | None = None) -> PassageIndex:
        """Return the index of the passages in force on a day."""
        import numpy as np
        from sqlalchemy import or_, select

        from kb_search.store.tables import facts, passages

        in_force = (
            passages.c.state != "archived",
            or_(passages.c.valid_from.is_(None), passages.c.valid_from <= today),
            or_(passages.c.valid_to.is_(None), passages.c.valid_to >= today),
        )
        with self._indexing:
            with self._database.reading() as connection:
                revision = connection.scalar(
                    select(facts.c.value).where(facts.c.name == "revision")
                )
                if self._made is not None and self._made[0] == (revision, today):
                    return self._made[1]
                numbers = connection.scalars(select(passages.c.id).where(*in_force)).all()
                live = np.sort(np.asarray(numbers, dtype=np.int64))
                entries = _entries(connection, self._segments.lacking(live))
            passages_of = [entry.passage for entry in entries]
            self._remembered.prepare(
                passage_texts(passages_of),
                progress=None if progress is None else lambda *done: progress("encode", *done),
            )
            index = PassageIndex(self._segments.cover(entries), live)
            self._made = ((revision, today), index)
            return index


def _entries(connection: Connection, numbers: NDArray[np.int64]) -> list[Entry]:
    from sqlalchemy import select

    from kb_search.store.tables import documents, passages

    metadata: dict[int, Metadata] = {}
    entries: list[Entry] = []
    for first in range(0, len(numbers), _NAMED_AT_ONCE):
        part = [int(number) for number in numbers[first : first + _NAMED_AT_ONCE]]
        rows = connection.execute(
            select(passages.c.id, passages.c.body, passages.c.document, documents.c.metadata)
            .join(documents, documents.c.id == passages.c.document)
            .where(passages.c.id.in_(part))
            .order_by(passages.c.id)
        )
        for row in rows:
            if row.document not in metadata:
                metadata[row.document] = Metadata.model_validate_json(row.metadata)
            entries.append(
                Entry(row.id, Passage.model_validate_json(row.body), metadata[row.document])
            )
    return entries


def _today() -> date:
    return date.today()  # noqa: DTZ011, validity dates are local days
