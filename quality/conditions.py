"""When a question of a scorecard is asked: an expression over figures and earlier answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from conversation.errors import DefinitionInvalid
from quality.expressions import Expression, parse_expression
from quality.metric_names import METRIC_KINDS, METRIC_LABELS, metric_values

if TYPE_CHECKING:
    from quality.contact import Contact
    from quality.expression_nodes import Kind, Value

_FACTS: Mapping[str, str] = {
    "language": "the conversation's language: fr, en",
    "direction": "inbound or outbound",
}


@cache
def parse_condition(text: str, earlier: tuple[str, ...]) -> Expression:
    """Read the condition of a question.

    Args:
        text: As the card writes it, such as ``ACC2 == 1`` or ``nature == 'complaint'``.
        earlier: Ids of the questions before it: each stands for its value, not known while it is
            not applicable or not assessable.

    Raises:
        DefinitionInvalid: It cannot be read, names something else (such as a later question), or
            gives a number.
    """
    names = {**METRIC_LABELS, **_FACTS, **dict.fromkeys(earlier, "value of that question")}
    number: Kind = "number"
    fact: Kind = "text"
    kinds = {
        **METRIC_KINDS,
        **dict.fromkeys(_FACTS, fact),
        **dict.fromkeys(earlier, number),
    }
    expression = parse_expression(text, names, kinds=kinds)
    if expression.kind == "number":
        raise DefinitionInvalid(
            f"the condition {text!r} gives a number, expected true or false",
            remedy="compare it with something, such as > 0",
        )
    return expression


def condition_holds(expression: Expression, contact: Contact) -> bool | None:
    """Say whether a question is asked for a contact; None where that cannot be known."""
    values: dict[str, Value] = dict(metric_values(contact.metrics, contact.understanding))
    values["language"] = contact.language
    values["direction"] = contact.conversation.direction
    values |= {id_: finding.value for id_, finding in contact.answers.items()}
    result = expression.evaluate(values)
    return None if result is None else bool(result)
