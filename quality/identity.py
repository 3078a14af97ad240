"""What tells who the customer is: what the agent asked for and what the customer gave."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversation import Evidence, Turn
from quality.contact import Contact, Mention
from quality.moments import quote
from quality.utterances import Utterance, keys

IDENTITY_ELEMENTS = (
    "identity_name",
    "identity_number",
    "identity_birth",
    "identity_address",
    "identity_email",
    "identity_other",
)
KNOWLEDGE = frozenset({"identity_birth", "identity_address", "identity_email", "identity_other"})
"""What tells a customer from somebody who holds a letter or a card of theirs."""

_REQUEST_TO_ELEMENT_S = 8.0
_SHORT_QUESTION_WORDS = 12
_FULL_ANSWER_WORDS = 5
_NUMBER_WORDS = 4
_EMAIL = re.compile(r"\barobase\b|(?<!\S)\S+@\S+|\bat\b.{1,40}\bdot\b", re.IGNORECASE)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_STREET = re.compile(
    r"\b(?:rue|avenue|quai|impasse|chemin|boulevard|place|allée|route|cours) (?:de|du|des|la|d')\b"
    r"|\b\d\w* (?:\w+ ){1,2}(?:Street|Road|Lane|Court|Avenue|Drive|Close|Way|Place|Crescent)\b"
)
_BIRTH_SAID = re.compile(r"\bnée? le\b", re.IGNORECASE)
_BIRTH = re.compile(r"\bnée? le\b|\bje suis (?:né|née|du)\b|\bborn (?:on|in)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Identifier:
    """One thing that tells who the customer is.

    Attributes:
        element: Which: name, number, date of birth, …
        moment: When it was asked for, or given unasked.
        evidence: The words.
        asked: Whether the agent asked for it.
    """

    element: str
    moment: float
    evidence: Evidence
    asked: bool


def find_identifiers(contact: Contact) -> list[Identifier]:
    """Find what the agent asked for and what the customer gave, in order."""
    requests = contact.find("request")
    questions = {one.key for one in contact.utterances() if one.is_question}
    questions |= _last_of_turn(contact) | keys(contact.find("please"))
    found = [
        Identifier(element, mention.moment, mention.evidence, asked=True)
        for element in IDENTITY_ELEMENTS
        for mention in contact.find(element)
        if (mention.turn.index, mention.sentence) in questions
        or any(_asks(contact, request, mention) for request in requests)
    ]
    found += [
        Identifier("identity_name", mention.moment, mention.evidence, asked=True)
        for mention in contact.find("identity_name_short")
    ]
    for name, element in (("name_given", "identity_name"), ("number_given", "identity_number")):
        found += [
            Identifier(element, mention.moment, mention.evidence, asked=False)
            for mention in contact.find(name, "customer")
        ]
    return sorted(found, key=lambda identifier: identifier.moment)


def _last_of_turn(contact: Contact) -> set[tuple[int, int]]:
    """Find the sentences of the first half that the agent leaves to the customer to answer."""
    turns = contact.conversation.turns
    middle = (contact.moment(turns[0]) + contact.moment(turns[-1])) / 2
    last = {one.turn.index: one.key for one in contact.utterances() if one.moment < middle}
    return set(last.values())


def find_given(contact: Contact) -> list[Identifier]:
    """Find what the customer gave, asked or not, in order; what the agent read out is none."""
    found = []
    for one in find_identifiers(contact):
        answer = contact.next_turn(one.moment, "customer") if one.asked else None
        if not one.asked:
            found.append(one)
        elif answer is not None and _is_an_answer(contact, answer):
            found.append(Identifier(one.element, contact.moment(answer), one.evidence, asked=True))
    for turn in contact.turns("customer"):
        for element, pattern in (
            ("identity_email", _EMAIL),
            ("identity_address", _POSTCODE),
            ("identity_address", _STREET),
            ("identity_birth", _BIRTH),
        ):
            match = pattern.search(turn.text)
            if match is not None:
                evidence = quote(turn, match.start(), match.end())
                moment = contact.moment(turn, match.start())
                found.append(Identifier(element, moment, evidence, asked=False))
    return sorted(found, key=lambda identifier: identifier.moment)


def birth_read_out(contact: Contact) -> Evidence | None:
    """Find a date of birth that the agent says, for the customer to agree to."""
    for turn in contact.turns("agent"):
        match = _BIRTH_SAID.search(turn.text)
        if match is not None:
            return quote(turn, match.start(), match.end())
    return None


def find_disclosure(contact: Contact) -> Mention | None:
    """Find the first words of the agent that tell something of the file, or change it."""
    asking = {one.key for one in contact.utterances() if one.is_question}
    told = [
        mention
        for mention in contact.find("disclosure")
        if (mention.turn.index, mention.sentence) not in asking
    ]
    return min(told, key=lambda mention: mention.moment, default=None)


def names_in_use(contact: Contact, since: float) -> list[Mention]:
    """Find where the agent calls the customer by name, but for reading a name out as a question."""
    by_key = {one.key: one for one in contact.utterances()}
    names = contact.customer_names()
    kept = []
    for use in contact.name_uses(since=since):
        one = by_key.get((use.turn.index, use.sentence))
        if one is not None and not _is_only_a_name(one, use, names):
            kept.append(use)
    return kept


def _is_only_a_name(one: Utterance, use: Mention, names: frozenset[str]) -> bool:
    others = [
        token
        for token in one.tokens
        if not (use.start <= token.start < use.end) and token.form not in names
    ]
    if one.is_question:
        return len(others) <= 3
    return not others


def _is_an_answer(contact: Contact, turn: Turn) -> bool:
    """Whether a turn holds more than yes or no."""
    tokens = contact.text(turn).tokens
    if len(tokens) >= _FULL_ANSWER_WORDS:
        return True
    agrees = keys(contact.find("agreement", "customer"))
    return not any(index == turn.index for index, _ in agrees)


def _asks(contact: Contact, request: Mention, element: Mention) -> bool:
    """Whether a request is about an element: before it in its sentence, or just before in time.

    Recognition may cut a sentence into two turns.
    """
    if request.turn.index == element.turn.index:
        return request.sentence == element.sentence and request.start <= element.start
    if not contact.timed:
        return False
    return 0 <= element.moment - request.moment <= _REQUEST_TO_ELEMENT_S
