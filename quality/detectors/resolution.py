"""What the agent proposes, answers to objections, and promises for afterwards."""

from __future__ import annotations

import math
from typing import Literal

from conversation import Evidence
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, not_assessable, scored
from quality.spurts import count_words
from quality.utterances import Utterance, keys

_NEAR_S = 25.0
_MOST_REFUSALS = 3
_WORDS_PER_REFUSALS = 300
_LAST_WORDS_PART = 0.85
_RECAP_WORDS = 7
_LAST_PART = 0.55
_UNANNOUNCED_PART = 0.72
_GATHERED_PART = 0.8
_GATHERED_DELAYS = 3


class SolutionWithDelay(Detector):
    """The agent proposes a solution or an alternative and says when.

    Both give 1; a solution without any delay, or with a vague one ("dès que possible"), 0.5; no
    solution 0. What is done at once needs no delay.
    """

    kind: Literal["solution_with_delay"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        said = {one.key: one for one in contact.utterances()}
        solutions = [
            mention
            for name in ("solution", "done", "commitment")
            for mention in contact.find(name)
            if not said[(mention.turn.index, mention.sentence)].is_reported
        ]
        solutions.sort(key=lambda mention: mention.moment)
        delays = [
            mention
            for mention in contact.find("delay")
            if not said[(mention.turn.index, mention.sentence)].is_question
        ]
        vague = contact.find("vague_delay")
        at_once = {(m.turn.index, m.start) for m in contact.find("at_once")}
        sure = [d for d in delays if not vague or (d.turn.index, d.start) not in at_once]
        for solution in solutions:
            delay = next((one for one in sure if _fits(contact, solution, one)), None)
            if delay is not None:
                reason = both("Solution et délai énoncés.", "Solution and delay stated.")
                return scored(1, reason, solution.evidence, delay.evidence, confidence=0.65)
        done = contact.find("done_at_once")
        if done:
            reason = both("Solution apportée aussitôt.", "Solved at once.")
            return scored(1, reason, done[0].evidence, confidence=0.55)
        told = self._told_with_delay(contact, sure)
        if not solutions and told is not None:
            reason = both(
                "Réponse donnée avec un délai ou une date.",
                "Answer given with a delay or a date.",
            )
            return scored(1, reason, told.evidence, confidence=0.45)
        if solutions:
            reason = both(
                "Solution proposée, sans délai ni date à proximité.",
                "Solution offered, without a delay or date near it.",
            )
            words = vague[0].evidence if vague else None
            return scored(0.5, reason, solutions[0].evidence, words, confidence=0.5)
        reason = both(
            "Aucune solution ni alternative reconnue dans les paroles de l'agent.",
            "No solution or alternative recognised in the agent's words.",
        )
        return scored(0, reason, contact.closing_words(), confidence=0.45)

    @staticmethod
    def _told_with_delay(contact: Contact, delays: list[Mention]) -> Mention | None:
        """Find a date said after the customer has explained: something will happen then."""
        customer = contact.turns("customer")
        began = contact.moment(customer[0]) if customer else math.inf
        return next((one for one in delays if one.moment > began), None)


def _fits(contact: Contact, solution: Mention, delay: Mention) -> bool:
    """Whether a delay belongs to a solution: the same turn, or soon after."""
    if solution.turn.index == delay.turn.index:
        return True
    distance = delay.moment - solution.moment
    return -1 <= distance <= (_NEAR_S if contact.timed else 2)


class Objection(Detector):
    """An objection or dissatisfaction is accepted, argued with and answered by a proposal.

    Accepted in words and answered with arguments or a proposal gives 1; a proposal alone 0.5;
    polite words alone, or neither, 0. Without an objection the question does not apply.
    """

    kind: Literal["objection"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        objections = _objections(contact)
        if not objections:
            if contact.negative_turns is None:
                return not_assessable(
                    both(
                        "Aucune objection reconnue, et le ressenti du client n'a pas été lu.",
                        "No objection recognised, and the customer's sentiment was not read.",
                    )
                )
            return not_applicable(
                both("Ni objection ni insatisfaction.", "Neither objection nor dissatisfaction."),
                contact.first_words("customer"),
                confidence=0.45,
            )
        moment, said = objections[0]
        began = contact.moment(contact.turns("customer")[0])
        accepted = _first(contact, ("empathy", "acceptance"), began)
        proposed = _first(contact, ("solution", "done", "commitment"), began)
        words = sum(count_words(turn.text) for turn in contact.turns("agent"))
        most = _MOST_REFUSALS * max(1.0, words / _WORDS_PER_REFUSALS)
        refusals = contact.find("refusal", since=moment)
        dismissed = contact.find("black_words", since=moment)
        if accepted and proposed and len(refusals) + len(dismissed) < most:
            reason = both(
                "Objection accueillie, puis réponse avec une proposition.",
                "Objection accepted, then answered with a proposal.",
            )
            return scored(1, reason, said, accepted, proposed, confidence=0.45)
        if proposed and not refusals and not dismissed:
            reason = both(
                "Proposition faite, sans accueillir l'objection en paroles.",
                "Proposal made, without accepting the objection in words.",
            )
            return scored(0.5, reason, said, proposed, confidence=0.4)
        reason = both(
            "Objection ou insatisfaction sans proposition en réponse.",
            "Objection or dissatisfaction without a proposal in answer.",
        )
        return scored(0, reason, said, accepted, confidence=0.45)


def _objections(contact: Contact) -> list[tuple[float, Evidence]]:
    """Find what the customer objects to, in order."""
    said = {one.key: one for one in contact.utterances("customer")}
    found = [
        (mention.moment, mention.evidence)
        for mention in contact.find("objection", "customer")
        if not said[(mention.turn.index, mention.sentence)].is_reported
    ]
    return sorted(found, key=lambda pair: pair[0])


def _first(contact: Contact, names: tuple[str, ...], since: float) -> Evidence | None:
    own = {mention.turn.index for mention in contact.find("own_trouble")}
    found = [
        mention
        for name in names
        for mention in contact.find(name, since=since)
        if mention.turn.index not in own
    ]
    return min(found, key=lambda m: m.moment).evidence if found else None


class NextSteps(Detector):
    """The agent gathers commitments and delays before closing.

    A recap with a date or delay gives 1, one without 0.5, none 0.
    """

    kind: Literal["next_steps"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        recaps = _recaps(contact)
        delays = contact.find("delay") + contact.find("clock_time")
        for one in recaps:
            near = [d for d in delays if d.turn.index == one.turn.index and d.start >= one.start]
            if near:
                reason = both(
                    "Engagements et délais récapitulés.", "Commitments and delays recapped."
                )
                return scored(1, reason, one.evidence, near[0].evidence, confidence=0.65)
        promised = _last_promises(contact, delays)
        dated = keys(delays)
        if any(one.key in dated for one in promised) and not recaps and not contact.timed:
            reason = both("Engagement et délai écrits.", "Commitment and delay in writing.")
            return scored(1, reason, promised[0].evidence, confidence=0.5)
        recaps = recaps or promised
        if recaps:
            reason = both(
                "Récapitulatif sans les délais, ou un délai redit sans récapituler.",
                "Recap without the delays, or a delay said again without a recap.",
            )
            return scored(0.5, reason, recaps[0].evidence, confidence=0.5)
        reason = both(
            "Ni engagements ni délais repris avant de conclure.",
            "Neither commitments nor delays gathered before closing.",
        )
        return scored(0, reason, contact.closing_words(), confidence=0.65)


def _last_promises(contact: Contact, delays: list[Mention]) -> list[Utterance]:
    """Find promises with their delay among the last words, though they gather nothing."""
    turns = contact.conversation.turns
    first, last = contact.moment(turns[0]), contact.moment(turns[-1])
    since = first + _LAST_WORDS_PART * (last - first)
    since = since if contact.timed else contact.closing_start()
    timed = keys([one for one in delays if one.moment >= since])
    names = ("commitment", "solution", "done")
    promised = {key for name in names for key in keys(contact.find(name, since=since))}
    asking = {mention.turn.index for mention in contact.find("anything_else", since=since)}
    later = {key for key in keys(contact.find("commitment", since=since)) if key[0] in asking}
    wanted = (timed & promised) | later
    return [
        one
        for one in contact.utterances()
        if one.key in wanted and not one.is_question and not one.is_reported
    ]


def _recaps(contact: Contact) -> list[Utterance]:
    """Find sentences of the last part that gather what is to come."""
    turns = contact.conversation.turns
    first, last = contact.moment(turns[0]), contact.moment(turns[-1])
    since = first + _LAST_PART * (last - first) if contact.timed else contact.closing_start()
    later = first + _UNANNOUNCED_PART * (last - first) if contact.timed else since
    gathered = first + _GATHERED_PART * (last - first) if contact.timed else math.inf
    announced = keys(contact.find("recap"))
    starts = keys(contact.find("recap_start"))
    promised = keys(contact.find("commitment"))
    delays = keys(contact.find("delay")) | keys(contact.find("clock_time"))
    found = []
    for one in contact.utterances():
        if one.moment < since or one.is_reported:
            continue
        following = len(contact.text(one.turn).tokens)
        times = sum(d.turn.index == one.turn.index for d in contact.find("delay"))
        if one.moment >= gathered and times >= _GATHERED_DELAYS and one.key in delays:
            found.append(one)
            continue
        is_start = one.moment >= later and one.key in starts and not one.is_question
        is_start = is_start and len(one.tokens) >= _RECAP_WORDS
        if (one.key in announced and following >= _RECAP_WORDS) or (
            is_start and (one.key in delays or (one.key in promised and one.text.count(",") >= 2))
        ):
            found.append(one)
    return found
