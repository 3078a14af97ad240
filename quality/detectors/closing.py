"""Does the agent take leave, with thanks and by name?"""

from __future__ import annotations

from typing import Literal

from quality.contact import Contact, Mention
from quality.detectors.base import Detector, joined
from quality.findings import Finding, both, scored

_SHORT_TURN_WORDS = 6


class Farewell(Detector):
    """Thanks and a personal word when taking leave.

    Personal is the customer's name or a wish of their own ("bon voyage", "good luck with …").
    Both give 1; one of them, or a bare good wish, 0.5; a curt goodbye, or none, 0.
    """

    kind: Literal["farewell"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        since = _last_words(contact)
        names = contact.name_uses(since=since)
        wishes = contact.find("personal_wish", since=since)
        found: dict[str, list[Mention]] = {
            "thanks": contact.find("thanks", since=since),
            "personal": [*names, *wishes],
        }
        goodbye = contact.find("farewell", since=since)
        labels = {
            "thanks": both("remerciement", "thanks"),
            "personal": both("nom du client ou mot personnel", "customer's name or own word"),
        }
        evidence = [mentions[-1].evidence for mentions in (goodbye, *found.values()) if mentions]
        if all(found.values()):
            reason = both(
                "Prise de congé personnalisée avec remerciement.",
                "Personal goodbye with thanks.",
            )
            return scored(1, reason, *evidence, confidence=0.85)
        missing = joined([labels[name] for name, mentions in found.items() if not mentions])
        if any(found.values()):
            reason = both(
                f"Prise de congé, mais manque : {missing.fr}.",
                f"Goodbye, but missing: {missing.en}.",
            )
            return scored(0.5, reason, *evidence, confidence=0.75)
        wished = contact.find("good_wish", since=since)
        if wished:
            reason = both(
                "Un souhait convenu, sans remerciement ni mot personnel.",
                "A set wish, without thanks or a personal word.",
            )
            return scored(0.5, reason, wished[-1].evidence, confidence=0.6)
        reason = both(
            "Ni remerciement ni mot personnel en prenant congé.",
            "Neither thanks nor a personal word when taking leave.",
        )
        return scored(0, reason, *evidence, contact.last_words(), confidence=0.75)


def _last_words(contact: Contact) -> float:
    """Tell where taking leave starts: the last turn, and the one before a very short one."""
    if not contact.timed:
        return contact.closing_start()
    turns = contact.turns("agent")
    last = turns[-1]
    if len(turns) > 1 and len(contact.text(last).tokens) < _SHORT_TURN_WORDS:
        last = turns[-2]
    return contact.moment(last)
