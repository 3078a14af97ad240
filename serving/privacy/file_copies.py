"""Copies outside of the tables: files below the data folder, memory, the queue, backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from serving.privacy.copies import CopyLine, Subject, erases
from serving.store.tables import BackupRow

if TYPE_CHECKING:
    from serving.service import Service


@erases("backups")
def name_backups(service: Service, subject: Subject) -> CopyLine:
    """Name the backups that hold the data: a backup is not rewritten, it is deleted in its turn."""
    del subject
    with service.store.database.reading() as session:
        rows = session.scalars(
            select(BackupRow).where(BackupRow.deleted_at.is_(None)).order_by(BackupRow.began_at)
        ).all()
        named = tuple(f"{row.path} ({row.began_at.date().isoformat()})" for row in rows)
    return CopyLine(
        "backups",
        "outside of the data folder",
        kept=len(named),
        why="a backup is not rewritten: delete it, or erase again after a restore"
        if named
        else None,
        items=named,
    )


@erases("the database's own log")
def name_database_log(service: Service, subject: Subject) -> CopyLine:
    """Empty SQLite's log; name PostgreSQL's, which only its server recycles."""
    del subject
    database = service.store.database
    database.forget_erased()
    if database.kind == "sqlite":
        return CopyLine("the database's own log", "entendu.sqlite-wal", removed=1)
    return CopyLine(
        "the database's own log",
        "pg_wal of the PostgreSQL server",
        kept=1,
        why="the server overwrites it as it writes on; archived logs go with the backups",
    )
