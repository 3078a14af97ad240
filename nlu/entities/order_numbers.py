"""Numbers of orders, files and contracts: the centre's patterns, or a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from nlu.entities.found import Found
from nlu.entities.written_text import WrittenText

_NAMES = {
    "fr": {
        "commande": "order", "dossier": "file", "client": "customer", "contrat": "contract",
        "colis": "parcel", "suivi": "parcel", "ticket": "ticket", "incident": "ticket",
        "facture": "invoice", "reference": "reference", "ref": "reference", "police": "contract",
        "sinistre": "file", "reclamation": "file", "reservation": "booking", "compte": "account",
        "abonne": "customer", "retour": "return",
    },
    "en": {
        "order": "order", "case": "file", "file": "file", "customer": "customer",
        "contract": "contract", "parcel": "parcel", "tracking": "parcel", "ticket": "ticket",
        "invoice": "invoice", "reference": "reference", "ref": "reference", "policy": "contract",
        "claim": "file", "booking": "booking", "reservation": "booking", "account": "account",
        "confirmation": "reference", "return": "return",
    },
}  # fmt: skip
_LINKS = {
    "fr": r"(?:n ?[°o]\.?|numero|est|c'est|le|la|de|client|commande|dossier|suivi|contrat|voici|"
    r"euh|porte|[:#,.])",
    "en": r"(?:number|no\.?|is|it's|the|id|um|uh|here|[:#,.])",
}
_CODE = (
    r"(?:(?=[a-z]*[\-/ ]?\d)[a-z]{0,4}[\-/]?\d[\w]*(?:[\-/]\w*\d\w*)*(?:[ ,][ ]?\d{2,6}(?![\d:€%]|"
    r" ?(?:€|euros?|h\b|jours?|mois|%)))*"
    r"|(?:[a-z] ){1,4}\d{2,}(?: \d{2,4})*)"
)
_CUED = {
    language: re.compile(
        rf"\b(?P<name>{'|'.join(names)})s?\b(?:\s*{_LINKS[language]}\s*){{0,6}}\s*(?P<code>{_CODE})(?![\w€%])"
    )
    for language, names in _NAMES.items()
}
_ASKED = {
    language: re.compile(rf"\b(?:{'|'.join(names)})s?\b") for language, names in _NAMES.items()
}
_BARE = re.compile(
    r"^\W*(?:(?:oui|yes|alors|euh|uh|um|voici|donc|so|c'est|it's|le|the|sure|ok)\W+)*(?:le |the )?"
    rf"(?P<code>{_CODE})\W*$"
)
_STANDALONE = re.compile(r"\b(?P<code>[A-Z]{2,5}[\-/]?\d{4,12}(?:-\d{1,6})?)\b")
_MONTH_OR_UNIT = re.compile(
    r"^ ?(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    r"jours?|mois|heures?|h\b|€|euros?|%|days?|hours?|months?|weeks?|dollars?|\$|st\b|nd\b|th\b)"
)
_PHONE = re.compile(r"^(?:0\d|\+?\d{2} ?\d)(?: ?\d\d){4}$")
_FEWEST_DIGITS = 4
_MOST_CHARACTERS = 20
_CARD_DIGITS = 13


def find_order_numbers(
    written: WrittenText, patterns: Sequence[str], *, asked_before: str
) -> Iterator[Found]:
    """Find reference numbers.

    Args:
        written: Of one turn.
        patterns: The centre's own regular expressions (RE2), matched in any case; they come first.
        asked_before: The turn before, where somebody else said it: what it asks for names a bare
            number.

    Raises:
        DefinitionInvalid: A pattern cannot be used.
    """
    language, text = written.language, written.folded
    for pattern in patterns:
        for match in _compiled(pattern).finditer(written.text):
            if match[0].strip():
                start, end = match.span()
                yield Found(start, end, "order_number", _normal(match[0]), None, "order")
    for match in _CUED[language].finditer(text):
        unit = _NAMES[language][match["name"]]
        yield from _checked(match, text, unit)
    if (asked := _ASKED[language].search(asked_before)) and (bare := _BARE.match(text)):
        name = asked[0] if asked[0] in _NAMES[language] else asked[0][:-1]
        yield from _checked(bare, text, _NAMES[language][name])
    for match in _STANDALONE.finditer(written.text):
        yield from _checked(match, text, "reference")


def _checked(match: re.Match[str], text: str, unit: str) -> Iterator[Found]:
    start, end = match.span("code")
    code = text[start:end].rstrip(" ,-/")
    end = start + len(code)
    digits = sum(character.isdigit() for character in code)
    if digits < _FEWEST_DIGITS or len(code) > _MOST_CHARACTERS or digits >= _CARD_DIGITS:
        return
    if _PHONE.match(code) or _MONTH_OR_UNIT.match(text[end:]):
        return
    yield Found(start, end, "order_number", _normal(code), None, unit)


def _normal(code: str) -> str:
    return re.sub(r"[ ,.]", "", code).upper()


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    from nlu.personal_data.settings import compile_pattern

    return compile_pattern(f"(?i){pattern}")
