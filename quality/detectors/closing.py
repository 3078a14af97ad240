"""Does the agent take leave, with thanks and by name?"""

from __future__ import annotations

from typing import Literal

from quality.contact import Contact
from quality.detectors.base import Detector, joined
from quality.findings import Finding, both, scored


class Farewell(Detector):
    """Goodbye, thanks and the customer's name in the closing.

    All three give 1; a goodbye without the others 0.5; no goodbye 0.
    """

    kind: Literal["farewell"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        since = contact.closing_start()
        found = {
            "farewell": contact.find("farewell", since=since),
            "thanks": contact.find("thanks", since=since),
            "name": contact.name_uses(since=since),
        }
        labels = {
            "farewell": both("prise de congé", "goodbye"),
            "thanks": both("remerciement", "thanks"),
            "name": both("nom du client", "customer's name"),
        }
        evidence = [mentions[-1].evidence for mentions in found.values() if mentions]
        if all(found.values()):
            reason = both(
                "Prise de congé personnalisée avec remerciement.",
                "Personal goodbye with thanks.",
            )
            return scored(1, reason, *evidence, confidence=0.85)
        missing = joined([labels[name] for name, mentions in found.items() if not mentions])
        if found["farewell"]:
            reason = both(
                f"Prise de congé, mais manque : {missing.fr}.",
                f"Goodbye, but missing: {missing.en}.",
            )
            return scored(0.5, reason, *evidence, confidence=0.75)
        reason = both(
            "Aucune prise de congé de l'agent en fin de contact.",
            "No goodbye from the agent in the closing.",
        )
        return scored(0, reason, contact.last_words(), confidence=0.7)
