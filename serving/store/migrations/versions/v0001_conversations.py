"""Recordings, conversations and their analyses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recordings",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_recordings"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("channels", sa.String(64)),
        sa.Column("recording_sha256", sa.String(64)),
        sa.Column("source", sa.Text),
        sa.Column("problem", sa.JSON(none_as_null=True)),
        sa.Column("channel", sa.String(16)),
        sa.Column("spoken_language", sa.String(16)),
        sa.Column("started_at", UtcDateTime),
        sa.Column("duration_s", sa.Float),
        sa.Column("reason", sa.String(128)),
        sa.Column("score_100", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(
            ["recording_sha256"],
            ["recordings.sha256"],
            name="fk_conversations_recording_sha256_recordings",
        ),
        sa.CheckConstraint("status IN ('queued', 'running', 'done', 'failed')", name="status"),
        sa.CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        sa.CheckConstraint("(recording_sha256 IS NULL) <> (source IS NULL)", name="one_source"),
    )
    op.create_index(
        "ix_conversations_team_created_at_id", "conversations", ["team", "created_at", "id"]
    )
    op.create_index("ix_conversations_status", "conversations", ["status"])
    op.create_index("ix_conversations_recording_sha256", "conversations", ["recording_sha256"])
    op.create_table(
        "analyses",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("schema_version", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_analyses"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_analyses_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Drop the tables; everything in them is lost."""
    op.drop_table("analyses")
    op.drop_table("conversations")
    op.drop_table("recordings")
