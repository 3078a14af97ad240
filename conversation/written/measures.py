"""Amounts of money, percentages and measures."""

from __future__ import annotations

from conversation.written.line import ELISION, Line, Match
from conversation.written.moments import write_time
from conversation.written.numerals import BOUNDARY
from conversation.written.quantities import Quantity, is_number, read_quantity

_CURRENCIES = {
    "fr": {
        "euro": "€", "euros": "€", "€": "€", "dollar": "$", "dollars": "$", "$": "$",
    },
    "en": {
        "dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pound": "£", "pounds": "£",
    },
}  # fmt: skip
_CENTS = {
    "fr": frozenset({"centime", "centimes", "cents"}),
    "en": frozenset({"cent", "cents", "pence", "p"}),
}
_AND = {"fr": "et", "en": "and"}
_UNITS: dict[str, dict[str, str]] = {
    "fr": {
        "gigaoctet": "Go", "gigaoctets": "Go", "giga-octets": "Go", "giga": "Go", "gigas": "Go",
        "mégaoctet": "Mo", "mégaoctets": "Mo", "méga-octets": "Mo", "téraoctet": "To",
        "téraoctets": "To", "kilooctets": "ko", "kilomètre": "km", "kilomètres": "km",
        "centimètre": "cm", "centimètres": "cm", "millimètres": "mm", "kilo": "kg",
        "kilos": "kg", "kilogramme": "kg", "kilogrammes": "kg", "kilowattheures": "kWh",
        "mégabits": "Mbit", "mégabit": "Mbit", "gigabits": "Gbit", "gigabit": "Gbit",
    },
    "en": {
        "gigabyte": "GB", "gigabytes": "GB", "gigs": "GB", "megabyte": "MB", "megabytes": "MB",
        "terabyte": "TB", "terabytes": "TB", "kilometer": "km", "kilometers": "km",
        "kilometre": "km", "kilometres": "km", "centimeters": "cm", "centimetres": "cm",
        "millimeters": "mm", "millimetres": "mm", "kilogram": "kg", "kilograms": "kg",
        "kilos": "kg", "megabits": "Mbit", "megabit": "Mbit", "gigabits": "Gbit",
        "gigabit": "Gbit",
    },
}  # fmt: skip
_RATES = {"fr": ("par", "seconde"), "en": ("per", "second")}
_COUNTED = frozenset({
    "fois", "mois", "jour", "jours", "an", "ans", "euro", "euros", "pour", "heure", "heures",
    "minute", "minutes", "personnes", "times", "months", "days", "years", "dollars", "pounds",
    "percent", "per", "people", "%", "€", "h", "ou", "or",
})  # fmt: skip
_FIRST_SURE_CENTS = 10
_RANGES = {"fr": frozenset({"ou", "à", "et"}), "en": frozenset({"or", "to", "and"})}
_FEWEST_APART = 100


def write_measure(line: Line, at: int) -> Match | None:
    """Write a number and what is counted: "42,50 €", "20 %", "100 Go"."""
    quantity = read_quantity(line, at)
    if quantity is None or line.key(at) == "une":
        return None
    if (end := quantity.end) and not quantity.is_digits and line.key(end) in _RANGES[line.language]:
        most = write_measure(line, end + 1) or write_time(line, end + 1)
        is_plain = most is not None and (most.text or "$")[0] not in "$£€"
        if is_plain and quantity.value < _FEWEST_APART and not quantity.scale:
            return Match(end, quantity.written(line.language))
    return (
        _percentage(line, quantity)
        or _amount(line, quantity)
        or _temperature(line, quantity)
        or _measure(line, quantity)
    )


def _percentage(line: Line, quantity: Quantity) -> Match | None:
    end, language = quantity.end, line.language
    following = line.keys[end : end + 2]
    if following[:1] in (("%",), ("pourcent",), ("percent",)):
        end += 1
    elif following in (("pour", "cent"), ("pour", "cents"), ("per", "cent")):
        end += 2
    else:
        return None
    if quantity.is_digits and line.key(end - 1) == "%":
        return Match(end, None)
    return Match(end, quantity.written(language) + (" %" if language == "fr" else "%"))


def _amount(line: Line, quantity: Quantity) -> Match | None:
    end, language = quantity.end, line.language
    if quantity.scale and language == "fr":
        return None  # "2 millions d'euros"
    sign = _CURRENCIES[language].get(line.key(end))
    if language == "fr" and line.keys[end : end + 2] == ("livres", "sterling"):
        sign, end = "£", end + 1
    if sign is None:
        return None
    end += 1
    cents = None if quantity.decimals else _cents(line, end)
    if line.key(end - 1) in ("€", "$") and quantity.is_digits and cents is None:
        return Match(end, None)
    if cents is None:
        decimals = quantity.decimals
    else:
        decimals, end = f"{cents.value:02d}", cents.end
        end += line.key(end) in _CENTS[language]
    amount = Quantity(quantity.whole, decimals, end)
    if language == "fr":
        return Match(end, f"{amount.written(language)} {sign}")
    if amount.is_digits and not decimals:
        return Match(end, f"{sign}{amount.whole}")
    return Match(end, f"{sign}{amount.written(language, group_from=4)}")


def _cents(line: Line, at: int) -> Quantity | None:
    """Read the cents after a currency; a small number alone only where nothing follows."""
    language = line.language
    start = at + (line.key(at) == _AND[language])
    cents = read_quantity(line, start)
    if cents is None or cents.decimals or not 0 < cents.value < 100 or len(cents.whole) > 2:
        return None
    following = line.key(cents.end)
    if following in _CENTS[language]:
        return cents
    if start > at or cents.is_article or following in (*_COUNTED, ELISION):
        return None
    if is_number(line, cents.end) or line.key(at) == BOUNDARY:
        return None
    if following in _CURRENCIES[language] or following in _UNITS[language]:
        return None
    if cents.value < _FIRST_SURE_CENTS and following not in ("", BOUNDARY):
        return None
    return cents


def _temperature(line: Line, quantity: Quantity) -> Match | None:
    end = quantity.end
    if line.key(end) in ("degré", "degrés", "degree", "degrees") and line.key(end + 1) == "celsius":
        return Match(end + 2, f"{quantity.written(line.language)} °C")
    return None


def _measure(line: Line, quantity: Quantity) -> Match | None:
    end, language = quantity.end, line.language
    key = line.key(end)
    unit = _UNITS[language].get(key)
    if unit is None or (quantity.is_article and unit[-1] in "gm"):
        return None
    end += 1
    if unit.endswith("bit"):
        if line.keys[end : end + 2] == _RATES[language]:
            end, unit = end + 2, f"{unit}/s"
        else:
            return Match(quantity.end, quantity.written(language))
    elif unit == "km" and language == "fr" and line.key(end) == "heure":
        end, unit = end + 1, "km/h"
    return Match(end, f"{quantity.written(language)} {unit}")
