"""Requests that may be repeated, and vCons as they came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime


def create() -> None:
    """Make the tables."""
    op.create_table(
        "idempotency_keys",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("claimed_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("key_hash", name="pk_idempotency_keys"),
        sa.CheckConstraint("state IN ('running', 'done')", name="state"),
    )
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"])
    op.create_index("ix_idempotency_keys_object_id", "idempotency_keys", ["object_id"])
    op.create_table(
        "imported_vcons",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_imported_vcons"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_imported_vcons_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )


def drop() -> None:
    """Drop the tables."""
    op.drop_table("imported_vcons")
    op.drop_table("idempotency_keys")
