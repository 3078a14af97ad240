"""Dictations of numbers with check digits, with the place of every word that is part of one.

Another style than ``generated``: digit by digit with "oh" and "double", thousands, pairs and
hundreds, spelled letters, groups spread over turns that the listener acknowledges or repeats.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from generated import CHECKED, value_of
from num2words import num2words

_OPENINGS = {
    "fr": {
        "card_number": ["alors ma carte c'est", "oui, le numéro de la carte,", "la CB :"],
        "iban": ["l'IBAN,", "alors pour le virement c'est", "je vous lis mon IBAN"],
        "bank_account": ["le numéro de compte :", "sur le RIB je lis"],
        "nir": ["mon numéro de sécu,", "le numéro de sécurité sociale c'est le"],
        "siren": ["le SIREN, alors,", "notre numéro SIREN c'est"],
        "siret": ["pour le SIRET :", "notre SIRET est le"],
        "vat": ["la TVA intracommunautaire,", "numéro de TVA :"],
    },
    "en": {
        "card_number": ["sure, the card number's", "yes it's", "my Mastercard is"],
        "iban": ["the IBAN is", "okay, my IBAN,"],
        "bank_account": ["my French bank account number is", "the account number is"],
        "nir": ["my social security number is", "the French social security number,"],
        "siren": ["our SIREN is", "the SIREN number,"],
        "siret": ["the SIRET number is", "our SIRET,"],
        "vat": ["the VAT number's", "our VAT number,"],
    },
}
_QUESTIONS = {
    "fr": {
        "card_number": "le numéro de votre carte s'il vous plaît", "iban": "et votre IBAN ?",
        "bank_account": "votre numéro de compte ?", "nir": "votre numéro de sécurité sociale ?",
        "siren": "le SIREN de l'entreprise ?", "siret": "quel est votre SIRET ?",
        "vat": "votre numéro de TVA ?",
    },
    "en": {
        "card_number": "can I take the long number on your card?", "iban": "and the IBAN?",
        "bank_account": "what's the account number?", "nir": "your social security number?",
        "siren": "what's the SIREN?", "siret": "and the SIRET?", "vat": "your VAT number, please?",
    },
}  # fmt: skip
_LISTENS = {
    "fr": ["oui", "d'accord", "hum hum", "très bien", "allez-y", "oui je vous écoute", "c'est noté",
           "ok parfait", "continuez"],
    "en": ["yes", "okay", "mm-hmm", "right", "go ahead", "yep got it", "uh-huh", "carry on",
           "perfect, thank you"],
}  # fmt: skip
_PAUSES = {
    "fr": [", ", " ", " euh ", "... ", " et ", ", ensuite ", ". "],
    "en": [", ", " ", " um ", "... ", " then ", ". ", ", uh, "],
}
_SPELLED_AS = {
    "fr": {"F": "France", "R": "Robert", "D": "Denise", "E": "Émile", "B": "Berthe"},
    "en": {"F": "Freddie", "R": "Robert", "D": "David", "E": "Edward", "B": "Bravo"},
}
_SIZES = {
    "card_number": {15: (4, 6, 5), 16: (4, 4, 4, 4)},
    "nir": {15: (1, 2, 2, 2, 3, 3, 2)},
    "siren": {9: (3, 3, 3)},
    "siret": {14: (3, 3, 3, 5)},
    "vat": {13: (4, 3, 3, 3)},
    "bank_account": {23: (5, 5, 11, 2)},
}


@dataclass(frozen=True)
class Dictation:
    """A number dictated to the other side.

    Attributes:
        language: ``fr`` or ``en``.
        turns: Speaker and text of each.
        type: Of the number.
        value: Of the number.
        style: How it was read.
        said: Turn, start and end of each word of it, those that the listener repeats included.
    """

    language: str
    turns: tuple[tuple[str, str], ...]
    type: str
    value: str
    style: str
    said: tuple[tuple[int, int, int], ...]


STYLES = ("digits", "doubled", "pairs", "hundreds", "thousands", "mixed")


def dictations(count: int, seed: int) -> Iterator[Dictation]:
    """Make dictations, each of another number.

    Args:
        count: How many.
        seed: Of what is random.
    """
    rng = random.Random(seed)
    for number in range(count):
        language = rng.choice(["fr", "en"])
        kind = CHECKED[number % len(CHECKED)]
        value = value_of(kind, rng)
        if kind == "card_number" and rng.random() < 0.1:
            value = rng.choice(["4111111111111111", "5555555555554444", "4000000000000002"])
        yield _dictate(kind, value, language, rng.choice(STYLES), rng)


def _dictate(kind: str, value: str, language: str, style: str, rng: random.Random) -> Dictation:
    groups = [_say(group, language, style, rng) for group in _groups(kind, value)]
    asked = rng.random() < 0.4
    turns: list[tuple[str, str]] = []
    said: list[tuple[int, int, int]] = []
    if asked:
        turns.append(("agent", _QUESTIONS[language][kind]))
    is_spread = rng.random() < 0.4 and len(groups) > 1
    text = "" if asked and rng.random() < 0.7 else rng.choice(_OPENINGS[language][kind]) + " "
    pause = rng.choice(_PAUSES[language])
    for place, group in enumerate(groups):
        start = len(text)
        text += group
        said.append((len(turns), start, len(text)))
        if place == len(groups) - 1:
            text += rng.choice(["", ".", " voilà" if language == "fr" else " thanks"])
        elif is_spread and rng.random() < 0.7:
            turns.append(("customer", text))
            heard = rng.choice(_LISTENS[language])
            opening = rng.choice(["", f"{heard}, "])
            if rng.random() < 0.4:
                said.append((len(turns), len(opening), len(opening) + len(group)))
                heard = opening + group
            turns.append(("agent", heard))
            text = rng.choice(["", "oui, " if language == "fr" else "yes, ", ""])
        else:
            text += pause
    turns.append(("customer", text))
    return Dictation(language, tuple(turns), kind, value, style, tuple(said))


def _groups(kind: str, value: str) -> list[str]:
    sizes = _SIZES.get(kind, {}).get(len(value), (4,) * 8)
    groups, at = [], 0
    for size in sizes:
        groups.append(value[at : at + size])
        at += size
    return [group for group in groups if group]


def _say(group: str, language: str, style: str, rng: random.Random) -> str:
    """Read letters and digits of one group."""
    words: list[str] = []
    for is_digits, run in groupby(group, key=str.isdigit):
        text = "".join(run)
        if is_digits:
            chosen = rng.choice(STYLES[:-1]) if style == "mixed" else style
            words += _digits(text, language, chosen, rng)
        else:
            words += _letters(text, language, rng)
    return " ".join(words)


def _letters(text: str, language: str, rng: random.Random) -> list[str]:
    way = rng.random()
    if way < 0.2:
        return [text]
    if way < 0.35 and len(text) > 1:
        link = "comme" if language == "fr" else "for"
        return [f"{letter} {link} {_SPELLED_AS[language].get(letter, letter)}" for letter in text]
    if way < 0.45:
        return list(text.lower())
    return list(text)


def _digits(run: str, language: str, style: str, rng: random.Random) -> list[str]:
    if style == "doubled":
        return _doubled(run, language, rng)
    size = {"digits": 1, "pairs": 2, "hundreds": 3, "thousands": 4}[style]
    if style == "thousands" and len(run) % 4:
        size = 2 if len(run) % 2 == 0 else 3
    words: list[str] = []
    for at in range(0, len(run), size):
        words += _number(run[at : at + size], language, rng)
    return words


def _number(part: str, language: str, rng: random.Random) -> list[str]:
    words: list[str] = []
    while part.startswith("0"):
        words.append("zéro" if language == "fr" else rng.choice(["zero", "oh"]))
        part = part[1:]
    if part:
        said = num2words(int(part), lang=language).replace(",", "")
        words.append(said if rng.random() < 0.7 else said.replace("-", " "))
    return words


def _doubled(run: str, language: str, rng: random.Random) -> list[str]:
    words: list[str] = []
    for digit, same in groupby(run):
        left = len(list(same))
        while left:
            count = min(left, 3 if rng.random() < 0.5 else 2)
            if language == "fr" or count == 1:
                count = 1
            else:
                words.append({2: "double", 3: rng.choice(["triple", "treble"])}[count])
            words += _number(digit, language, rng)
            left -= count
    return words
