"""Wrap-up notes: the machine drafts one at hang-up, the agent corrects and sends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from conversation.errors import ChangedMeanwhile
from serving.access.visibility import EVERYTHING, Visibility
from serving.store.parts import existing
from serving.store.tables import AnalysisRow, ConversationRow
from serving.store.tables.notes import NoteRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.store.database import Database


@dataclass(frozen=True)
class StoredNote:
    """The note of a conversation.

    Attributes:
        conversation_id: Whose.
        draft: What the machine wrote; None where it wrote nothing.
        text: What the agent sent; None until they did.
        version: How often it was sent.
        author: Id of the key or account that sent it last.
        sent_at: When.
    """

    conversation_id: str
    draft: str | None = None
    text: str | None = None
    version: int = 0
    author: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True)
class WrappedUp:
    """A contact that was followed live, with its note.

    Attributes:
        note: Its note.
        started_at: When the contact began.
        created_at: When it was over.
        duration_s: Seconds; None until it is analysed.
        reason: Code of the contact reason; None until it is known.
        agent_key: Pseudonymous id of the agent.
        customer_key: Pseudonymous id of the customer.
    """

    note: StoredNote
    started_at: datetime | None
    created_at: datetime
    duration_s: float | None
    reason: str | None
    agent_key: str | None
    customer_key: str | None


class Notes:
    """Keeps the notes.

    Args:
        database: Of the store.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._clock = clock

    def draft(self, conversation_id: str, text: str | None) -> None:
        """Keep what the machine wrote when the contact ended; a note that is there stays.

        Args:
            conversation_id: Of a stored conversation.
            text: The draft; None: the contact was followed, and nothing came of it.
        """
        with self._database.writing() as session:
            if session.get(NoteRow, conversation_id) is None:
                session.add(
                    NoteRow(
                        conversation_id=conversation_id,
                        draft=text,
                        version=0,
                        created_at=self._clock(),
                    )
                )

    def get(self, conversation_id: str, *, visibility: Visibility = EVERYTHING) -> StoredNote:
        """Return a note; where no contact was followed live, the draft is that of the analysis.

        Raises:
            NotFound: There is no such conversation that may be seen.
        """
        with self._database.reading() as session:
            existing(session, conversation_id, visibility)
            row = session.get(NoteRow, conversation_id)
            if row is None:
                return StoredNote(conversation_id, _drafted(session, conversation_id))
            return _shown(session, row)

    def send(
        self,
        conversation_id: str,
        text: str,
        *,
        seen: int,
        author: str,
        visibility: Visibility = EVERYTHING,
    ) -> StoredNote:
        """Keep what the agent sends.

        Args:
            conversation_id: Whose.
            text: Redacted.
            seen: Version that they had before them.
            author: Id of the key or account.
            visibility: What may be seen.

        Raises:
            NotFound: There is no such conversation that may be seen.
            ChangedMeanwhile: Another version was sent since.
        """
        try:
            with self._database.writing() as session:
                existing(session, conversation_id, visibility, to_change=True)
                row = self._changed(session, conversation_id, text, seen, author)
                return _shown(session, row)
        except IntegrityError as error:  # two first versions at the same moment
            raise _changed_meanwhile() from error

    def recent(self, visibility: Visibility, *, limit: int) -> tuple[WrappedUp, ...]:
        """Return the contacts that were followed live, newest first.

        Args:
            visibility: What may be seen.
            limit: Most to return.
        """
        query = (
            select(NoteRow, ConversationRow)
            .join(ConversationRow, ConversationRow.id == NoteRow.conversation_id)
            .where(seen_by(visibility))
            .order_by(NoteRow.created_at.desc(), NoteRow.conversation_id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(
                WrappedUp(
                    note=_note(row),
                    started_at=about.started_at,
                    created_at=row.created_at,
                    duration_s=about.duration_s,
                    reason=about.reason,
                    agent_key=about.agent_key,
                    customer_key=about.customer_key,
                )
                for row, about in session.execute(query).all()
            )

    def _changed(
        self, session: Session, conversation_id: str, text: str, seen: int, author: str
    ) -> NoteRow:
        row = session.get(NoteRow, conversation_id, with_for_update=True)
        if (0 if row is None else row.version) != seen:
            raise _changed_meanwhile()
        now = self._clock()
        if row is None:
            row = NoteRow(conversation_id=conversation_id, version=0, created_at=now)
            session.add(row)
        row.text, row.author, row.sent_at = text, author, now
        row.version += 1
        session.flush()
        return row


def text_of_note(note: Mapping[str, Any]) -> str | None:
    """Return a wrap-up note as text, a sentence a line; None where it has no sentence.

    Args:
        note: A :class:`nlu.wrap_up.WrapUpNote` as JSON.
    """
    sentences = note.get("sentences")
    if not isinstance(sentences, list):
        return None
    lines = [one.get("text") for one in sentences if isinstance(one, dict)]
    return "\n".join(line for line in lines if isinstance(line, str)) or None


def _shown(session: Session, row: NoteRow) -> StoredNote:
    """Return a note with its draft, the analysis's where no contact was followed live."""
    return _note(row, None if row.draft is not None else _drafted(session, row.conversation_id))


def _drafted(session: Session, conversation_id: str) -> str | None:
    document = session.scalar(
        select(AnalysisRow.document).where(AnalysisRow.conversation_id == conversation_id)
    )
    analysis = None if document is None else json.loads(document)
    understanding = analysis.get("understanding") if isinstance(analysis, dict) else None
    note = understanding.get("note") if isinstance(understanding, dict) else None
    return text_of_note(note) if isinstance(note, dict) else None


def _note(row: NoteRow, drafted: str | None = None) -> StoredNote:
    return StoredNote(
        conversation_id=row.conversation_id,
        draft=row.draft if row.draft is not None else drafted,
        text=row.text,
        version=row.version,
        author=row.author,
        sent_at=row.sent_at,
    )


def _changed_meanwhile() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        "the note was sent again meanwhile",
        remedy="get it again, compare, and send yours with its version",
    )
