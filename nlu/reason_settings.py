"""When a reason is sure enough to be given, and how the pieces of a conversation are weighed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class VoteSettings:
    """How pieces are weighed: chosen on texts written for it, not on any benchmark.

    Attributes:
        opening_weight: Of the customer's first pieces read together, a piece alone being 1.
        agent_weight: Of a piece that the agent said.
        decay: A piece weighs 1 / (1 + decay · s), s being how much the customer said before it,
            in pieces.
        sector_power: How strongly the sector of the whole conversation weighs on each piece.
        temperature: Above 1 flattens the probabilities of the conversation, below 1 sharpens.
    """

    opening_weight: float = 1.0
    agent_weight: float = 0.3
    decay: float = 1.0
    sector_power: float = 1.0
    temperature: float = 0.8


@dataclass(frozen=True)
class ReasonSettings:
    """When a reason is sure enough to be given.

    Attributes:
        threshold: Least probability of a primary reason; under it the reason is unknown. With it
            and ``margin``, 96 of 100 out-of-scope texts written for it are declined or found out
            of scope, and 4 of 100 in scope are declined. A trained scorer brings its own, chosen
            for an error rate.
        margin: Least lead of the primary reason over the second candidate, unless the customer
            states it: then the two are two requests, not a doubt about one.
        support: Least probability that one piece of the customer's alone gives to a reason that
            it states.
        secondary_threshold: Least probability of a secondary reason, which must be stated.
        subreason_threshold: Least probability of a level 2 within its level 1.
        votes: How pieces are weighed.
    """

    threshold: float = 0.35
    margin: float = 0.06
    support: float = 0.5
    secondary_threshold: float = 0.08
    subreason_threshold: float = 0.6
    votes: VoteSettings = field(default_factory=VoteSettings)


DEFAULT_SETTINGS = ReasonSettings()
