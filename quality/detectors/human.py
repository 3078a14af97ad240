"""Questions that only a person decides."""

from __future__ import annotations

from typing import Literal

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_assessable

Because = Literal["meaning", "knowledge", "back_office", "telephony"]

_REASONS = {
    "meaning": both(
        "Demande de comprendre le sens de tout l'échange : à juger par une personne.",
        "Takes an understanding of the whole exchange: for a person to judge.",
    ),
    "knowledge": both(
        "Demande de comparer les réponses à la base de connaissances : à juger par une personne.",
        "Takes comparing the answers with the knowledge base: for a person to judge.",
    ),
    "back_office": both(
        "Demande de voir les dossiers et les suites données : à juger par une personne.",
        "Takes seeing the files and what was done afterwards: for a person to judge.",
    ),
    "telephony": both(
        "Demande de savoir qui a raccroché et ce qui a suivi : à juger par une personne.",
        "Takes knowing who hung up and what followed: for a person to judge.",
    ),
}


class Human(Detector):
    """The question is left to a person; it is never scored 0 for that.

    Attributes:
        because: What the rules lack.
    """

    needs_words = False
    needs_agent = False

    kind: Literal["human"]
    because: Because

    def decide(self, contact: Contact) -> Finding:  # noqa: ARG002 - whatever was said
        """Decide the question for one conversation."""
        return not_assessable(_REASONS[self.because])
