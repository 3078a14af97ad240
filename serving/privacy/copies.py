"""Every copy of what people said, and how an erasure reaches it.

A table that nobody has named here makes a test fail: whoever adds one says what an erasure does
with it. Whatever lies outside of the database has a function of its own, registered with
:func:`erases`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.orm import Session

from serving.store.tables import Base

if TYPE_CHECKING:
    from serving.service import Service

_AT_ONCE = 500  # values in one IN (…): SQLite takes no more than some thousands


@dataclass(frozen=True)
class Subject:
    """Whose data is erased.

    Attributes:
        team: Of which team; None: of every one.
        customer_key: The customer; None: only the conversations.
        conversation_ids: Their conversations.
    """

    team: str | None
    customer_key: str | None
    conversation_ids: tuple[str, ...]


@dataclass(frozen=True)
class CopyLine:
    """What happened to one copy.

    Attributes:
        copy: What it is, as people call it.
        where: Table or folder.
        removed: How many things were removed.
        kept: How many were not.
        why: Why they were not, and until when.
        items: Those that were not, by name, where they have one.
    """

    copy: str
    where: str
    removed: int = 0
    kept: int = 0
    why: str | None = None
    items: tuple[str, ...] = ()


Eraser = Callable[["Service", Subject], CopyLine]

_ERASERS: dict[str, Eraser] = {}
# Modules that hold erasers of their own areas; they are imported when something is erased.
_AREAS = (
    "serving.privacy.file_copies",
    "serving.reviewing.erasing",
    "serving.live.erasing",
    "serving.throughput.erasing",
    "serving.board.erasing",
)


def erases(name: str) -> Callable[[Eraser], Eraser]:
    """Register a function that erases a copy outside of the database.

    Args:
        name: Of the copy; one of the same name is replaced.
    """

    def register(eraser: Eraser) -> Eraser:
        _ERASERS[name] = eraser
        return eraser

    return register


def erasers() -> tuple[tuple[str, Eraser], ...]:
    """Return the functions that erase copies outside of the database, by name."""
    for area in _AREAS:
        importlib.import_module(area)
    return tuple(sorted(_ERASERS.items()))


@dataclass(frozen=True)
class _Rows:
    """How the rows of a table belong to somebody.

    Attributes:
        copy: What the table holds, as people call it.
        by_conversation: Column with the conversation's id.
        by_customer: Column with the customer's key.
        through: Column and table of the parent, for rows that belong to a row that belongs.
    """

    copy: str
    by_conversation: str | None = None
    by_customer: str | None = None
    through: tuple[str, str] | None = None


# Rows of other rows come before them, and conversations last: whoever is killed on the way finds
# the rest again.
OF_PEOPLE: dict[str, _Rows] = {
    "job_stages": _Rows("results of stages", through=("job_id", "jobs")),
    "jobs": _Rows("jobs", by_conversation="conversation_id"),
    "bot_replies": _Rows("answers of the bot", through=("session_id", "bot_sessions")),
    "bot_sessions": _Rows("sessions with the bot", by_customer="customer_key"),
    "card_events": _Rows("cards of the assistant", through=("session_id", "assist_sessions")),
    "assist_sessions": _Rows("sessions of the assistant", by_conversation="conversation_id"),
    "review_events": _Rows("review events", by_conversation="conversation_id"),
    "evaluations": _Rows("scores", by_conversation="conversation_id"),
    "kept_scorecards": _Rows("scores that outlived their words", by_conversation="conversation_id"),
    "assignments": _Rows("assignments", by_conversation="conversation_id"),
    "email_replies": _Rows("replies to e-mails", by_conversation="conversation_id"),
    "webhook_deliveries": _Rows("messages to webhooks", by_conversation="conversation_id"),
    "idempotency_keys": _Rows("answers kept for repeated requests", by_conversation="object_id"),
    "imported_vcons": _Rows("vCons as received", by_conversation="conversation_id"),
    "access_keys": _Rows("keys and tokens of customers", by_customer="customer_key"),
    "turns": _Rows("text and its index", by_conversation="conversation_id"),
    "notes": _Rows("wrap-up notes", by_conversation="conversation_id"),
    "turn_vectors": _Rows("vectors", by_conversation="conversation_id"),
    "conversation_categories": _Rows("named events", by_conversation="conversation_id"),
    "board_facts": _Rows("figures for the board", by_conversation="conversation_id"),
    "analyses": _Rows("transcripts and analyses", by_conversation="conversation_id"),
}
"""Tables whose rows belong to people, beside conversations and recordings, which the store erases
itself."""

BY_THE_STORE = frozenset(("conversations", "recordings"))

NOT_OF_PEOPLE: dict[str, str] = {
    "access_counters": "numbers of requests by key or address, for a minute",
    "access_sessions": "who is signed in to the screens; customers never are",
    "access_sign_ins": "sign-ins of colleagues that are under way, for ten minutes",
    "audit_log": "ids of what was read and changed, without content; proof of who did it",
    "audit_head": "number and hash of the last line of the audit log",
    "backups": "where backups lie; the receipt names them",
    "board_reports": "topics and gaps with redacted quotes; serving.board.erasing drops a report "
    "that names a conversation that goes, and it is computed anew",
    "consents": "customers by fingerprint; an objection holds on, a consent has to be proven",
    "definition_uses": "which reasons and scorecards were in use when",
    "published_reasons": "contact reasons that the centre wrote; its examples are its own words",
    "removals": "the proofs of removal, customers by fingerprint",
    "samples": "ids of conversations that were drawn, without content",
    "webhooks": "addresses of other systems",
    "workers": "processes of the service",
}
"""Tables that an erasure leaves alone, and why."""


def erase_rows(session: Session, subject: Subject) -> Iterator[CopyLine]:
    """Delete the rows of a person's tables.

    Args:
        session: In a transaction.
        subject: Whose.

    Yields:
        A line for each table.
    """
    for name, rows in OF_PEOPLE.items():
        table = Base.metadata.tables.get(name)
        if table is None:
            continue
        removed = 0
        for condition in _belonging(table, rows, subject):
            key = next(iter(table.primary_key.columns))
            removed += len(session.execute(delete(table).where(condition).returning(key)).all())
        yield CopyLine(rows.copy, name, removed)


def _belonging(table: Table, rows: _Rows, subject: Subject) -> Iterator[ColumnElement[bool]]:
    if rows.through is not None:
        column, parent_name = rows.through
        parent = Base.metadata.tables[parent_name]
        for condition in _belonging(parent, OF_PEOPLE[parent_name], subject):
            yield table.c[column].in_(select(parent.c.id).where(condition))
        return
    if rows.by_conversation is not None:
        for start in range(0, len(subject.conversation_ids), _AT_ONCE):
            batch = subject.conversation_ids[start : start + _AT_ONCE]
            yield table.c[rows.by_conversation].in_(batch)
    if rows.by_customer is not None and subject.customer_key is not None:
        of_customer = table.c[rows.by_customer] == subject.customer_key
        yield of_customer if subject.team is None else of_customer & (table.c.team == subject.team)
