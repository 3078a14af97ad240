"""Does the agent let the customer speak, and restate what was said?"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from conversation import Channel, Turn
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, Value, both, not_assessable, scored
from quality.moments import quote

_REPLY_WORDS = 8
_CONTINUES_WORDS = 4


class LetsSpeak(Detector):
    """The agent does not take the floor while the customer explains.

    No interruption gives 1, one 0.5, more 0. Needs a channel for each voice.

    Attributes:
        within_s: Seconds from the customer's first word that count as the explanation.
    """

    needs_words = False

    kind: Literal["lets_speak"]
    within_s: float = Field(default=60.0, gt=0)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        spoken = contact.metrics.spoken
        turns = contact.turns("customer")
        if spoken is None or contact.metrics.approximate:
            return not_assessable(
                both(
                    "Il faut une voix par canal d'enregistrement pour voir qui coupe la parole.",
                    "It takes a recording channel for each voice to see who interrupts.",
                )
            )
        if not turns:
            return not_assessable(both("Le client ne parle pas.", "The customer says nothing."))
        until = contact.moment(turns[0]) + self.within_s
        cuts = [
            cut
            for cut in spoken.interruptions
            if cut.by == "agent" and cut.of == "customer" and cut.at_s <= until
        ]
        if not cuts:
            reason = both(
                f"Aucune interruption dans les {self.within_s:g} s de l'exposé du client.",
                f"No interruption in the {self.within_s:g} s of the customer's explanation.",
            )
            return scored(1, reason, contact.first_words("customer"), confidence=0.8)
        reason = both(
            f"Interruptions du client par l'agent pendant son exposé : {len(cuts)}.",
            f"Interruptions of the customer's explanation by the agent: {len(cuts)}.",
        )
        value: Value = 0.5 if len(cuts) == 1 else 0
        explanation = contact.first_words("customer")
        evidence = [cut.evidence for cut in cuts]
        return scored(value, reason, explanation, *evidence, confidence=0.7)


class Restatement(Detector):
    """The agent restates the request, and the customer confirms or corrects it.

    Both give 1, a restatement without the customer's answer 0.5, none 0.

    Attributes:
        no_answer_on: Channels where no answer can be expected; restating is enough there.
    """

    kind: Literal["restatement"]
    no_answer_on: tuple[Channel, ...] = ()

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        until = contact.closing_start() if contact.timed else math.inf
        restated = contact.find("restatement", until=until)
        alone = contact.conversation.channel in self.no_answer_on
        for mention in restated:
            whole = quote(mention.turn, mention.start, self._sentence_end(contact, mention))
            if alone:
                reason = both("Demande reformulée.", "Request restated.")
                return scored(1, reason, whole, confidence=0.75)
            answer = self._answer(contact, mention)
            if answer is not None:
                reason = both(
                    "Demande reformulée et validée par le client.",
                    "Request restated and confirmed by the customer.",
                )
                return scored(1, reason, whole, answer.evidence, confidence=0.75)
        if restated:
            first = restated[0]
            reason = both(
                "Demande reformulée sans que le client la valide.",
                "Request restated without the customer confirming it.",
            )
            whole = quote(first.turn, first.start, self._sentence_end(contact, first))
            return scored(0.5, reason, whole, confidence=0.65)
        reason = both(
            "Aucune reformulation trouvée (« si j'ai bien compris », « vous me dites que »…).",
            'No restatement found ("if I understand correctly", "so you\'re saying"…).',
        )
        return scored(0, reason, contact.first_words(), confidence=0.55)

    @staticmethod
    def _sentence_end(contact: Contact, mention: Mention) -> int:
        tokens = contact.text(mention.turn).tokens
        return max(
            (t.end for t in tokens if t.sentence == mention.sentence and t.start >= mention.start),
            default=mention.end,
        )

    def _answer(self, contact: Contact, mention: Mention) -> Mention | None:
        """Find the customer's answer; None when the agent went on without waiting for one."""
        if self._goes_on(contact, mention):
            return None
        reply = contact.next_turn(mention.moment, "customer")
        if reply is None or self._agent_between(contact, mention, reply):
            return None
        tokens = contact.text(reply).tokens
        limit = tokens[: _REPLY_WORDS + 1][-1].start if tokens else 0
        return next(
            (
                answer
                for answer in contact.find("agreement", "customer")
                if answer.turn.index == reply.index and answer.start <= limit
            ),
            None,
        )

    @staticmethod
    def _goes_on(contact: Contact, mention: Mention) -> bool:
        """Whether other sentences follow in the turn, but for a question that asks to confirm."""
        checks = {
            check.sentence
            for check in contact.find("check_question")
            if check.turn.index == mention.turn.index
        }
        following = [
            token
            for token in contact.text(mention.turn).tokens
            if token.sentence > mention.sentence and token.sentence not in checks
        ]
        if len(following) <= _CONTINUES_WORDS:
            return False
        reply = contact.next_turn(mention.moment, "customer")
        if reply is None or not contact.timed:
            return True
        before_reply = contact.moment(reply)
        spoken = [t for t in following if contact.moment(mention.turn, t.start) < before_reply]
        return len(spoken) > _CONTINUES_WORDS

    @staticmethod
    def _agent_between(contact: Contact, mention: Mention, reply: Turn) -> bool:
        """Whether the agent took another whole turn before the reply."""
        return any(
            mention.turn.index < turn.index < reply.index
            and len(contact.text(turn).tokens) > _CONTINUES_WORDS
            and not contact.find("check_question", since=contact.moment(turn))
            for turn in contact.turns("agent")
        )
