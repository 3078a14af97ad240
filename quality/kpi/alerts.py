"""Alerts that a centre sets on its KPIs, as expressions: ``abandon_rate > 5%``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from quality.expressions import parse_expression
from quality.kpi.definitions import definitions
from quality.kpi.figure import Figure


class Alert(BaseModel):
    """One alert and whether it is met.

    Attributes:
        expression: As the centre wrote it.
        group: Labels of the group; empty for all contacts.
        met: None where the figures it needs are missing or not shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    expression: str
    group: tuple[str, ...] = ()
    met: bool | None


def check_alerts(
    expressions: Sequence[str],
    figures: Sequence[Figure],
    groups: Iterable[tuple[tuple[str, ...], Sequence[Figure]]] = (),
) -> tuple[Alert, ...]:
    """Tell which alerts are met.

    Args:
        expressions: Comparisons of KPIs by their identifier, shares as ``5%`` or 0.05 and times
            in seconds; they are parsed, never run as code.
        figures: Of all contacts.
        groups: Labels and figures of groups.

    Returns:
        Each alert for all contacts, then those that a group meets.

    Raises:
        DefinitionInvalid: An expression cannot be read; the message names the character.
        BadInput: It compares a number with a text.
    """
    names = {kpi: each.label.en for kpi, each in definitions().items()}
    parsed = [parse_expression(text, names, kinds=dict.fromkeys(names, "number"))
              for text in expressions]  # fmt: skip
    found = []
    for expression in parsed:
        result = expression.evaluate({each.kpi: each.value for each in figures})
        found.append(
            Alert(expression=expression.text, met=None if result is None else bool(result))
        )
    for labels, of_group in groups:
        values = {each.kpi: each.value for each in of_group}
        found += [
            Alert(expression=expression.text, group=labels, met=True)
            for expression in parsed
            if expression.evaluate(values)
        ]
    return tuple(found)
