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
_REPEATED_MARKS = re.compile(r"\S*[!?]{3,}|\S+\s[!?]{3,}")
_EMPATHY_WITHIN_TURNS = 2


class PositiveWording(Detector):
    """The agent stays courteous and avoids words that weigh ("mots noirs").

    Strong ones count 1, heavy wording 0.5. Below one for ``words_per_slip`` words of the agent
    (one at least) the value is 1, from three times as many on 0, between them 0.5; without a
    single polite phrase 0.5 at most.

    Attributes:
        words_per_slip: How many words of the agent make up for one slip.
    """

    kind: Literal["positive_wording"]
    words_per_slip: int = Field(default=300, gt=0)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        strong = contact.find("black_words")
        heavy = contact.find("heavy_wording")
        polite = contact.find("courtesy")
        words = sum(count_words(turn.text) for turn in contact.turns("agent"))
        allowed = max(1.0, words / self.words_per_slip)
        slips = len(strong) + 0.5 * len(heavy)
        shown = [mention.evidence for mention in (*strong, *heavy)][:_SHOWN]
        counted = both(
            f"Mots noirs : {len(strong)}, tournures pesantes : {len(heavy)}, en {words} mots",
            f"Negative wordings: {len(strong)}, heavy ones: {len(heavy)}, in {words} words",
        )
        if slips >= 3 * allowed:
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

    Acknowledged in the agent's next two turns gives 1, only an apology for it 0.5, neither 0.
    Without a difficulty the question does not apply. Read from words alone.
    """

    kind: Literal["empathy"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        difficulties = contact.find("difficulty", "customer")
        moments = [(d.moment, d.evidence) for d in difficulties]
        for index in contact.negative_turns or ():
            turn = contact.conversation.turns[index]
            if not any(d.turn.index == index for d in difficulties):
                words = quote_start(turn)
                if words is not None:
                    moments.append((contact.moment(turn), words))
        if not moments:
            return self._no_difficulty(contact)
        moments.sort(key=lambda pair: pair[0])
        empathy = self._first_reply(contact, moments, "empathy")
        if empathy is not None:
            reason = both(
                "Difficulté du client reconnue en paroles.",
                "The customer's difficulty is acknowledged in words.",
            )
            return scored(1, reason, *empathy, confidence=0.7)
        apology = self._first_reply(contact, moments, "apology")
        if apology is not None:
            reason = both(
                "Excuses présentées, sans reconnaître ce que vit le client.",
                "Apology made, without acknowledging what the customer lives through.",
            )
            return scored(0.5, reason, *apology, confidence=0.6)
        reason = both(
            "Difficulté exprimée, aucune parole d'empathie dans les deux tours suivants.",
            "Difficulty expressed, no words of empathy in the next two turns.",
        )
        return scored(0, reason, moments[0][1], confidence=0.6)

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
            confidence=0.65,
        )

    @staticmethod
    def _first_reply(
        contact: Contact, moments: list[tuple[float, Evidence]], name: str
    ) -> tuple[Evidence, Evidence] | None:
        """Find the phrases in the agent's next turns after any difficulty."""
        said: list[Mention] = contact.find(name)
        for moment, difficulty in moments:
            following = [t for t in contact.turns("agent") if contact.moment(t) > moment]
            limit = following[:_EMPATHY_WITHIN_TURNS]
            last = limit[-1].index if limit else -1
            reply = next((m for m in said if m.moment > moment and m.turn.index <= last), None)
            if reply is None and contact.timed:
                reply = next((m for m in said if 0 < m.moment - moment <= 15), None)
            if reply is not None:
                return difficulty, reply.evidence
        return None


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
