"""Keys, sessions of the screens, and the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Float,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base, UtcDateTime


class KeyRow(Base):
    """A key, without its secret.

    Attributes:
        id: What logs and lists name it by.
        name: What people call it.
        digest: SHA-256 of the secret.
        hint: Its last characters, to tell keys apart.
        role: See :class:`serving.access.Role`.
        scopes: Permissions it is narrowed to; None: all of its role.
        team: Whose conversations; None: every team's.
        agent_key: Pseudonymous id of the agent, where it is one's.
        customer_key: Id of the customer, where it is one's.
        per_minute: Requests a minute; None: as the settings say.
        created_at: When it was made.
        created_by: Id of the key or account that made it; None: the command line.
        parent_id: The key whose end is its end, too (tokens of customers); None: none.
        expires_at: When it ends; None: never.
        revoked_at: When it was ended; None: it was not.
        last_used_at: When it was last shown, to the minute; None: never.
    """

    __tablename__ = "access_keys"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    team: Mapped[str | None] = mapped_column(String(64))
    agent_key: Mapped[str | None] = mapped_column(String(128))
    customer_key: Mapped[str | None] = mapped_column(String(128))
    per_minute: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str | None] = mapped_column(String(80))
    parent_id: Mapped[str | None] = mapped_column(String(40))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("uq_access_keys_digest", "digest", unique=True),
        Index("ix_access_keys_created_at_id", "created_at", "id"),
        Index("ix_access_keys_parent_id", "parent_id"),
        Index("ix_access_keys_customer_key", "customer_key"),
    )


class SessionRow(Base):
    """Somebody who is signed in to the screens.

    Attributes:
        digest: SHA-256 of what the cookie holds.
        principal_id: Of the key or the account.
        key_id: The key that was shown, whose rights count each time; None: an OIDC account.
        role: Of an OIDC account; None for keys, as what follows.
        team: Of an OIDC account; None: every team.
        agent_key: Of an OIDC account; None: none.
        created_at: When they signed in.
        seen_at: When they were last here, to the minute.
        expires_at: When it ends, however busy they are.
    """

    __tablename__ = "access_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    principal_id: Mapped[str] = mapped_column(String(80))
    key_id: Mapped[str | None] = mapped_column(String(40))
    role: Mapped[str | None] = mapped_column(String(16))
    team: Mapped[str | None] = mapped_column(String(64))
    agent_key: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_access_sessions_principal_id", "principal_id"),
        Index("ix_access_sessions_expires_at", "expires_at"),
    )


class SignInRow(Base):
    """A sign-in that was sent to the OIDC provider and is not back yet.

    Attributes:
        state_digest: SHA-256 of the state that comes back.
        browser_digest: SHA-256 of the cookie of the browser that it must come back from.
        nonce: What the identity token must name.
        code_verifier: Secret of the proof key (RFC 7636).
        goes_to: Path to show afterwards.
        expires_at: When it is too late.
    """

    __tablename__ = "access_sign_ins"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_digest: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    goes_to: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_access_sign_ins_expires_at", "expires_at"),)


class CounterRow(Base):
    """How many requests came in a window of time, where several processes count together.

    Attributes:
        name: Which limit, of whom, and which window.
        hits: How many.
        expires_at: End of the window, in seconds since 1970.
    """

    __tablename__ = "access_counters"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[float] = mapped_column(Float(53))

    __table_args__ = (Index("ix_access_counters_expires_at", "expires_at"),)


class AuditRow(Base):
    """One line of the audit log; the database refuses to change it, or to remove it out of turn.

    Attributes:
        number: 1 for the first, without gaps.
        at: When.
        team: Of who did it; None: of no team in particular.
        principal_id: Who did it; None: nobody who was known, or the command line.
        role: What they are.
        action: What was done (``transcript.read``).
        object_kind: To what kind of thing (``conversation``).
        object_id: To which.
        request_id: In which request.
        detail: More, as JSON: ids and numbers, never words of people.
        previous_hash: Of the line before; zeros for the first.
        hash: SHA-256 over all of the above.
    """

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    team: Mapped[str | None] = mapped_column(String(64))
    principal_id: Mapped[str | None] = mapped_column(String(80))
    role: Mapped[str | None] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(64))
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(200))
    request_id: Mapped[str | None] = mapped_column(String(128))
    detail: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_log_object_kind_object_id", "object_kind", "object_id"),
        Index("ix_audit_log_principal_id", "principal_id"),
        Index("ix_audit_log_action", "action"),
    )


class AuditHeadRow(Base):
    """How far the audit log goes, so that its end cannot be cut off unnoticed.

    Attributes:
        id: Always 1.
        number: Of the last line; 0: there was none.
        hash: Of the last line.
        removed_number: Of the last line that retention removed; 0: none was.
        removed_hash: Of that line, which the first one left follows.
    """

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    removed_number: Mapped[int] = mapped_column(BigInteger)
    removed_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
