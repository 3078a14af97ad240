"""Tables of reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables.base import UtcDateTime


def create() -> None:
    """Make them."""
    op.create_table(
        "review_events",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("stream", sa.String(400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(128)),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_review_events"),
        sa.UniqueConstraint("team", "id", name="uq_review_events_team_id"),
        sa.UniqueConstraint(
            "team", "stream", "position", name="uq_review_events_team_stream_position"
        ),
    )
    op.create_index("ix_review_events_conversation_id", "review_events", ["conversation_id"])
    op.create_index("ix_review_events_team_kind", "review_events", ["team", "kind"])
    op.create_table(
        "evaluations",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("scorecard", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("scorecard_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("score_100", sa.Float()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "scorecard", "version", name="pk_evaluations"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("scorecard", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("assignee", sa.String(128), nullable=False),
        sa.Column("assigned_by", sa.String(128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("completed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_team_created_at", "assignments", ["team", "created_at"])
    op.create_index("ix_assignments_assignee", "assignments", ["assignee"])
    op.create_index("ix_assignments_conversation_id", "assignments", ["conversation_id"])
    op.create_table(
        "samples",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_samples"),
    )
    op.create_index("ix_samples_team_created_at", "samples", ["team", "created_at"])


def drop() -> None:
    """Drop them."""
    for table in ("samples", "assignments", "evaluations", "review_events"):
        op.drop_table(table)
