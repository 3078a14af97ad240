"""Replies that agents write to e-mails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime


class ReplyRow(Base):
    """The reply to one e-mail; who made the row has the e-mail.

    Attributes:
        conversation_id: Of the e-mail; the row goes with it.
        team: Whose it is.
        agent_id: Id of the key or account that took it.
        taken_at: When.
        version: Grows with each change; a writer that read an older one has to look again.
        subject: Of the reply; None until one was written, as for the text.
        text: Of the reply, without what redaction removes.
        sources: The articles that it stands on, as JSON.
        changed_at: When subject and text were last kept.
        sent_at: When the agent said that it is sent; None: it is a draft.
    """

    __tablename__ = "email_replies"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    agent_id: Mapped[str] = mapped_column(String(128))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=0)
    subject: Mapped[str | None] = mapped_column(String(255))
    text: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_email_replies_agent_id", "agent_id"),)
