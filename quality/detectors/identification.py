"""Does the agent find out who calls, and before anything is told or changed?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, scored
from quality.identity import (
    KNOWLEDGE,
    birth_read_out,
    find_disclosure,
    find_given,
    find_identifiers,
    names_in_use,
)

_AFTER = both("Authentification après la divulgation.", "Authentication after the disclosure.")
_NEVER = both(
    "Divulgation sans authentification entendue ; a-t-elle été faite avant ce contact ?",
    "Disclosure without any authentication heard; was it done before this contact?",
)

_OWN = frozenset({"mon", "ma", "mes", "notre", "nos", "my", "our"})


class Identification(Detector):
    """The customer is identified and called by name.

    Both give 1; one of them 0.5; a file that is spoken of without asking who calls, or neither,
    0. Without a file the question does not apply.
    """

    kind: Literal["identification"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        asked = [one for one in find_identifiers(contact) if one.asked]
        given = find_given(contact)
        identifiers = asked or given
        customer = contact.turns("customer")
        uses = names_in_use(contact, contact.moment(customer[0])) if customer else []
        known = asked or [
            one for one in given if one.element != "identity_name" or not contact.timed
        ]
        if known and uses:
            reason = both(
                "Client identifié et appelé par son nom.",
                "Customer identified and called by name.",
            )
            return scored(1, reason, identifiers[0].evidence, uses[0].evidence, confidence=0.8)
        if identifiers and not uses:
            reason = both(
                "Client identifié, mais jamais appelé par son nom.",
                "Customer identified, but never called by name.",
            )
            return scored(0.5, reason, identifiers[0].evidence, confidence=0.7)
        if uses:
            reason = both(
                "Client appelé par son nom sans question d'identification.",
                "Customer called by name without a question to identify them.",
            )
            return scored(1, reason, uses[0].evidence, confidence=0.6)
        disclosed = find_disclosure(contact)
        if disclosed is not None:
            reason = both(
                "Dossier consulté ou modifié sans demander qui appelle.",
                "File spoken of or changed without asking who calls.",
            )
            return scored(0, reason, disclosed.evidence, confidence=0.6)
        if not _speaks_of_own_matters(contact):
            return not_applicable(
                both(
                    "Aucun dossier évoqué, aucune identification.",
                    "No file spoken of, nobody identified.",
                ),
                contact.first_words(),
                confidence=0.5,
            )
        return scored(
            0,
            both(
                "Aucune identification du client ni du dossier.",
                "Neither the customer nor the file is identified.",
            ),
            contact.first_words(),
            confidence=0.5,
        )


def _speaks_of_own_matters(contact: Contact) -> bool:
    """Whether the customer talks of something of their own: a file there must be."""
    return any(
        token.form in _OWN
        for turn in contact.turns("customer")
        for token in contact.text(turn).tokens
    )


class AuthenticationOrder(Detector):
    """Identifiers come before anything is disclosed or changed.

    Complete is what the customer gives in ``minimum`` different elements, one of which only they
    would know (date of birth, address, e-mail, a recent operation …), and gives 1. Fewer, or
    answers that the agent reads out, give 0.5; none before something is told or changed 0.

    Attributes:
        minimum: How many different identifiers make a complete authentication.
    """

    kind: Literal["authentication_order"]
    minimum: int = Field(default=2, ge=1)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        first = find_disclosure(contact)
        until = first.moment if first is not None else float("inf")
        given = find_given(contact)
        before = {one.element: one for one in reversed(given) if one.moment < until}
        evidence = [one.evidence for one in sorted(before.values(), key=lambda one: one.moment)]
        known = KNOWLEDGE.intersection(before)
        read_out = birth_read_out(contact)
        if read_out is not None and known:
            reason = both(
                "L'agent donne lui-même les réponses qu'il devait demander.",
                "The agent gives the answers that had to be asked for.",
            )
            return scored(0.5, reason, read_out, *evidence, confidence=0.5)
        if len(before) >= self.minimum and known:
            reason = both(
                f"Éléments d'identité donnés avant toute divulgation : {len(before)}.",
                f"Identifiers given before any disclosure: {len(before)}.",
            )
            told = first.evidence if first is not None else None
            return scored(1, reason, *evidence, told, confidence=0.55)
        if first is None and not before:
            reason = both(
                "Aucune divulgation ni modification reconnue dans les paroles de l'agent.",
                "No disclosure or change recognised in the agent's words.",
            )
            return not_applicable(reason, *evidence[:1], contact.first_words(), confidence=0.5)
        told = first.evidence if first is not None else None
        later = next((one for one in given if one.moment > until), None)
        if before:
            reason = both(
                f"Authentification incomplète avant de divulguer : {len(before)} élément(s), "
                f"attendus {self.minimum} dont un que seul le client connaît.",
                f"Incomplete authentication before disclosing: {len(before)} element(s), "
                f"expected {self.minimum}, one that only the customer knows.",
            )
            return scored(0.5, reason, *evidence, told, confidence=0.5)
        reason = _AFTER if later else _NEVER
        asked = later.evidence if later else None
        confidence = 0.5 if later else 0.45
        return scored(0, reason, told, asked, confidence=confidence, eliminatory=True)
