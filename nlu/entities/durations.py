"""Durations: "huit jours", "48 h", "three to five business days"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from nlu.entities.calendar_days import add_business_days, add_months
from nlu.entities.day_names import UNITS
from nlu.entities.numbers import NUMBER, number_of, plain
from nlu.entities.written_text import WrittenText

_UNIT = {
    language: "|".join(sorted(units, key=len, reverse=True)) for language, units in UNITS.items()
}
_RANGE = {"fr": r"(?: ?[aà] ?| ou | ?- ?)", "en": r"(?: to | or | ?- ?)"}
_DURATION = {
    "fr": re.compile(
        rf"(?<![\w.,])(?:(?P<least>{NUMBER['fr']}){_RANGE['fr']})?(?P<number>{NUMBER['fr']}) ?"
        rf"(?P<unit>{_UNIT['fr']})s?\b(?! ?\d)(?P<business> (?:jours? )?(?:ouvre|ouvrable)s?\b)?"
        r"(?P<of_days> de jours\b)?"
    ),
    "en": re.compile(
        rf"(?<![\w.,])(?:(?P<least>{NUMBER['en']}){_RANGE['en']})?(?P<number>{NUMBER['en']})[ -]?"
        rf"(?P<business>(?:business|working) ?)?(?P<unit>{_UNIT['en']})s?\b"
    ),
}
_SPECIAL = {
    "fr": (
        (re.compile(r"\b(?:une )?demi[- ]heure\b"), Decimal(30), "minute"),
        (re.compile(r"\b(?:un )?quart d'heure\b"), Decimal(15), "minute"),
        (re.compile(r"\bquinzaine\b(?! d[e'])"), Decimal(15), "day"),
        (re.compile(r"\bhuitaine\b"), Decimal(8), "day"),
    ),
    "en": ((re.compile(r"\bhalf an hour\b"), Decimal(30), "minute"),),
}
_ISO = {
    "second": ("PT", "S"), "minute": ("PT", "M"), "hour": ("PT", "H"), "day": ("P", "D"),
    "business_day": ("P", "D"), "week": ("P", "W"), "month": ("P", "M"), "year": ("P", "Y"),
}  # fmt: skip
_OF_A_CLOCK = 24


@dataclass(frozen=True)
class Duration:
    """A duration and its place in the written text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        number: Of units; the larger where two were said ("3 à 5 jours").
        unit: ``second``, ``minute``, ``hour``, ``day``, ``business_day``, ``week``, ``month`` or
            ``year``.
        is_clock: Whether it may also be a time of day ("10 h").
    """

    start: int
    end: int
    number: Decimal
    unit: str
    is_clock: bool = False

    @property
    def value(self) -> str:
        """ISO 8601."""
        head, tail = _ISO[self.unit]
        return f"{head}{plain(self.number)}{tail}"

    def after(self, moment: datetime) -> datetime:
        """Return the moment that is this much later."""
        return self._moved(moment, 1)

    def before(self, moment: datetime) -> datetime:
        """Return the moment that is this much earlier."""
        return self._moved(moment, -1)

    def _moved(self, moment: datetime, sign: int) -> datetime:
        count = sign * int(self.number)
        try:
            if self.unit in ("month", "year"):
                months = count * (12 if self.unit == "year" else 1)
                return datetime.combine(add_months(moment.date(), months), moment.timetz())
            if self.unit == "business_day" and sign > 0:
                return datetime.combine(add_business_days(moment.date(), count), moment.timetz())
            name = {"business_day": "days"}.get(self.unit, f"{self.unit}s")
            return moment + timedelta(**{name: sign * float(self.number)})
        except (OverflowError, ValueError):  # "dans 99999 ans"
            return moment

    @property
    def is_short(self) -> bool:
        """Whether it is counted in hours or less."""
        return self.unit in ("second", "minute", "hour")


def find_durations(written: WrittenText) -> Iterator[Duration]:
    """Find durations, in no order."""
    language, text = written.language, written.folded
    for pattern, number, unit in _SPECIAL[language]:
        for match in pattern.finditer(text):
            yield Duration(*match.span(), number, unit)
    for match in _DURATION[language].finditer(text):
        unit = UNITS[language][_singular(match["unit"], language)]
        number = number_of(match["number"], language)
        if unit == "fortnight":
            unit, number = "day", number * (15 if language == "fr" else 14)
        if match["business"] and unit == "day":
            unit = "business_day"
        is_clock = unit == "hour" and match["number"].isdigit() and number <= _OF_A_CLOCK
        if number:
            yield Duration(*match.span(), number, unit, is_clock)


def _singular(unit: str, language: str) -> str:
    return unit if unit in UNITS[language] else unit.rstrip("s")
