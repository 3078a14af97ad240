"""Amounts of money, percentages and measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from nlu.entities.found import Found
from nlu.entities.numbers import FIGURES, NUMBER, number_of, plain
from nlu.entities.written_text import WrittenText

_CURRENCIES = {
    "€": "EUR", "euro": "EUR", "eur": "EUR", "$": "USD", "dollar": "USD", "buck": "USD",
    "usd": "USD", "£": "GBP", "pound": "GBP", "quid": "GBP", "livre sterling": "GBP",
    "gbp": "GBP", "chf": "CHF", "franc suisse": "CHF",
}  # fmt: skip
_AFTER = {
    "fr": r"€|euros?\b|eur\b|\$|dollars?\b|£|livres sterling\b|chf\b|francs suisses\b",
    "en": r"€|euros?\b|eur\b|\$|dollars?\b|bucks?\b|usd\b|£|pounds?\b|quid\b|gbp\b|chf\b",
}
_COMMON_UNITS = r"gb|mb|tb|kwh|km|cm|mm|kg|kilos?|m2|m²|mbit/s|gbit/s|mbps|gbps"
_UNITS = {
    "fr": rf"go|mo|to|ko|gigas?|mega|sms|litres?|{_COMMON_UNITS}",
    "en": rf"gigs?|lit(?:re|er)s?|{_COMMON_UNITS}",
}
_UNIT_NAMES = {
    "go": "Go", "giga": "Go", "gigas": "Go", "mo": "Mo", "to": "To", "gb": "GB", "gig": "GB",
    "gigs": "GB",
    "mb": "MB", "tb": "TB", "kwh": "kWh", "kilo": "kg", "kilos": "kg", "litre": "L",
    "litres": "L", "liter": "L", "liters": "L", "m²": "m2", "mbit/s": "Mbit/s",
    "gbit/s": "Gbit/s", "mbps": "Mbit/s", "gbps": "Gbit/s", "mega": "Mbit/s", "sms": "SMS",
}  # fmt: skip

_AMOUNT_AFTER = {
    language: re.compile(
        rf"(?<![\w.,])(?P<number>{NUMBER[language]}) ?(?P<currency>{_AFTER[language]})"
        r"(?:(?<=[€$£])(?P<cents>\d\d)(?!\d))?"
    )
    for language in ("fr", "en")
}
_AMOUNT_BEFORE = {
    language: re.compile(rf"(?<!\d)(?<!\d )(?P<currency>[€$£]) ?(?P<number>{FIGURES[language]})")
    for language in ("fr", "en")
}
_CENTS_ALONE = {
    language: re.compile(rf"(?<![\w.,])(?P<number>{NUMBER[language]}) (?P<unit>centimes?|pence)\b")
    for language in ("fr", "en")
}
_PERCENTAGE = {
    language: re.compile(
        rf"(?<![\w.,])(?P<number>{NUMBER[language]}) ?(?:%|pour ?cent\b|percent\b)"
    )
    for language in ("fr", "en")
}
_MEASURE = {
    language: re.compile(
        rf"(?<![\w.,])(?P<number>{NUMBER[language]}) ?(?P<unit>{_UNITS[language]})\b"
    )
    for language in ("fr", "en")
}


def find_amounts(written: WrittenText) -> Iterator[Found]:
    """Find amounts of money, then percentages, then measures."""
    language, text = written.language, written.folded
    for match in _AMOUNT_BEFORE[language].finditer(text):
        yield _amount(match, number_of(match["number"], language))
    for match in _AMOUNT_AFTER[language].finditer(text):
        number = number_of(match["number"], language)
        if match["cents"]:
            number += Decimal(match["cents"]) / 100
        yield _amount(match, number)
    for match in _CENTS_ALONE[language].finditer(text):
        number = number_of(match["number"], language) / 100
        currency = "GBP" if match["unit"] == "pence" else "EUR"
        yield Found(*match.span(), "amount", _money(number, currency), number, currency)
    for match in _PERCENTAGE[language].finditer(text):
        number = number_of(match["number"], language)
        yield Found(*match.span(), "percentage", f"{plain(number)} %", number, "%")
    for match in _MEASURE[language].finditer(text):
        number = number_of(match["number"], language)
        unit = _UNIT_NAMES.get(match["unit"], match["unit"])
        yield Found(*match.span(), "quantity", f"{plain(number)} {unit}", number, unit)


def _amount(match: re.Match[str], number: Decimal) -> Found:
    name = match["currency"]
    currency = _CURRENCIES.get(name) or _CURRENCIES[_singular(name)]
    return Found(*match.span(), "amount", _money(number, currency), number, currency)


def _singular(name: str) -> str:
    return name.replace("livres", "livre").replace("francs suisses", "franc suisse").rstrip("s")


def _money(number: Decimal, currency: str) -> str:
    return f"{number:.2f} {currency}"
