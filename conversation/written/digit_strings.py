"""Telephone numbers and references, said digit by digit or in groups."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from conversation.written.line import Line, Match
from conversation.written.numerals import SpokenNumber, read_number
from conversation.written.quantities import is_number

_REFERENCES = {
    "fr": frozenset({
        "numéro", "numéros", "n°", "référence", "références", "code", "cryptogramme", "siret",
        "siren", "imei", "pin", "matricule", "immatriculation", "plaque", "iban", "téléphone",
        "portable", "joindre", "composez", "rappeler", "rappelez",
    }),
    "en": frozenset({
        "number", "numbers", "reference", "ref", "order", "account", "code", "pin", "zip",
        "policy", "confirmation", "card", "ticket", "routing", "extension", "phone", "cell",
        "telephone", "mobile", "dial", "reach", "plate", "id",
    }),
}  # fmt: skip
_TELEPHONE = frozenset({"phone", "telephone", "cell", "mobile", "call", "dial", "reach", "fax"})
_OTHER_NUMBERS = frozenset({
    "reference", "ref", "order", "account", "policy", "confirmation", "card", "ticket", "routing",
})  # fmt: skip
_ABROAD = {"33": (9,), "32": (8, 9), "41": (9,), "44": (10,), "1": (10,), "49": (10, 11)}
_PARTED_DIGITS = re.compile(r"\d+(?:[.\-/]\d+)+")
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_COUNTED = frozenset({
    "euro", "euros", "€", "heure", "heures", "h", "janvier", "février", "mars", "avril", "mai",
    "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "jour", "jours",
    "mois", "ans", "fois", "pour", "%", "virgule", "minutes", "dollars", "dollar", "pounds",
    "percent", "days", "months", "years", "times", "people", "giga", "gigas", "minute", "hours",
})  # fmt: skip
_FILLERS = frozenset({"euh", "heu", "hum", "uh", "um"})
_DICTATED_IN_PAIRS = frozenset({"téléphone", "portable", "joindre", "rappeler", "rappelez", "fixe"})
_HUNDREDS = frozenset({"cent", "cents", "hundred"})
_NO_START = frozenset({
    "hundred", "cents", "thousand", "mil", "million", "millions", "milliard", "milliards",
    "billion",
})  # fmt: skip
_MOST_GROUPS = 24
_MOST_WORDS = 16
_CUE_WITHIN = 9
_FEWEST_WITHOUT_CUE = 4
_CARD_DIGITS = 16
_OTHER_GROUPINGS = frozenset({(4, 3, 3), (4, 2, 2, 2), (3, 3, 2, 2)})
"""Of telephone numbers that begin with 08, Belgian and Swiss ones."""
_LEFT_OVER = 4
_CUT = 1


@dataclass(frozen=True)
class _Group:
    """Digits that were said together.

    Attributes:
        digits: Of them.
        start: Index of the first token.
        end: Index of the first token after them.
    """

    digits: str
    start: int
    end: int


def write_phone_number(line: Line, at: int) -> Match | None:
    """Write a telephone number as it is dictated: "06 12 34 56 78", "+33 6 12 34 56 78"."""
    if line.language == "fr":
        return _national(line, at) or _abroad(line, at)
    return _abroad(line, at)


def write_reference(line: Line, at: int) -> Match | None:
    """Join the digits, or letters and digits, of a reference that is read out."""
    has_cue = not _REFERENCES[line.language].isdisjoint(line.before(at, _CUE_WITHIN))
    if has_cue and (code := _code(line, at)):
        return code
    if line.language == "en" and (number := _english_phone(line, at, has_cue=has_cue)):
        return number
    groups = _run(line, at, across_commas=has_cue)
    digits = "".join(group.digits for group in groups)
    if len(groups) < 2 and len(digits) < 3:
        return None
    if line.language == "fr" and not has_cue and (parts := _with_zero(line, groups)):
        return parts
    said_so = any(line.key(group.start) in _TIMES for group in groups)
    if len(groups) < 2 and not said_so:
        return None
    if (
        not has_cue
        and not said_so
        and (len(groups) < _FEWEST_WITHOUT_CUE or any(len(group.digits) > 1 for group in groups))
    ):
        return None
    if not has_cue and len(digits) < 3:
        return None
    in_pairs = line.language == "fr" and _has_pairs(digits, groups)
    if in_pairs and not _DICTATED_IN_PAIRS.isdisjoint(line.before(at, _CUE_WITHIN)):
        return Match(groups[-1].end, _pairs(digits))
    return Match(groups[-1].end, _spaced_by_four(digits))


def _with_zero(line: Line, groups: list[_Group]) -> Match | None:
    """Write part of a telephone number, "trente-neuf zéro zéro"; only digits are said with zero."""
    digits = "".join(group.digits for group in groups)
    is_spoken = any(line.key(group.start) in ("zéro", "zero") for group in groups)
    if not is_spoken or len(groups) < 2 or len(digits) < 3:
        return None
    return Match(groups[-1].end, _pairs(digits) if len(digits) % 2 == 0 else digits)


def _has_pairs(digits: str, groups: list[_Group]) -> bool:
    return len(digits) % 2 == 0 and sum(len(group.digits) == 2 for group in groups) > 1


def _spaced_by_four(digits: str) -> str:
    if len(digits) != _CARD_DIGITS:
        return digits
    return " ".join(digits[start : start + 4] for start in range(0, _CARD_DIGITS, 4))


def _readings(line: Line, at: int) -> list[_Group]:
    """Return every number that may be read from a token on, the longest first."""
    key = line.key(at)
    if key.isdecimal():
        return [_Group(key, at, at + 1)]
    if _PARTED_DIGITS.fullmatch(key):
        return [_Group(re.sub(r"\D", "", key), at, at + 1)]
    if line.language == "en":
        if key == "oh" or (key == "o" and _is_between_digits(line, at)):
            return [_Group("0", at, at + 1)]
        if key in _TIMES:
            return [
                _Group(group.digits * _TIMES[key], at, group.end)
                for group in _readings(line, at + 1)
                if len(group.digits) == 1
            ]
    if key in _NO_START or read_number(line.keys, at, line.language) is None:
        return []
    found: list[_Group] = []
    for end in range(min(at + _MOST_WORDS, len(line.keys)), at, -1):
        number = _number(line.keys[at:end], line.language)
        if number is None or number.end != end - at or number.is_ordinal:
            continue
        if not line.tokens[end - 1].closes or line.key(end - 1) == "une":
            continue
        # "deux cent dix" is never 2 100 10, but may be 200 10
        if found and len(found[0].digits) > 2 and line.key(end - 1) not in _HUNDREDS:
            continue
        if found and len(found[0].digits) > 3:
            continue
        found.append(_Group(str(number.value), at, end))
    return found


@lru_cache(maxsize=4096)
def _number(words: tuple[str, ...], language: str) -> SpokenNumber | None:
    """Read a number from the first word on; the same words are asked for from many places."""
    return read_number(words, 0, language)


def _is_between_digits(line: Line, at: int) -> bool:
    beside = (line.key(at - 1), line.key(at + 1))
    return all(
        key in (*_TIMES, "o", "oh") or is_number(line, place)
        for key, place in zip(beside, (at - 1, at + 1), strict=True)
    )


def _skip_pause(line: Line, at: int, marks: str = ",.;…-") -> int:
    while line.key(at) in _FILLERS or (
        line.mark(at) and all(sign in marks for sign in line.mark(at))
    ):
        at += 1
    return at


def _search(
    line: Line,
    at: int,
    n_digits: int,
    fits: Callable[[str], bool],
) -> list[_Group]:
    """Find the way to read exactly so many digits that keeps best to pairs.

    "Soixante douze" may be 72 or 60 12; the length that the number must have decides.
    """
    best: dict[tuple[int, int], tuple[int, list[_Group]] | None] = {}

    def read(start: int, done: int) -> tuple[int, list[_Group]] | None:
        if done == n_digits:
            after = _skip_pause(line, start)
            if line.key(start) in _COUNTED or (after == start and is_number(line, start)):
                return None
            return (_LEFT_OVER if is_number(line, after) else 0), []
        if (start, done) in best:
            return best[start, done]
        best[start, done] = None
        chosen: tuple[int, list[_Group]] | None = None
        position = _skip_pause(line, start) if done else start
        readings = _readings(line, position)
        for group in readings:
            length = len(group.digits)
            if done + length > n_digits or (not done and not fits(group.digits)):
                continue
            rest = read(group.end, done + length)
            if rest is None:
                continue
            cost = rest[0] + _cost(line, group, readings[0], done, n_digits)
            if chosen is None or (cost, len(rest[1]) + 1) < (chosen[0], len(chosen[1])):
                chosen = cost, [group, *rest[1]]
        best[start, done] = chosen
        return chosen

    found = read(at, 0)
    return found[1] if found else []


def _cost(line: Line, group: _Group, longest: _Group, done: int, n_digits: int) -> int:
    """Return how odd it is to read a group here, and to stop before the longest that fits."""
    length = len(group.digits)
    if line.key(group.start)[:1].isdigit() or not done:
        return 0
    cost = 0 if group.end == longest.end else _CUT
    is_aligned = (n_digits - done) % 2 == 0
    return cost + {1: 0 if not is_aligned else 1, 2: 0 if is_aligned else 2}.get(length, 1)


def _pairs(digits: str) -> str:
    head = len(digits) % 2
    pairs = re.findall("..", digits[head:])
    return " ".join([digits[:head], *pairs] if head else pairs)


def _national(line: Line, at: int) -> Match | None:
    if line.key(at) not in ("zéro", "zero", "0") and not line.key(at).startswith("0"):
        return None
    groups = _search(line, at, 10, lambda digits: digits.startswith("0"))
    digits = "".join(group.digits for group in groups)
    if not re.fullmatch(r"0[1-9]\d{8}", digits):
        return None
    if tuple(len(group.digits) for group in groups) in _OTHER_GROUPINGS:
        return Match(groups[-1].end, " ".join(group.digits for group in groups))
    if any(len(group.digits) == 3 for group in groups) and groups[0].digits == "0":
        head, *rest = [group.digits for group in groups[1:]]
        if all(len(part) > 1 for part in (head, *rest)):
            return Match(groups[-1].end, " ".join([f"0{head}", *rest]))
    return Match(groups[-1].end, _pairs(digits))


def _is_no_zero(digits: str) -> bool:
    return not digits.startswith("0")


def _abroad(line: Line, at: int) -> Match | None:
    """Read "plus trente-trois six …" and "+33 6 …"; nothing where the length does not fit."""
    key = line.key(at)
    if re.fullmatch(r"\+\d{1,3}", key):
        country, end = key[1:], at + 1
    elif re.fullmatch(r"\+33\d{9}", key):
        return Match(at + 1, f"+33 {_pairs(key[3:])}")
    elif line.keys[at : at + 2] in (("zéro", "zéro"), ("0", "0")) or key == "00":
        start = at + (1 if key == "00" else 2)
        readings = [group for group in _readings(line, start) if group.digits == "33"]
        groups = _search(line, readings[0].end, 9, _is_no_zero) if readings else []
        said = "".join(group.digits for group in groups)
        return Match(groups[-1].end, f"00 33 {_pairs(said)}") if groups else None
    elif key in ("plus", "+"):
        readings = [group for group in _readings(line, at + 1) if group.digits in _ABROAD]
        if not readings:
            return None
        country, end = readings[0].digits, readings[0].end
    else:
        return None
    end = _skip_pause(line, end)
    for n_digits in _ABROAD.get(country, ()):
        groups = _search(line, end, n_digits, _is_no_zero)
        if not groups:
            continue
        said = "".join(group.digits for group in groups)
        spaced = _pairs(said) if country == "33" else " ".join(group.digits for group in groups)
        if country != "33" and sum(len(group.digits) == 1 for group in groups) > 1:
            spaced = said
        return Match(groups[-1].end, f"+{country} {spaced}")
    return None


def _run(line: Line, at: int, *, across_commas: bool) -> list[_Group]:
    """Read the groups of digits that follow each other; what is counted is no part of them."""
    groups: list[_Group] = []
    position = at
    while len(groups) < _MOST_GROUPS and (readings := _readings(line, position)):
        groups.append(readings[0])
        position = readings[0].end
        if across_commas:
            position = _skip_pause(line, position, ",-")
    if groups and line.key(groups[-1].end) in _COUNTED:
        groups.pop()
    if groups and is_number(line, groups[-1].end) and not across_commas:
        return []
    return groups


def _english_phone(line: Line, at: int, *, has_cue: bool) -> Match | None:
    before = set(line.before(at, _CUE_WITHIN))
    is_telephone = bool(before & _TELEPHONE)
    if not _readings(line, at) or before & _OTHER_NUMBERS:
        return None
    for n_digits, pattern, cut, is_sure in (
        (11, r"0[12378]\d{9}", (5,), True),
        (11, r"1[2-9]\d{9}", (1, 4, 7), is_telephone or has_cue),
        (10, r"[2-9]\d{9}", (3, 6), is_telephone or has_cue),
        (7, r"[2-9]\d{6}", (3,), is_telephone),
    ):
        groups = _search(line, at, n_digits, lambda _: True) if is_sure else []
        digits = "".join(group.digits for group in groups)
        if len(groups) < 3 or not re.fullmatch(pattern, digits):
            continue
        bounds = (0, *cut, n_digits)
        parts = [digits[start:end] for start, end in itertools.pairwise(bounds)]
        return Match(groups[-1].end, (" " if digits.startswith("0") else "-").join(parts))
    return None


def _code(line: Line, at: int) -> Match | None:
    """Join letters and digits ("A B douze trente-quatre") after a word that announces them."""
    pieces: list[str] = []
    end = position = at
    while position < len(line.keys) and len(pieces) < _MOST_GROUPS:
        token = line.tokens[position]
        if re.fullmatch(r"[A-Z]{1,3}\d*|[A-Z0-9]*\d[A-Z0-9]*", token.text) and (
            not token.text.isdecimal()
        ):
            pieces.append(token.text)
            end = position = position + 1
        elif readings := _readings(line, position):
            pieces.append(readings[0].digits)
            end = position = readings[0].end
        else:
            break
        position = _skip_pause(line, position, ",-")
    joined = "".join(pieces)
    has_both = any(piece.isalpha() for piece in pieces) and any(map(str.isdecimal, pieces))
    if len(pieces) < 2 or not has_both or line.key(end) in _COUNTED or len(joined) < 4:
        return None
    return Match(end, joined)
