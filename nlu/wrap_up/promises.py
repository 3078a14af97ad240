"""Promises and reference numbers as a note tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlu.commitments import Commitment
from nlu.entities.written_text import fold
from nlu.wrap_up.condensing import condense
from nlu.wrap_up.facts import facts_of, stems_in, unsupported_facts
from nlu.wrap_up.numbers_kept_out import holds_card_number
from nlu.wrap_up.statement import WORTH, Source, Statement, count_words, stems_of

_LEAST_STEMS = 2  # content words of a promise of no special kind; "je m'en occupe" has one
_PRONOUN = {
    "fr": re.compile(r"(?:le client )?(?:le |la |les |l')|il |elle |ils |elles "),
    "en": re.compile(r"(?:it|they|he|she)\b|customer will (?:get|receive) it"),
}
_BESIDE = 8  # characters between a promise and the one that continues it
_MOST_JOINED = 24  # words of both
_SHARE_OF_SECOND = 0.7
_MINE_EN = re.compile(r"\b(?:me|my)\b")
_ASKED = {
    "fr": re.compile(
        r"^(?:pouvez|pourriez)[- ]vous\s+(?:m['’]|me )?|^peut (?:vous )?(?:proposer )?|"
        r"^propose (?:de )?|^merci de (?:m['’]|me )?", re.IGNORECASE,
    ),
    "en": re.compile(
        r"^(?:can|could|would|will) you (?:please )?|^(?:would you like|do you want) (?:me|us) to |"
        r"^shall (?:i|we) |^should we ", re.IGNORECASE,
    ),
}  # fmt: skip
_US = re.compile(r"^(?:nous |me |m['’])|(?<=\w )(?:us|me) (?=an?\b|the\b|your\b)")
_REFERENCE_NAMES = {
    "fr": {"order": "commande", "file": "dossier", "parcel": "suivi", "ticket": "ticket",
           "booking": "réservation", "contract": "contrat", "return": "retour",
           "reference": "référence"},
    "en": {"order": "order", "file": "case", "parcel": "tracking", "ticket": "ticket",
           "booking": "booking", "contract": "contract", "return": "return",
           "reference": "reference"},
}  # fmt: skip
_CUSTOMER_FR = re.compile(
    r"^(?:je|j['’])\s*(?:vous |te |l['’]|le |la |les )*(?P<verb>[\wÀ-ÿ]+)", re.IGNORECASE
)
_CUSTOMER_EN = re.compile(
    r"^(?:i'll|i will|i'm going to|i am going to|i'm gonna)\s+", re.IGNORECASE
)


def statements_of_promises(source: Source, commitments: Sequence[Commitment]) -> list[Statement]:
    """Tell the promises: the centre's under their own heading, the customer's as next steps.

    Args:
        source: Of the conversation.
        commitments: Of the conversation.

    Returns:
        The statements; one that begins with a pronoun is joined to the one it continues
        ("envoie un routeur, le client le recevra demain").
    """
    told: list[Statement] = []
    for one in _promises(source, commitments):
        before = told[-1] if told else None
        if before is not None and _continues(source, before, one):
            told[-1] = replace(
                before,
                text=f"{before.text}, {one.text}",
                evidence=(*before.evidence, *one.evidence),
                worth=before.worth + one.worth * _SHARE_OF_SECOND,
                stems=before.stems | one.stems,
            )
        else:
            told.append(one)
    return told


def _continues(source: Source, before: Statement, one: Statement) -> bool:
    if (before.section, before.turn_index) != (one.section, one.turn_index):
        return False
    end = before.place + len(before.evidence[-1].quote)
    is_next = 0 <= one.place - end <= _BESIDE
    return (
        is_next
        and bool(_PRONOUN[source.language].match(fold(one.text)))
        and before.words + one.words <= _MOST_JOINED
    )


def _promises(source: Source, commitments: Sequence[Commitment]) -> Iterator[Statement]:
    language = source.language
    for commitment in commitments:
        turn = source.conversation.turns[commitment.turn_index]
        if holds_card_number(commitment.text) or turn.speaker == "bot":
            continue
        text = _told(commitment, language)
        if count_words(text) < (2 if commitment.who == "agent" else 4):
            continue
        if commitment.kind == "other" and len(stems_in(text, language)) < _LEAST_STEMS:
            continue
        cited = [source.conversation.turns[one.turn_index].text for one in commitment.evidence]
        if unsupported_facts(text, cited, language):
            continue
        facts = sum(WORTH[kind] for kind, _ in source.kinds_in(turn, commitment.text))
        worth = 3.0 + facts + (1.0 if commitment.due_text else 0.0)
        if commitment.kind == "other":
            worth -= 1.0
        yield Statement(
            section="commitments" if commitment.who == "agent" else "next",
            text=text,
            evidence=commitment.evidence,
            worth=worth if commitment.who == "agent" else worth - 1.5,
            stems=stems_of(text, language),
            turn_index=turn.index,
            place=turn.text.find(commitment.text),
        )


def statements_of_references(source: Source) -> Iterator[Statement]:
    """Name each order, file or ticket once.

    Args:
        source: Of the conversation.

    Yields:
        One statement for each number: "commande TP-448120".
    """
    seen: set[str | None] = set()
    for entity in source.entities:
        name = _REFERENCE_NAMES[source.language].get(entity.unit or "")
        if entity.kind != "order_number" or name is None or entity.value in seen:
            continue
        seen.add(entity.value)
        text = f"{name} {entity.value}"
        cited = source.conversation.turns[entity.evidence.turn_index].text
        if holds_card_number(text) or entity.value is None:
            continue
        yield Statement(
            section="reason" if entity.speaker == "customer" else "established",
            text=text,
            evidence=(entity.evidence,),
            worth=3.0,
            stems=facts_of(entity.text, source.language).digits or stems_of(cited, source.language),
            turn_index=entity.evidence.turn_index,
            is_reference=True,
        )


def _told(commitment: Commitment, language: str) -> str:
    is_agent = commitment.who == "agent"
    text = condense(commitment.text, language, impersonal=is_agent)
    if len(commitment.evidence) > 1 and is_agent:
        text = _MINE_EN.sub(_of_mine, _ASKED[language].sub("", text))
    elif len(commitment.evidence) > 1:
        asked = _US.sub("", _ASKED[language].sub("", text))
        text = f"le client doit {asked}" if language == "fr" else f"customer to {asked}"
    elif not is_agent:
        text = _of_customer(text, language)
    if (
        commitment.due_text
        and condense(commitment.due_text, language, impersonal=False) not in text
    ):
        text += f" ({commitment.due_text})"
    if commitment.condition and fold(commitment.condition) not in fold(commitment.text):
        condition = condense(commitment.condition, language, impersonal=is_agent)
        text = f"{condition}, {text}" if condition else text
    return text


def _of_mine(match: re.Match[str]) -> str:
    return "customer" if match[0] == "me" else "the"


def _of_customer(text: str, language: str) -> str:
    """Turn "je vous renvoie le formulaire" into "le client renvoie le formulaire"."""
    if language == "en":
        return _CUSTOMER_EN.sub("customer will ", text)
    match = _CUSTOMER_FR.match(text)
    if match is None:
        return f"le client : {text}"
    verb = {"vais": "va", "fais": "fait", "viens": "vient", "passe": "passe"}.get(
        match["verb"].lower()
    )
    verb = verb or (match["verb"][:-1] if match["verb"].endswith("rai") else match["verb"])
    return f"le client {verb}{text[match.end() :]}"
