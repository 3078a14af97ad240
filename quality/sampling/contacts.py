"""Contacts as sampling sees them: who, when, where from, and what speaks for listening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from quality.findings import Bilingual, both

Signal = Literal[
    "complaint",
    "cancellation",
    "repeat",
    "transferred",
    "unresolved",
    "urgent",
    "eliminatory",
    "low_score",
    "unsure",
    "long",
]
SIGNALS: tuple[Signal, ...] = get_args(Signal)

SIGNAL_LABELS: dict[str, Bilingual] = {
    "complaint": both("réclamation", "complaint"),
    "cancellation": both("résiliation", "cancellation"),
    "repeat": both("client qui rappelle", "repeated contact"),
    "transferred": both("transfert", "transferred"),
    "unresolved": both("demande non résolue", "unresolved"),
    "urgent": both("urgence", "urgent"),
    "eliminatory": both("motif éliminatoire proposé", "eliminatory finding proposed"),
    "low_score": both("note automatique basse", "low automatic score"),
    "unsure": both("machine peu sûre", "machine unsure"),
    "long": both("contact long", "long contact"),
}

UNKNOWN = "?"
"""Stands for what is not known of a contact; such contacts form strata of their own."""


@dataclass(frozen=True)
class SamplingContact:
    """One contact of the population that is drawn from.

    Attributes:
        id: Of the conversation; unique in the population.
        agent: Pseudonymous key (:class:`quality.sampling.AgentKeys`); None when not known.
        started_at: When it started; only the month counts. None when not known.
        channel: How it came; None when not known.
        reason: Code of the contact reason; None when not known.
        duration_s: Seconds; None when not known.
        signals: What speaks for listening (:data:`SIGNALS`); counts in weighted designs only.
    """

    id: str
    agent: str | None = None
    started_at: datetime | None = None
    channel: str | None = None
    reason: str | None = None
    duration_s: float | None = None
    signals: frozenset[Signal] = frozenset()

    @property
    def month(self) -> str:
        """Year and month, as ``2026-11``."""
        return UNKNOWN if self.started_at is None else f"{self.started_at:%Y-%m}"
