"""Documents brought into a store: read, encoded, and then put in all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from conversation.errors import DocumentUnreadable
from kb_search.documents import Document, Passage, Problem
from kb_search.index.segment import passage_texts
from kb_search.ingest import iter_folder
from kb_search.reading.site_list import is_site_list
from kb_search.settings import IngestSettings
from kb_search.store.known_documents import KnownDocuments
from kb_search.store.remembered_vectors import RememberedVectors, text_key
from kb_search.store.report import IngestReport
from kb_search.store.tables import Database, documents, facts, passages, staged, vectors

READING = 2
"""Raised whenever reading or cutting gives something else from the same file."""

Progress = Callable[[str, int, int], None]

PROBLEMS = TypeAdapter(tuple[Problem, ...])
STAGED_AT_ONCE = 64
ENCODED_AT_ONCE = 128
_NAMED_AT_ONCE = 5_000


def read_with(settings: IngestSettings) -> str:
    """Return what tells whether a file was read in the way it would be read now."""
    return hashlib.sha256(f"{READING} {settings.model_dump_json()}".encode()).hexdigest()


class Ingest:
    """One change of a store: what is given is read, and the base is then made to follow.

    Args:
        database: Of the store; its lock is held.
        encoder: Makes the vectors and keeps them.
        settings: Limits of reading, and the length of passages.
    """

    def __init__(
        self, database: Database, encoder: RememberedVectors, settings: IngestSettings
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._settings = settings
        self._read_with = read_with(settings)
        self._sources: dict[str, str] = {}
        self._n_passages = 0
        self._added: set[str] = set()
        self._updated: set[str] = set()
        self._unchanged: set[str] = set()
        self._gone: set[str] = set()
        self._problems: list[Problem] = []

    def run(self, paths: Sequence[Path], progress: Progress | None) -> IngestReport:
        """Bring in what is given; see :meth:`kb_search.store.KnowledgeStore.add`."""
        for path in self._whole_sources(paths):
            self._read(path, progress)
        self._gone -= self._added | self._updated | self._unchanged
        self._encode(progress)
        with self._database.writing() as connection:
            keys = take_out(connection, sorted(self._gone | self._updated))
            for name in sorted(self._sources):
                self._put_in(connection, _staged_document(connection, name))
            forget_vectors(connection, keys)
            connection.execute(delete(staged))
            mark_changed(connection)
        return IngestReport(
            added=tuple(sorted(self._added)),
            updated=tuple(sorted(self._updated)),
            unchanged=tuple(sorted(self._unchanged)),
            removed=tuple(sorted(self._gone)),
            problems=tuple(self._problems),
        )

    def _whole_sources(self, paths: Sequence[Path]) -> list[Path]:
        """Return what is read: in place of what lies in a folder of the base, that folder."""
        with self._database.reading() as connection:
            rows = connection.scalars(select(documents.c.source).distinct())
            known = [Path(source) for source in rows if source]
        wanted: dict[Path, None] = {}
        for path in paths:
            whole = Path(path).resolve()
            holding = [source for source in known if source in whole.parents]
            wanted[holding[0] if holding else whole] = None
        return list(wanted)

    def _read(self, path: Path, progress: Progress | None) -> None:
        """Read a path; what changed is staged."""
        source = path.as_posix() if path.is_dir() or is_site_list(path) else ""
        known = KnownDocuments(
            self._database, source, self._read_with, only=None if source else path.name
        )
        waiting: list[Document] = []
        problems: list[Problem] = []
        read: set[str] = set()
        for found in iter_folder(
            path,
            self._settings,
            known=known,
            progress=None if progress is None else lambda *done: progress("read", *done),
        ):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            problems.extend(found.problems)
            if (owner := known.owner(found.path)) is not None:
                problems.append(_taken(found.path, owner))
                continue
            read.add(found.path)
            if known.is_unchanged(found):
                self._unchanged.add(found.path)
                continue
            (self._updated if known.is_in_base(found.path) else self._added).add(found.path)
            self._sources[found.path] = source
            self._n_passages += len(found.passages)
            if not known.is_staged(found):
                waiting.append(found)
            if len(waiting) == STAGED_AT_ONCE:
                self._stage(waiting)
        if not read:
            shown = "; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:3])
            raise DocumentUnreadable(
                f"nothing of {path} can be used ({shown or 'it holds no document'})",
                remedy="give documents that can be read; the base is as it was",
            )
        self._stage(waiting)
        self._problems.extend(problems)
        if source:
            self._gone |= known.paths_of_source() - read

    def _stage(self, waiting: list[Document]) -> None:
        """Keep what was read, so that a killed process need not read it again."""
        rows = [
            {
                "path": document.path,
                "source": self._sources[document.path],
                "sha256": document.sha256,
                "read_with": self._read_with,
                "body": document.model_dump_json(),
            }
            for document in waiting
        ]
        waiting.clear()
        if rows:
            statement = upsert(staged)
            with self._database.writing() as connection:
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=["path"],
                        set_={name: statement.excluded[name] for name in rows[0] if name != "path"},
                    ),
                    rows,
                )

    def _encode(self, progress: Progress | None) -> None:
        done = 0
        waiting: list[Passage] = []
        for path in sorted(self._sources):
            with self._database.reading() as connection:
                document = _staged_document(connection, path)
            for passage in document.passages:
                waiting.append(passage)
                done += 1
                if len(waiting) == ENCODED_AT_ONCE or done == self._n_passages:
                    self._encoder.prepare(passage_texts(waiting))
                    waiting.clear()
                    if progress is not None:
                        progress("encode", done, self._n_passages)

    def _put_in(self, connection: Connection, document: Document) -> None:
        key = connection.execute(
            insert(documents).values(
                path=document.path,
                source=self._sources[document.path],
                sha256=document.sha256,
                read_with=self._read_with,
                metadata=document.metadata.model_dump_json(),
                problems=PROBLEMS.dump_json(document.problems).decode(),
                body=document.model_copy(update={"passages": ()}).model_dump_json(),
            )
        ).inserted_primary_key
        rows = [
            passage_row(key[0] if key else None, passage, document) for passage in document.passages
        ]
        connection.execute(insert(passages), rows)


def _staged_document(connection: Connection, path: str) -> Document:
    body = connection.scalar(select(staged.c.body).where(staged.c.path == path))
    return Document.model_validate_json(body or "")


def take_out(connection: Connection, paths: Sequence[str]) -> set[bytes]:
    """Take documents out of the base, and return the keys of their vectors."""
    keys: set[bytes] = set()
    for path in paths:
        number = connection.scalar(select(documents.c.id).where(documents.c.path == path))
        held = passages.c.document == number
        rows = connection.execute(select(passages.c.text_key, passages.c.label_key).where(held))
        keys.update(key for row in rows for key in row if key is not None)
        connection.execute(delete(passages).where(held))
        connection.execute(delete(documents).where(documents.c.id == number))
    return keys


def mark_changed(connection: Connection) -> None:
    """Note that the base is another one than before."""
    connection.execute(
        update(facts).where(facts.c.name == "revision").values(value=facts.c.value + 1)
    )


def forget_vectors(connection: Connection, keys: set[bytes]) -> None:
    """Delete those vectors that no passage needs."""
    listed = sorted(keys)
    for first in range(0, len(listed), _NAMED_AT_ONCE):
        connection.execute(
            delete(vectors).where(
                vectors.c.key.in_(listed[first : first + _NAMED_AT_ONCE]),
                ~exists().where(passages.c.text_key == vectors.c.key),
                ~exists().where(passages.c.label_key == vectors.c.key),
            )
        )


def passage_row(number: int | None, passage: Passage, document: Document) -> dict[str, object]:
    """Return the row of a passage, given the number of its document's row."""
    metadata = document.metadata_of(passage)
    text, *label = passage_texts([passage])
    return {
        "document": number,
        "state": metadata.state,
        "valid_from": metadata.valid_from,
        "valid_to": metadata.valid_to,
        "text_key": text_key(text),
        "label_key": text_key(label[0]) if label else None,
        "body": passage.model_dump_json(),
    }


def _taken(path: str, owner: str) -> Problem:
    return Problem(
        path=path,
        kind="skipped",
        reason=f"the base has a document of this name already, from {owner}; it was left as it "
        "was: rename one of the two, or remove that one first",
    )
