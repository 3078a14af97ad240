"""Tables of what agents answer in writing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables.base import UtcDateTime


def create() -> None:
    """Make them."""
    op.create_table(
        "email_replies",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("agent_id", sa.String(128), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(255)),
        sa.Column("text", sa.Text()),
        sa.Column("sources", sa.Text()),
        sa.Column("changed_at", UtcDateTime()),
        sa.Column("sent_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_email_replies_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_email_replies"),
    )
    op.create_index("ix_email_replies_agent_id", "email_replies", ["agent_id"])


def drop() -> None:
    """Drop them."""
    op.drop_table("email_replies")
