"""Days, times, durations and deadlines of a turn, each word claimed by one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from nlu.entities.calendar_days import Days
from nlu.entities.clock_times import find_times
from nlu.entities.dates import NamedDay, find_days
from nlu.entities.durations import Duration, find_durations
from nlu.entities.found import Found
from nlu.entities.written_text import WrittenText

_BY = {
    "fr": re.compile(r"\b(?:d'ici(?: a)?|avant|jusqu'(?:au?|a)|au plus tard)(?: le| la)? $"),
    "en": re.compile(r"\b(?:by|before|until|till|no later than)(?: the)? $"),
}
_WITHIN = {
    "fr": re.compile(
        r"\b(?:d'ici(?: a)?|sous(?: un delai de| environ)?|dans (?:un delai (?:de|maximum de) |"
        r"les )|"
        r"en moins de|dans les prochaine?s|maximum|delai (?:de|est de)) ?$"
    ),
    "en": re.compile(
        r"\b(?:within|in less than|in under|in the next|over the next|less than|up to|allow)"
        r"(?: the next| about)? $"
    ),
}
_AT_MOST = {
    "fr": re.compile(r"^ (?:au plus(?: tard)?|maximum|max\b)"),
    "en": re.compile(r"^ (?:at (?:the )?(?:most|latest)|max\b|maximum)"),
}
_AFTER_EVENT = {
    "fr": re.compile(
        r"^ (?:apres|suivant|a compter d\w+|a partir d\w+) ?(?:la |le |l'|votre |sa )?"
        r"(?:\w+)"
    ),
    "en": re.compile(
        r"^ (?:after|of|from) (?:the |your )?(?:\w*receipt|receiving|we receive|return\w*)"
    ),
}
_FROM = {
    "fr": re.compile(r"\b(?:entre|du|de)(?: le)? $"),
    "en": re.compile(r"\b(?:between|from) $"),
}
_TO = {
    "fr": frozenset({" et ", " au ", " a ", " et le "}),
    "en": frozenset({" and ", " to ", " until "}),
}
_IN = {"fr": re.compile(r"\bdans $"), "en": re.compile(r"\bin $")}
_LENGTH = {
    "fr": re.compile(
        r"\b(?:pendant|depuis|sous|d'ici|dure|pour|attendre|attente|delai de|toutes les|"
        r"dans les) $"
    ),
    "en": re.compile(r"\b(?:for|since|within|every|takes?|another) $"),
}

_NEAR = 80  # characters beside a day or a duration in which words tell what it is


def find_moments(written: WrittenText, now: datetime | None) -> Iterator[Found]:
    """Find deadlines, then days, times and durations.

    Args:
        written: Of one turn.
        now: When the conversation took place; None when not known.
    """
    language, text = written.language, written.folded
    durations = list(find_durations(written))
    days = list(find_days(written, now))
    days = [*_first_to_last(days, text, language), *days]
    for day in days:
        cue = _before(_BY[language], text, day.start)
        if cue:
            yield Found(cue.start(), day.end, "deadline", _last_day(day))
        elif after := _AT_MOST[language].match(text[day.end : day.end + _NEAR]):
            yield Found(day.start, day.end + after.end(), "deadline", _last_day(day))
    for duration in durations:
        cue = _before(_WITHIN[language], text, duration.start)
        after = _AT_MOST[language].match(text[duration.end : duration.end + _NEAR])
        if cue is None and duration.is_short:
            cue = _before(_IN[language], text, duration.start)
        if cue or after:
            start = cue.start() if cue else duration.start
            end = duration.end + after.end() if after else duration.end
            yield _deadline(start, end, duration, now)
        elif event := _AFTER_EVENT[language].match(text[duration.end : duration.end + _NEAR]):
            end = duration.end + event.end()
            yield Found(duration.start, end, "deadline", None, duration.number, duration.unit)
    for day in days:
        yield Found(day.start, day.end, "date", None if day.days is None else day.days.value)
    lengths = [
        one for one in durations if one.is_clock and _before(_LENGTH[language], text, one.start)
    ]
    for one in lengths:
        yield Found(one.start, one.end, "duration", one.value, one.number, one.unit)
    for time in find_times(written):
        yield Found(time.start, time.end, "time", time.value)
    for one in durations:
        yield Found(one.start, one.end, "duration", one.value, one.number, one.unit)


def _first_to_last(days: list[NamedDay], text: str, language: str) -> Iterator[NamedDay]:
    """Join the two days of "entre lundi et mercredi"."""
    starting: dict[int, list[NamedDay]] = {}
    for day in days:
        starting.setdefault(day.start, []).append(day)
    for first in days:
        if not _before(_FROM[language], text, first.start):
            continue
        between = [word for word in _TO[language] if text.startswith(word, first.end)]
        for last in (one for word in between for one in starting.get(first.end + len(word), ())):
            both = None
            if first.days and last.days and first.days.first <= last.days.last:
                both = Days(first.days.first, last.days.last)
            yield NamedDay(first.start, last.end, both)


def _before(pattern: re.Pattern[str], text: str, place: int) -> re.Match[str] | None:
    return pattern.search(text, max(0, place - _NEAR), place)


def _last_day(day: NamedDay) -> str | None:
    return None if day.days is None else day.days.last.isoformat()


def _deadline(start: int, end: int, duration: Duration, now: datetime | None) -> Found:
    value = None
    if now is not None:
        by = duration.after(now)
        value = by.strftime("%Y-%m-%dT%H:%M") if duration.is_short else by.date().isoformat()
    return Found(start, end, "deadline", value, duration.number, duration.unit)
