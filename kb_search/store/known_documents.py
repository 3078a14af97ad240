"""What a store knows of documents that are read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select, true

from kb_search.documents import Document, Problem
from kb_search.store.tables import Database, documents, staged

_PROBLEMS = TypeAdapter(tuple[Problem, ...])


class KnownDocuments(Mapping[str, Document]):
    """Documents read before with the same settings, by path, for :func:`iter_folder`.

    Those of the base come without their text, which nobody needs when they are unchanged.

    Args:
        database: Of the store.
        source: Folder that is read; empty for documents given by themselves.
        read_with: The settings.
        only: The one document that is read; None where a folder is.
    """

    def __init__(
        self, database: Database, source: str, read_with: str, *, only: str | None = None
    ) -> None:
        self._source = source
        self._read_with = read_with
        self._database = database
        with database.reading() as connection:
            rows = connection.execute(
                select(
                    documents.c.path,
                    documents.c.source,
                    documents.c.sha256,
                    documents.c.read_with,
                    documents.c.problems,
                ).where(true() if only is None else documents.c.path == only)
            )
            self._base: dict[str, Any] = {row.path: row for row in rows}
            self._staged: dict[str, str] = {
                row.path: row.sha256
                for row in connection.execute(
                    select(staged.c.path, staged.c.sha256).where(
                        staged.c.source == source, staged.c.read_with == read_with
                    )
                )
            }

    def __getitem__(self, path: str) -> Document:
        if path in self._staged:
            with self._database.reading() as connection:
                body = connection.scalar(select(staged.c.body).where(staged.c.path == path))
            return Document.model_validate_json(body or "")
        row = self._base[path]
        if (row.source, row.read_with) != (self._source, self._read_with):
            raise KeyError(path)
        return Document(
            path=path,
            sha256=row.sha256,
            title="",
            text="",
            problems=_PROBLEMS.validate_json(row.problems),
        )

    def __iter__(self) -> Iterator[str]:
        return iter({**self._base, **self._staged})

    def __len__(self) -> int:
        return len({**self._base, **self._staged})

    def owner(self, path: str) -> str | None:
        """Return from where else the base has a document of this name; None where it may go in.

        What came from a folder that is no longer there may be replaced: the folder was moved.
        """
        row = self._base.get(path)
        if row is None or row.source == self._source:
            return None
        if row.source and (self._holds(row.source) or not Path(row.source).exists()):
            return None
        return row.source or "a document given by itself"

    def is_in_base(self, path: str) -> bool:
        """Whether the base has a document of this name."""
        return path in self._base

    def is_unchanged(self, document: Document) -> bool:
        """Whether the base has this very document."""
        row = self._base.get(document.path)
        return row is not None and (row.source, row.read_with, row.sha256) == (
            self._source, self._read_with, document.sha256,
        )  # fmt: skip

    def is_staged(self, document: Document) -> bool:
        """Whether this very document was staged before."""
        return self._staged.get(document.path) == document.sha256

    def paths_of_source(self) -> set[str]:
        """Return the documents of the base that came from this folder or from one in it."""
        return {
            path
            for path, row in self._base.items()
            if row.source == self._source or self._holds(row.source)
        }

    def _holds(self, source: str) -> bool:
        return bool(source) and bool(self._source) and Path(self._source) in Path(source).parents
