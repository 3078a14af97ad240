"""Definitions that a centre published from the screens, and which of them was in use when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base, UtcDateTime


class PublishedReasonsRow(Base):
    """One version of a centre's own contact reasons; never changed once it is there.

    Attributes:
        name: Of the taxonomy.
        version: Of the taxonomy.
        sha256: Of what it says.
        document: The taxonomy as JSON.
        published_at: When.
        published_by: Id of the key or account that did it.
    """

    __tablename__ = "published_reasons"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(128))


class DefinitionUseRow(Base):
    """That something is in use from a moment on; rows are added only, the highest turn counts.

    Attributes:
        kind: ``reasons`` or ``scorecard``.
        channel: Of the conversations that it is for; empty: of all.
        turn: 1 for the first choice of this kind and channel; the next is one more, so that of two
            who choose at once only one is first.
        name: Of the definition; None: what is shipped or set again.
        version: Of the definition.
        sha256: Of what it says.
        chosen_at: When.
        chosen_by: Id of the key or account that did it.
    """

    __tablename__ = "definition_uses"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    turn: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[str | None] = mapped_column(String(32))
    sha256: Mapped[str | None] = mapped_column(String(64))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chosen_by: Mapped[str] = mapped_column(String(128))
