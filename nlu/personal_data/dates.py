"""Dates of birth, and the expiry date and security code of a card, where the talk says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from nlu.personal_data.cues import Cues
from nlu.personal_data.found import Found, spans_of
from nlu.personal_data.number_items import continues_glued, is_glued
from nlu.personal_data.readings import Edge, Readings

_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "january february march april may june july august september october november december",
}
_MONTH_NUMBERS = {
    language: {
        form: number
        for number, name in enumerate(names.split(), start=1)
        for form in (name, name[:3], name[:4], name.translate(str.maketrans("éû", "eu")))
    }
    for language, names in _MONTHS.items()
}
_ORDINALS = {
    "fr": {"premier": 1, "1er": 1},
    "en": {
        word: number
        for number, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
            "twentieth".split(),
            start=1,
        )
    }
    | {"thirtieth": 30},
}
_TENS = {"twenty": 20, "thirty": 30}
_BETWEEN = frozenset(
    "/ . - – , of the le de du d' en year th st nd rd er ème and et month mois".split()
)
_OLDEST = 1900
_FIRST_EXPIRY, _LAST_EXPIRY = 2015, 2045
_CVV_LENGTHS = (3, 4)
_NEAR_CUE = 60


def find_dates(readings: Readings, cues: Cues) -> Iterator[Found]:
    """Yield the dates that the talk before them announces as personal.

    Args:
        readings: Of one side's talk.
        cues: Of the conversation.
    """
    stream = readings.stream
    for first, token in enumerate(stream.tokens):
        if token.kind not in ("digits", "word"):
            continue
        if not (readings.edges(first) or _month(readings, first) or _ordinal(readings, first)):
            continue
        before = cues.before(token.turn, token.start)
        if not before:
            continue
        names = [cue.name for cue in before[:1]]
        if not before[0].same_turn:
            names = [cue.name for cue in before]
        if "birth" in names and (date := _birth_date(readings, first)):
            value, end = date
            yield Found("birth_date", spans_of(stream, first, end), value, 0.95)
        if "expiry" in names and (date := _expiry(readings, first)):
            value, end = date
            yield Found("card_expiry", spans_of(stream, first, end), value, 0.9)
        if "cvv" in names and "last_digits" not in names[:1]:
            yield from _cvv(readings, first, is_sure=before[0].distance < _NEAR_CUE)


def _numbers(
    readings: Readings, at: int, low: int, high: int, lengths: tuple[int, ...]
) -> list[Edge]:
    """Return what may be read at a place within bounds, a leading zero said apart included."""
    stream = readings.stream
    if at >= len(stream.tokens) or (stream.tokens[at].kind == "digits" and _inside(readings, at)):
        return []
    edges = [edge for edge in readings.edges(at) if edge.text.isdigit()]
    if any(edge.text == "0" for edge in edges):
        edges += [
            Edge(after.end, "0" + after.text, 0)
            for after in readings.edges(at + 1)
            if len(after.text) == 1
        ]
    return [e for e in edges if len(e.text) in lengths and low <= int(e.text) <= high]


def _inside(readings: Readings, at: int) -> bool:
    stream = readings.stream
    if not is_glued(stream, at):
        return False
    return stream.key(at - 1) not in ("/", ".", "-")


def _skip(readings: Readings, at: int, most: int = 3) -> int:
    stream = readings.stream
    for _ in range(most):
        if stream.key(at) not in _BETWEEN:
            break
        at += 1
    return at


def _month(readings: Readings, at: int) -> int | None:
    stream = readings.stream
    key = stream.key(at)
    number = _MONTH_NUMBERS[stream.language].get(key)
    return number if number is not None and stream.tokens[at].kind == "word" else None


def _ordinal(readings: Readings, at: int) -> tuple[int, int] | None:
    stream = readings.stream
    ordinals = _ORDINALS[stream.language]
    key = stream.key(at)
    if key in ordinals:
        return ordinals[key], at + 1
    if stream.language == "en" and key in _TENS:
        position = at + 1 + (stream.key(at + 1) == "-")
        unit = ordinals.get(stream.key(position), 10)
        if unit < 10:
            return _TENS[key] + unit, position + 1
    return None


def _days(readings: Readings, at: int) -> list[tuple[int, int]]:
    days = [(int(e.text), e.end) for e in _numbers(readings, at, 1, 31, (1, 2))]
    if ordinal := _ordinal(readings, at):
        days.append(ordinal)
    return days


def _month_numbers(readings: Readings, at: int) -> list[tuple[int, int]]:
    if month := _month(readings, at):
        end = at + 1 + (readings.stream.key(at + 1) == "." and len(readings.stream.key(at)) < 5)
        return [(month, end)]
    months = [(int(e.text), e.end) for e in _numbers(readings, at, 1, 12, (1, 2))]
    if (ordinal := _ordinal(readings, at)) and ordinal[0] <= 12:
        months.append(ordinal)
    return months


def _years(readings: Readings, at: int, low: int, high: int) -> list[tuple[int, int]]:
    """Read a year: "1980", "80", "nineteen eighty", "dix-neuf cent quatre-vingt"."""
    years = [(int(e.text), e.end) for e in _numbers(readings, at, low, high, (4,))]
    for century in _numbers(readings, at, low // 100, high // 100, (2,)):
        for rest in _numbers(readings, century.end, 0, 99, (2,)):
            year = int(century.text + rest.text)
            if low <= year <= high:
                years.append((year, rest.end))
    if years:
        return sorted(years, key=lambda year: -year[1])
    short = sorted(_numbers(readings, at, 0, 99, (2,)), key=lambda edge: -edge.end)
    return [(_in_full(int(e.text), low, high), e.end) for e in short]


def _in_full(short: int, low: int, high: int) -> int:
    """Return the latest year within bounds that ends so."""
    century = high - high % 100
    full = century + short
    return full if low <= full <= high else full - 100


def _birth_date(readings: Readings, first: int) -> tuple[str, int] | None:
    """Return a date that somebody may be born on, as ``1980-03-12``, and the index after it."""
    this_year = dt.datetime.now(tz=dt.UTC).year
    stream = readings.stream
    if _inside(readings, first) or stream.key(first - 1) == "/":
        return None
    iso = _iso(readings, first, this_year)
    if iso:
        return iso
    best: tuple[str, int] | None = None
    orders = [(_days, _month_numbers)]
    if stream.language == "en":
        orders.append((_month_numbers, _days))
    for one, other in orders:
        for a, after_a in one(readings, first):
            for b, after_b in other(readings, _skip(readings, after_a)):
                day, month = (a, b) if one is _days else (b, a)
                for year, end in _years(readings, _skip(readings, after_b), _OLDEST, this_year):
                    if (best is None or end > best[1]) and (made := _date(year, month, day)):
                        best = made, end
    return best


def _iso(readings: Readings, first: int, this_year: int) -> tuple[str, int] | None:
    for edge in _numbers(readings, first, _OLDEST, this_year, (4,)):
        for month in _numbers(readings, _skip(readings, edge.end, 1), 1, 12, (2,)):
            for day in _numbers(readings, _skip(readings, month.end, 1), 1, 31, (2,)):
                if made := _date(int(edge.text), int(month.text), int(day.text)):
                    return made, day.end
    return None


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def _expiry(readings: Readings, first: int) -> tuple[str, int] | None:
    """Return a month and year, as ``2027-03``, and the index after them."""
    stream = readings.stream
    if _inside(readings, first) or stream.key(first - 1) == "/":
        return None
    for edge in _numbers(readings, first, 1, 1299, (4,)):
        month, year = int(edge.text[:2]), 2000 + int(edge.text[2:])
        if 1 <= month <= 12 and _FIRST_EXPIRY <= year <= _LAST_EXPIRY:
            return f"{year}-{month:02d}", edge.end
    best: tuple[str, int] | None = None
    for month, after in _month_numbers(readings, first):
        years = _years(readings, _skip(readings, after), _FIRST_EXPIRY, _LAST_EXPIRY)
        for year, end in years:
            if _FIRST_EXPIRY <= year <= _LAST_EXPIRY and (best is None or end > best[1]):
                best = f"{year}-{month:02d}", end
    return best


def _cvv(readings: Readings, first: int, *, is_sure: bool) -> Iterator[Found]:
    stream = readings.stream
    if not stream.is_number(first) or stream.is_number(first - 1) or is_glued(stream, first):
        return
    for reading in readings.read(first, longest=_CVV_LENGTHS[-1], most_cost=2):
        if len(reading.text) not in _CVV_LENGTHS or not reading.text.isdigit():
            continue
        if stream.is_number(reading.end) or continues_glued(stream, reading.end):
            continue
        if stream.key(reading.end) in ("chiffres", "digits", "digit", "derniers", "last"):
            continue
        confidence = 0.95 if is_sure else 0.8
        yield Found(
            "card_cvv", spans_of(stream, first, reading.end), reading.text, confidence,
            cost=reading.cost,
        )  # fmt: skip
        return
