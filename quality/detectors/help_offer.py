"""Does the agent invite the customer to say what brings them?"""

from __future__ import annotations

from typing import Literal

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, scored


class HelpOffer(Detector):
    """Help is offered in the opening.

    In the agent's first words gives 1; later, when the customer has begun to explain, 0.5.

    Attributes:
        within_s: Seconds from the agent's first word; a longer first turn counts whole.
        late_s: Seconds from the agent's first word up to which it is late.
    """

    kind: Literal["help_offer"]
    within_s: float = 15.0
    late_s: float = 30.0

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        until = contact.opening_end(self.within_s)
        first = contact.turns("agent")[0]
        said = contact.find("help_offer")
        for mention in said:
            if mention.moment < until or mention.turn.index == first.index:
                reason = both("Offre d'écoute à l'accueil.", "Help offered in the opening.")
                return scored(1, reason, mention.evidence, confidence=0.9)
        weak = [*said, *contact.find("help_offer_weak")]
        limit = contact.opening_end(self.late_s)
        for mention in sorted(weak, key=lambda one: one.moment):
            if mention.moment < limit:
                reason = both(
                    "Invitation à parler, mais tardive ou sans vraie offre d'écoute.",
                    "Invitation to speak, but late or without a real offer of help.",
                )
                return scored(0.5, reason, mention.evidence, confidence=0.65)
        reason = both("Aucune offre d'écoute à l'accueil.", "No offer of help in the opening.")
        return scored(0, reason, contact.first_words(), confidence=0.75)
