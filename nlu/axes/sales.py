"""Openings for a sale that the customer mentions: for a person to take up, or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from conversation import Evidence
from nlu.axes.cues import Cue, find_cue
from nlu.axes.passages import Passage
from nlu.axes.sales_patterns import (
    CONTRACT_END,
    INTEREST,
    LIFE_EVENT,
    MORE,
    MOVING,
    REFUSES,
    UPGRADE,
)

Opening = Literal["interest", "upgrade", "additional", "contract_end", "moving", "life_event"]

_OPENINGS: dict[Opening, tuple[Cue, ...]] = {
    "interest": INTEREST,
    "upgrade": UPGRADE,
    "additional": MORE,
    "contract_end": CONTRACT_END,
    "moving": MOVING,
    "life_event": LIFE_EVENT,
}


class SalesOpening(BaseModel):
    """One thing said from which an offer could start.

    Attributes:
        kind: ``interest`` (asks about an offer, a price, a loan, a quote), ``upgrade`` (wants a
            better or other plan or device), ``additional`` (one more line, card, person),
            ``contract_end`` (commitment or promotion ending, renewal), ``moving``,
            ``life_event`` (marriage, birth, first job, house bought).
        evidence: The first sentence that says it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Opening
    evidence: Evidence


class SalesOpportunity(BaseModel):
    """Whether the customer's words give an opening for a sale.

    Attributes:
        present: Whether there is one that the customer did not close by refusing offers.
        openings: What was said, each kind once.
        refused: Where the customer says not to be interested; None when they do not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    present: bool
    openings: tuple[SalesOpening, ...] = ()
    refused: Evidence | None = None


def read_sales(passages: Sequence[Passage]) -> SalesOpportunity:
    """Find openings for a sale in what a customer says.

    Args:
        passages: The customer's sentences, in order.

    Returns:
        The openings, and whether the customer refuses to hear of any.
    """
    refused = next(
        (
            passage.quote(match.start, match.end)
            for passage in passages
            if (match := find_cue(passage.plain, REFUSES)) is not None
        ),
        None,
    )
    openings: list[SalesOpening] = []
    for kind, wanted in _OPENINGS.items():
        for passage in passages:
            match = find_cue(passage.plain, wanted)
            if match is not None and find_cue(passage.plain, REFUSES) is None:
                evidence = passage.quote(match.start, match.end)
                openings.append(SalesOpening(kind=kind, evidence=evidence))
                break
    return SalesOpportunity(
        present=bool(openings) and refused is None, openings=tuple(openings), refused=refused
    )
