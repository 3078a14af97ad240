"""Who is with a customer right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from serving.store.tables import BotSessionRow, ConversationRow, ReplyRow

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.service import Service


def is_serving(service: Service, principal: Principal, customer_key: str) -> bool:
    """Tell whether a customer is with somebody: on a live call, in a chat or e-mail they took.

    Args:
        service: Knows both.
        principal: Who it may be.
        customer_key: The customer.
    """
    calls = () if service.live is None else service.live.sessions
    if any(
        one.facts.customer_key == customer_key
        and (
            one.facts.owner == principal.id
            or (principal.agent_key is not None and one.facts.agent_key == principal.agent_key)
        )
        for one in calls
    ):
        return True
    asked = (
        select(BotSessionRow.id)
        .where(
            BotSessionRow.customer_key == customer_key,
            BotSessionRow.agent_id == principal.id,
            BotSessionRow.done_at.is_(None),
        )
        .limit(1)
    )
    answering = (
        select(ReplyRow.conversation_id)
        .join(ConversationRow, ConversationRow.id == ReplyRow.conversation_id)
        .where(
            ConversationRow.customer_key == customer_key,
            ReplyRow.agent_id == principal.id,
            ReplyRow.sent_at.is_(None),
        )
        .limit(1)
    )
    with service.store.database.reading() as session:
        return session.scalar(asked) is not None or session.scalar(answering) is not None
