"""How the agent words it: positive vocabulary, empathy, care in writing."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from conversation import Evidence
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, not_assessable, scored
from quality.moments import quote, quote_start
from quality.spurts import count_words

_SHOWN = 5
_SHOUTED = re.compile(r"\b[A-ZÀÂÇÉÈÊËÎÏÔÙÛÜ]{4,}(?:\s+[A-ZÀÂÇÉÈÊËÎÏÔÙÛÜ]{2,}){2,}")
_REPEATED_MARKS = re.compile(r"(?<!\S)\S*[!?]{3,}|(?<!\S)\S+\s[!?]{3,}")
_HEAVY = 0.25
_BAD = 2.5


class PositiveWording(Detector):
    """The agent stays courteous and avoids words that weigh ("mots noirs").

    Strong ones count 1, heavy wording 0.25 (the list is contested, and context decides). Two and
    a half for ``words_per_slip`` words of the agent give 0, one and more 0.5, fewer 1; without a
    single polite phrase 0.5 at most. What the agent quotes does not count.

    Attributes:
        words_per_slip: How many words of the agent make up for one slip.
    """

    kind: Literal["positive_wording"]
    words_per_slip: int = Field(default=300, gt=0)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        reported = {one.key for one in contact.utterances() if one.is_reported}
        strong, heavy = (
            [m for m in contact.find(name) if (m.turn.index, m.sentence) not in reported]
            for name in ("black_words", "heavy_wording")
        )
        polite = contact.find("courtesy")
        words = sum(count_words(turn.text) for turn in contact.turns("agent"))
        allowed = max(1.0, words / self.words_per_slip)
        slips = len(strong) + _HEAVY * len(heavy)
        shown = [mention.evidence for mention in (*strong, *heavy)][:_SHOWN]
        counted = both(
            f"Mots noirs : {len(strong)}, tournures pesantes : {len(heavy)}, en {words} mots",
            f"Negative wordings: {len(strong)}, heavy ones: {len(heavy)}, in {words} words",
        )
        if slips >= _BAD * allowed:
            reason = both(f"{counted.fr}.", f"{counted.en}.")
            return scored(0, reason, *shown, confidence=0.55)
        if slips >= allowed:
            reason = both(f"{counted.fr}.", f"{counted.en}.")
            return scored(0.5, reason, *shown, confidence=0.55)
        if not polite:
            reason = both(
                f"{counted.fr}, mais aucune formule de politesse.",
                f"{counted.en}, but no polite phrase.",
            )
            return scored(0.5, reason, *shown, contact.first_words(), confidence=0.6)
        reason = both(
            f"{counted.fr} ; formules de politesse : {len(polite)}.",
            f"{counted.en}; polite phrases: {len(polite)}.",
        )
        courtesy = [mention.evidence for mention in polite[:2]]
        return scored(1, reason, *courtesy, *shown, confidence=0.65)


class Empathy(Detector):
    """The agent acknowledges in words a difficulty that the customer expresses.

    Acknowledged after it gives 1; words taken back at once ("je comprends, mais …") or an apology
    in the next turn 0.5; neither 0. What the agent says of themselves, irony, and an apology for
    the line or the wait are no empathy. Without a difficulty the question does not apply. Read
    from words alone.
    """

    kind: Literal["empathy"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        moments = self._difficulties(contact)
        customer = contact.turns("customer")
        since = contact.moment(customer[0]) if customer else 0.0
        own = {m.turn.index for m in contact.find("own_trouble")}
        empathy = [m for m in contact.find("empathy", since=since) if m.turn.index not in own]
        if not moments and not empathy:
            return self._no_difficulty(contact)
        difficulty = moments[0][1] if moments else contact.first_words("customer")
        if empathy:
            reason = both(
                "Difficulté du client reconnue en paroles.",
                "The customer's difficulty is acknowledged in words.",
            )
            return scored(1, reason, difficulty, empathy[0].evidence, confidence=0.7)
        halved = contact.find("half_empathy", since=since) + self._apologies(contact, moments)
        if halved:
            reason = both(
                "Excuses ou mots convenus, sans reconnaître ce que vit le client.",
                "Apology or set words, without acknowledging what the customer lives through.",
            )
            return scored(0.5, reason, difficulty, halved[0].evidence, confidence=0.55)
        reason = both(
            "Difficulté exprimée, aucune parole d'empathie ensuite.",
            "Difficulty expressed, no words of empathy afterwards.",
        )
        return scored(0, reason, difficulty, confidence=0.55)

    @staticmethod
    def _difficulties(contact: Contact) -> list[tuple[float, Evidence]]:
        found = [(m.moment, m.evidence) for m in contact.find("difficulty", "customer")]
        told = {evidence.turn_index for _, evidence in found}
        for index in contact.negative_turns or ():
            words = quote_start(contact.conversation.turns[index])
            if words is not None and index not in told:
                found.append((contact.moment(contact.conversation.turns[index]), words))
        return sorted(found, key=lambda pair: pair[0])

    @staticmethod
    def _apologies(contact: Contact, moments: list[tuple[float, Evidence]]) -> list[Mention]:
        """Find apologies in the agent's turn right after a difficulty."""
        replies = {
            turn.index
            for moment, _ in moments
            if (turn := contact.next_turn(moment, "agent")) is not None
        }
        return [m for m in contact.find("apology") if m.turn.index in replies]

    @staticmethod
    def _no_difficulty(contact: Contact) -> Finding:
        if contact.negative_turns is None:
            return not_assessable(
                both(
                    "Aucune difficulté reconnue, et le ressenti du client n'a pas été lu.",
                    "No difficulty recognised, and the customer's sentiment was not read.",
                )
            )
        return not_applicable(
            both("Le client n'exprime aucune difficulté.", "The customer expresses no difficulty."),
            confidence=0.45,
        )


class WrittenCare(Detector):
    """The agent's messages keep the forms of writing.

    Capitals, repeated marks, abbreviations and frequent mistakes that a list can tell: none gives
    1, one or two 0.5, more 0. It is no spelling checker.
    """

    kind: Literal["written_care"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        faults = [mention.evidence for mention in contact.find("spelling_faults")]
        for turn in contact.turns("agent"):
            for pattern in (_SHOUTED, _REPEATED_MARKS):
                faults += [quote(turn, m.start(), m.end()) for m in pattern.finditer(turn.text)]
        if not faults:
            reason = both(
                "Aucune faute visible pour les règles (capitales, abréviations, ponctuation "
                "répétée, fautes fréquentes) ; l'orthographe reste à relire.",
                "No fault that the rules can see (capitals, abbreviations, repeated marks, "
                "frequent mistakes); spelling remains to be read.",
            )
            return scored(1, reason, contact.first_words(), confidence=0.5)
        reason = both(
            f"Fautes ou familiarités d'écriture : {len(faults)}.",
            f"Faults or liberties of writing: {len(faults)}.",
        )
        if len(faults) <= 2:
            return scored(0.5, reason, *faults, confidence=0.6)
        return scored(0, reason, *faults[:_SHOWN], confidence=0.65)
