"""Does the agent ask whether there is anything else?"""

from __future__ import annotations

from typing import Literal

from conversation import Channel
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, scored
from quality.utterances import Utterance

_FIRST_PART = 0.55
_QUESTION_WORDS = 16
_ANSWER_WORDS = 6
_TURNS_AFTER = 4


class AnythingElse(Detector):
    """The agent asks, towards the end, whether the customer has another request.

    Asked gives 1; an invitation to come back 0.5, and so does a question that only half asks it
    ("is everything okay on your account?"); neither 0. The customer's "rien d'autre" and "autre
    chose" in another sense do not count.

    Attributes:
        not_applicable_on: Channels on which nobody expects it.
    """

    kind: Literal["anything_else"]
    not_applicable_on: tuple[Channel, ...] = ()

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        if contact.conversation.channel in self.not_applicable_on:
            return not_applicable(
                both("Sans objet sur ce canal.", "Not expected on this channel."), confidence=1.0
            )
        since = self._since(contact)
        said = {one.key: one for one in contact.utterances()}
        written = not contact.timed
        for mention in contact.find("anything_else", since=since):
            one = said.get((mention.turn.index, mention.sentence))
            if one is not None and (one.is_question or written) and not one.is_reported:
                reason = both("Autre demande proposée.", "Asked for any other request.")
                return scored(1, reason, mention.evidence, confidence=0.8)
        declined = _question_declined(contact, since)
        if declined is not None:
            reason = both(
                "Question de fin d'appel à laquelle le client n'a rien à ajouter.",
                "A closing question to which the customer has nothing to add.",
            )
            return scored(1, reason, declined.evidence, confidence=0.55)
        partly = contact.find("invitation_to_return", since=since)
        partly += contact.find("all_well", since=since)
        if partly:
            reason = both(
                "Invitation à revenir, sans demander s'il reste une demande.",
                "Invited to come back, without asking for any other request.",
            )
            return scored(0.5, reason, partly[-1].evidence, confidence=0.6)
        reason = both(
            "Rien ne demande au client s'il a une autre demande.",
            "Nothing asks the customer for any other request.",
        )
        return scored(0, reason, contact.closing_words(), confidence=0.75)

    @staticmethod
    def _since(contact: Contact) -> float:
        if not contact.timed:
            return contact.closing_start()
        turns = contact.conversation.turns
        first, last = contact.moment(turns[0]), contact.moment(turns[-1])
        return min(contact.closing_start(), first + _FIRST_PART * (last - first))


def _question_declined(contact: Contact, since: float) -> Utterance | None:
    """Return a short question of the last turns that the customer answers with a mere "no".

    However it is worded, a question of the closing that gets "no, that's all" asked for more.
    """
    turns = contact.conversation.turns
    nothing_more = {mention.turn.index for mention in contact.find("nothing_more", "customer")}
    for one in reversed(contact.utterances()):
        if one.moment < since or one.turn.index < len(turns) - 2 - _TURNS_AFTER:
            break
        if not one.is_question or one.is_reported or len(one.tokens) > _QUESTION_WORDS:
            continue
        is_last = one.end >= contact.text(one.turn).tokens[-1].end
        answer = next(
            (t for t in turns[one.turn.index + 1 :] if t.speaker != one.turn.speaker), None
        )
        if (
            is_last
            and answer is not None
            and answer.index in nothing_more
            and len(contact.text(answer).tokens) <= _ANSWER_WORDS
            and "?" not in answer.text
        ):
            return one
    return None
