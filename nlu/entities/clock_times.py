"""Times of day: "8h30", "entre 8h et 10h", "3 p.m.", "between 8 and 10 am"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.entities.written_text import WrittenText

_FR_TIME = (
    r"(?:midi(?: et demie?)?|minuit|(?:[01]?\d|2[0-4]) ?(?:h(?:eures?)?\b|"
    r"h(?=\d))(?: ?[0-5]\d(?!\d))?|(?:[01]?\d|2[0-3]):[0-5]\d)"
)
_EN_TIME = (
    r"(?:noon|midnight|(?:0?\d|1[0-2])(?::[0-5]\d)? ?(?:a\.?m\b\.?|p\.?m\b\.?|o'clock)|"
    r"(?:[01]?\d|2[0-3]):[0-5]\d)"
)
_EN_BARE = r"(?:0?[1-9]|1[0-2])(?::[0-5]\d)?"
_RANGES = {
    "fr": (
        re.compile(rf"(?<![\w.,])(?P<first>{_FR_TIME})(?: et | a | ?- ?|-)(?P<last>{_FR_TIME})"),
        re.compile(rf"(?<=entre )(?P<first>(?:[01]?\d|2[0-3]))(?: et )(?P<last>{_FR_TIME})"),
    ),
    "en": (
        re.compile(
            rf"(?<![\w.,$£€])(?P<first>{_EN_TIME}|{_EN_BARE})(?: and | to |"
            rf" ?- ?)(?P<last>{_EN_TIME})"
        ),
    ),
}
_SINGLE = {
    "fr": re.compile(rf"(?<![\w.,])(?P<first>{_FR_TIME})"),
    "en": re.compile(rf"(?<![\w.,$£€])(?P<first>{_EN_TIME})"),
}
_CLOCK = re.compile(r"(\d{1,2})(?: ?[h:](?:eures?)?)?(?: ?(\d\d))?")
_AFTERNOON = 12


@dataclass(frozen=True)
class ClockTime:
    """A time of day, or an interval of two, and its place in the written text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        value: ``08:00``, or ``08:00/10:00``.
    """

    start: int
    end: int
    value: str


def find_times(written: WrittenText) -> Iterator[ClockTime]:
    """Find intervals first, then single times; one inside another is given too."""
    language, text = written.language, written.folded
    for pattern in _RANGES[language]:
        for match in pattern.finditer(text):
            last = _value(match["last"], language, "")
            first = _value(match["first"], language, match["last"])
            if first and last:
                yield ClockTime(*match.span(), f"{first}/{last}")
    for match in _SINGLE[language].finditer(text):
        if value := _value(match["first"], language, ""):
            yield ClockTime(*match.span(), value)


def _value(text: str, language: str, beside: str) -> str | None:
    """Return a time as ``08:00``; in English the half of the day may stand on the one beside."""
    text = text.strip()
    if text.startswith(("midi", "noon")):
        return "12:30" if "demi" in text else "12:00"
    if text in ("minuit", "midnight"):
        return "00:00"
    found = _CLOCK.match(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if language == "en":
        half = text if re.search(r"[ap]\.?m", text) else beside
        if re.search(r"p\.?m", half) and hour < _AFTERNOON:
            is_morning = half is beside and _hour(beside) < hour and _hour(beside) != _AFTERNOON
            hour += 0 if is_morning else _AFTERNOON
        elif re.search(r"a\.?m", half) and hour == _AFTERNOON:
            hour = 0
    return f"{hour % 24:02d}:{minute:02d}" if minute < 60 else None


def _hour(text: str) -> int:
    found = _CLOCK.match(text.strip())
    return int(found[1]) if found else 0
