"""Erasing a person's data: every copy, with a receipt that names each."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from conversation.errors import NotFound
from serving.privacy.copies import CopyLine, Subject, erase_rows, erasers
from serving.privacy.receipt_words import in_french
from serving.store.tables import BotSessionRow, ConversationRow

if TYPE_CHECKING:
    from serving.privacy.removal_log import Removal
    from serving.service import Service

logger = logging.getLogger("entendu.privacy")

Cause = Literal["request", "objection", "retention"]


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    Attributes:
        conversation_ids: Conversations that are gone.
        lines: One for each copy.
    """

    conversation_ids: tuple[str, ...]
    lines: tuple[CopyLine, ...]


def conversations_of(service: Service, team: str | None, customer_key: str) -> tuple[str, ...]:
    """Return the ids of a customer's conversations, oldest first.

    Args:
        service: The service.
        team: Of which team; None: of every one.
        customer_key: The customer.
    """
    asked = (
        select(ConversationRow.id)
        .where(ConversationRow.customer_key == customer_key)
        .order_by(ConversationRow.created_at, ConversationRow.id)
    )
    if team is not None:
        asked = asked.where(ConversationRow.team == team)
    with service.store.database.reading() as session:
        return tuple(session.scalars(asked))


def has_anything(service: Service, team: str | None, customer_key: str) -> bool:
    """Tell whether anything of a customer is stored."""
    asked = select(BotSessionRow.id).where(BotSessionRow.customer_key == customer_key)
    if team is not None:
        asked = asked.where(BotSessionRow.team == team)
    with service.store.database.reading() as session:
        has_sessions = session.scalars(asked.limit(1)).first() is not None
    return has_sessions or bool(conversations_of(service, team, customer_key))


def erase_copies(service: Service, subject: Subject) -> Erased:
    """Erase every copy. Done again after a kill, it erases what is left.

    Args:
        service: The service.
        subject: Whose data.
    """
    lines: list[CopyLine] = []
    for name, eraser in erasers():
        if name != "the database's own log":
            lines.append(eraser(service, subject))
    with service.store.database.writing() as session:
        lines.extend(erase_rows(session, subject))
    gone: list[str] = []
    for conversation_id in subject.conversation_ids:
        try:
            service.erase(conversation_id)
        except NotFound:  # somebody else was faster
            continue
        gone.append(conversation_id)
        service.notify(
            "conversation.erased", {"conversation_id": conversation_id}, team=subject.team
        )
    lines.append(CopyLine("conversations with their sound", "conversations, audio", len(gone)))
    lines.extend(
        eraser(service, subject) for name, eraser in erasers() if name == "the database's own log"
    )
    return Erased(tuple(gone), tuple(lines))


def erase_customer(
    service: Service,
    customer_key: str,
    *,
    team: str,
    by: str,
    cause: Cause = "request",
) -> Removal:
    """Erase all that is stored of a customer, and give a receipt.

    Args:
        service: The service.
        customer_key: The customer; the receipt names them by a fingerprint.
        team: Whose customer.
        by: Id of the key that asked.
        cause: ``request`` or ``objection``.

    Returns:
        The receipt, signed; also where nothing was there.
    """
    subject = Subject(team, customer_key, conversations_of(service, team, customer_key))
    erased = erase_copies(service, subject)
    fingerprint = service.privacy.key.fingerprint(team, customer_key)
    return _receipt(service, erased, team=team, by=by, cause=cause, fingerprint=fingerprint)


def erase_conversations(
    service: Service, conversation_ids: tuple[str, ...], *, team: str, by: str, cause: Cause
) -> Removal:
    """Erase single conversations, and give a receipt.

    Args:
        service: The service.
        conversation_ids: Which.
        team: Whose they are.
        by: Id of the key that asked.
        cause: Why.
    """
    erased = erase_copies(service, Subject(team, None, conversation_ids))
    return _receipt(service, erased, team=team, by=by, cause=cause, fingerprint=None)


def _receipt(
    service: Service,
    erased: Erased,
    *,
    team: str,
    by: str,
    cause: Cause,
    fingerprint: str | None,
) -> Removal:
    logger.info(
        "data erased", extra={"facts": {"cause": cause, "count": len(erased.conversation_ids)}}
    )
    receipt: dict[str, object] = {
        "cause": cause,
        "conversations": list(erased.conversation_ids),
        "copies": [_plain(line) for line in erased.lines],
    }
    return service.privacy.removals.add("erasure", receipt, team=team, by=by, subject=fingerprint)


def _plain(line: CopyLine) -> dict[str, object]:
    """Return a line as the receipt keeps it, its words in both languages."""
    french = {"copy_fr": in_french(line.copy), "why_fr": in_french(line.why)}
    return asdict(line) | {"items": list(line.items)} | french
