"""Tables of dialogues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables.base import UtcDateTime


def create() -> None:
    """Make them."""
    op.create_table(
        "bot_sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("customer_key", sa.String(128)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("packet", sa.Text()),
        sa.Column("hand_over", sa.String(16)),
        sa.Column("agent_id", sa.String(128)),
        sa.Column("agent_name", sa.String(80)),
        sa.Column("taken_at", UtcDateTime()),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("satisfaction", sa.Integer()),
        sa.Column("remark", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_bot_sessions"),
    )
    op.create_index(
        "ix_bot_sessions_team_created_at_id", "bot_sessions", ["team", "created_at", "id"]
    )
    op.create_index("ix_bot_sessions_customer_key", "bot_sessions", ["customer_key"])
    op.create_index("ix_bot_sessions_team_state", "bot_sessions", ["team", "state"])
    op.create_index("ix_bot_sessions_agent_id", "bot_sessions", ["agent_id"])
    op.create_table(
        "bot_replies",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["bot_sessions.id"],
            name="fk_bot_replies_session_id_bot_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "event_id", name="pk_bot_replies"),
    )
    op.create_table(
        "assist_sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("conversation_id", sa.String(128)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assist_sessions"),
    )
    op.create_index("ix_assist_sessions_conversation_id", "assist_sessions", ["conversation_id"])
    op.create_index("ix_assist_sessions_created_at", "assist_sessions", ["created_at"])
    op.create_table(
        "card_events",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("card_id", sa.String(64)),
        sa.Column("article", sa.Text()),
        sa.Column("passage", sa.Text()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["assist_sessions.id"],
            name="fk_card_events_session_id_assist_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "position", name="pk_card_events"),
    )
    op.create_index("ix_card_events_at", "card_events", ["at"])


def drop() -> None:
    """Drop them."""
    for table in ("card_events", "assist_sessions", "bot_replies", "bot_sessions"):
        op.drop_table(table)
