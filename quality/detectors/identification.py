"""Does the agent find out who calls, and before anything is told or changed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from conversation import Evidence
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_assessable, scored

IDENTITY_ELEMENTS = (
    "identity_name",
    "identity_number",
    "identity_birth",
    "identity_address",
    "identity_other",
)
_REQUEST_TO_ELEMENT_S = 8.0

_AFTER = both("Authentification après la divulgation.", "Authentication after the disclosure.")
_NEVER = both(
    "Divulgation sans authentification entendue ; a-t-elle été faite avant ce contact ?",
    "Disclosure without any authentication heard; was it done before this contact?",
)


@dataclass(frozen=True)
class Identifier:
    """One thing that tells who the customer is.

    Attributes:
        element: Which: name, number, date of birth, …
        moment: When it was asked for, or given unasked.
        evidence: The words.
        asked: Whether the agent asked for it.
    """

    element: str
    moment: float
    evidence: Evidence
    asked: bool


def find_identifiers(contact: Contact) -> list[Identifier]:
    """Find what the agent asked for and what the customer gave, in order."""
    requests = contact.find("request")
    found = [
        Identifier(element, mention.moment, mention.evidence, asked=True)
        for element in IDENTITY_ELEMENTS
        for mention in contact.find(element)
        if contact.is_question(mention)
        or any(_asks(contact, request, mention) for request in requests)
    ]
    for name, element in (("name_given", "identity_name"), ("number_given", "identity_number")):
        found += [
            Identifier(element, mention.moment, mention.evidence, asked=False)
            for mention in contact.find(name, "customer")
        ]
    return sorted(found, key=lambda identifier: identifier.moment)


def _asks(contact: Contact, request: Mention, element: Mention) -> bool:
    """Whether a request is about an element: before it in its sentence, or just before in time.

    Recognition may cut a sentence into two turns.
    """
    if request.turn.index == element.turn.index:
        return request.sentence == element.sentence and request.start <= element.start
    if not contact.timed:
        return False
    return 0 <= element.moment - request.moment <= _REQUEST_TO_ELEMENT_S


class Identification(Detector):
    """The customer is identified and called by name.

    Both give 1, one of them 0.5. Neither gives 0 when a file was spoken of all the same;
    otherwise the rules cannot tell whether the contact needed it.
    """

    kind: Literal["identification"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        identifiers = find_identifiers(contact)
        since = identifiers[0].moment if identifiers else float("-inf")
        uses = contact.name_uses(since=since)
        if identifiers and uses:
            reason = both(
                "Client identifié, puis appelé par son nom.",
                "Customer identified, then called by name.",
            )
            return scored(1, reason, identifiers[0].evidence, uses[0].evidence, confidence=0.8)
        if identifiers:
            reason = both(
                "Client identifié, mais jamais appelé par son nom ensuite.",
                "Customer identified, but never called by name afterwards.",
            )
            return scored(0.5, reason, identifiers[0].evidence, confidence=0.7)
        if uses:
            reason = both(
                "Client appelé par son nom sans question d'identification.",
                "Customer called by name without a question to identify them.",
            )
            return scored(0.5, reason, uses[0].evidence, confidence=0.6)
        disclosed = contact.find("disclosure")
        if disclosed:
            reason = both(
                "Dossier consulté ou modifié sans aucune identification entendue.",
                "File spoken of or changed without any identification heard.",
            )
            return scored(0, reason, disclosed[0].evidence, confidence=0.6)
        return not_assessable(
            both(
                "Aucune identification, et rien ne dit si ce contact en demandait une.",
                "No identification, and nothing tells whether this contact needed one.",
            ),
            contact.first_words(),
        )


class AuthenticationOrder(Detector):
    """Identifiers come before anything is disclosed or changed.

    Attributes:
        minimum: How many different identifiers make a complete authentication.
    """

    kind: Literal["authentication_order"]
    minimum: int = Field(default=2, ge=1)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        disclosed = contact.find("disclosure")
        if not disclosed:
            return not_assessable(
                both(
                    "Aucune divulgation ni modification reconnue dans les paroles de l'agent.",
                    "No disclosure or change recognised in the agent's words.",
                )
            )
        first = disclosed[0]
        identifiers = find_identifiers(contact)
        before = {
            one.element: one
            for one in reversed(identifiers)
            if one.moment < first.moment and self._answered(contact, one, first)
        }
        evidence = [one.evidence for one in sorted(before.values(), key=lambda one: one.moment)]
        if len(before) >= self.minimum:
            reason = both(
                f"Éléments d'identité avant la première divulgation : {len(before)}.",
                f"Identifiers before the first disclosure: {len(before)}.",
            )
            return scored(1, reason, *evidence, first.evidence, confidence=0.7)
        if before:
            reason = both(
                f"Éléments d'identité avant de divulguer : {len(before)} sur {self.minimum}.",
                f"Identifiers before disclosing: {len(before)} of {self.minimum}.",
            )
            return scored(0.5, reason, *evidence, first.evidence, confidence=0.55)
        later = next((one for one in identifiers if one.moment > first.moment), None)
        reason = _AFTER if later else _NEVER
        asked = later.evidence if later else None
        confidence = 0.65 if later else 0.45
        return scored(0, reason, first.evidence, asked, confidence=confidence, eliminatory=True)

    @staticmethod
    def _answered(contact: Contact, one: Identifier, disclosure: Mention) -> bool:
        """Whether the customer spoke between the question and the disclosure."""
        if not one.asked:
            return True
        answer = contact.next_turn(one.moment, "customer")
        return answer is not None and contact.moment(answer) < disclosure.moment
