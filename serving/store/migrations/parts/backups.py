"""The list of backups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime


def create() -> None:
    """Make the table."""
    op.create_table(
        "backups",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("deleted_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
    )


def drop() -> None:
    """Drop it."""
    op.drop_table("backups")
