"""Does the agent find out by open, then closed questions?"""

from __future__ import annotations

from typing import Literal

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, scored
from quality.identity import IDENTITY_ELEMENTS
from quality.utterances import Utterance, keys

_NOT_PROBING = (
    *IDENTITY_ELEMENTS,
    "identity_name_short",
    "secret_request",
    "anything_else",
    "all_well",
    "check_question",
    "tag_question",
    "hold_announcement",
    "sale_offer",
    "still_there",
)
_LEAST_WORDS = 3
_BARE_WORDS = 5
_LAST_PART = 0.8
_MANY = 5


class Probing(Detector):
    """The agent explores the need: open questions, then closed ones.

    Both kinds give 1, and so do many closed ones, which leave little unasked; one kind 0.5, no
    question 0. Questions for identity, offers of help, checks and what only keeps the talk going
    do not count.
    """

    kind: Literal["probing"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        asked = _probing(contact)
        openers = keys(contact.find("open_question")) | keys(contact.find("tell_me"))
        opened = [one for one in asked if one.key in openers]
        closed = [one for one in asked if one.is_question and one.key not in openers]
        evidence = [one.evidence for one in (*opened[:2], *closed[:2])]
        if opened and len(opened) + len(closed) >= 2:
            reason = both(
                f"Questions ouvertes : {len(opened)}, fermées : {len(closed)}.",
                f"Open questions: {len(opened)}, closed: {len(closed)}.",
            )
            return scored(1, reason, *evidence, confidence=0.55)
        if len(closed) >= _MANY:
            reason = both(
                f"Questions fermées seulement, mais nombreuses : {len(closed)}.",
                f"Closed questions only, but many: {len(closed)}.",
            )
            return scored(1, reason, *evidence, confidence=0.45)
        if opened or closed:
            reason = both(
                "Une seule question ouverte." if opened else "Questions fermées seulement.",
                "A single open question." if opened else "Closed questions only.",
            )
            return scored(0.5, reason, *evidence, confidence=0.5)
        reason = both("Aucune question de découverte.", "No question that explores the need.")
        return scored(0, reason, contact.first_words(), confidence=0.55)


def _probing(contact: Contact) -> list[Utterance]:
    left_out = {key for name in _NOT_PROBING for key in keys(contact.find(name))}
    bare = keys(contact.find("bare_question"))
    told = keys(contact.find("tell_me"))
    turns = contact.conversation.turns
    first, last = contact.moment(turns[0]), contact.moment(turns[-1])
    until = first + _LAST_PART * (last - first)
    customer = contact.first_words("customer")
    start = -1 if customer is None else customer.turn_index
    return [
        one
        for one in contact.utterances()
        if one.turn.index > start
        and one.moment < until
        and one.key not in left_out
        and not (one.key in bare and len(one.tokens) < _BARE_WORDS)
        and len(one.tokens) >= _LEAST_WORDS
        and (one.is_question or one.key in told)
    ]
