"""Does the agent ask whether there is anything else?"""

from __future__ import annotations

from typing import Literal

from conversation import Channel
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_applicable, scored

_FIRST_PART = 0.55


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
