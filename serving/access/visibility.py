"""Which conversations somebody may see."""

from __future__ import annotations

from dataclasses import dataclass

from serving.access.principal import Principal, Role


@dataclass(frozen=True)
class Visibility:
    """What the store adds to its queries; what is not visible is as if it were not there.

    Attributes:
        team: Only this team's rows; None: every team's.
        agent_key: Only conversations of this agent; None: of all.
        sampled_only: Only conversations drawn for review.
        assigned_to: Besides them, those assigned to this principal; None: none.
        customer_key: Only this customer's bot sessions; None: of all.
        nothing: No conversation at all (customers, agents whose key names no agent).
    """

    team: str | None
    agent_key: str | None = None
    sampled_only: bool = False
    assigned_to: str | None = None
    customer_key: str | None = None
    nothing: bool = False


EVERYTHING = Visibility(team=None)
"""What the service itself sees, when it works for nobody in particular."""


def visible(principal: Principal) -> Visibility:
    """Return what somebody may see.

    An administrator sees every team (or the one of the key), a supervisor the team, an analyst
    those of the team that were drawn for review or assigned, an agent the own ones, a customer no
    conversation, only the own sessions with the bot.

    Args:
        principal: Who asks.
    """
    match principal.role:
        case Role.ADMIN | Role.SUPERVISOR:
            return Visibility(team=principal.team)
        case Role.ANALYST:
            return Visibility(team=principal.team, sampled_only=True, assigned_to=principal.id)
        case Role.AGENT:
            return Visibility(
                team=principal.team,
                agent_key=principal.agent_key,
                nothing=principal.agent_key is None,
            )
        case Role.CUSTOMER:
            return Visibility(
                team=principal.team, customer_key=principal.customer_key, nothing=True
            )
