"""What goes, and everything that was made of it.

Of a conversation that is erased no row is left in any table that names it in a column
``conversation_id``, whichever area the table belongs to, but for the ledgers: those prove what was
consented to and what was removed, and hold neither words nor keys of persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Table, delete, func, select, update

from serving.access.visibility import EVERYTHING, Visibility
from serving.store.parts import RECORDINGS, StorePart, existing
from serving.store.tables import (
    AnalysisRow,
    Base,
    ConversationRow,
    NoteRow,
    RecordingRow,
    ReplyRow,
    TurnRow,
    TurnVectorsRow,
)
from serving.store.values import Erased

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEDGERS = frozenset(("consents", "removals", "audit_log"))
"""Tables whose rows outlive the conversations that they name."""


class Erasing(StorePart):
    """Erases conversations, or what was said in them."""

    def _started(self) -> None:
        super()._started()
        self.files.sweep_scratch()
        self._sweep_recordings()

    def erase(self, conversation_id: str, *, visibility: Visibility = EVERYTHING) -> Erased:
        """Erase a conversation, its analysis, and its recording when no other one needs it.

        Args:
            conversation_id: Which.
            visibility: What may be seen.

        Raises:
            NotFound: There is none with this id that may be seen.
        """
        return self.erase_all((conversation_id,), visibility=visibility)

    def erase_all(
        self, conversation_ids: Sequence[str], *, visibility: Visibility = EVERYTHING
    ) -> Erased:
        """Erase several conversations in one go: all of them or none.

        Args:
            conversation_ids: Which.
            visibility: What may be seen.

        Raises:
            NotFound: One of them is not there.
        """
        rows: dict[str, int] = {}
        recordings: set[str] = set()
        with self._database.writing() as session:
            self._database.lock(session, RECORDINGS)
            for conversation_id in sorted(set(conversation_ids)):
                row = existing(session, conversation_id, visibility, to_change=True)
                if row.recording_sha256 is not None:
                    recordings.add(row.recording_sha256)
                for name, count in erase_rows(session, conversation_id).items():
                    rows[name] = rows.get(name, 0) + count
            orphans = tuple(one for one in sorted(recordings) if _drop_unused(session, one))
            if orphans:
                rows["recordings"] = len(orphans)
        self._left(conversation_ids)
        self._forget(orphans)
        return Erased(tuple(sorted(set(conversation_ids))), rows, orphans)

    def erase_content(
        self, conversation_id: str, *, document: str | None, transcript: bool = True
    ) -> Erased:
        """Erase the recording of a conversation, and what was said, while the rest stays.

        Args:
            conversation_id: Which.
            document: What is left of its analysis, as JSON; None: nothing.
            transcript: Whether what was said goes, too; False: only the recording, and
                ``document`` does not count.

        Raises:
            NotFound: There is none with this id.
        """
        rows: dict[str, int] = {}
        orphans: tuple[str, ...] = ()
        with self._database.writing() as session:
            self._database.lock(session, RECORDINGS)
            row = existing(session, conversation_id, to_change=True)
            sha256 = row.recording_sha256
            row.content_erased_at = self._clock()
            row.recording_sha256 = None
            if transcript:
                row.source = None
                for table in (TurnRow, TurnVectorsRow, NoteRow, ReplyRow):
                    gone = delete(table).where(table.conversation_id == conversation_id)
                    rows[table.__tablename__] = _count(session, gone)
                kept = update(AnalysisRow).values(document=document)
                change = delete(AnalysisRow) if document is None else kept
                rows["analyses"] = _count(
                    session, change.where(AnalysisRow.conversation_id == conversation_id)
                )
            session.flush()
            if sha256 is not None and _drop_unused(session, sha256):
                orphans = (sha256,)
                rows["recordings"] = 1
        self._left((conversation_id,))
        self._forget(orphans)
        return Erased((), {name: count for name, count in rows.items() if count}, orphans)

    def _forget(self, orphans: Sequence[str]) -> None:
        """Delete the files that no row needs any more, and overwrite what rows left behind."""
        if orphans:
            self._drop_files(orphans)
        self._database.forget_erased()

    def _sweep_recordings(self) -> None:
        """Delete files that were moved to their place and never acknowledged."""
        with self._database.reading() as session:
            known = self._names(session)
        if all(file.name in known for file in self.files.stored()):
            return
        with self._database.writing() as session:
            self._database.lock(session, RECORDINGS)
            known = self._names(session)
            for file in self.files.stored():
                if file.name not in known:
                    file.unlink(missing_ok=True)

    def _names(self, session: Session) -> set[str]:
        rows = session.execute(select(RecordingRow.sha256, RecordingRow.key_id))
        return {self.files.keyring.name_of(sha256, key_id) for sha256, key_id in rows}


def erase_rows(session: Session, conversation_id: str) -> dict[str, int]:
    """Delete all rows of a conversation, and return how many each table had.

    Args:
        session: A transaction.
        conversation_id: Whose.
    """
    tables: list[Table] = [
        table
        for table in reversed(Base.metadata.sorted_tables)  # those that refer to others first
        if "conversation_id" in table.c and table.name not in LEDGERS
    ]
    counts = {
        table.name: _count(session, delete(table).where(table.c.conversation_id == conversation_id))
        for table in tables
    }
    session.execute(delete(ConversationRow).where(ConversationRow.id == conversation_id))
    counts["conversations"] = 1
    return {name: count for name, count in counts.items() if count}


def _drop_unused(session: Session, sha256: str) -> bool:
    """Drop the row of a recording when no conversation needs it, and tell whether it went."""
    users = select(func.count()).where(ConversationRow.recording_sha256 == sha256)
    if session.scalar(users):
        return False
    session.execute(delete(RecordingRow).where(RecordingRow.sha256 == sha256))
    return True


def _count(session: Session, statement: object) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[call-overload]
