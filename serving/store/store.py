"""What the service keeps: conversations, their recordings and their analyses."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from conversation import Conversation
from conversation.errors import NotFound
from serving.problems import Problem
from serving.store.database import Database
from serving.store.recordings import RecordingFiles
from serving.store.tables import (
    DEFAULT_TEAM,
    AnalysisRow,
    ConversationRow,
    RecordingRow,
    UtcDateTime,
)
from serving.store.values import Page, Result, Status, StoredConversation, cursor_at, position_of

DATABASE_FILE = "entendu.sqlite"


class Store:
    """Everything the service keeps below its data folder, but for the job queue.

    Methods can be called from any thread. Only one process may open a folder (see
    :class:`serving.store.lock.FolderLock`).

    Args:
        data_dir: The data folder; made, and its database brought to the newest schema.
        clock: Returns the time now, with its zone.

    Raises:
        Conflict: The database in the folder is none that this version can open.
    """

    def __init__(
        self, data_dir: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.data_dir = data_dir
        self.files = RecordingFiles(data_dir)
        self._clock = clock
        self._database = Database(data_dir / DATABASE_FILE)
        self._recordings_change = threading.Lock()  # a file and its row change together
        self._database.migrate()
        with self._database.reading() as session:
            known = session.scalars(select(RecordingRow.sha256)).all()
        self.files.sweep(known)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def is_alive(self) -> bool:
        """Tell whether the database answers."""
        return self._database.is_alive()

    # What comes in

    def add_recording(
        self,
        upload: Path,
        *,
        sha256: str,
        language: str | None = None,
        channels: str | None = None,
    ) -> StoredConversation:
        """Accept a recording; it is moved into the store, or dropped when its content is there.

        Args:
            upload: The file below :attr:`RecordingFiles.incoming`, under the name people gave it.
            sha256: Of its bytes.
            language: Language asked for.
            channels: Roles of its channels asked for.

        Returns:
            The conversation, queued.
        """
        now = self._clock()
        row = self._queued(upload.name, now, language)
        row.channels = channels
        row.recording_sha256 = sha256
        with self._recordings_change, self._database.writing() as session:
            if session.get(RecordingRow, sha256) is None:
                size_bytes = upload.stat().st_size
                self.files.keep(upload, sha256)
                session.add(RecordingRow(sha256=sha256, size_bytes=size_bytes, created_at=now))
                session.flush()
            return _added(session, row)

    def add_conversation(
        self, conversation: Conversation, *, name: str, language: str | None = None
    ) -> StoredConversation:
        """Accept a conversation that is text already.

        Args:
            conversation: What was said.
            name: File name it came under, or its identifier.
            language: Language asked for.

        Returns:
            The conversation, queued.
        """
        row = self._queued(name, self._clock(), language)
        row.source = conversation.model_dump_json()
        with self._database.writing() as session:
            return _added(session, row)

    def _queued(self, name: str, now: datetime, language: str | None) -> ConversationRow:
        return ConversationRow(
            id=uuid.uuid4().hex,
            team=DEFAULT_TEAM,
            status="queued",
            name=name[-255:],
            created_at=now,
            attempts=0,
            progress=0.0,
            language=language,
        )

    # What is asked

    def get(self, conversation_id: str) -> StoredConversation:
        """Return a conversation.

        Raises:
            NotFound: There is none with this id.
        """
        with self._database.reading() as session:
            return StoredConversation.model_validate(_existing(session, conversation_id))

    def source(self, conversation_id: str) -> Conversation | None:
        """Return a conversation as it was received; None for recordings.

        Raises:
            NotFound: There is none with this id.
        """
        with self._database.reading() as session:
            source = _existing(session, conversation_id).source
        return None if source is None else Conversation.model_validate_json(source)

    def analysis(self, conversation_id: str) -> str | None:
        """Return the analysis of a conversation as JSON; None while there is none."""
        with self._database.reading() as session:
            return session.scalar(
                select(AnalysisRow.document).where(AnalysisRow.conversation_id == conversation_id)
            )

    def page(self, *, limit: int, cursor: str | None = None, status: Status | None = None) -> Page:
        """List conversations, newest first.

        Args:
            limit: Most to return.
            cursor: Where to begin, from the page before; None: with the newest.
            status: Only those with this status.

        Raises:
            BadInput: The cursor is none of ours.
        """
        newest_first = select(ConversationRow).order_by(
            ConversationRow.created_at.desc(), ConversationRow.id.desc()
        )
        newest_first = newest_first.where(ConversationRow.team == DEFAULT_TEAM)
        if status is not None:
            newest_first = newest_first.where(ConversationRow.status == status)
        if cursor is not None:
            created_at, last_id = position_of(cursor)
            newest_first = newest_first.where(
                tuple_(ConversationRow.created_at, ConversationRow.id)
                < tuple_(literal(created_at, UtcDateTime), literal(last_id))
            )
        with self._database.reading() as session:
            rows = session.scalars(newest_first.limit(limit + 1)).all()
            found = tuple(StoredConversation.model_validate(row) for row in rows[:limit])
        return Page(found, cursor_at(found[-1]) if len(rows) > limit else None)

    def unfinished(self) -> tuple[str, ...]:
        """Return the ids of the conversations still to be analysed, oldest first."""
        with self._database.reading() as session:
            return tuple(
                session.scalars(
                    select(ConversationRow.id)
                    .where(ConversationRow.status.in_(("queued", "running")))
                    .order_by(ConversationRow.created_at, ConversationRow.id)
                )
            )

    def requeue(self) -> None:
        """Call what a process that is gone was analysing queued again."""
        with self._database.writing() as session:
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.status == "running")
                .values(status="queued", progress=0.0)
            )

    def known(self, conversation_ids: set[str]) -> set[str]:
        """Return those of the ids that are in the store."""
        with self._database.reading() as session:
            return conversation_ids & set(session.scalars(select(ConversationRow.id)))

    # What an analysis changes

    def begin(self, conversation_id: str) -> StoredConversation | None:
        """Note that an analysis starts.

        Returns:
            The conversation; None when it was erased meanwhile.
        """
        with self._database.writing() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return None
            row.status = "running"
            row.attempts += 1
            row.progress = 0.0
            session.flush()
            return StoredConversation.model_validate(row)

    def interrupt(self, conversation_id: str) -> None:
        """Note that an analysis was stopped on purpose and will start again."""
        with self._database.writing() as session:
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .values(status="queued", attempts=ConversationRow.attempts - 1, progress=0.0)
            )

    def note_progress(self, conversation_id: str, progress: float) -> bool:
        """Note how far an analysis is.

        Args:
            conversation_id: Which.
            progress: Share that is done, 0 to 1.

        Returns:
            Whether the conversation is still in the store.
        """
        with self._database.writing() as session:
            changed = session.scalars(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .values(progress=min(max(progress, 0.0), 1.0))
                .returning(ConversationRow.id)
            ).all()
        return bool(changed)

    def keep_result(self, conversation_id: str, outcome: Result | Problem) -> None:
        """Keep what an analysis gave; one that is there, or an erased conversation, wins.

        Args:
            conversation_id: Which.
            outcome: The analysis, or why there is none.
        """
        with self._database.writing() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None or _has_outcome(session, row):
                return
            if isinstance(outcome, Problem):
                row.problem = outcome.as_json()
                return
            row.channel = outcome.channel
            row.spoken_language = outcome.spoken_language
            row.started_at = outcome.started_at
            row.duration_s = outcome.duration_s
            row.reason = outcome.reason
            row.score_100 = outcome.score_100
            session.add(
                AnalysisRow(
                    conversation_id=conversation_id,
                    schema_version=outcome.schema_version,
                    created_at=self._clock(),
                    document=outcome.document,
                )
            )

    def has_outcome(self, conversation_id: str) -> bool:
        """Tell whether an analysis already gave something, be it a problem."""
        with self._database.reading() as session:
            row = session.get(ConversationRow, conversation_id)
            return row is not None and _has_outcome(session, row)

    def settle(self, conversation_id: str) -> None:
        """Call a conversation done or failed, after what its analysis gave."""
        with self._database.writing() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None or row.status in ("done", "failed"):
                return
            if row.problem is None:
                row.status, row.progress = "done", 1.0
            else:
                row.status = "failed"
            row.finished_at = self._clock()

    # What goes

    def erase(self, conversation_id: str) -> None:
        """Erase a conversation, its analysis, and its recording when no other one needs it.

        Raises:
            NotFound: There is none with this id.
        """
        with self._recordings_change:
            orphan: str | None = None
            with self._database.writing() as session:
                row = _existing(session, conversation_id)
                sha256 = row.recording_sha256
                session.delete(row)
                session.flush()
                if sha256 is not None and not session.scalar(
                    select(func.count())
                    .select_from(ConversationRow)
                    .where(ConversationRow.recording_sha256 == sha256)
                ):
                    session.execute(delete(RecordingRow).where(RecordingRow.sha256 == sha256))
                    orphan = sha256
            if orphan is not None:
                self.files.erase(orphan)
        self._database.forget_erased()


def _added(session: Session, row: ConversationRow) -> StoredConversation:
    session.add(row)
    session.flush()
    return StoredConversation.model_validate(row)


def _existing(session: Session, conversation_id: str) -> ConversationRow:
    row = session.get(ConversationRow, conversation_id)
    if row is None:
        raise NotFound(
            f"no conversation {conversation_id[:64]!r}",
            remedy="GET /v1/conversations lists those that are stored",
        )
    return row


def _has_outcome(session: Session, row: ConversationRow) -> bool:
    return row.problem is not None or session.get(AnalysisRow, row.id) is not None
