"""Saying in words why a contact was drawn, and what of the rule could not be kept to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.findings import Bilingual, both
from quality.sampling.cells import JOINED, Cell
from quality.sampling.contacts import SIGNAL_LABELS, UNKNOWN
from quality.sampling.rule import PURPOSE_LABELS, Purpose, SamplingRule

if TYPE_CHECKING:
    from quality.sampling.drawing import SampledCell

_PROPERTIES = {
    "agent": both("agent", "agent"),
    "month": both("mois", "month"),
    "reason": both("motif", "reason"),
    "channel": both("canal", "channel"),
    "duration": both("durée", "duration"),
}


def why(
    cell: Cell, rule: SamplingRule, purpose: Purpose, probability: float, signals: Sequence[str]
) -> Bilingual:
    """Say why a contact was drawn.

    Args:
        cell: What it was drawn from.
        rule: By which rule.
        purpose: For which purpose.
        probability: With which probability.
        signals: What made it likelier.
    """
    label = PURPOSE_LABELS[purpose]
    among_fr, among_en = _among(cell)
    chance_fr, chance_en = f"{probability:.3g}".replace(".", ","), f"{probability:.3g}"
    start_fr, start_en = f"{label.fr.capitalize()} : tiré", f"{label.en.capitalize()}: drawn"
    if rule.weights is None:
        return both(
            f"{start_fr} au hasard, {cell.size} sur {len(cell.contacts)} contacts{among_fr} "
            f"(probabilité {chance_fr}).",
            f"{start_en} at random, {cell.size} of {len(cell.contacts)} contacts{among_en} "
            f"(probability {chance_en}).",
        )
    if not signals:
        return both(
            f"{start_fr} parmi {len(cell.contacts)} contacts{among_fr}, sans signal particulier "
            f"(probabilité {chance_fr}).",
            f"{start_en} from {len(cell.contacts)} contacts{among_en}, without any signal "
            f"(probability {chance_en}).",
        )
    factors = rule.weights.signals
    parts = [(SIGNAL_LABELS[one], f"×{factors[one]:g}") for one in signals]  # type: ignore[index]
    shown_fr = ", ".join(f"{name.fr} {factor.replace('.', ',')}" for name, factor in parts)
    shown_en = ", ".join(f"{name.en} {factor}" for name, factor in parts)
    return both(
        f"{start_fr} parmi {len(cell.contacts)} contacts{among_fr}, plus probable pour : "
        f"{shown_fr} (probabilité {chance_fr}).",
        f"{start_en} from {len(cell.contacts)} contacts{among_en}, likelier for: {shown_en} "
        f"(probability {chance_en}).",
    )


def shortfall(
    cells: Sequence[SampledCell], rule: SamplingRule, purpose: Purpose
) -> list[Bilingual]:
    """Say for which agents and months the least number could not be drawn.

    Args:
        cells: Of all purposes so far.
        rule: With the limits.
        purpose: Which cells count.
    """
    if rule.per_agent_month is None:
        return []
    drawn: Counter[tuple[str, str]] = Counter()
    population: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        if cell.purpose == purpose:
            key = (cell.key["agent"], cell.key["month"])
            drawn[key] += cell.drawn
            population[key] += cell.population
    least = rule.per_agent_month.min
    return [
        both(
            f"{agent}, {month} : {drawn[agent, month]} contacts tirés sur "
            f"{population[agent, month]}, moins que le minimum de {least}.",
            f"{agent}, {month}: {drawn[agent, month]} contacts drawn of "
            f"{population[agent, month]}, below the minimum of {least}.",
        )
        for agent, month in sorted(population)
        if drawn[agent, month] < least
    ]


def _among(cell: Cell) -> tuple[str, str]:
    """Name what the contacts of a cell have in common."""
    parts: list[tuple[str, str]] = []
    for name, value in cell.key:
        if value == JOINED:
            continue
        label = _PROPERTIES[name]
        known = value != UNKNOWN
        parts.append(
            (
                f"{label.fr} {value if known else 'inconnu'}",
                f"{label.en} {value if known else 'unknown'}",
            )
        )
    if not parts:
        return "", ""
    return " de : " + ", ".join(fr for fr, _ in parts), " of: " + ", ".join(en for _, en in parts)
