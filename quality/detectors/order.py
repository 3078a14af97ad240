"""Does one thing come before another?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from conversation import Evidence, Speaker
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.detectors.said import about, known_phrases
from quality.findings import Bilingual, Finding, both, not_applicable, scored
from quality.identity import find_identifiers
from quality.moments import quote_end, quote_start

Event = Literal["authentication", "hold_start", "hold_end", "agent_starts", "customer_starts"]

_EVENTS: dict[Event, Bilingual] = {
    "authentication": both("authentification complète", "complete authentication"),
    "hold_start": both("mise en attente", "start of a hold"),
    "hold_end": both("reprise après l'attente", "return from a hold"),
    "agent_starts": both("premiers mots de l'agent", "agent's first words"),
    "customer_starts": both("premiers mots du client", "customer's first words"),
}


@dataclass(frozen=True)
class _Happened:
    """A step at its moment."""

    moment: float
    evidence: tuple[Evidence, ...]


class Step(BaseModel):
    """Something that happens in a contact: any of the events and phrases.

    Attributes:
        events: ``authentication`` (``minimum`` different identifiers given), ``hold_start``,
            ``hold_end``, ``agent_starts``, ``customer_starts``.
        phrases: Phrase sets; saying one of them is the step.
        speaker: Who says the phrases.
        minimum: How many different identifiers make a complete authentication.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: tuple[Event, ...] = ()
    phrases: tuple[str, ...] = ()
    speaker: Speaker = "agent"
    minimum: int = Field(default=2, ge=1)

    _known = field_validator("phrases")(known_phrases)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.events and not self.phrases:
            raise ValueError("got neither events nor phrases, expected one of them")
        return self

    @property
    def label(self) -> Bilingual:
        """What a reader is told of the step."""
        parts = [_EVENTS[event] for event in self.events]
        parts += [about((name,)) for name in self.phrases]
        return both(" / ".join(p.fr for p in parts), " / ".join(p.en for p in parts))

    def first(self, contact: Contact) -> _Happened | None:
        """Find when it happens first; None when it never does."""
        found = [one for event in self.events for one in _happens(event, contact, self.minimum)]
        for name in self.phrases:
            mentions = contact.find(name, self.speaker)
            found += [_Happened(one.moment, (one.evidence,)) for one in mentions[:1]]
        return min(found, key=lambda one: one.moment, default=None)


class Order(Detector):
    """One step comes before another.

    First the one and then the other gives 1; the other without the one before it gives 0 and
    proposes the eliminatory condition. Where the other never happens the question does not
    apply.

    Attributes:
        first: What has to come first.
        then: What must not come before it.
    """

    kind: Literal["order"]
    first: Step
    then: Step

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        one, other = self.first.label, self.then.label
        after = self.then.first(contact)
        if after is None:
            reason = both(f"{other.fr} : n'a pas lieu.", f"{other.en}: does not happen.")
            return not_applicable(reason, contact.first_words(), confidence=0.7)
        before = self.first.first(contact)
        if before is None:
            reason = both(
                f"{other.fr} ({_when(contact, after, 'fr')}) sans : {one.fr}.",
                f"{other.en} ({_when(contact, after, 'en')}) without: {one.en}.",
            )
            return scored(0, reason, *after.evidence, confidence=0.6, eliminatory=True)
        in_order = before.moment < after.moment
        reason = both(
            f"{one.fr} ({_when(contact, before, 'fr')}) {'avant' if in_order else 'après'} : "
            f"{other.fr} ({_when(contact, after, 'fr')}).",
            f"{one.en} ({_when(contact, before, 'en')}) {'before' if in_order else 'after'}: "
            f"{other.en} ({_when(contact, after, 'en')}).",
        )
        return scored(
            1 if in_order else 0,
            reason,
            *before.evidence,
            *after.evidence,
            confidence=0.75 if in_order else 0.7,
            eliminatory=not in_order,
        )


def _happens(event: Event, contact: Contact, minimum: int) -> list[_Happened]:
    if event == "authentication":
        return _authentication(contact, minimum)
    if event in ("agent_starts", "customer_starts"):
        turns = contact.turns("agent" if event == "agent_starts" else "customer")
        quoted = [(contact.moment(turn), quote_start(turn)) for turn in turns[:1]]
        return [_Happened(moment, (words,)) for moment, words in quoted if words is not None]
    spoken = contact.metrics.spoken
    found = []
    for hold in spoken.holds if spoken else ():
        if event == "hold_start":
            turns = [t for t in contact.conversation.turns if contact.moment(t) < hold.start_s]
            words = hold.announced_by or next(
                (q for q in map(quote_end, reversed(turns)) if q is not None), None
            )
        else:
            turns = [t for t in contact.conversation.turns if (t.end_s or 0.0) > hold.end_s]
            words = hold.thanked_by or next(
                (q for q in map(quote_start, turns) if q is not None), None
            )
        if words is not None:
            moment = hold.start_s if event == "hold_start" else hold.end_s
            found.append(_Happened(moment, (words,)))
    return found


def _authentication(contact: Contact, minimum: int) -> list[_Happened]:
    """Find when the customer has given enough different identifiers."""
    given: dict[str, tuple[float, Evidence]] = {}
    for one in find_identifiers(contact):
        answer = contact.next_turn(one.moment, "customer") if one.asked else None
        if one.asked and answer is None:
            continue
        moment = contact.moment(answer) if answer is not None else one.moment
        if one.element not in given or moment < given[one.element][0]:
            given[one.element] = (moment, one.evidence)
    complete = sorted(given.values(), key=lambda item: item[0])[:minimum]
    if len(complete) < minimum:
        return []
    return [_Happened(complete[-1][0], tuple(evidence for _, evidence in complete))]


def _when(contact: Contact, happened: _Happened, language: str) -> str:
    """Say when: seconds on recordings, otherwise the message's number from 1."""
    if contact.timed:
        text = f"{happened.moment:.1f} s"
        return text.replace(".", ",") if language == "fr" else text
    return f"message {int(happened.moment) + 1}"
