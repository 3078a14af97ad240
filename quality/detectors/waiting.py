"""Are waits and transfers announced, explained and thanked for?"""

from __future__ import annotations

from typing import Literal

from conversation import Evidence
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, Value, both, not_applicable, not_assessable, scored
from quality.moments import quote_start
from quality.silences import Hold
from quality.utterances import keys

_BEFORE_S = 20.0
_AFTER_S = 15.0
_THANKS_WORDS = 14
_REASON_WORDS = 4


class HoldAndTransfer(Detector):
    """Each hold is announced, explained and thanked for; each transfer announced and explained.

    All of it gives 1; announced with something missing 0.5; a wait that nobody announced, or
    that a bare "un instant" announced without reason and thanks, 0. Saying what one looks up
    does not ask the customer to wait. The worst one counts, but beside a perfect one 0.5. Without
    hold and transfer the question does not apply.
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
        judged += [
            self._judge_transfer(contact, transfer)
            for transfer in transfers
            if not any(abs(hold.start_s - transfer.moment) < _BEFORE_S for hold in spoken.holds)
        ]
        worst = min(judged, key=lambda finding: finding.value or 0)
        if worst.value == 0 and any(finding.value == 1 for finding in judged):
            reason = both(
                f"{worst.reason.fr} Une autre attente est bien menée.",
                f"{worst.reason.en} Another wait is well handled.",
            )
            return scored(0.5, reason, *worst.evidence, confidence=0.6)
        return worst

    @staticmethod
    def _judge_hold(contact: Contact, hold: Hold) -> Finding:
        since = hold.start_s - _BEFORE_S
        asked = contact.find("hold_announcement", since=since, until=hold.start_s + 1)
        asked += contact.find("transfer", since=since, until=hold.start_s + 1)
        barely = contact.find("hold_minimal", since=since, until=hold.start_s + 1)
        asked = [m for m in asked if (m.turn.index, m.sentence) not in keys(barely)]
        reasons = [
            mention
            for name in ("wait_reason", "search_announcement", "transfer_reason")
            for mention in contact.find(name, since=since, until=hold.start_s + 1)
        ]
        reasons += [mention for mention in asked if _says_why(contact, mention)]
        thanks = hold.thanked_by or _thanked(contact, hold)
        words = [m[-1].evidence for m in (asked or barely, reasons) if m]
        if not asked and not barely:
            value: Value = 0.5 if reasons and thanks else 0
            reason = both(
                f"Attente de {hold.length_s:.0f} s jamais annoncée.",
                f"A wait of {hold.length_s:.0f} s, never announced.",
            )
            after = _words_after(contact, hold)
            return scored(value, reason, *words, thanks, after, confidence=0.7)
        missing = [
            text
            for text, present in (
                (both("motif", "reason"), reasons),
                (both("remerciement au retour", "thanks on return"), thanks),
            )
            if not present
        ]
        if not missing:
            reason = both(
                "Attente annoncée, motivée et suivie d'un remerciement.",
                "Wait announced, explained and followed by thanks.",
            )
            return scored(1, reason, *words, thanks, confidence=0.8)
        lacking = both(
            " ni ".join(text.fr for text in missing), " nor ".join(text.en for text in missing)
        )
        reason = both(
            f"Attente annoncée, mais sans {lacking.fr}.",
            f"Wait announced, but without {lacking.en}.",
        )
        value = 0 if not asked and len(missing) == 2 else 0.5
        return scored(value, reason, *words, thanks, confidence=0.6)

    @staticmethod
    def _judge_transfer(contact: Contact, transfer: Mention) -> Finding:
        reasons = [
            mention.evidence
            for name in ("wait_reason", "transfer_reason")
            for mention in contact.find(name)
            if mention.turn.index == transfer.turn.index
            or abs(mention.moment - transfer.moment) < _AFTER_S
        ]
        if reasons:
            reason = both("Transfert annoncé et motivé.", "Transfer announced and explained.")
            return scored(1, reason, transfer.evidence, reasons[0], confidence=0.7)
        reason = both("Transfert annoncé, mais sans motif.", "Transfer announced, not explained.")
        return scored(0.5, reason, transfer.evidence, confidence=0.6)


def _says_why(contact: Contact, announcement: Mention) -> bool:
    """Whether the sentence of an announcement says more than the asking: what is being done."""
    tokens = contact.text(announcement.turn).tokens
    others = [
        token
        for token in tokens
        if token.sentence == announcement.sentence
        and not announcement.start <= token.start < announcement.end
    ]
    return len(others) >= _REASON_WORDS


def _thanked(contact: Contact, hold: Hold) -> Evidence | None:
    """Find thanks among the agent's first words after a wait."""
    back = [
        turn
        for turn in contact.turns("agent")
        if turn.end_s is not None
        and hold.end_s - 1 <= contact.moment(turn) <= hold.end_s + _AFTER_S
    ]
    if not back:
        return None
    tokens = contact.text(back[0]).tokens[:_THANKS_WORDS]
    limit = tokens[-1].end if tokens else 0
    for name in ("wait_thanks", "thanks"):
        for mention in contact.find(name):
            if mention.turn.index == back[0].index and mention.start < limit:
                return mention.evidence
    return None


def _words_after(contact: Contact, hold: Hold) -> Evidence | None:
    """Quote whoever speaks first after a wait."""
    turns = [t for t in contact.conversation.turns if t.text.strip() and t.end_s is not None]
    after = next((t for t in turns if t.end_s is not None and t.end_s > hold.end_s), None)
    return quote_start(after) if after else None
