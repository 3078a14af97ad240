"""Conversations: whose they are, what they are kept for, what was found; recordings: their key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime

_STATUSES = "status IN ('queued', 'running', 'done', 'failed', 'cancelled')"
_STATUSES_BEFORE = "status IN ('queued', 'running', 'done', 'failed')"
_CONTENT = "recording_sha256 IS NOT NULL OR source IS NOT NULL OR content_erased_at IS NOT NULL"
_CONTENT_BEFORE = "(recording_sha256 IS NULL) <> (source IS NULL)"
_INDEXES = {
    "ix_conversations_agent_key_created_at_id": ["agent_key", "created_at", "id"],
    "ix_conversations_customer_key": ["customer_key"],
    "ix_conversations_started_at": ["started_at"],
    "ix_conversations_reason_created_at_id": ["reason", "created_at", "id"],
    "ix_conversations_queue_created_at_id": ["queue", "created_at", "id"],
}


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("agent_key", sa.String(128)),
        sa.Column("customer_key", sa.String(128)),
        sa.Column("queue", sa.String(128)),
        sa.Column("direction", sa.String(16)),
        sa.Column("purpose", sa.String(64), nullable=False, server_default="quality"),
        sa.Column("priority", sa.String(16), nullable=False, server_default="normal"),
        sa.Column("consent_ref", sa.String(128)),
        sa.Column("sampled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("redacted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("content_erased_at", UtcDateTime),
        sa.Column("sentiment", sa.Float),
    )


def create() -> None:
    """Add the columns."""
    with op.batch_alter_table("recordings") as recordings:
        recordings.add_column(sa.Column("key_id", sa.String(16)))
    for column in _columns():
        op.add_column("conversations", column)
    _replace_checks(_STATUSES, "one_source", ("content", _CONTENT))
    for name, columns in _INDEXES.items():
        op.create_index(name, "conversations", columns)
    op.create_table(
        "conversation_categories",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("alert", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "category", name="pk_conversation_categories"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_conversation_categories_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_conversation_categories_category",
        "conversation_categories",
        ["category", "conversation_id"],
    )


def drop() -> None:
    """Take them away, with the conversations that were cancelled or whose content was erased."""
    op.drop_table("conversation_categories")
    op.execute(
        "DELETE FROM conversations WHERE status = 'cancelled' "
        "OR (recording_sha256 IS NULL) = (source IS NULL)"
    )
    for name in _INDEXES:
        op.drop_index(name, "conversations")
    _replace_checks(_STATUSES_BEFORE, "content", ("one_source", _CONTENT_BEFORE))
    with op.batch_alter_table("conversations") as conversations:
        for column in _columns():
            conversations.drop_column(column.name)
    with op.batch_alter_table("recordings") as recordings:
        recordings.drop_column("key_id")


def _replace_checks(statuses: str, old: str, new: tuple[str, str]) -> None:
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_constraint(op.f("ck_conversations_status"), type_="check")
        conversations.drop_constraint(op.f(f"ck_conversations_{old}"), type_="check")
        conversations.create_check_constraint("status", statuses)
        conversations.create_check_constraint(*new)
