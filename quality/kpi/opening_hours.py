"""Waits counted inside the hours in which a centre is open."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from conversation.errors import BadInput
from quality.kpi.cells import plain_name

_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "lun lundi mon monday", "mar mardi tue tuesday", "mer mercredi wed wednesday",
            "jeu jeudi thu thursday", "ven vendredi fri friday", "sam samedi sat saturday",
            "dim dimanche sun sunday",
        )
    )
    for name in names.split()
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,2})[:h](\d{2})?\s*-\s*(\d{1,2})[:h](\d{2})?")
_REMEDY = 'write them like "lun-ven 9:00-18:00; sam 9:00-12:00"'
_MAX_DAYS = 3700

Span = tuple[int, int]
"""Minutes after midnight: from, to."""


@dataclass(frozen=True)
class OpeningHours:
    """Hours of a week.

    Attributes:
        spans: For Monday to Sunday, the spans in which the centre is open, in order.
    """

    spans: tuple[tuple[Span, ...], ...]

    @classmethod
    def parse(cls, text: str) -> OpeningHours:
        """Read hours such as ``lun-ven 9:00-12:30, 14:00-18:00; sam 9h-12h``.

        Raises:
            BadInput: They are not written so.
        """
        week: list[list[Span]] = [[] for _ in range(7)]
        for part in filter(None, (part.strip() for part in text.split(";"))):
            found = re.match(r"([^\d]+?)\s+(\d.*)", part)
            if found is None:
                raise BadInput(f"opening hours {part!r} name no day or no hour", remedy=_REMEDY)
            for day in _days(found[1], part):
                for span in found[2].split(","):
                    week[day].append(_span(span.strip(), part))
        if not any(week):
            raise BadInput(f"{text!r} holds no opening hours", remedy=_REMEDY)
        for spans in week:
            spans.sort()
            if any(first[1] > second[0] for first, second in itertools.pairwise(spans)):
                raise BadInput(f"opening hours {text!r} overlap", remedy=_REMEDY)
        return cls(tuple(tuple(spans) for spans in week))

    def open_seconds(
        self, start: datetime, end: datetime, zone: tzinfo, closed: frozenset[date] = frozenset()
    ) -> float:
        """Return how many seconds between two instants the centre is open.

        Args:
            start: With a time zone.
            end: With a time zone.
            zone: Of the opening hours.
            closed: Days on which it is closed.

        Raises:
            BadInput: More than ten years lie between them.
        """
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        if (last - first).days > _MAX_DAYS:
            raise BadInput(
                f"{(last - first).days} days lie between {start} and {end}",
                remedy="correct the dates of that conversation",
            )
        seconds, day = 0.0, first
        while day <= last:
            for opens, closes in () if day in closed else self.spans[day.weekday()]:
                since = max(start.astimezone(UTC), _instant(day, opens, zone))
                until = min(end.astimezone(UTC), _instant(day, closes, zone))
                seconds += max(0.0, (until - since).total_seconds())
            day += timedelta(days=1)
        return seconds


def bank_holidays(country: str | None, years: range) -> frozenset[date]:
    """Return the bank holidays of a country.

    Args:
        country: ISO 3166, such as FR, or with a subdivision, FR-57; None: no holidays.
        years: Which years.

    Raises:
        BadInput: No calendar of that country is known.
    """
    if country is None:
        return frozenset()
    import holidays

    name, _, part = country.partition("-")
    try:
        found = holidays.country_holidays(name.upper(), subdiv=part or None, years=years)
    except (NotImplementedError, KeyError) as error:
        raise BadInput(
            f"no bank holidays are known for {country!r}", remedy="name it like FR, FR-57 or BE"
        ) from error
    return frozenset(found)


def _instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    if minutes == 24 * 60:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)


def _days(text: str, part: str) -> list[int]:
    names = [plain_name(each) for each in re.split(r"\s*-\s*|\s+(?:à|a|to)\s+", text.strip(" :"))]
    numbers = [_DAYS[name] for name in names if name in _DAYS]
    if len(numbers) != len(names) or len(numbers) > 2:
        raise BadInput(f"opening hours {part!r}: {text!r} is no day of the week", remedy=_REMEDY)
    if len(numbers) == 1:
        return numbers
    first, last = numbers
    return list(range(first, last + 1)) if first <= last else [*range(first, 7), *range(last + 1)]


def _span(text: str, part: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise BadInput(f"opening hours {part!r}: {text!r} is no time span", remedy=_REMEDY)
    opens = int(found[1]) * 60 + int(found[2] or 0)
    closes = int(found[3]) * 60 + int(found[4] or 0)
    if not 0 <= opens < closes <= 24 * 60:
        raise BadInput(f"opening hours {part!r}: {text!r} runs backwards", remedy=_REMEDY)
    return opens, closes
