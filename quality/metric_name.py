"""One name that an expression may use for a figure of a contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quality.expression_nodes import Kind, Value
from quality.findings import Bilingual, both
from quality.metrics import Metrics, SpokenMetrics
from quality.written_metrics import WrittenMetrics

if TYPE_CHECKING:
    from nlu import Understanding

Unit = Literal["s", "share", "count", "words/min", "ratio", "-1 to 1", "level", "text", "truth"]


@dataclass(frozen=True)
class MetricName:
    """One name that an expression may use.

    Attributes:
        name: As written in an expression.
        label: What a reader is shown.
        formula: How it is computed, and when it is not known.
        unit: Of its value.
        source: What it is read from.
        value: Reads it; None where it is not known.
    """

    name: str
    label: Bilingual
    formula: str
    unit: Unit
    source: str
    value: Callable[[Metrics, Understanding | None], Value]

    @property
    def kind(self) -> Kind:
        """What sort of value it has."""
        return self.unit if self.unit in ("text", "truth") else "number"


def spoken_name(
    name: str,
    fr: str,
    en: str,
    formula: str,
    unit: Unit,
    value: Callable[[SpokenMetrics], Value],
    *,
    exact_only: bool = False,
) -> MetricName:
    """Name a figure of recordings, not known on text channels.

    Args:
        name: As written in an expression.
        fr: What a reader is shown, in French.
        en: What a reader is shown, in English.
        formula: How it is computed.
        unit: Of its value.
        value: Reads it.
        exact_only: Whether it is not known where the voices are mixed either.
    """

    def read(metrics: Metrics, understanding: Understanding | None) -> Value:  # noqa: ARG001
        if metrics.spoken is None or (exact_only and metrics.approximate):
            return None
        return value(metrics.spoken)

    if exact_only:
        formula += "; not known on mixed voices"
    return MetricName(name, both(fr, en), formula, unit, "word times", read)


def written_name(
    name: str,
    fr: str,
    en: str,
    formula: str,
    unit: Unit,
    value: Callable[[WrittenMetrics], Value],
) -> MetricName:
    """Name a figure of messages, not known on recordings.

    Args:
        name: As written in an expression.
        fr: What a reader is shown, in French.
        en: What a reader is shown, in English.
        formula: How it is computed.
        unit: Of its value.
        value: Reads it.
    """

    def read(metrics: Metrics, understanding: Understanding | None) -> Value:  # noqa: ARG001
        return None if metrics.written is None else value(metrics.written)

    return MetricName(name, both(fr, en), formula, unit, "messages", read)
