"""Who may see which conversations with the bot, as a condition of a query."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from serving.access.principal import Principal, Role
from serving.store.tables import DEFAULT_TEAM, BotSessionRow

_WITH_PERSONS = ("handing_over", "with_human")


def sessions_seen_by(principal: Principal) -> ColumnElement[bool]:
    """Return the sessions that somebody may see.

    Customers their own; agents those in which a person was asked for, or that they opened; others
    those of the team.
    """
    team = BotSessionRow.team == (principal.team or DEFAULT_TEAM)
    own = BotSessionRow.owner == principal.id
    if principal.role is Role.AGENT:
        asked = BotSessionRow.packet.is_not(None) | BotSessionRow.state.in_(_WITH_PERSONS)
        return team & (own | asked)
    if principal.role is Role.CUSTOMER:
        if principal.customer_key is None:
            return team & own
        return team & (own | (BotSessionRow.customer_key == principal.customer_key))
    return BotSessionRow.id.is_not(None) if principal.team is None else team
