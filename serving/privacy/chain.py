"""Rows that hang together: each holds the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

FIRST = "0" * 64
"""What the first row follows."""

_LOCK = 0x656E74707276  # "entprv": the advisory lock of those who add to a ledger


def hash_of(previous: str, facts: Mapping[str, object]) -> str:
    """Return the SHA-256 of a row and the one before it.

    Args:
        previous: Hash of the row before.
        facts: What the row says; moments count with microseconds, in UTC.
    """
    canonical = json.dumps(
        {name: _plain(value) for name, value in facts.items()} | {"previous": previous},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def lock_ledgers(session: Session) -> None:
    """Wait until nobody else adds to a ledger, until the end of the transaction."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
