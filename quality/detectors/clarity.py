"""Does the agent explain clearly, without jargon?"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from conversation import Evidence
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, scored
from quality.moments import quote

_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,6}(?![\w-])")
_EXPLAINED_AT_ONCE = re.compile(
    r",? ?(?:\(|c['’]est une? |c['’]est-à-dire |it['’]s an? |that['’]s an? |which is )",
    re.IGNORECASE,
)
_FIRST_WORDS = 12


class Clarity(Detector):
    """The customer can follow: no jargon, or jargon explained at once.

    A customer who says that they do not understand once gives 0.5 when an explanation follows,
    otherwise 0; twice 0. Abbreviations that the agent leaves unexplained, and that the
    customer did not use, give 0.5, and 0 where the customer at once asks back.

    Attributes:
        common: Abbreviations that everybody knows.
    """

    kind: Literal["clarity"]
    common: tuple[str, ...] = Field(default=())

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        first = contact.turns("customer")[:1]
        opening = first[0].index if first else -1
        lost = [m for m in contact.find("not_understood", "customer") if m.turn.index > opening]
        explained = contact.find("explanation")
        jargon = self._abbreviations(contact, {m.turn.index for m in explained})
        if lost:
            after = next((m for m in explained if m.moment > lost[0].moment), None)
            evidence = [mention.evidence for mention in lost]
            if after is not None and len(lost) == 1:
                reason = both(
                    "Le client ne comprend pas, l'explication vient ensuite.",
                    "The customer does not understand; the explanation follows.",
                )
                return scored(0.5, reason, *evidence, after.evidence, confidence=0.65)
            reason = both(
                "Le client dit ne pas comprendre les mots de l'agent.",
                "The customer says that they do not understand the agent's words.",
            )
            return scored(0, reason, *evidence, *jargon[:2], confidence=0.6)
        if jargon:
            reason = both(
                f"Sigles jamais expliqués : {len(jargon)}.",
                f"Abbreviations never explained: {len(jargon)}.",
            )
            asked_back = any(self._asks_back(contact, one) for one in jargon)
            return scored(0 if asked_back else 0.5, reason, *jargon, confidence=0.5)
        reason = both(
            "Ni jargon reconnu ni incompréhension du client.",
            "Neither jargon recognised nor a customer who does not follow.",
        )
        words = explained[0].evidence if explained else contact.closing_words()
        return scored(1, reason, words, confidence=0.65)

    def _abbreviations(self, contact: Contact, explained: set[int]) -> list[Evidence]:
        known = set(self.common)
        for turn in contact.turns("customer"):
            known |= set(_ACRONYM.findall(turn.text))
        found: dict[str, Evidence] = {}
        for turn in contact.turns("agent"):
            for match in _ACRONYM.finditer(turn.text):
                if match.group() in known or turn.index in explained:
                    continue
                if _EXPLAINED_AT_ONCE.match(turn.text, match.end()):
                    known.add(match.group())
                else:
                    found.setdefault(match.group(), quote(turn, match.start(), match.end()))
        return list(found.values())

    @staticmethod
    def _asks_back(contact: Contact, jargon: Evidence) -> bool:
        """Tell whether the customer's next words are a question, or not to have understood."""
        turns = contact.conversation.turns[jargon.turn_index + 1 :]
        answer = next((turn for turn in turns if turn.speaker == "customer"), None)
        if answer is None:
            return False
        words = contact.text(answer).tokens
        return (
            "?" in answer.text[: words[min(len(words), _FIRST_WORDS) - 1].end + 2]
            if words
            else False
        )
