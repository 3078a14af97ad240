"""Sentences with numbers whose type is known, written and read aloud, and sentences without any.

Numbers are spelled out with num2words, which the code under test does not use.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from num2words import num2words
from stdnum import luhn

CHECKED = ("card_number", "iban", "nir", "siren", "siret", "vat", "bank_account")
_CARRIERS = {
    "fr": {
        "card_number": ["mon numéro de carte c'est le {}", "alors la carte bleue : {}",
                        "le numéro de ma carte bancaire est {}", "je vous donne ma carte, {}",
                        "je paie par carte, euh, {} voilà"],
        "iban": ["mon IBAN c'est {}", "voici mon RIB : {}", "pour le prélèvement, l'IBAN est {}"],
        "bank_account": ["mon RIB c'est {}", "numéro de compte {}"],
        "nir": ["mon numéro de sécurité sociale est le {}", "ma sécu c'est {}",
                "le numéro sur ma carte vitale : {}", "alors, {}"],
        "siren": ["le SIREN de ma société est le {}", "numéro SIREN {}"],
        "siret": ["le SIRET c'est {}", "numéro de SIRET : {}"],
        "vat": ["notre numéro de TVA est {}", "TVA intracommunautaire {}"],
    },
    "en": {
        "card_number": ["my card number is {}", "it's a Visa card, {}", "the card is, um, {}"],
        "iban": ["my IBAN is {}", "the bank account is {}"],
        "bank_account": ["the French bank account is {}"],
        "nir": ["my French social security number is {}"],
        "siren": ["the SIREN number is {}"],
        "siret": ["our SIRET is {}"],
        "vat": ["our VAT number is {}"],
    },
}  # fmt: skip
_ACKS = {
    "fr": ["oui", "d'accord", "je vous écoute", "très bien, allez-y", "c'est noté", "ok"],
    "en": ["yes", "okay", "go ahead", "right", "got it", "mm-hmm"],
}
_WRITTEN = ["plain", "grouped", "dashed"]


@dataclass(frozen=True)
class Sentence:
    """A dictation, in turns of customer and agent, and what is in it."""

    language: str
    turns: tuple[tuple[str, str], ...]
    type: str | None
    value: str | None
    form: str


def value_of(kind: str, rng: random.Random) -> str:
    """Make up a valid number of a type."""

    def digits(count: int) -> str:
        return "".join(rng.choices("0123456789", k=count))

    if kind == "card_number":
        prefix = rng.choice(["4", "4970", "4539", "51", "53", "55", "2345", "37"])
        body = prefix + digits((14 if prefix == "37" else 15) - len(prefix))
        return body + luhn.calc_check_digit(body)
    if kind == "siren":
        body = digits(8)
        return body + luhn.calc_check_digit(body)
    if kind == "siret":
        body = value_of("siren", rng) + "000" + digits(1)
        return body + luhn.calc_check_digit(body)
    if kind == "vat":
        siren = value_of("siren", rng)
        return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
    if kind == "nir":
        department = rng.choice([f"{rng.randint(1, 95):02d}", "75", "2A", "2B", "99"])
        body = f"{rng.choice('12')}{digits(2)}{rng.randint(1, 12):02d}{department}{digits(6)}"
        number = int(body.replace("2A", "19").replace("2B", "18"))
        return f"{body}{97 - number % 97:02d}"
    bank, branch, account = digits(5), digits(5), digits(11)
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    account_number = f"{bank}{branch}{account}{key:02d}"
    if kind == "bank_account":
        return account_number
    country = rng.choice(["FR", "FR", "FR", "BE", "DE"])
    bban = {"FR": account_number, "BE": digits(12), "DE": digits(18)}[country]
    return _with_check(country, bban)


def _with_check(country: str, bban: str) -> str:
    text = f"{bban}{country}00"
    number = int("".join(str(int(character, 36)) for character in text))
    return f"{country}{98 - number % 97:02d}{bban}"


def groups_of(kind: str, value: str) -> list[str]:
    """Cut a number as it is printed."""
    sizes = {
        "card_number": [4, 6, 5] if len(value) == 15 else [4, 4, 4, 4],
        "nir": [1, 2, 2, 2, 3, 3, 2],
        "siren": [3, 3, 3],
        "siret": [3, 3, 3, 5],
        "vat": [2, 2, 3, 3, 3],
        "bank_account": [5, 5, 11, 2],
    }.get(kind, [4] * 8)
    groups, at = [], 0
    for size in sizes:
        if value[at : at + size]:
            groups.append(value[at : at + size])
        at += size
    return groups


def spoken(text: str, language: str, rng: random.Random, style: str) -> str:
    """Read digits and letters aloud: one by one, in pairs, or group by group."""
    pieces: list[str] = []
    run = ""
    for character in text + "|":
        if character.isdigit():
            run += character
            continue
        if run:
            pieces += _spoken_digits(run, language, rng, style)
            run = ""
        if character != "|":
            pieces.append(character)
    return " ".join(pieces)


def _spoken_digits(run: str, language: str, rng: random.Random, style: str) -> list[str]:
    size = {"digits": 1, "pairs": 2, "groups": len(run)}[style]
    if size > 4:
        size = 2
    words: list[str] = []
    for at in range(0, len(run), size):
        part = run[at : at + size]
        while part.startswith("0"):
            zero = "zéro" if language == "fr" else rng.choice(["zero", "oh"])
            words.append(zero)
            part = part[1:]
        if part:
            said = num2words(int(part), lang=language).replace(",", "")
            words.append(said if rng.random() < 0.7 else said.replace("-", " "))
    return words


def positives(count: int, seed: int) -> list[Sentence]:
    """Make sentences that each hold one number with check digits."""
    rng = random.Random(seed)
    sentences: list[Sentence] = []
    for number in range(count):
        language = "fr" if rng.random() < 0.6 else "en"
        kind = CHECKED[number % len(CHECKED)]
        value = value_of(kind, rng)
        groups = groups_of(kind, value)
        form = rng.choice(["plain", "grouped", "dashed", "digits", "pairs", "groups"])
        said = _say(groups, form, language, rng)
        carrier = rng.choice(_CARRIERS[language][kind])
        if rng.random() < 0.3 and len(said) > 2:
            turns = _over_turns(said, carrier, language, rng, form)
        else:
            joint = {"plain": "", "grouped": " ", "dashed": "-"}.get(form)
            filler = rng.choice([", ", " ", " euh " if language == "fr" else " um "])
            turns = (("customer", carrier.format((filler if joint is None else joint).join(said))),)
        sentences.append(Sentence(language, tuple(turns), kind, value, form))
    return sentences


def _say(groups: Sequence[str], form: str, language: str, rng: random.Random) -> list[str]:
    if form in _WRITTEN:
        return list(groups)
    return [spoken(group, language, rng, form) for group in groups]


def _over_turns(
    said: Sequence[str], carrier: str, language: str, rng: random.Random, form: str
) -> tuple[tuple[str, str], ...]:
    cuts = sorted(rng.sample(range(1, len(said)), k=min(2, len(said) - 1)))
    bounds = [0, *cuts, len(said)]
    turns: list[tuple[str, str]] = []
    for first, (start, end) in enumerate(pairwise(bounds)):
        text = " ".join(said[start:end])
        turns.append(("customer", carrier.format(text) if first == 0 else text))
        if end < len(said):
            acknowledged = rng.choice(_ACKS[language])
            turns.append(("agent", text if rng.random() < 0.3 else acknowledged))
    return tuple(turns)


def negatives(count: int, seed: int) -> list[Sentence]:
    """Make sentences that hold numbers of other kinds: orders, prices, dates, quantities."""
    rng = random.Random(seed)

    def digits(size: int) -> str:
        return "".join(rng.choices("0123456789", k=size))

    def grouped(text: str) -> str:
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    makers = {
        "fr": [
            lambda: f"ma commande {digits(rng.randint(6, 16))} n'est pas arrivée",
            lambda: f"le numéro de commande est le {grouped(digits(16))}",
            lambda: f"la référence du dossier c'est {digits(rng.choice([9, 10, 13, 14, 15, 16]))}",
            lambda: f"numéro de suivi {digits(rng.choice([13, 14, 15]))} pour mon colis",
            lambda: f"ça m'a coûté {rng.randint(1, 9999)},{digits(2)} €",
            lambda: f"la facture fait {num2words(rng.randint(1, 99999), lang='fr')} euros",
            lambda: f"livré le {rng.randint(1, 28)}/{rng.randint(1, 12):02d}/20{digits(2)} à "
            f"{rng.randint(8, 19)}h{rng.randint(10, 59)}",
            lambda: f"j'ai commandé {num2words(rng.randint(2, 400), lang='fr')} pièces le "
            f"{num2words(rng.randint(2, 28), lang='fr')} mars",
            lambda: f"c'est pour le {rng.randint(1, 95):02d}{digits(3)}",
            lambda: f"un total de {rng.randint(1, 999)} {digits(3)} {digits(3)} euros",
            lambda: f"le compteur indique {digits(5)} puis {digits(5)} kWh",
            lambda: f"mon numéro client {digits(8)}, contrat {digits(10)}",
            lambda: "référence "
            + " ".join(num2words(int(one), lang="fr") for one in digits(rng.choice([8, 12, 16]))),
        ],
        "en": [
            lambda: f"my order {digits(rng.randint(6, 16))} has not arrived",
            lambda: f"the order number is {grouped(digits(16))}",
            lambda: f"reference {digits(rng.choice([9, 10, 13, 14, 15, 16]))} please",
            lambda: f"tracking number {digits(rng.choice([12, 13, 14, 15]))}",
            lambda: f"it cost £{rng.randint(1, 9999)}.{digits(2)} in {rng.randint(2010, 2026)}",
            lambda: f"I paid {num2words(rng.randint(1, 99999))} dollars",
            lambda: f"delivered on {rng.randint(1, 12)}/{rng.randint(1, 28)}/20{digits(2)}",
            lambda: f"the invoice {digits(9)} is for {rng.randint(2, 90)} items",
            lambda: "the booking reference is "
            + " ".join(num2words(int(one)) for one in digits(rng.choice([8, 11, 16]))),
        ],
    }  # fmt: skip
    sentences: list[Sentence] = []
    for _ in range(count):
        language = rng.choice(["fr", "fr", "en"])
        text = rng.choice(makers[language])()
        sentences.append(Sentence(language, (("customer", text),), None, None, "other"))
    return sentences
