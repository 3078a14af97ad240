"""Dates and times of day."""

from __future__ import annotations

from conversation.written.line import Line, Match
from conversation.written.numerals import BOUNDARY, read_number
from conversation.written.quantities import is_number, read_quantity

_MONTHS = {
    "fr": frozenset({
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    }),
    "en": frozenset({
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    }),
}  # fmt: skip
_CENTURIES = (18, 19, 20)
_YEARS = range(1800, 2100)
_BIRTH = frozenset({"né", "née", "naissance", "born", "birth", "birthday"})
_HALVES = frozenset({"demie", "demi", "quart"})
_TIME_BEFORE = frozenset({"at", "by", "until", "till", "around", "about", "before", "after"})
_MERIDIEM = frozenset({"am", "pm", "a.m", "p.m", "a.m.", "p.m.", "o'clock"})
_COUNTED = frozenset({"minute", "minutes", "jour", "jours", "euro", "euros", "mois", "ans"})


def write_date(line: Line, at: int) -> Match | None:
    """Write "le douze mars deux mille vingt-six" as "le 12 mars 2026"."""
    return _french_date(line, at) if line.language == "fr" else _english_date(line, at)


def _french_date(line: Line, at: int) -> Match | None:
    if line.key(at) in ("premier", "1er"):
        day, end = "1er", at + 1
    else:
        quantity = read_quantity(line, at)
        if quantity is None or not _is_day(quantity.whole) or line.key(at) == "une":
            return None
        day, end = str(quantity.value), quantity.end
    if line.key(end) not in _MONTHS["fr"]:
        return None
    month = line.tokens[end].text
    year, end = _year_after(line, end + 1)
    return Match(end, f"{day} {month}{year and ' ' + year}")


def _english_date(line: Line, at: int) -> Match | None:
    if line.key(at) in _MONTHS["en"]:
        month = line.tokens[at].text
        day, end = _english_day(line, at + 1)
        if not day or (line.key(at) in ("may", "march") and line.tokens[at].text.islower()):
            return None
        if line.key(end) in _MONTHS["en"]:
            return None
        year, end = _year_after(line, end)
        return Match(end, f"{month} {day}{year and ', ' + year}")
    return None


def _english_day(line: Line, at: int) -> tuple[str, int]:
    number = read_number(line.keys, at, "en")
    if (pair := _pair_of_years(line, at)) and not is_number(line, pair[1]):
        return "", at  # "March twenty twenty-six"
    if number is not None and 1 <= number.value <= 31:
        if number.is_ordinal or number.value >= 10 or line.key(number.end) in ("", BOUNDARY):
            return str(number.value), number.end
        if is_number(line, number.end) and _year_after(line, number.end)[0]:
            return str(number.value), number.end
    return "", at


def _is_day(digits: str) -> bool:
    return len(digits) <= 2 and 1 <= int(digits) <= 31


def _year_after(line: Line, at: int) -> tuple[str, int]:
    """Return the year and the index after it; "" where none follows."""
    start = at
    if line.mark(at) == "," and line.language == "en":
        start = at + 1
    elif line.key(at) == BOUNDARY:
        return "", at
    if pair := _pair_of_years(line, start):
        return pair
    quantity = read_quantity(line, start)
    if quantity is None or quantity.decimals or quantity.value not in _YEARS:
        return "", at
    return quantity.whole, quantity.end


def _pair_of_years(line: Line, at: int) -> tuple[str, int] | None:
    """Read "twenty twenty-six", "nineteen eighty" and "twenty oh five"."""
    if line.language != "en":
        return None
    century = read_number(line.keys, at, "en")
    if century is None or century.is_ordinal or century.value not in _CENTURIES:
        return None
    end = century.end
    is_small = line.key(end) in ("oh", "o", "zero")
    year = read_number(line.keys, end + is_small, "en")
    if year is None or year.is_ordinal:
        return None
    if not (1 <= year.value <= 9 if is_small else 10 <= year.value <= 99):
        return None
    return f"{century.value}{year.value:02d}", year.end


def write_year(line: Line, at: int) -> Match | None:
    """Write "in twenty twenty-six" as "in 2026"."""
    pair = _pair_of_years(line, at)
    if pair is None:
        return None
    year, end = pair
    if is_number(line, at - 1) or is_number(line, end):
        return None
    if line.key(end) in {"dollars", "pounds", "euros", "percent", "times", "minutes", "people"}:
        return None
    return Match(end, year)


def write_birth_date(line: Line, at: int) -> Match | None:
    """Write a date of birth said in numbers: "né le douze zéro quatre quatre-vingt-deux"."""
    if _BIRTH.isdisjoint(line.before(at, 8)):
        return None
    day, end = _two_digits(line, at, most=31)
    month, end = _two_digits(line, end, most=12)
    if not day or not month:
        return None
    year = read_quantity(line, end)
    if pair := _pair_of_years(line, end):
        return Match(pair[1], f"{day}/{month}/{pair[0]}")
    if year is None or year.decimals or year.is_article:
        return None
    if year.value not in _YEARS and not (len(year.whole) == 2 and year.value < 100):
        return None
    if is_number(line, year.end):
        return None
    return Match(year.end, f"{day}/{month}/{year.whole}")


def _two_digits(line: Line, at: int, *, most: int) -> tuple[str, int]:
    """Read a day or a month, a comma after it included; "" where there is none."""
    quantity = read_quantity(line, at)
    if quantity is None or quantity.decimals or len(quantity.whole) > 2:
        return "", at
    end, value = quantity.end, quantity.value
    if not value and len(quantity.whole) == 1:
        unit = read_quantity(line, end)
        if unit is None or len(unit.whole) > 1:
            return "", at
        end, value = unit.end, unit.value
    if not 1 <= value <= most:
        return "", at
    digits = quantity.whole if end == quantity.end else f"0{value}"
    return digits, end + (line.mark(end) == ",")


def write_time(line: Line, at: int) -> Match | None:
    """Write "quatorze heures trente" as "14 h 30" and "ten thirty a.m." as "10:30 a.m."."""
    return _french_time(line, at) if line.language == "fr" else _english_time(line, at)


def _french_time(line: Line, at: int) -> Match | None:
    quantity = read_quantity(line, at)
    if quantity is None or quantity.decimals or quantity.scale:
        return None
    end = quantity.end
    if line.key(end) not in ("heure", "heures", "h") or (line.key(end) == "h" and end - at > 1):
        return None
    end += 1
    minutes = read_quantity(line, end)
    if minutes and minutes.whole == "0":
        unit = read_quantity(line, minutes.end)
        minutes = unit if unit and len(unit.whole) == 1 and not unit.decimals else None
    if minutes and (minutes.value > 59 or minutes.decimals or len(minutes.whole) > 2):
        minutes = None
    if minutes and (
        minutes.is_article or line.key(minutes.end) in _COUNTED or is_number(line, minutes.end)
    ):
        minutes = None
    hours = quantity.written("fr")
    if minutes is None:
        if quantity.is_article:
            return Match(end, None)  # "une heure"
        if line.key(end) in ("et", "moins") and not _HALVES.isdisjoint(
            line.keys[end + 1 : end + 3]
        ):
            return Match(quantity.end, hours)
        if line.key(end) == "moins":
            return Match(quantity.end, hours)
        return Match(end, f"{hours} h")
    return Match(minutes.end, f"{hours} h {minutes.value:02d}")


def _english_time(line: Line, at: int) -> Match | None:
    hours = read_quantity(line, at)
    if hours is None or hours.decimals or not 1 <= hours.value <= 24:
        return None
    if line.key(hours.end) in _MERIDIEM:
        return Match(hours.end, hours.whole)
    end = hours.end
    is_small = line.key(end) in ("oh", "o", "zero")
    minutes = read_quantity(line, end + is_small)
    if minutes is None or minutes.decimals or minutes.scale or hours.is_digits:
        return None
    if not (1 <= minutes.value <= 9 if is_small else 10 <= minutes.value <= 59):
        return None
    is_time = line.key(minutes.end) in _MERIDIEM or (
        line.key(at - 1) in _TIME_BEFORE
        and hours.value <= 12
        and line.key(minutes.end) in ("", BOUNDARY, "in", "on", "tomorrow", "today", "tonight")
    )
    return Match(minutes.end, f"{hours.whole}:{minutes.value:02d}") if is_time else None
