"""What the parts of the store share: the database, the files, the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from conversation import Conversation
from conversation.errors import Conflict, NotFound
from serving.access.visibility import EVERYTHING, Visibility
from serving.store.database import Database
from serving.store.encryption import NO_KEYS, Keyring
from serving.store.recordings import RecordingFiles
from serving.store.tables import ConversationRow, RecordingRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DATABASE_FILE = "entendu.sqlite"
RESTORING_FILE = "restoring"  # in a data folder that is half restored
RECORDINGS = 0x736F756E64  # "sound": the lock of those who add or drop recordings


def _now() -> datetime:
    return datetime.now(UTC)


class StorePart:
    """A database and the files below a data folder.

    Args:
        data_dir: The data folder; made, and its database brought to the newest schema. Several
            processes that share a PostgreSQL database share this folder, too.
        database_url: Address of a PostgreSQL database; None: a SQLite file in the data folder,
            for one process (see :class:`serving.store.lock.FolderLock`).
        keyring: Keys that recordings are encrypted with; :data:`NO_KEYS`: they lie as they came.
        clock: Returns the time now, with its zone.
        memory: Folder in memory where originals are, if they must not reach the disk; see
            :class:`serving.store.recordings.RecordingFiles`.
        room: See there.
        cleaned: Redacts what is said before it is stored; None: it is stored as it came.

    Raises:
        Conflict: The database is none that this version can open, a key of recordings is missing,
            or the folder is half restored.
        Unavailable: The database does not answer.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        database_url: str | None = None,
        keyring: Keyring = NO_KEYS,
        clock: Callable[[], datetime] = _now,
        memory: Path | None = None,
        room: Callable[[], AbstractContextManager[None]] = nullcontext,
        cleaned: Callable[[Conversation], Conversation] | None = None,
    ) -> None:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.data_dir = data_dir
        if (data_dir / RESTORING_FILE).exists():
            raise Conflict(
                f"{data_dir} is half restored: `entendu restore` was broken off",
                remedy="run it again",
            )
        self.files = RecordingFiles(data_dir, keyring, memory=memory, room=room)
        self._cleaned = cleaned
        self._clock = clock
        self._database = Database(database_url or data_dir / DATABASE_FILE)
        try:
            self._database.migrate()
            self._started()
        except BaseException:
            self.close()
            raise

    def _started(self) -> None:
        """Bring files and rows in line, after another process may have been killed."""

    def _left(self, conversation_ids: Sequence[str]) -> None:
        """Let go of what is held in memory of conversations whose words went."""

    def close(self) -> None:
        """Close the database, and let other processes sweep what this one left."""
        self._database.close()
        self.files.close()

    def _drop_files(self, recordings: Sequence[str]) -> None:
        """Delete the files of recordings that no row needs; somebody may be adding one again."""
        with self._database.writing() as session:
            self._database.lock(session, RECORDINGS)
            for sha256 in recordings:
                if session.get(RecordingRow, sha256) is None:
                    self.files.erase(sha256)

    @property
    def database(self) -> Database:
        """The database, for what other areas keep in it."""
        return self._database

    def is_alive(self) -> bool:
        """Tell whether the database answers."""
        return self._database.is_alive()


def existing(
    session: Session,
    conversation_id: str,
    visibility: Visibility = EVERYTHING,
    *,
    to_change: bool = False,
) -> ConversationRow:
    """Return the row of a conversation.

    Args:
        session: Where to look.
        conversation_id: Which.
        visibility: What may be seen.
        to_change: Keep others from changing it until the transaction ends.

    Raises:
        NotFound: There is none with this id that may be seen.
    """
    query = select(ConversationRow).where(
        ConversationRow.id == conversation_id, seen_by(visibility)
    )
    row = None
    if "\x00" not in conversation_id:  # which PostgreSQL takes in no text
        row = session.scalar(query.with_for_update() if to_change else query)
    if row is None:
        raise NotFound(
            f"no conversation {conversation_id[:64]!r}",
            remedy="GET /v1/conversations lists those that are stored",
        )
    return row
