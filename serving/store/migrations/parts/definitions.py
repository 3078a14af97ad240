"""Definitions that were published from the screens, and their use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime


def create() -> None:
    """Make the tables."""
    op.create_table(
        "published_reasons",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=False),
        sa.Column("published_by", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_published_reasons"),
    )
    op.create_table(
        "definition_uses",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("name", sa.String(80)),
        sa.Column("version", sa.String(32)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("chosen_at", UtcDateTime, nullable=False),
        sa.Column("chosen_by", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("kind", "channel", "turn", name="pk_definition_uses"),
    )


def drop() -> None:
    """Drop them."""
    op.drop_table("definition_uses")
    op.drop_table("published_reasons")
