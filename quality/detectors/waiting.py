"""Are waits and transfers announced, explained and thanked for?"""

from __future__ import annotations

from typing import Literal

from conversation import Evidence
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, Value, both, not_applicable, not_assessable, scored
from quality.moments import quote_start
from quality.silences import LONG_SILENCE_S, Hold

_REASON_WITHIN_S = 15.0


class HoldAndTransfer(Detector):
    """Each hold is announced, explained and thanked for; each transfer announced and explained.

    All of it gives 1; something missing 0.5; a hold of more than 10 s that nobody announced 0.
    The worst one counts. Without hold and transfer the question does not apply.
    """

    kind: Literal["hold_and_transfer"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        spoken = contact.metrics.spoken
        if spoken is None:
            return not_assessable(
                both(
                    "Il faut un enregistrement avec ses temps pour voir les attentes.",
                    "It takes a recording with its times to see the waits.",
                )
            )
        transfers = contact.find("transfer")
        if not spoken.holds and not transfers:
            return not_applicable(
                both("Ni mise en attente ni transfert.", "Neither hold nor transfer."),
                confidence=0.8,
            )
        judged = [self._judge_hold(contact, hold) for hold in spoken.holds]
        judged += [self._judge_transfer(contact, transfer) for transfer in transfers]
        return min(judged, key=lambda finding: finding.value or 0)

    @staticmethod
    def _judge_hold(contact: Contact, hold: Hold) -> Finding:
        if hold.announced_by is None:
            value: Value = 0 if hold.silence_s > LONG_SILENCE_S else 0.5
            reason = both(
                f"Attente de {hold.length_s:.0f} s jamais annoncée.",
                f"A wait of {hold.length_s:.0f} s, never announced.",
            )
            after = _words_after(contact, hold)
            return scored(value, reason, hold.thanked_by, after, confidence=0.7)
        missing = [
            text
            for text, present in (
                (both("motif", "reason"), hold.reason),
                (both("remerciement au retour", "thanks on return"), hold.thanked_by),
            )
            if present is None
        ]
        evidence = (hold.announced_by, hold.reason, hold.thanked_by)
        if not missing:
            reason = both(
                "Attente annoncée, motivée et suivie d'un remerciement.",
                "Wait announced, explained and followed by thanks.",
            )
            return scored(1, reason, *evidence, confidence=0.75)
        lacking = both(
            " ni ".join(text.fr for text in missing), " nor ".join(text.en for text in missing)
        )
        reason = both(
            f"Attente annoncée, mais sans {lacking.fr}.",
            f"Wait announced, but without {lacking.en}.",
        )
        return scored(0.5, reason, *evidence, confidence=0.65)

    @staticmethod
    def _judge_transfer(contact: Contact, transfer: Mention) -> Finding:
        reasons = [
            mention.evidence
            for mention in contact.find("wait_reason")
            if mention.turn.index == transfer.turn.index
            or abs(mention.moment - transfer.moment) < _REASON_WITHIN_S
        ]
        if reasons:
            reason = both("Transfert annoncé et motivé.", "Transfer announced and explained.")
            return scored(1, reason, transfer.evidence, reasons[0], confidence=0.7)
        reason = both("Transfert annoncé, mais sans motif.", "Transfer announced, not explained.")
        return scored(0.5, reason, transfer.evidence, confidence=0.6)


def _words_after(contact: Contact, hold: Hold) -> Evidence | None:
    """Quote whoever speaks first after a wait."""
    turns = [t for t in contact.conversation.turns if t.text.strip() and t.end_s is not None]
    after = next((t for t in turns if t.end_s is not None and t.end_s > hold.end_s), None)
    return quote_start(after) if after else None
