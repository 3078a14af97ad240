"""Are the statements made that this contact calls for?"""

from __future__ import annotations

from typing import Literal

from conversation import Evidence
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, Value, both, not_applicable, scored

_PRICE_BEFORE_S = 25.0


class MandatoryStatements(Detector):
    """In a sale the price and the right to withdraw are said; elsewhere the recording.

    In a sale both give 1, one of them 0.5, neither 0; what is missing may eliminate. A cost that
    the customer asks for, or that the agent hints at, and that is never given is 0. Otherwise an
    announced recording gives 1, and without it the question does not apply.
    """

    kind: Literal["mandatory_statements"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        sale = self._sale(contact)
        price = contact.find("price_notice")
        if sale and sale[0].start_s is not None:
            # An amount of the bill that was talked about before is no price of what is sold.
            price = [m for m in price if m.moment >= sale[0].start_s - _PRICE_BEFORE_S]
        withdrawal = contact.find("withdrawal_notice")
        recording = contact.find("recording_notice")
        if sale or withdrawal:
            said = [m[0].evidence for m in (price, withdrawal, recording) if m]
            if price and withdrawal:
                reason = both(
                    "Vente : prix et droit de rétractation énoncés.",
                    "Sale: price and right to withdraw stated.",
                )
                return scored(1, reason, *sale, *said, confidence=0.7)
            missing_fr = [
                name for name, m in (("prix", price), ("rétractation", withdrawal)) if not m
            ]
            missing_en = [
                name for name, m in (("price", price), ("withdrawal", withdrawal)) if not m
            ]
            reason = both(
                f"Vente sans : {', '.join(missing_fr)}.", f"Sale without: {', '.join(missing_en)}."
            )
            value: Value = 0.5 if price or withdrawal else 0
            return scored(value, reason, *sale, *said, confidence=0.55, eliminatory=True)
        hidden = self._hidden_cost(contact)
        if hidden is not None:
            reason = both(
                "Un coût est demandé ou évoqué, sans être donné.",
                "A cost is asked for or hinted at, and never given.",
            )
            return scored(0, reason, hidden, confidence=0.5)
        if recording:
            reason = both("Enregistrement annoncé.", "Recording announced.")
            return scored(1, reason, recording[0].evidence, confidence=0.75)
        return not_applicable(
            both("Ni vente ni enregistrement annoncé.", "Neither a sale nor a recording notice."),
            confidence=0.6,
        )

    @staticmethod
    def _hidden_cost(contact: Contact) -> Evidence | None:
        """Find a question for a cost, or a hint at one, after which none is said."""
        hints = contact.find("cost_hint")
        asked = [
            mention
            for mention in contact.find("cost_question", "customer")
            if contact.is_question(mention)
        ]
        for mention in sorted([*hints, *asked], key=lambda one: one.moment):
            named = contact.find("cost_named", since=mention.moment)
            if not named:
                return mention.evidence
        return None

    @staticmethod
    def _sale(contact: Contact) -> list[Evidence]:
        """Find an offer and the words that conclude it."""
        offers = contact.find("sale_offer")
        for offer in offers:
            closed = contact.find("sale_done", since=offer.moment)
            if closed:
                return [offer.evidence, closed[0].evidence]
        return []
