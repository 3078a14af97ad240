"""Wrap-up notes: what the machine drafted at hang-up, and what the agent sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base, UtcDateTime


class NoteRow(Base):
    """The note of a conversation.

    Attributes:
        conversation_id: Whose; the row goes with the conversation, and with its words.
        draft: What the machine wrote when the contact ended, redacted; None where nothing came.
        text: What the agent sent, redacted; None until they did.
        version: How often an agent sent it; 0 while it is only a draft.
        author: Id of the key or account that sent it last.
        created_at: When the draft or the first text came.
        sent_at: When it was sent last.
    """

    __tablename__ = "notes"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    draft: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=0)
    author: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_notes_created_at", "created_at"),)
