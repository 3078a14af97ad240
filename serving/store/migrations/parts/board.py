"""What the board counts and shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime


def create() -> None:
    """Make the tables."""
    op.create_table(
        "board_facts",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("analysed_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_board_facts"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_board_facts_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "board_reports",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_reports"),
    )
    op.create_index("ix_board_reports_team", "board_reports", ["team"])


def drop() -> None:
    """Drop them."""
    op.drop_table("board_reports")
    op.drop_table("board_facts")
