"""The list of backups: an erasure names those that still hold what it erased."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from conversation.errors import NotFound
from serving.store.tables import BackupRow
from serving.store.values import Backup

if TYPE_CHECKING:
    from serving.store.database import Database


def list_backups(database: Database) -> tuple[Backup, ...]:
    """Return all backups that were begun, newest first."""
    query = select(BackupRow).order_by(BackupRow.began_at.desc(), BackupRow.id)
    with database.reading() as session:
        return tuple(_backup(row) for row in session.scalars(query))


def forget_backup(database: Database, backup_id: str, *, now: datetime) -> Backup:
    """Note that a backup was deleted by those who keep it.

    Args:
        database: The store's.
        backup_id: Which.
        now: When.

    Raises:
        NotFound: There is none with this id.
    """
    with database.writing() as session:
        row = session.get(BackupRow, backup_id)
        if row is None:
            raise NotFound(
                f"no backup {backup_id[:64]!r}", remedy="`entendu backups` lists those there are"
            )
        row.deleted_at = row.deleted_at or now
        return _backup(row)


def _backup(row: BackupRow) -> Backup:
    return Backup(row.id, row.path, row.began_at, row.finished_at, row.deleted_at)
