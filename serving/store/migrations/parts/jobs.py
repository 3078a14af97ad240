"""Jobs, their stages and their workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime


def create() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64)),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("once", sa.String(128)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32)),
        sa.Column("stage_progress", sa.Float, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("dispatched_run", sa.Integer, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("worker", sa.String(128)),
        sa.Column("problem", sa.JSON(none_as_null=True)),
        sa.Column("not_before", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("once", name="uq_jobs_once"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_jobs_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'dead', 'cancelled')", name="state"
        ),
        sa.CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
    )
    op.create_index("ix_jobs_team_created_at_id", "jobs", ["team", "created_at", "id"])
    op.create_index("ix_jobs_state_told", "jobs", ["state", "told"])
    op.create_index("ix_jobs_conversation_id", "jobs", ["conversation_id"])
    op.create_table(
        "job_stages",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("worker", sa.String(128), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("document", sa.Text),
        sa.PrimaryKeyConstraint("job_id", "stage", name="pk_job_stages"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_stages_job_id_jobs", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("machine", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("beats", sa.BigInteger, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def drop() -> None:
    """Drop the tables; what was left to do is lost."""
    op.drop_table("workers")
    op.drop_table("job_stages")
    op.drop_table("jobs")
