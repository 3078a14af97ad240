"""Does the agent restate what the customer said, and have it confirmed?"""

from __future__ import annotations

from typing import Literal

from conversation import Channel, Evidence, Turn
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, scored
from quality.identity import IDENTITY_ELEMENTS
from quality.moments import quote, quote_start
from quality.utterances import Utterance, keys

_LEAST_WORDS = 6
_TAGGED_WORDS = 7
_INLINE_WORDS = 11
_LATE_PART = 0.6
_TAG_WORDS = 9
_OWN_WORDS = 4
_LIKE_SHARE = 0.5
_CONTENT_LETTERS = 4
_STEM_LETTERS = 5
_FIRST_PART = 0.8
_NO_RESTATEMENT = ("solution", "done", "commitment", "farewell", "thanks", "empathy", "refusal")


class Restatement(Detector):
    """The agent restates the request, asks whether it is so, and the customer answers.

    All of it gives 1; a restatement with which the agent goes straight on 0.5; none 0. A
    restatement is a sentence that starts as one ("si j'ai bien compris", "donc …", "so you …"),
    or that says again most of what the customer said; what asks for identity, what the customer
    restates themselves and the recap of the agent's own promises are none. One that the customer
    has to correct because it is wrong counts for nothing, unless it was a question.

    Attributes:
        no_answer_on: Channels where no answer can be expected; restating is enough there.
    """

    kind: Literal["restatement"]
    no_answer_on: tuple[Channel, ...] = ()

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        said = [one for one in contact.utterances() if not one.is_reported]
        checked = _checked(contact, said)
        late = checked is not None and _is_a_decision(contact, checked[0])
        if contact.conversation.channel in self.no_answer_on:
            restated = _announced(contact, said)
            if restated:
                reason = both("Demande reformulée.", "Request restated.")
                return scored(1, reason, restated[0].evidence, confidence=0.7)
        if checked is not None and late:
            reason = both(
                "La décision est validée, non le besoin.",
                "The decision is confirmed, not the need.",
            )
            return scored(0.5, reason, *checked, confidence=0.55)
        if checked is not None:
            reason = both(
                "Demande reformulée, et le client valide ou corrige.",
                "Request restated, and the customer confirms or corrects it.",
            )
            return scored(1, reason, *checked, confidence=0.7)
        for one in _announced(contact, said) + _resaid(contact, said):
            answer = contact.next_turn(one.moment, "customer")
            if answer is not None and _refuses(contact, answer):
                continue
            reason = both(
                "Demande reformulée sans la faire valider par le client.",
                "Request restated without having the customer confirm it.",
            )
            return scored(0.5, reason, one.evidence, confidence=0.6)
        reason = both(
            "Aucune reformulation trouvée (« si j'ai bien compris », « vous me dites que »…).",
            'No restatement found ("if I understand correctly", "so you\'re saying"…).',
        )
        return scored(0, reason, contact.first_words(), confidence=0.6)


def _checked(contact: Contact, said: list[Utterance]) -> tuple[Evidence, ...] | None:
    """Find a restatement that is put as a question, or followed by one, and its answer."""
    identity = {key for name in IDENTITY_ELEMENTS for key in keys(contact.find(name))}
    checks = keys(contact.find("check_question")) | keys(contact.find("tag_question"))
    announced = keys(contact.find("restatement"))
    starts = keys(contact.find("restatement_start"))
    other = keys(contact.find("anything_else"))
    for position, one in enumerate(said):
        if not one.is_question or one.key in other:
            continue
        whole = [u for u in said[:position] if u.turn.index == one.turn.index]
        stated = [u for u in whole if not u.is_question and u.key not in identity]
        tagged = one.key in checks and _is_a_tag(contact, one)
        tagged |= len(one.tokens) <= _TAG_WORDS and any(u.key in announced for u in stated)
        if tagged and one.key not in identity and stated:
            words = sum(len(u.tokens) for u in stated[-3:])
            start = stated[-3:][0].start
        elif one.key not in identity and (
            one.key in announced
            or _ends_with_check(contact, one)
            or (one.key in starts and _says_again(contact, one, 2, 0.25))
        ):
            words, start = len(one.tokens), one.start
            words -= 0 if one.key in announced else _INLINE_WORDS - _TAGGED_WORDS
        else:
            continue
        if words < (_LEAST_WORDS if one.key in announced else _TAGGED_WORDS):
            continue
        if not _follows_the_customer(contact, one):
            continue
        answer = contact.next_turn(one.moment, "customer")
        if answer is not None and not _agent_first(contact, one, answer):
            return quote(one.turn, start, one.end), *_answered(answer)
    return None


def _ends_with_check(contact: Contact, one: Utterance) -> bool:
    """Whether a question ends by asking whether it is so."""
    asks = contact.find("check_question") + contact.find("tag_question")
    end = one.tokens[-1].end
    return any(ask.turn.index == one.turn.index and ask.end == end for ask in asks)


def _is_a_tag(contact: Contact, one: Utterance) -> bool:
    """Whether a question does little more than ask whether it is so."""
    if len(one.tokens) > _TAG_WORDS:
        return False
    asks = contact.find("check_question") + contact.find("tag_question")
    covered = {
        token.start
        for ask in asks
        for token in one.tokens
        if ask.turn.index == one.turn.index and ask.start <= token.start < ask.end
    }
    return len(covered) * 2 >= len(one.tokens)


def _is_a_decision(contact: Contact, restated: Evidence) -> bool:
    """Whether what is confirmed, late in the call, is what was decided: a price or an act."""
    turns = contact.conversation.turns
    turn = turns[restated.turn_index]
    first, last = contact.moment(turns[0]), contact.moment(turns[-1])
    if contact.moment(turn) < first + _LATE_PART * (last - first):
        return False
    names = ("solution", "commitment", "price_notice")
    return any(m.turn.index == turn.index for name in names for m in contact.find(name))


def _announced(contact: Contact, said: list[Utterance]) -> list[Utterance]:
    """Find sentences that start as a restatement and are long enough to say something."""
    starts = keys(contact.find("restatement")) | keys(contact.find("restatement_start"))
    recaps = keys(contact.find("recap")) | keys(contact.find("commitment"))
    plain = keys(contact.find("restatement"))
    return [
        one
        for one in said
        if one.key in starts
        and not one.is_question
        and len(one.tokens) >= _LEAST_WORDS
        and (one.key in plain or (one.key not in recaps and _says_again(contact, one, 2, 0.25)))
        and _follows_the_customer(contact, one)
    ]


def _resaid(contact: Contact, said: list[Utterance]) -> list[Utterance]:
    """Find statements most of whose words the customer has just said."""
    other = {key for name in _NO_RESTATEMENT for key in keys(contact.find(name))}
    turns = contact.conversation.turns
    first, last = contact.moment(turns[0]), contact.moment(turns[-1])
    return [
        one
        for one in said
        if not one.is_question
        and one.key not in other
        and one.moment < first + _FIRST_PART * (last - first)
        and len(one.tokens) >= _LEAST_WORDS
        and _says_again(contact, one, _OWN_WORDS, _LIKE_SHARE)
    ]


def _says_again(contact: Contact, one: Utterance, least: int, share: float) -> bool:
    own = _stems(one.forms)
    heard: set[str] = set()
    for turn in contact.turns("customer"):
        if contact.moment(turn) < one.moment:
            heard |= _stems(tuple(token.form for token in contact.text(turn).tokens))
    again = own & heard
    return len(again) >= least and len(again) >= share * len(own)


def _stems(forms: tuple[str, ...]) -> set[str]:
    return {form[:_STEM_LETTERS] for form in forms if len(form) >= _CONTENT_LETTERS}


def _follows_the_customer(contact: Contact, one: Utterance) -> bool:
    """Whether the customer has said what there is to restate."""
    turns = [t for t in contact.turns("customer") if contact.moment(t) < one.moment]
    return sum(len(contact.text(turn).tokens) for turn in turns) >= _OWN_WORDS


def _agent_first(contact: Contact, one: Utterance, answer: Turn) -> bool:
    """Whether the agent says other sentences after this one, before the answer."""
    limit = contact.moment(answer)
    asks = keys(contact.find("check_question")) | keys(contact.find("tag_question"))
    after = [
        other
        for other in contact.utterances()
        if other.key > one.key and other.moment < limit and other.key not in asks
    ]
    return sum(len(other.tokens) for other in after) > _OWN_WORDS


def _refuses(contact: Contact, answer: Turn) -> bool:
    first = contact.text(answer).tokens[:1]
    return bool(first) and first[0].form in ("non", "no", "nope")


def _answered(turn: Turn) -> tuple[Evidence, ...]:
    words = quote_start(turn)
    return (words,) if words is not None else ()
