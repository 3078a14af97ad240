"""The turns of conversations, and their indexes of words and meaning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORDS = (
    "CREATE VIRTUAL TABLE turns_words USING fts5("
    "stems, content='turns', content_rowid='id', tokenize='unicode61')",
    "CREATE TRIGGER turns_words_added AFTER INSERT ON turns BEGIN "
    "INSERT INTO turns_words (rowid, stems) VALUES (new.id, new.stems); END",
    "CREATE TRIGGER turns_words_gone AFTER DELETE ON turns BEGIN "
    "INSERT INTO turns_words (turns_words, rowid, stems) VALUES ('delete', old.id, old.stems); END",
    "CREATE TRIGGER turns_words_changed AFTER UPDATE ON turns BEGIN "
    "INSERT INTO turns_words (turns_words, rowid, stems) VALUES ('delete', old.id, old.stems); "
    "INSERT INTO turns_words (rowid, stems) VALUES (new.id, new.stems); END",
)


def create() -> None:
    """Make the tables."""
    op.create_table(
        "turns",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("turn_index", sa.Integer, nullable=False),
        sa.Column("speaker", sa.String(16), nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stems", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_turns_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "conversation_id", "turn_index", name="uq_turns_conversation_id_turn_index"
        ),
    )
    op.create_table(
        "turn_vectors",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("encoder_sha", sa.String(64), nullable=False),
        sa.Column("turn_count", sa.Integer, nullable=False),
        sa.Column("dim", sa.Integer, nullable=False),
        sa.Column("turn_indexes", sa.LargeBinary, nullable=False),
        sa.Column("vectors", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_turn_vectors"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_turn_vectors_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _WORDS:
            op.execute(sa.text(statement))
    else:
        op.create_index(
            "ix_turns_stems",
            "turns",
            [sa.text("to_tsvector('simple'::regconfig, stems)")],
            postgresql_using="gin",
        )


def drop() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE turns_words")  # its triggers go with `turns`
    op.drop_table("turn_vectors")
    op.drop_table("turns")
