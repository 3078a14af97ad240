"""Wrap-up notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime


def create() -> None:
    """Make the table."""
    op.create_table(
        "notes",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("draft", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("author", sa.String(128)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_notes"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_notes_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_notes_created_at", "notes", ["created_at"])


def drop() -> None:
    """Drop it."""
    op.drop_table("notes")
