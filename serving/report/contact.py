"""What kind of contact it is, as lines of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conversation import Evidence
from nlu import Commitment, RoutingHint, Understanding

_LEVEL_STYLE = {0: "", 1: "", 2: "warn", 3: "alarm"}


@dataclass(frozen=True)
class ContactFact:
    """One thing that is told of a contact.

    Attributes:
        name: What it is.
        value: In the reader's words.
        evidence: The first words that tell it; None where nothing was said.
        style: ``warn`` or ``alarm`` where it presses, else empty.
    """

    name: str
    value: str
    evidence: Evidence | None = None
    style: str = ""


def contact_facts(understanding: Understanding, words: Mapping[str, str]) -> list[ContactFact]:
    """Return nature, urgency, repeat, outcome and opening, those that are known.

    Args:
        understanding: Of the conversation.
        words: In the reader's language.
    """
    axes, facts = understanding.axes, []
    if axes.nature.primary is not None:
        natures = [axes.nature.primary, *axes.nature.also]
        facts.append(
            ContactFact(
                words["nature"],
                ", ".join(words[f"nature_{nature}"] for nature in natures),
                _first(axes.nature.evidence),
            )
        )
    urgency = axes.urgency
    if urgency.level:
        why = ", ".join(words[f"urgent_{trigger.kind}"] for trigger in urgency.triggers)
        facts.append(
            ContactFact(
                words["urgency"],
                f"{words[f'urgency_{urgency.level}']} ({why})",
                urgency.triggers[0].evidence,
                _LEVEL_STYLE[urgency.level],
            )
        )
    if axes.repeat.stated:
        count = f" ({axes.repeat.count}×)" if axes.repeat.count else ""
        facts.append(
            ContactFact(words["repeat"], words["yes"] + count, _first(axes.repeat.evidence))
        )
    if axes.outcome.outcome is not None:
        facts.append(
            ContactFact(
                words["outcome"],
                words[f"outcome_{axes.outcome.outcome}"],
                _first(axes.outcome.evidence),
            )
        )
    if axes.sales.present:
        kinds = ", ".join(words[f"opening_{opening.kind}"] for opening in axes.sales.openings)
        facts.append(ContactFact(words["opening"], kinds, axes.sales.openings[0].evidence))
    return facts


def route_line(route: RoutingHint | None, *, french: bool) -> tuple[str, str] | None:
    """Return where a contact should go and why; None without a recommendation."""
    if route is None:
        return None
    to = " · ".join((route.queue, *route.skills, f"P{route.priority}"))
    return to, (" ; ".join(route.why_fr) if french else "; ".join(route.why_en))


def promise_line(promise: Commitment, words: Mapping[str, str]) -> str:
    """Return what was promised, by when and on what condition."""
    line = promise.text
    if promise.due_text and promise.due_text not in promise.text:
        line += f" ({promise.due_text})"
    if promise.condition and promise.condition not in promise.text:
        line += f" – {words['condition']} {promise.condition}"
    return line


def _first(evidence: tuple[Evidence, ...]) -> Evidence | None:
    return evidence[0] if evidence else None
