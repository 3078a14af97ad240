"""What the board counts of each conversation, and what was computed for it in the background."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base, UtcDateTime


class BoardFactsRow(Base):
    """Figures of one analysis, so that a board reads no transcript; holds no word of anybody.

    Attributes:
        conversation_id: Whose.
        analysed_at: Of the analysis that they were taken from.
        version: Of the shape of ``document``; others are taken again.
        document: The :class:`serving.board.facts.Facts` as JSON; None where the analysis has
            another shape.
    """

    __tablename__ = "board_facts"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    analysed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[str | None] = mapped_column(Text)


class BoardReportRow(Base):
    """Topics, gaps or a forecast as they were last computed for those who see the same.

    Attributes:
        id: Of what and for whom; a newer one replaces it.
        team: Whose; None: every team's.
        kind: ``topics``, ``gaps`` or ``forecast``.
        made_at: When it was computed.
        seconds: It took.
        document: As JSON; quotes customers and agents, redacted.
    """

    __tablename__ = "board_reports"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float] = mapped_column(Float)
    document: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_board_reports_team", "team"),)
