"""Are the figures of the contact as the card wants them?"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import field_validator

from conversation import Evidence
from conversation.errors import DefinitionInvalid
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.expression_nodes import Value as Figure
from quality.expressions import Expression, parse_expression
from quality.findings import Finding, Value, both, not_applicable, not_assessable, scored
from quality.metric_evidence import metric_evidence
from quality.metric_names import METRIC_KINDS, METRIC_LABELS, METRIC_NAMES, metric_values

_EXACT = 0.95
_FROM_WORDS = 0.75
_MIXED_VOICES = 0.6
_UNDERSTOOD = 0.6


def parse_condition(text: str) -> Expression:
    """Read a condition on the figures of a contact.

    Raises:
        ValueError: It cannot be read, or it gives a number; the message names the place.
    """
    try:
        read = parse_expression(text, METRIC_LABELS, kinds=METRIC_KINDS)
    except DefinitionInvalid as error:
        raise ValueError(error.message) from None
    if read.kind != "truth":
        raise ValueError(
            f"the expression {text[:60]!r} gives a number, expected a condition such as "
            f"{text[:60]} > 0"
        )
    return read


class Metric(Detector):
    """The figures fulfil a condition.

    What is not known of the contact makes the question not assessable.

    Attributes:
        full: Condition that gives 1.
        half: Condition that gives 0.5 where ``full`` does not hold; None: 0 then.
        applies: Condition without which the question does not count; None when it always does.
    """

    needs_words = False
    needs_agent = False

    kind: Literal["metric"]
    full: str
    half: str | None = None
    applies: str | None = None

    @field_validator("full", "half", "applies")
    @classmethod
    def _can_be_read(cls, value: str | None) -> str | None:
        if value is not None:
            parse_condition(value)
        return value

    @cached_property
    def _conditions(self) -> tuple[Expression, Expression | None, Expression | None]:
        return (
            parse_condition(self.full),
            None if self.half is None else parse_condition(self.half),
            None if self.applies is None else parse_condition(self.applies),
        )

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        full, half, applies = self._conditions
        values = metric_values(contact.metrics, contact.understanding)
        if applies is not None:
            needed = applies.evaluate(values)
            if needed is None:
                return _unknown(applies, values)
            if not needed:
                reason = both(
                    f"Sans objet : {_shown(applies, values, 'fr')}.",
                    f"Not applicable: {_shown(applies, values, 'en')}.",
                )
                evidence = self._evidence(contact, applies)
                return not_applicable(reason, *evidence, confidence=_confidence(contact, applies))
        decided: Expression = full
        holds = full.evaluate(values)
        value: Value = 1.0
        if holds is False and half is not None:
            decided, holds, value = half, half.evaluate(values), 0.5
        if holds is None:
            return _unknown(decided, values)
        if not holds:
            value = 0.0
        reason = both(
            f"{_shown(full, values, 'fr')} (attendu : {self.full}).",
            f"{_shown(full, values, 'en')} (expected: {self.full}).",
        )
        return scored(
            value,
            reason,
            *self._evidence(contact, full),
            confidence=_confidence(contact, full),
            eliminatory=value == 0,
        )

    @staticmethod
    def _evidence(contact: Contact, expression: Expression) -> tuple[Evidence, ...]:
        return metric_evidence(
            expression.names, contact.conversation, contact.metrics, contact.understanding
        )


def _unknown(expression: Expression, values: dict[str, Figure]) -> Finding:
    missing = [METRIC_NAMES[name].label for name in expression.names if values[name] is None]
    if not missing:  # a division by zero
        return not_assessable(
            both(
                f"« {expression.text} » ne se calcule pas pour ce contact.",
                f"{expression.text!r} cannot be computed for this contact.",
            )
        )
    return not_assessable(
        both(
            f"Inconnu pour ce contact : {', '.join(label.fr for label in missing)}.",
            f"Not known for this contact: {', '.join(label.en for label in missing)}.",
        )
    )


def _shown(expression: Expression, values: dict[str, Figure], language: str) -> str:
    """List the figures of an expression with their units."""
    parts = []
    for name in expression.names:
        one = METRIC_NAMES[name]
        parts.append(f"{one.label.text(language)} : {show_figure(name, values[name], language)}")
    text = ", ".join(parts) or expression.text
    return text if language == "fr" else text.replace(" : ", ": ")


def show_figure(name: str, value: Figure, language: str) -> str:
    """Write a figure with its unit.

    Args:
        name: Of :data:`quality.metric_names.METRIC_NAMES`.
        value: Its value; None is shown as not known.
        language: ``fr`` or ``en``.
    """
    french = language != "en"
    if value is None:
        return "inconnu" if french else "not known"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return {True: ("oui", "yes"), False: ("non", "no")}[value][0 if french else 1]
    unit = METRIC_NAMES[name].unit
    if unit == "share":
        return f"{100 * value:.0f} %" if french else f"{100 * value:.0f}%"
    number = f"{value:.1f}".removesuffix(".0")
    number = number.replace(".", ",") if french else number
    suffix = {"s": " s", "words/min": " mots/min" if french else " words/min"}.get(unit, "")
    return f"{number}{suffix}"


def _confidence(contact: Contact, expression: Expression) -> float:
    """Return how sure the figures are; set by hand until it is measured."""
    lowest = _EXACT
    for name in expression.names:
        source = METRIC_NAMES[name].source
        if source == "words, as understood":
            lowest = min(lowest, _UNDERSTOOD)
        elif "hold" in name or name.startswith("unannounced"):
            lowest = min(lowest, _FROM_WORDS)
        elif contact.metrics.approximate and name.startswith(("agent_", "customer_", "talk_to")):
            lowest = min(lowest, _MIXED_VOICES)
    return lowest
