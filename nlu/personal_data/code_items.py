"""Identifiers of letters and digits: IBAN, VAT number, BIC, number plate, identity numbers."""

from __future__ import annotations

import re

from nlu.personal_data import checks
from nlu.personal_data.cues import Cues
from nlu.personal_data.found import Found, spans_of
from nlu.personal_data.number_items import continues_glued, ends_fresh, is_glued
from nlu.personal_data.readings import Reading, Readings

_VAT_PREFIXES = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()
)
_VAT_LENGTHS = range(9, 15)
_BIC_LENGTHS = (8, 11)
# Without I, O and U, and SS: https://fr.wikipedia.org/wiki/Plaque_d'immatriculation_française
_SIV = re.compile(r"(?!SS)[A-HJ-NP-TV-Z]{2}(?!000)\d{3}(?!SS)[A-HJ-NP-TV-Z]{2}")
_FNI = re.compile(r"[1-9]\d{0,3}[A-HJ-NP-TV-Z]{2,3}(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])")
_UK_PLATE = re.compile(r"[A-HJ-PR-Y]{2}(?:0[1-9]|[1-7]\d)[A-HJ-PR-Z]{3}")
_WRITTEN_SIV = re.compile(r"[A-Z]{2}[- ]\d{3}[- ][A-Z]{2}")
_NINO = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_SSN = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}")
_PASSPORT = re.compile(r"\d{2}[A-Z]{2}\d{5}|\d{9}|[A-Z]\d{8}|[A-Z0-9]{9}|\d{12}")
_MOST_IBAN = 34
_MOST_OTHER = 15
_PLAIN = 2


def find_codes(readings: Readings, cues: Cues, text_of: dict[int, str]) -> list[Found]:
    """Find what mixes letters and digits in one side's talk.

    Args:
        readings: Of the stream.
        cues: Of the conversation.
        text_of: Text of each turn.

    Returns:
        Candidates, which may overlap.
    """
    stream = readings.stream
    found: list[Found] = []
    for first, token in enumerate(stream.tokens):
        if not _may_begin(readings, first):
            continue
        two = _letters_ahead(readings, first)
        if two in checks.IBAN_LENGTHS:
            found += _ibans(readings, first)
        is_announced = cues.announces(
            ("plate", "nir", "identity_card", "vat", "bic"), token.turn, token.start, token.end
        )
        if is_announced or (token.kind == "word" and not stream.is_number(first)):
            found += _others(readings, cues, text_of, first)
    return found


def _may_begin(readings: Readings, first: int) -> bool:
    stream = readings.stream
    token = stream.tokens[first]
    if token.kind not in ("word", "digits") or (token.kind == "word" and token.key == "à"):
        return False
    if is_glued(stream, first):
        return False
    return bool(readings.edges(first, letters=True))


def _letters_ahead(readings: Readings, first: int) -> str:
    """Return the two letters that an identifier would begin with."""
    text = ""
    at = first
    while len(text) < 2:
        edges = [edge for edge in readings.edges(at, letters=True) if edge.text.isalpha()]
        if not edges:
            return ""
        text += edges[0].text
        at = readings.after_pause(edges[0].end)
    return text[:2]


def _ibans(readings: Readings, first: int) -> list[Found]:
    stream = readings.stream
    found: list[Found] = []
    for reading in readings.read(first, longest=_MOST_IBAN, letters=True, starts=_iban_may):
        if continues_glued(stream, reading.end) or len(reading.text) < 15:
            continue
        if checks.is_iban(reading.text):
            found.append(
                Found(
                    "iban", spans_of(stream, first, reading.end), reading.text,
                    0.99 if ends_fresh(stream, reading.end) else 0.9,
                    checked=True, cost=reading.cost,
                )
            )  # fmt: skip
    return found


def _iban_may(text: str) -> bool:
    if len(text) < 2:
        return text.isalpha()
    length = checks.IBAN_LENGTHS.get(text[:2])
    return length is not None and len(text) <= length and (text[2:4].isdigit() or len(text) == 2)


def _others(readings: Readings, cues: Cues, text_of: dict[int, str], first: int) -> list[Found]:
    stream = readings.stream
    token = stream.tokens[first]
    found: list[Found] = []
    for reading in readings.read(first, longest=_MOST_OTHER, letters=True, most_cost=6):
        text = reading.text
        if len(text) < 6 or continues_glued(stream, reading.end):
            continue
        if text.isalpha() and len(text) not in _BIC_LENGTHS:  # all the others have digits
            continue
        tail = stream.tokens[reading.end - 1]
        after = tail.end if tail.turn == token.turn else 10**9
        place = (token.turn, token.start, after)
        spans = spans_of(stream, first, reading.end)
        if (
            text[:2] in _VAT_PREFIXES
            and len(text) in _VAT_LENGTHS
            and (
                checks.is_french_vat(text)
                or (checks.is_european_vat(text) and cues.announces(("vat",), *place))
            )
        ):
            found.append(Found("vat", spans, text, 0.98, checked=True, cost=reading.cost))
        elif _is_plate(reading, cues, place, text_of):
            found.append(Found("plate", spans, text, 0.9, cost=reading.cost))
        elif len(text) in _BIC_LENGTHS and cues.announces(("bic",), *place) and checks.is_bic(text):
            found.append(Found("bic", spans, text, 0.9, cost=reading.cost))
        elif reading.cost <= _PLAIN and _is_identity_number(text, cues, place):
            found.append(Found("national_id", spans, text, 0.8, cost=reading.cost))
    return found


def _is_plate(
    reading: Reading, cues: Cues, place: tuple[int, int, int], text_of: dict[int, str]
) -> bool:
    text = reading.text
    if cues.announces(("plate",), *place):
        return any(p.fullmatch(text) for p in (_SIV, _FNI, _UK_PLATE)) and reading.cost <= _PLAIN
    if not _SIV.fullmatch(text) or cues.is_something_else(*place):
        return False
    turn, start, end = place
    return _WRITTEN_SIV.fullmatch(text_of[turn][start:end]) is not None


def _is_identity_number(text: str, cues: Cues, place: tuple[int, int, int]) -> bool:
    if cues.announces(("nir",), *place):
        return bool(_NINO.fullmatch(text) or _SSN.fullmatch(text))
    has_digits = sum(character.isdigit() for character in text) > 4
    return (
        has_digits
        and cues.announces(("identity_card",), *place)
        and _PASSPORT.fullmatch(text) is not None
    )
