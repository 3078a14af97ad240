"""Does the agent restate what the customer said, and have it confirmed?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from conversation import Channel, Evidence, Turn
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.detectors.identification import IDENTITY_ELEMENTS
from quality.findings import Finding, both, scored
from quality.moments import quote, quote_start

_REPLY_WORDS = 8
_CONTINUES_WORDS = 4
_TAGGED_WORDS = 6


class Restatement(Detector):
    """The agent restates the request, and the customer confirms or corrects it.

    Both give 1, a restatement without the customer's answer 0.5, none 0. A restatement starts
    with its own phrase ("si j'ai bien compris") or ends with a question whether it is so
    ("… c'est bien ça ?").

    Attributes:
        no_answer_on: Channels where no answer can be expected; restating is enough there.
    """

    kind: Literal["restatement"]
    no_answer_on: tuple[Channel, ...] = ()

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        until = contact.closing_start() if contact.timed else math.inf
        restated = [*contact.find("restatement", until=until), *_tagged(contact, until)]
        restated.sort(key=lambda mention: mention.moment)
        for mention in restated:
            whole = _whole(contact, mention)
            if contact.conversation.channel in self.no_answer_on:
                reason = both("Demande reformulée.", "Request restated.")
                return scored(1, reason, whole, confidence=0.75)
            answer = _answer(contact, mention)
            if answer is not None:
                reason = both(
                    "Demande reformulée, et le client valide ou corrige.",
                    "Request restated, and the customer confirms or corrects it.",
                )
                return scored(1, reason, whole, answer, confidence=0.75)
        if restated:
            reason = both(
                "Demande reformulée sans que le client la valide.",
                "Request restated without the customer confirming it.",
            )
            return scored(0.5, reason, _whole(contact, restated[0]), confidence=0.65)
        reason = both(
            "Aucune reformulation trouvée (« si j'ai bien compris », « vous me dites que »…).",
            'No restatement found ("if I understand correctly", "so you\'re saying"…).',
        )
        return scored(0, reason, contact.first_words(), confidence=0.55)


def _tagged(contact: Contact, until: float) -> list[Mention]:
    """Find sentences that end by asking whether they are so, but for those on identity."""
    identity = {
        (mention.turn.index, mention.sentence)
        for name in IDENTITY_ELEMENTS
        for mention in contact.find(name)
    }
    found = []
    for tag in contact.find("tag_question", until=until):
        before = [
            token
            for token in contact.text(tag.turn).tokens
            if token.sentence == tag.sentence and token.start < tag.start
        ]
        if len(before) >= _TAGGED_WORDS and (tag.turn.index, tag.sentence) not in identity:
            found.append(replace(tag, start=before[0].start))
    return found


def _whole(contact: Contact, mention: Mention) -> Evidence:
    """Quote from the phrase to the end of its sentence."""
    return quote(mention.turn, mention.start, contact.sentence_end(mention))


def _answer(contact: Contact, mention: Mention) -> Evidence | None:
    """Find the customer's answer; None when the agent went on without waiting for one.

    To a question any answer will do: a correction validates as well as a yes.
    """
    reply = contact.next_turn(mention.moment, "customer")
    if reply is None or _goes_on(contact, mention, reply):
        return None
    asks = contact.find("check_question") + contact.find("tag_question")
    asked = any(a.turn.index == mention.turn.index and a.start >= mention.start for a in asks)
    if asked or contact.is_question(mention):
        return quote_start(reply)
    tokens = contact.text(reply).tokens
    limit = tokens[: _REPLY_WORDS + 1][-1].start if tokens else 0
    for agreement in contact.find("agreement", "customer"):
        if agreement.turn.index == reply.index and agreement.start <= limit:
            return agreement.evidence
    return None


def _goes_on(contact: Contact, mention: Mention, reply: Turn) -> bool:
    """Whether the agent says other sentences before the reply, but for asking to confirm."""
    asks = contact.find("check_question") + contact.find("tag_question")
    checks = {(ask.turn.index, ask.sentence) for ask in asks}
    before_reply = contact.moment(reply)
    following = [
        token
        for turn in contact.turns("agent")
        if mention.turn.index <= turn.index
        for token in contact.text(turn).tokens
        if (turn.index, token.sentence) > (mention.turn.index, mention.sentence)
        and (turn.index, token.sentence) not in checks
        and contact.moment(turn, token.start) < before_reply
    ]
    return len(following) > _CONTINUES_WORDS
