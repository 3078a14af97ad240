"""Questions that a language model answers, held to the conversation's own words."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from conversation import Evidence, Turn
from conversation.errors import EvidenceMismatch, ModelError
from quality.card_numbers import hide_card_number
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import (
    LEVELS,
    Bilingual,
    Finding,
    Value,
    both,
    not_applicable,
    not_assessable,
    scored,
)
from quality.helpers import JudgedTurn, Judgement, JudgeRequest
from quality.sentences import sentences_of
from quality.steering import steers

Prover = Literal["agent", "customer", "anyone"]

MAX_CHARACTERS = 60_000
"""A longer conversation is not sent: a model that reads a part of it would judge a part."""

_LEAST_WORDS = 2
_LEFT_OUT = "[…]"
_SHOWN_REASON = 300
_UNMEASURED = 0.6


class LanguageModel(Detector):
    """A language model answers, with a quote that must be in the conversation.

    What it says counts only when it is one of the allowed values, and quotes verbatim a turn of
    the right speaker. Otherwise the question is not assessable and says why. Sentences that give
    orders to a machine are not shown to it.

    Attributes:
        criteria: When each value is given, in the centre's words.
        values: Those that may be given.
        evidence_from: Whose words prove 1 and 0.5; what is missing is proved by any turn.
    """

    needs_words = False
    asks_helper = True

    kind: Literal["llm"]
    criteria: Bilingual
    values: tuple[Value, ...] = (1.0, 0.5, 0.0)
    evidence_from: Prover = "agent"

    @field_validator("values")
    @classmethod
    def _values_differ(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(values)) != len(values) or len(values) < 2:
            raise ValueError(f"got {list(values)}, expected two or three of {list(LEVELS)}")
        return values

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        return self.answer(contact, question=self.criteria, not_applicable=None)

    def answer(
        self, contact: Contact, *, question: Bilingual, not_applicable: Bilingual | None
    ) -> Finding:
        """Decide the question for one conversation, knowing its wording."""
        judge = contact.helpers.judge
        if judge is None:
            return not_assessable(
                both(
                    "Aucun modèle de langue n'est configuré pour cette question.",
                    "No language model is set for this question.",
                )
            )
        turns = shown_turns(contact)
        if sum(len(turn.text) for turn in turns) > MAX_CHARACTERS:
            return not_assessable(
                both(
                    f"Conversation de plus de {MAX_CHARACTERS} caractères : non soumise.",
                    f"A conversation of more than {MAX_CHARACTERS} characters: not sent.",
                )
            )
        language: Literal["fr", "en"] = "en" if contact.language.startswith("en") else "fr"
        request = JudgeRequest(
            question=question.text(language),
            criteria=self.criteria.text(language),
            values=self.values,
            not_applicable=not_applicable.text(language) if not_applicable else None,
            turns=turns,
            language=language,
        )
        try:
            judgement = judge.judge(request)
        except ModelError as error:
            return not_assessable(
                both(
                    f"Le modèle de langue n'a pas répondu : {error.message}.",
                    f"The language model did not answer: {error.message}.",
                )
            )
        return self._checked(judgement, contact, may_not_apply=not_applicable is not None)

    def _checked(self, said: Judgement, contact: Contact, *, may_not_apply: bool) -> Finding:
        allowed = {f"{value:g}": value for value in self.values}
        answer = said.answer.strip().upper().replace(",", ".")
        answer = {"1.0": "1", "0.0": "0", "N/A": "NA"}.get(answer, answer)
        if answer not in allowed and not (answer == "NA" and may_not_apply):
            expected = ", ".join([*allowed, *(["NA"] if may_not_apply else [])])
            return _refused(
                f"réponse {said.answer[:20]!r}, attendu {expected}",
                f"answered {said.answer[:20]!r}, expected {expected}",
            )
        value = allowed.get(answer)
        evidence = _verified(said, contact)
        if isinstance(evidence, Bilingual):
            return _refused(evidence.fr, evidence.en)
        speaker = contact.conversation.turns[evidence.turn_index].speaker
        if value and self.evidence_from not in ("anyone", speaker):
            return _refused(
                f"citation d'un tour « {speaker} », attendu « {self.evidence_from} »",
                f"it quotes a turn of {speaker}, expected {self.evidence_from}",
            )
        why = " ".join(said.reason.split())[:_SHOWN_REASON]
        reason = both(f"Modèle de langue : {why}", f"Language model: {why}")
        if value is None:
            return not_applicable(reason, evidence, confidence=_UNMEASURED)
        return scored(value, reason, evidence, confidence=_UNMEASURED, eliminatory=value == 0)


def shown_turns(contact: Contact) -> tuple[JudgedTurn, ...]:
    """Return the turns as a language model is shown them.

    Sentences that give orders to a machine are replaced by ``[…]``, card numbers are cut.
    """
    return tuple(
        JudgedTurn(turn.index, turn.speaker, _shown(turn))
        for turn in contact.conversation.turns
        if turn.text.strip() and turn.speaker != "system"
    )


def _shown(turn: Turn) -> str:
    text = turn.text
    if steers(text):
        parts = [one for one in sentences_of(turn) if steers(one.text)]
        if not parts:  # only the sentences together do
            return _LEFT_OUT
        for one in reversed(parts):
            text = f"{text[: one.start]}{_LEFT_OUT}{text[one.end :]}"
        if steers(text):
            return _LEFT_OUT
    end = hide_card_number(text, 0, len(text))
    return text if end == len(text) else f"{text[:end]}{_LEFT_OUT}"


def _verified(said: Judgement, contact: Contact) -> Evidence | Bilingual:
    """Return the quote as evidence, or why it is none."""
    quote = said.quote.strip()
    turns = {turn.number: turn.text for turn in shown_turns(contact)}
    if said.turn is None or said.turn not in turns:
        return both("aucun tour de la conversation n'est cité", "it quotes no turn")
    if quote not in turns[said.turn]:
        return both(
            f"la citation « {quote[:60]} » n'est pas dans le tour {said.turn}",
            f"the quote {quote[:60]!r} is not in turn {said.turn}",
        )
    if len(quote.split()) < _LEAST_WORDS and quote != turns[said.turn].strip():
        return both(
            f"la citation « {quote[:60]} » est trop courte pour prouver quelque chose",
            f"the quote {quote[:60]!r} is too short to prove anything",
        )
    try:
        return Evidence.from_turn(contact.conversation.turns[said.turn], quote)
    except EvidenceMismatch:
        return both("la citation n'est pas dans le tour", "the quote is not in the turn")


def _refused(fr: str, en: str) -> Finding:
    return not_assessable(
        both(
            f"Réponse du modèle de langue écartée : {fr}.",
            f"The language model's answer is set aside: {en}.",
        )
    )
