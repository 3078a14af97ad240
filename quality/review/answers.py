"""What a person or the machine answers to one question of a scorecard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from quality.findings import Value
from quality.results import ItemResult

NotApplicable = Literal["na"]

Answer = Annotated[Value | NotApplicable, Field(union_mode="left_to_right")]
"""1 conforming, 0.5 partly, 0 not, ``na`` where the question does not apply."""

ANSWERS: tuple[float | NotApplicable, ...] = (1.0, 0.5, 0.0, "na")
"""All answers; their order is that of the rows and columns of agreement tables."""


def answer_of(result: ItemResult) -> float | NotApplicable | None:
    """Return what the machine answers; None where it cannot tell."""
    return "na" if result.status == "not_applicable" else result.value


def score_of(answers: Iterable[tuple[float, float | NotApplicable | None]]) -> float | None:
    """Compute 100·Σ(w·v)/Σ(w) over the answers that are a value.

    Args:
        answers: Points and answer of each question; ``na`` and None stay out.

    Returns:
        0 to 100; None when the points of what is answered sum to 0.
    """
    decided = [(points, one) for points, one in answers if isinstance(one, int | float)]
    weight = sum(points for points, _ in decided)
    if weight <= 0:
        return None
    return min(100.0, 100 * sum(points * one for points, one in decided) / weight)
