"""What the agent proposes, answers to objections, and promises for afterwards."""

from __future__ import annotations

from typing import Literal

from conversation import Evidence
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, not_assessable, scored
from quality.moments import quote_start

_NEAR_S = 20.0


def _near(contact: Contact, left: Mention, right: Mention) -> bool:
    """Whether two phrases belong together: one turn, or a few seconds, or the next message."""
    if left.turn.index == right.turn.index:
        return True
    distance = right.moment - left.moment
    return -1 <= distance <= (_NEAR_S if contact.timed else 2)


class SolutionWithDelay(Detector):
    """The agent proposes a solution or an alternative and says when.

    Both give 1, a solution without any delay 0.5. Without a recognised solution the rules do not
    decide: it may have been said in other words.
    """

    kind: Literal["solution_with_delay"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        solutions = contact.find("solution")
        delays = contact.find("delay")
        for solution in solutions:
            delay = next((one for one in delays if self._fits(contact, solution, one)), None)
            if delay is not None:
                reason = both("Solution et délai énoncés.", "Solution and delay stated.")
                return scored(1, reason, solution.evidence, delay.evidence, confidence=0.65)
        if solutions:
            reason = both(
                "Solution proposée, sans délai ni date à proximité.",
                "Solution offered, without a delay or date near it.",
            )
            return scored(0.5, reason, solutions[0].evidence, confidence=0.5)
        return not_assessable(
            both(
                "Aucune solution reconnue par les règles : à lire par une personne.",
                "No solution recognised by the rules: for a person to read.",
            )
        )

    @staticmethod
    def _fits(contact: Contact, solution: Mention, delay: Mention) -> bool:
        """Whether a delay belongs to a solution and is not a word of it."""
        same = solution.turn.index == delay.turn.index
        inside = same and solution.start <= delay.start < solution.end
        return not inside and _near(contact, solution, delay)


class Objection(Detector):
    """Whether the customer objects or is dissatisfied; how it was handled a person judges."""

    kind: Literal["objection"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        objections = contact.find("objection", "customer")
        said: list[Evidence | None] = [mention.evidence for mention in objections]
        quoted = {mention.turn.index for mention in objections}
        negative = [i for i in contact.negative_turns or () if i not in quoted]
        said += [quote_start(contact.conversation.turns[i]) for i in negative]
        if said:
            return not_assessable(
                both(
                    "Objection ou insatisfaction exprimée : sa prise en compte est à juger par "
                    "une personne.",
                    "Objection or dissatisfaction expressed: how it was handled is for a person "
                    "to judge.",
                ),
                *said[:3],
            )
        if contact.negative_turns is None:
            return not_assessable(
                both(
                    "Aucune objection reconnue, et le ressenti du client n'a pas été lu.",
                    "No objection recognised, and the customer's sentiment was not read.",
                )
            )
        return not_applicable(
            both("Ni objection ni insatisfaction.", "Neither objection nor dissatisfaction."),
            confidence=0.65,
        )


class NextSteps(Detector):
    """The agent recalls commitments and delays in the closing.

    A commitment with its delay, or an announced recap, gives 1; a commitment alone 0.5; none in
    the closing though some were made before 0. Without any commitment the rules do not decide.
    """

    kind: Literal["next_steps"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        since = contact.closing_start()
        commitments = contact.find("commitment")
        closing = [mention for mention in commitments if mention.moment >= since]
        delays = contact.find("delay", since=since)
        recaps = contact.find("recap", since=since)
        if recaps and (closing or delays):
            reason = both("Récapitulatif en fin de contact.", "Recap in the closing.")
            what = (closing or delays)[0]
            return scored(1, reason, recaps[0].evidence, what.evidence, confidence=0.7)
        for commitment in closing:
            delay = next((one for one in delays if _near(contact, commitment, one)), None)
            if delay is not None:
                reason = both(
                    "Engagement et délai rappelés en fin de contact.",
                    "Commitment and delay recalled in the closing.",
                )
                return scored(1, reason, commitment.evidence, delay.evidence, confidence=0.6)
        if closing:
            reason = both(
                "Suite annoncée en fin de contact, sans délai.",
                "Next step said in the closing, without a delay.",
            )
            return scored(0.5, reason, closing[0].evidence, confidence=0.55)
        if commitments:
            reason = both(
                "Engagement pris, mais non rappelé en fin de contact.",
                "Commitment made, but not recalled in the closing.",
            )
            evidence = (commitments[0].evidence, contact.closing_words())
            return scored(0, reason, *evidence, confidence=0.55)
        return not_assessable(
            both(
                "Aucun engagement reconnu : rien ne dit s'il y en avait un à rappeler.",
                "No commitment recognised: nothing tells whether there was one to recall.",
            )
        )
