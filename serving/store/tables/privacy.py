"""What people were told and said about their data, what was removed of it, and the proof.

Two ledgers, of consents and of removals, whose rows are only ever added: each carries the hash of
the one before it, so that a row that is changed or taken out shows. They name people by a keyed
fingerprint, never by their key.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime

CONSENT_KINDS = ("notice", "objection", "objection_lifted", "consent", "withdrawal", "contract")
# SQLite numbers rows by itself only in a column of its own INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class ConsentRow(Base):
    """One thing that somebody was told, or said, about the use of their data.

    Attributes:
        number: Counts from 1 without a gap.
        team: Whose.
        kind: ``notice``, ``objection``, ``objection_lifted``, ``consent``, ``withdrawal`` or
            ``contract`` (one was signed: some retention counts from there).
        subject: Fingerprint of the customer's key; None: only the conversation is known.
        conversation_id: In which conversation; None: in general.
        reference: Where the proof is, as the centre's own system names it.
        at: When it happened.
        recorded_at: When it was written down.
        recorded_by: Id of the key that wrote it down.
        previous: Hash of the row before.
        hash: Of this row and ``previous``.
    """

    __tablename__ = "consents"

    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=False)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(64))
    conversation_id: Mapped[str | None] = mapped_column(String(64))
    reference: Mapped[str | None] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("hash", name="uq_consents_hash"),
        CheckConstraint(f"kind IN {CONSENT_KINDS}", name="kind"),
        Index("ix_consents_team_subject", "team", "subject"),
        Index("ix_consents_conversation_id", "conversation_id"),
        Index("ix_consents_team_reference", "team", "reference"),
    )


class RemovalRow(Base):
    """The proof of one purge or one erasure.

    Attributes:
        number: Counts from 1 without a gap.
        id: Given by the service.
        team: Whose; None: every team's.
        kind: ``purge`` or ``erasure``.
        subject: Fingerprint of the customer's key, of an erasure.
        at: When it was finished.
        requested_by: Id of the key that asked, or ``schedule``.
        receipt: What was removed, by which rule, what is kept and why.
        previous: Hash of the row before.
        hash: Of this row and ``previous``.
        signature: Of the hash, with the installation's key.
    """

    __tablename__ = "removals"

    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(64))
    team: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[dict[str, object]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("id", name="uq_removals_id"),
        UniqueConstraint("hash", name="uq_removals_hash"),
        CheckConstraint("kind IN ('purge', 'erasure')", name="kind"),
        Index("ix_removals_kind_number", "kind", "number"),
    )


class KeptScorecardRow(Base):
    """What is left of an evaluation when the transcript behind it is gone: answers, no quotes.

    Attributes:
        conversation_id: Whose; the conversation's row stays as long as this.
        document: The evaluation as JSON, without any word that was said.
        created_at: When the transcript was removed.
    """

    __tablename__ = "kept_scorecards"

    conversation_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
