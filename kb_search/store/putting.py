"""Documents put into a store one by one, read elsewhere, and what is changed about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import Connection, func, insert, select

from conversation.errors import BadInput, NotFound
from kb_search.documents import Audience, Document, Metadata, Passage, Problem, State
from kb_search.index.segment import passage_texts
from kb_search.reading.metadata import is_web_address
from kb_search.store.ingest import (
    PROBLEMS,
    forget_vectors,
    mark_changed,
    passage_row,
    take_out,
)
from kb_search.store.remembered_vectors import RememberedVectors
from kb_search.store.report import IngestReport
from kb_search.store.tables import Database, documents, passages


class MetadataChange(BaseModel):
    """What is changed about a document; fields that are not set stay as they are.

    Attributes:
        product: What it is about.
        audience: Who may see it.
        state: How much it is to be trusted; ``archived`` documents are never searched.
        valid_from: First day it may be used; None means always.
        valid_to: Last day it may be used; None means until further notice.
        url: Address under which people read it; None when it has none.
        owner: Who answers for it; None when nobody does.
        review_on: Day on which somebody is to check it again; None when none is set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: str | None = Field(default=None, max_length=500)
    audience: Audience | None = None
    state: State | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    url: str | None = Field(default=None, max_length=2000)
    owner: str | None = Field(default=None, max_length=200)
    review_on: date | None = None

    @field_validator("url")
    @classmethod
    def _url_can_be_linked_to(cls, given: str | None) -> str | None:
        if given is not None and not is_web_address(given):
            raise ValueError("expected an address that begins with http:// or https://")
        return given

    @property
    def update(self) -> dict[str, Any]:
        """The fields that were set, with their values."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            name: value
            for name, value in given.items()
            if value is not None or name not in ("audience", "state")
        }

    def of(self, document: Document) -> Document:
        """Return a document with this change; rows of a table follow their document.

        Raises:
            BadInput: It would end before it begins.
        """
        metadata = document.metadata.model_copy(update=self.update)
        check_validity(metadata)
        return document.model_copy(
            update={
                "metadata": metadata,
                "passages": tuple(self._of_passage(one) for one in document.passages),
            }
        )

    def _of_passage(self, passage: Passage) -> Passage:
        if passage.metadata is None:
            return passage
        return passage.model_copy(
            update={"metadata": passage.metadata.model_copy(update=self.update)}
        )


class ListedDocument(BaseModel):
    """A document as a list shows it, without its text.

    Attributes:
        path: In the base.
        sha256: Of the file that it was read from.
        title: Of the document.
        pages: Number of pages of a PDF.
        metadata: What it says about itself, and what was changed about it.
        passages: How many it has.
        problems: Rows that could not be used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str
    title: str
    pages: int | None
    metadata: Metadata
    passages: int
    problems: tuple[Problem, ...]


def check_validity(metadata: Metadata) -> None:
    """Refuse dates of which the last is before the first.

    Raises:
        BadInput: They are.
    """
    first, last = metadata.valid_from, metadata.valid_to
    if first is not None and last is not None and last < first:
        raise BadInput(
            f"valid_to is {last}, before valid_from {first}",
            remedy="give a last day that is not before the first",
        )


def put_in(
    database: Database,
    encoder: RememberedVectors,
    given: Sequence[Document],
    *,
    read_with: str,
    only_new: bool = False,
) -> IngestReport:
    """Put documents in, all or none; those of the same name are replaced.

    Args:
        database: Of the store; its lock is held.
        encoder: Makes the vectors and keeps them.
        given: The documents.
        read_with: Settings that they were read with.
        only_new: Whether one that is there already is refused.

    Raises:
        BadInput: A name stands twice.
        FileExistsError: One is there already and was to be new.
    """
    names = [one.path for one in given]
    if len(set(names)) != len(names):
        raise BadInput("two documents have the same name", remedy="give each a name of its own")
    encoder.prepare(passage_texts([one for document in given for one in document.passages]))
    with database.writing() as connection:
        known = set(connection.scalars(select(documents.c.path).where(documents.c.path.in_(names))))
        if only_new and known:
            raise FileExistsError(", ".join(sorted(known)))
        keys = take_out(connection, sorted(known))
        for document in given:
            _insert(connection, document, read_with)
        forget_vectors(connection, keys)
        mark_changed(connection)
    return IngestReport(
        added=tuple(sorted(set(names) - known)),
        updated=tuple(sorted(known)),
        problems=tuple(problem for one in given for problem in one.problems),
    )


def find(connection: Connection, path: str) -> Document:
    """Return a document with its passages.

    Raises:
        NotFound: The base has no such document.
    """
    row = connection.execute(
        select(documents.c.id, documents.c.body).where(documents.c.path == path)
    ).first()
    if row is None:
        raise NotFound(
            f"the base has no document {path[:200]!r}", remedy="name documents as they are listed"
        )
    held = connection.scalars(
        select(passages.c.body).where(passages.c.document == row.id).order_by(passages.c.id)
    )
    return Document.model_validate_json(row.body).model_copy(
        update={"passages": tuple(Passage.model_validate_json(body) for body in held)}
    )


def list_documents(connection: Connection) -> tuple[ListedDocument, ...]:
    """Return all documents by path, without their text."""
    counts: dict[int, int] = {
        row[0]: row[1]
        for row in connection.execute(
            select(passages.c.document, func.count()).group_by(passages.c.document)
        )
    }
    rows = connection.execute(
        select(
            documents.c.id,
            documents.c.path,
            documents.c.sha256,
            documents.c.metadata,
            documents.c.problems,
            func.json_extract(documents.c.body, "$.title").label("title"),
            func.json_extract(documents.c.body, "$.pages").label("pages"),
        ).order_by(documents.c.path)
    )
    return tuple(
        ListedDocument(
            path=row.path,
            sha256=row.sha256,
            title=row.title,
            pages=row.pages,
            metadata=Metadata.model_validate_json(row.metadata),
            passages=counts.get(row.id, 0),
            problems=PROBLEMS.validate_json(row.problems),
        )
        for row in rows
    )


def _insert(connection: Connection, document: Document, read_with: str) -> None:
    key = connection.execute(
        insert(documents).values(
            path=document.path,
            source="",
            sha256=document.sha256,
            read_with=read_with,
            metadata=document.metadata.model_dump_json(),
            problems=PROBLEMS.dump_json(document.problems).decode(),
            body=document.model_copy(update={"passages": ()}).model_dump_json(),
        )
    ).inserted_primary_key
    rows = [passage_row(key[0] if key else None, one, document) for one in document.passages]
    connection.execute(insert(passages), rows)
