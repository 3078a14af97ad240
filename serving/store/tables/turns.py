"""What was said, turn by turn, and its two indexes: words and meaning."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base


class TurnRow(Base):
    """One turn of a conversation whose analysis is stored.

    Attributes:
        id: Given by the database.
        conversation_id: Whose.
        turn_index: Place in the conversation, from 0.
        speaker: ``agent``, ``customer``, ``bot``, ``system`` or ``unknown``.
        start_s: Seconds from the start of the recording; None for text.
        text: What was said.
        stems: Its words without accents and endings, as they are searched.
    """

    __tablename__ = "turns"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_index: Mapped[int] = mapped_column(Integer)
    speaker: Mapped[str] = mapped_column(String(16))
    start_s: Mapped[float | None] = mapped_column(Float)
    text: Mapped[str] = mapped_column(Text)
    stems: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("conversation_id", "turn_index"),
        Index(
            "ix_turns_stems",
            literal_column("to_tsvector('simple'::regconfig, stems)"),
            postgresql_using="gin",
        ).ddl_if(dialect="postgresql"),
    )


class TurnVectorsRow(Base):
    """The vectors of a conversation's turns, by which they are found by meaning.

    Attributes:
        conversation_id: Whose.
        encoder_sha: SHA-256 of the encoder; only vectors of the same one can be compared.
        turn_count: How many vectors.
        dim: Length of each.
        turn_indexes: Place of each one's turn in the conversation, little-endian 32-bit integers.
        vectors: Little-endian 16-bit floats, vector after vector, each of length 1.
    """

    __tablename__ = "turn_vectors"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    encoder_sha: Mapped[str] = mapped_column(String(64))
    turn_count: Mapped[int] = mapped_column(Integer)
    dim: Mapped[int] = mapped_column(Integer)
    turn_indexes: Mapped[bytes] = mapped_column(LargeBinary)
    vectors: Mapped[bytes] = mapped_column(LargeBinary)


# SQLite's index of words keeps no text of its own: it reads `turns`, and these triggers keep the
# two in step, also when turns go because their conversation goes.
FULL_TEXT_DDL = (
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
for statement in FULL_TEXT_DDL:
    event.listen(
        Base.metadata.tables["turns"],
        "after_create",
        DDL(statement).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
    )
