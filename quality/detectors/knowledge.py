"""Does what the agent states agree with the knowledge base?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from conversation import Evidence
from conversation.errors import ModelError
from quality.agent_statements import agent_statements
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, not_assessable, scored
from quality.helpers import StatementCheck
from quality.moments import quote
from quality.sentences import Sentence

_SHOWN_QUOTE = 160


class Knowledge(Detector):
    """The agent's statements are compared with the knowledge base.

    One that the documents contradict gives 0 and proposes the eliminatory condition; otherwise
    one that they support gives 1. What they do not speak of is not assessable.

    Attributes:
        least_confidence: From which a check counts, 0 to 1.
    """

    needs_words = False
    asks_helper = True

    kind: Literal["knowledge"]
    least_confidence: float = Field(default=0.5, ge=0, le=1)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        knowledge = contact.helpers.knowledge
        if knowledge is None:
            return not_assessable(
                both("Aucune base de connaissances n'est donnée.", "No knowledge base is given.")
            )
        questions = contact.understanding.questions if contact.understanding else ()
        stated = agent_statements(contact.conversation, questions)
        if not stated:
            return not_applicable(
                both(
                    "L'agent n'affirme rien qui se vérifie.",
                    "The agent states nothing that can be checked.",
                ),
                confidence=0.6,
            )
        try:
            checks = knowledge.check([one for _, one in stated], language=contact.language)
        except ModelError as error:
            return not_assessable(
                both(
                    f"La base de connaissances n'a pas répondu : {error.message}.",
                    f"The knowledge base did not answer: {error.message}.",
                )
            )
        sure = [
            (sentence, check)
            for (sentence, _), check in zip(stated, checks, strict=True)
            if check.confidence >= self.least_confidence
        ]
        for support in ("contradicted", "supported"):
            found = [pair for pair in sure if pair[1].support == support]
            if found:
                return _concluded(
                    found, contradicted=support == "contradicted", name=knowledge.name
                )
        return not_assessable(
            both(
                f"La base « {knowledge.name} » ne dit rien des {len(stated)} affirmations.",
                f"The base {knowledge.name!r} says nothing of the {len(stated)} statements.",
            ),
            *(_quoted(sentence) for sentence, _ in stated[:1]),
        )


def _concluded(
    found: list[tuple[Sentence, StatementCheck]], *, contradicted: bool, name: str
) -> Finding:
    best = max(found, key=lambda pair: pair[1].confidence)[1]
    says = f"« {best.quote[:_SHOWN_QUOTE]} » ({name}, {best.document})"
    said = f"“{best.quote[:_SHOWN_QUOTE]}” ({name}, {best.document})"
    evidence = [_quoted(sentence) for sentence, _ in found]
    if contradicted:
        reason = both(f"La base dit autre chose : {says}.", f"The base says otherwise: {said}.")
        return scored(0, reason, *evidence, confidence=best.confidence, eliminatory=True)
    reason = both(f"La base le confirme : {says}.", f"The base confirms it: {said}.")
    return scored(1, reason, *evidence, confidence=best.confidence)


def _quoted(sentence: Sentence) -> Evidence:
    return quote(sentence.turn, sentence.start, sentence.end)
