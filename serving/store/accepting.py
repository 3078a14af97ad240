"""What comes in: recordings and conversations, on disk for sure before anybody is told so."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from conversation import Conversation
from conversation.errors import Conflict
from serving.intake import NOTHING_SAID, Intake
from serving.store.parts import RECORDINGS, StorePart
from serving.store.tables import DEFAULT_TEAM, ConversationRow, RecordingRow
from serving.store.values import StoredConversation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MAX_NAME_LENGTH = 255

Together = Callable[["Session", StoredConversation], None]


class Accepting(StorePart):
    """Takes conversations in.

    Each of the methods keeps all of it or, whatever happens and whenever the process is killed,
    nothing: a file gets its place before the row that tells of it is committed, and a file without
    a row is swept.
    """

    def add_recording(
        self,
        upload: Path,
        *,
        sha256: str,
        name: str | None = None,
        language: str | None = None,
        channels: str | None = None,
        intake: Intake = NOTHING_SAID,
        team: str = DEFAULT_TEAM,
        conversation_id: str | None = None,
        redacted: bool = False,
        transcript: Conversation | None = None,
        together: Together | None = None,
    ) -> StoredConversation:
        """Accept a recording; it is moved into the store, or dropped when its content is there.

        Args:
            upload: The file below :attr:`RecordingFiles.incoming`.
            sha256: Of its bytes.
            name: File name as it was received; None: that of the upload.
            language: Language asked for; None: the intake's.
            channels: Roles of its channels asked for; None: the intake's.
            intake: What the sender says about it.
            team: Whose it is.
            conversation_id: Its id; None: a new one.
            redacted: Whether personal data was removed from it before.
            transcript: What was said in it, where that is known already.
            together: Called to write what belongs to it in the same transaction.

        Returns:
            The conversation, queued.

        Raises:
            Conflict: There is one with this id.
        """
        row = self._row(
            name or upload.name, intake, language, channels, team, conversation_id, redacted
        )
        row.recording_sha256 = sha256
        row.source = None if transcript is None else self._text_of(transcript)
        size_bytes = upload.stat().st_size
        prepared = None if self.files.has(sha256) else self.files.prepare(upload, sha256)
        try:
            with self._database.writing() as session:
                self._database.lock(session, RECORDINGS, shared=True)
                if session.get(RecordingRow, sha256) is None or not self.files.has(sha256):
                    prepared = prepared or self.files.prepare(upload, sha256)
                    key_id = self.files.keep(prepared, sha256)
                    _add_recording_row(
                        session,
                        {
                            "sha256": sha256, "size_bytes": size_bytes, "key_id": key_id,
                            "created_at": row.created_at,
                        },
                    )  # fmt: skip
                return _added(session, row, together)
        except BaseException:
            with suppress(Exception):  # the database may be what failed: the next start sweeps
                self._drop_files((sha256,))
            raise

    def add_conversation(
        self,
        conversation: Conversation,
        *,
        name: str,
        language: str | None = None,
        intake: Intake = NOTHING_SAID,
        team: str = DEFAULT_TEAM,
        conversation_id: str | None = None,
        redacted: bool = False,
        together: Together | None = None,
    ) -> StoredConversation:
        """Accept a conversation that is text already.

        Args:
            conversation: What was said.
            name: File name it came under, or its identifier.
            language: Language asked for; None: the intake's.
            intake: What the sender says about it.
            team: Whose it is.
            conversation_id: Its id; None: a new one.
            redacted: Whether personal data was removed from it before.
            together: Called to write what belongs to it in the same transaction.

        Returns:
            The conversation, queued.

        Raises:
            Conflict: There is one with this id.
        """
        row = self._row(name, intake, language, None, team, conversation_id, redacted)
        row.source = self._text_of(conversation)
        row.channel = conversation.channel
        row.started_at = row.started_at or conversation.started_at
        with self._database.writing() as session:
            return _added(session, row, together)

    def _text_of(self, conversation: Conversation) -> str:
        shown = conversation if self._cleaned is None else self._cleaned(conversation)
        return shown.model_dump_json()

    def _row(
        self,
        name: str,
        intake: Intake,
        language: str | None,
        channels: str | None,
        team: str,
        conversation_id: str | None,
        redacted: bool,
    ) -> ConversationRow:
        conversation_id = conversation_id or uuid.uuid4().hex
        if self._cleaned is not None:  # the name of a file may be a person's
            name = f"{conversation_id[:12]}{Path(name).suffix[:16]}"
        return ConversationRow(
            id=conversation_id,
            team=team,
            status="queued",
            name=name.replace("\x00", "")[-MAX_NAME_LENGTH:],
            created_at=self._clock(),
            attempts=0,
            progress=0.0,
            language=language or intake.language,
            channels=channels or intake.channels,
            started_at=intake.started_at,
            agent_key=intake.agent_key,
            customer_key=intake.customer_key,
            queue=intake.queue,
            direction=intake.direction,
            purpose=intake.purpose or "quality",
            priority=intake.priority,
            consent_ref=intake.consent_ref,
            sampled=False,
            redacted=redacted,
        )


def _add_recording_row(session: Session, values: dict[str, object]) -> None:
    """Add the row; another process may have been first with the same content."""
    dialect = session.get_bind().dialect.name
    made = (postgresql if dialect == "postgresql" else sqlite).insert(RecordingRow).values(values)
    session.execute(
        made.on_conflict_do_update(index_elements=["sha256"], set_={"key_id": made.excluded.key_id})
    )


def _added(session: Session, row: ConversationRow, together: Together | None) -> StoredConversation:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        if "conversations" in str(error.orig) and "id" in str(error.orig):
            raise Conflict(
                f"there is a conversation {row.id!r} already", remedy="leave the id out"
            ) from error
        raise
    stored = StoredConversation.model_validate(row)
    if together is not None:
        together(session, stored)
    return stored
