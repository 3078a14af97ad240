"""Does the agent add a useful tip or offer once the request is dealt with?"""

from __future__ import annotations

from typing import Literal

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, scored

_MIDDLE = 0.5


class ExtraAdvice(Detector):
    """A tip or an offer beyond the request, after it is dealt with.

    Afterwards gives 1; an offer pushed before the request is dealt with 0.5 when it is taken,
    otherwise 0. Without either the rules take it that nothing was called for.
    """

    kind: Literal["extra_advice"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        turns = contact.conversation.turns
        first, last = contact.moment(turns[0]), contact.moment(turns[-1])
        middle = first + _MIDDLE * (last - first)
        reported = {one.key for one in contact.utterances() if one.is_reported}
        tips = [
            mention
            for mention in contact.find("extra_tip")
            if mention.moment >= middle and (mention.turn.index, mention.sentence) not in reported
        ]
        early = [m for m in contact.find("sale_offer") if m.moment < middle]
        sold = contact.find("sale_done")
        if tips:
            reason = both(
                "Conseil ou service utile ajouté après le traitement.",
                "Useful tip or service added once the request is dealt with.",
            )
            return scored(1, reason, tips[0].evidence, confidence=0.5)
        if early:
            reason = both(
                "Offre faite avant que la demande soit traitée.",
                "Offer made before the request is dealt with.",
            )
            return scored(0.5 if sold else 0, reason, early[0].evidence, confidence=0.3)
        return not_applicable(
            both("Aucun rebond relevé.", "No extra advice or offer found."), confidence=0.2
        )
