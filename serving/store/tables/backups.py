"""Backups that were made, so that an erasure can name the copies that it does not reach."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base, UtcDateTime


class BackupRow(Base):
    """One backup.

    Attributes:
        id: Given by the service; also in the backup's manifest.
        path: Where it was written.
        began_at: When it was begun; what was erased before is not in it.
        finished_at: When it was whole; None: it was broken off, and parts may lie there.
        deleted_at: When somebody said that it is gone.
    """

    __tablename__ = "backups"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
