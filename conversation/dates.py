"""Dates and times as exports, mail programs and people write them, in French and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from conversation.errors import BadInput

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "janvier janv jan january", "fevrier fevr fev february feb", "mars march mar",
            "avril avr april apr", "mai may", "juin june jun", "juillet juil july jul",
            "aout august aug", "septembre sept sep september", "octobre oct october",
            "novembre nov november", "decembre dec december",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_FIRST_WORDS = re.compile(
    rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)?[\s-]+({_MONTH})\b\.?,?[\s-]+(\d{{4}})\b"
)
_MONTH_FIRST_WORDS = re.compile(rf"\b({_MONTH})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b")
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\b|t\d)")
_FIGURES = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b")
_TIME = re.compile(
    r"(?:^|[^\d:])(\d{1,2})\s?(?::|h)\s?(\d{2})(?:\s?(?::|m|min)\s?(\d{2}))?(?:[.,]\d{1,9})?"
    r"\s*(?:([ap])\.?m\b)?"
)
_ZONE = re.compile(
    r"(?:\b(?:utc|gmt)\s*|(?<=[\d ]))([+-])(\d{1,2}):?(\d{2})?\b|\b(utc|gmt|z)\b|\d(z)\b"
)
_NAMED_ZONES = {"cest": 2, "cet": 1, "bst": 1, "edt": -4, "est": -5, "pdt": -7, "pst": -8}
_NAMED_ZONE = re.compile(r"\b(" + "|".join(_NAMED_ZONES) + r")\b")
_RFC_5322 = re.compile(r"(?i)(?:[a-z]{3,9}\.?,\s*)?\d{1,2}\s+[a-z]{3,9}\s+\d{4}\s+\d{1,2}:\d{2}")
_LONGEST = 200
_MILLISECONDS_FROM = 1e11  # as seconds, the year 5138
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def read_moment(value: object, *, month_first: bool = False) -> datetime | None:
    """Read a date and time from whatever a source wrote.

    Args:
        value: Text (ISO 8601, RFC 5322, ``03/03/2025 10:12``, ``lundi 3 mars 2025 à 10 h 12``,
            ``Mar 3, 2025 at 10:12 AM``) or a number: seconds or milliseconds since 1970.
        month_first: Whether ``03/04/2025`` is the 4th of March.

    Returns:
        The moment, with a zone only where the source names one; None where there is no date.
        A date without a time is midnight.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_epoch(float(value))
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()[:_LONGEST]
    if re.fullmatch(r"\d{9,11}(\.\d+)?|\d{12,14}", text):
        return _from_epoch(float(text))
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        if read is parsedate_to_datetime and not _RFC_5322.match(text):
            continue  # it makes dates of much that is none
        try:
            moment = read(text)
        except (TypeError, ValueError, OverflowError, IndexError):
            continue
        return _plausible(moment)
    return _plausible(_from_words(_plain(text), month_first=month_first))


def dates_are_month_first(values: Iterable[str]) -> bool:
    """Tell whether dates in figures put the month first, from those where only that can be.

    Args:
        values: Texts with dates of one source.

    Returns:
        True only if a second number is above 12 and no first one is: ``04/25/2025``.
    """
    month_first = False
    for value in values:
        found = _FIGURES.search(value[:_LONGEST])
        if found is None or _ISO.search(value[:_LONGEST]):
            continue
        if int(found[1]) > 12:
            return False
        month_first = month_first or int(found[2]) > 12
    return month_first


def zone_named(name: str) -> tzinfo:
    """Return a time zone by its IANA name.

    Raises:
        BadInput: There is none of that name.
    """
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            f"{name[:60]!r} is no time zone", remedy="name it like Europe/Paris or UTC"
        ) from error


def _from_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        return _plausible(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return None


def _plausible(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return moment if _EARLIEST <= aware.astimezone(UTC) < _LATEST else None
    except (OverflowError, ValueError):
        return None


def _plain(text: str) -> str:
    """Return the text in lower case without accents and without exotic spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    without = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    kept = (letter for letter in without if unicodedata.category(letter) != "Cf")
    return re.sub(r"\s+", " ", "".join(kept))


def _from_words(text: str, *, month_first: bool) -> datetime | None:
    date, rest = _date(text, month_first=month_first)
    if date is None:
        return None
    hour = minute = second = 0
    time = _TIME.search(rest)
    if time is not None:
        hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
        if time[4]:
            hour = hour % 12 + (12 if time[4] == "p" else 0)
        rest = rest[time.end() - 1 :]
    try:
        moment = datetime(*date, hour, minute, second)  # noqa: DTZ001 - the zone is found next
        return moment.replace(tzinfo=_zone(rest) if time is not None else None)
    except ValueError:
        return None


def _date(text: str, *, month_first: bool) -> tuple[tuple[int, int, int] | None, str]:
    """Return year, month and day, and the text without them."""
    found = _ISO.search(text)
    if found is not None:
        date = (int(found[1]), int(found[2]), int(found[3]))
    elif (found := _DAY_FIRST_WORDS.search(text)) is not None:
        date = (int(found[3]), _MONTHS[found[2]], int(found[1]))
    elif (found := _MONTH_FIRST_WORDS.search(text)) is not None:
        date = (int(found[3]), _MONTHS[found[1]], int(found[2]))
    elif (found := _FIGURES.search(text)) is not None:
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        day, month = (second, first) if month_first else (first, second)
        if month > 12 >= day:  # only the other order is a date
            day, month = month, day
        date = (year + 2000 if year < 100 else year, month, day)
    else:
        return None, text
    return date, f"{text[: found.start()]} {text[found.end() :]}"


def _zone(text: str) -> tzinfo | None:
    found = _ZONE.search(text)
    if found is not None and found[1]:
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if offset >= timedelta(hours=24):
            return None
        return timezone(offset if found[1] == "+" else -offset)
    if found is not None:
        return UTC
    named = _NAMED_ZONE.search(text)
    return timezone(timedelta(hours=_NAMED_ZONES[named[1]])) if named is not None else None
