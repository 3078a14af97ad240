"""Days that were named: "lundi prochain", "le 12 mars", "in two weeks", "yesterday"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nlu.entities.calendar_days import (
    Days,
    Direction,
    month_of,
    nearest_year,
    one_day,
    week_of,
    weekday_near,
)
from nlu.entities.day_names import MONTHS, RELATIVE_DAYS, WEEKDAYS
from nlu.entities.durations import find_durations
from nlu.entities.written_text import WrittenText

_WEEKDAY = {language: "|".join(names) for language, names in WEEKDAYS.items()}
_MONTH = {
    language: "|".join(sorted(names, key=len, reverse=True)) for language, names in MONTHS.items()
}
_PART = {
    "fr": r"(?: (?:matin|soir|apres[- ]midi|midi))?",
    "en": r"(?: (?:morning|evening|afternoon|night))?",
}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_DAY_EN = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(_ORDINALS)})"

_PAST = {
    "fr": re.compile(
        r"\b(?:depuis|dernier|passe|(?:ai|as|a|avons|avez|ont|suis|es|est|etes|sont|etait|avait|"
        r"avais|etais)(?: pas| deja| bien| ete| rien| toujours| jamais)* \w*(?:e|es|ee|ees|i|is|it|"
        r"u|us|ue|ert|is)\b)[^.!?]*$"
    ),
    "en": re.compile(
        r"\b(?:since|last|was|were|had|did|didn't|have|has|\w{2,}ed|got|came|went|paid|bought|sent|"
        r"told|made|left|said)\b[^.!?]*$"
    ),
}
_FUTURE = {
    "fr": re.compile(
        r"\b(?:sera|serez|seront|\w+(?:rai|ra|rons|rez|ront)|va|vais|vont|allez|allons|avant|d'ici|"
        r"propose|peux|pouvez|rendez-vous|dispo\w*|prevue?|confirmee?|fixee?|programmee?|"
        r"planifiee?|notee?|des)\b[^.!?]*$"
    ),
    "en": re.compile(
        r"\b(?:will|'ll|going to|by|until|before|can|could|next|from|for|appointment|scheduled|"
        r"booked|arranged|confirmed|set|due)\b[^.!?]*$"
    ),
}
_JUST_DONE = {
    "fr": re.compile(
        r"\b(?:livre|recu|commande|paye|preleve|envoye|expedie|passe|debite|achete)e?s? (?:le )?$"
    ),
    "en": re.compile(r"\b(?:delivered|received|ordered|paid|charged|sent|shipped) (?:on )?$"),
}
_AGO = {
    "fr": re.compile(r"\bil y a (?:deja |environ |a peu pres )?$"),
    "en": re.compile(r"^ ago\b"),
}
_AHEAD = {
    "fr": re.compile(r"\bdans (?:environ |a peu pres )?$"),
    "en": re.compile(r"\bin (?:about |around )?$"),
}
_NEAR = 60  # characters beside a duration
_FROM_NOW = re.compile(r"^ (?:from now|from today|later)\b")


@dataclass(frozen=True)
class NamedDay:
    """A day, or several in a row, and its place in the written text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        days: Which; None where the day of the conversation would be needed and is not known.
    """

    start: int
    end: int
    days: Days | None


_Resolve = Callable[[re.Match[str], date | None, "Direction | None"], Days | None]


def find_days(written: WrittenText, now: datetime | None) -> Iterator[NamedDay]:
    """Find the days that a text names.

    Args:
        written: Of one turn.
        now: When the conversation took place; None when not known.

    Yields:
        The days, longest way of saying first; one inside another is given too.
    """
    language, text = written.language, written.folded
    today = None if now is None else now.date()
    yield from _ago_and_ahead(written, now)
    for pattern, resolve in _RULES[language]:
        for match in pattern.finditer(text):
            direction = _direction(text, match, language)
            try:
                days = resolve(match, today, direction)
            except ValueError:  # "le 31 avril"
                continue
            yield NamedDay(*match.span(), days)


def _ago_and_ahead(written: WrittenText, now: datetime | None) -> Iterator[NamedDay]:
    language, text = written.language, written.folded
    for duration in find_durations(written):
        near = max(0, duration.start - _NEAR), duration.start
        after = text[duration.end : duration.end + _NEAR]
        if language == "fr":
            ago, ahead = _AGO["fr"].search(text, *near), _AHEAD["fr"].search(text, *near)
            cue = ago or ahead
            start = cue.start() if cue else 0
            end = duration.end
        else:
            ago, ahead = _AGO["en"].search(after), _AHEAD["en"].search(text, *near)
            later = _FROM_NOW.search(after)
            start = ahead.start() if ahead else duration.start
            cue = ago or later
            end = duration.end + cue.end() if cue else duration.end
            ahead = ahead or later
        if not ago and (not ahead or duration.is_short):
            continue
        days = None
        if now is not None:
            moment = duration.before(now) if ago else duration.after(now)
            days = one_day(moment.date())
        yield NamedDay(start, end, days)


def _direction(text: str, match: re.Match[str], language: str) -> Direction | None:
    before = text[max(0, match.start() - 60) : match.start()]
    future, past = _FUTURE[language].search(before), _PAST[language].search(before)
    if past and (not future or past.start() > future.start()):
        return "past"
    if not future and _JUST_DONE[language].search(before):
        return "past"
    return "future" if future else None


def _relative(language: str) -> _Resolve:
    def resolve(match: re.Match[str], today: date | None, _: Direction | None) -> Days | None:
        ahead = RELATIVE_DAYS[language][match["day"]]
        return None if today is None else one_day(today + timedelta(days=ahead))

    return resolve


def _weekday(language: str) -> _Resolve:
    def resolve(
        match: re.Match[str], today: date | None, direction: Direction | None
    ) -> Days | None:
        if today is None:
            return None
        weekday = WEEKDAYS[language].index(match["weekday"])
        said = match["said"] or ""
        weeks = 0
        if "dernier" in said or "last" in said or "passe" in said:
            direction = "past"
        elif "prochain" in said or "next" in said:
            direction = "future"
        elif "en huit" in said:
            direction, weeks = "future", 1
        if today.weekday() == weekday and "matin" in said:
            return one_day(today)
        return one_day(weekday_near(today, weekday, direction or "future", weeks=weeks))

    return resolve


def _day_and_month(
    match: re.Match[str], today: date | None, direction: Direction | None
) -> Days | None:
    language = "fr" if match["month"] in MONTHS["fr"] else "en"
    month = MONTHS[language][match["month"]]
    day = _day_number(match["day"])
    if year := match["year"]:
        return one_day(date(int(year), month, day))
    if today is None:
        return None
    found = nearest_year(today, day, month, direction)
    return None if found is None else one_day(found)


def _day_number(text: str) -> int:
    return _ORDINALS.get(text) or int(re.sub(r"\D", "", text))


def _iso(match: re.Match[str], _: date | None, __: Direction | None) -> Days:
    return one_day(date(int(match["year"]), int(match["month"]), int(match["day"])))


def _numeric(language: str) -> _Resolve:
    """Read 12/03/2026: the day first in French, the month first in English unless impossible."""

    def resolve(
        match: re.Match[str], today: date | None, direction: Direction | None
    ) -> Days | None:
        one, two = int(match["one"]), int(match["two"])
        month_first = language == "en" and one <= 12
        day, month = (two, one) if month_first else (one, two)
        if year := match["year"]:
            return one_day(date(int(year) + (2000 if len(year) == 2 else 0), month, day))
        if today is None:
            date(2024, month, day)  # a leap year: any day that exists is accepted
            return None
        found = nearest_year(today, day, month, direction)
        return None if found is None else one_day(found)

    return resolve


def _same_month(
    match: re.Match[str], today: date | None, direction: Direction | None
) -> Days | None:
    if today is None:
        return None
    month = today.replace(day=1)
    day = _day_number(match["day"])
    if "prochain" in match[0] or (direction == "future" and day < today.day):
        month = month_of(today, 1).first
    elif "dernier" in match[0] or (direction == "past" and day > today.day):
        month = month_of(today, -1).first
    return one_day(month.replace(day=day))


def _span(which: Callable[[date, int], Days], offset: int, *, last: bool = False) -> _Resolve:
    def resolve(_: re.Match[str], today: date | None, __: Direction | None) -> Days | None:
        if today is None:
            return None
        days = which(today, offset)
        if which is week_of and last:
            return one_day(days.first + timedelta(days=4))  # a week's end is its Friday
        return one_day(days.last) if last else days

    return resolve


def _first_to_last(
    match: re.Match[str], today: date | None, direction: Direction | None
) -> Days | None:
    month = MONTHS["fr"][match["month"]]
    if today is None:
        return None
    last = nearest_year(today, int(match["day"]), month, direction)
    first = None if last is None else nearest_year(today, int(match["from"]), month, direction)
    return None if first is None or last is None or last < first else Days(first, last)


def _alternatives(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_RULES: dict[str, tuple[tuple[re.Pattern[str], _Resolve], ...]] = {
    "fr": (
        (re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"), _iso),
        (
            re.compile(
                rf"\b(?P<from>\d{{1,2}}) (?:au|"
                rf"et le) (?P<day>\d{{1,2}}) (?P<month>{_MONTH['fr']})\b"
            ),
            _first_to_last,
        ),
        (
            re.compile(
                rf"\b(?:(?:{_WEEKDAY['fr']}) )?(?<![\d,.])(?P<day>\d{{1,2}}|1er|premier) "
                rf"(?P<month>{_MONTH['fr']})\b(?: (?P<year>(?:19|20)\d\d))?{_PART['fr']}"
            ),
            _day_and_month,
        ),
        (
            re.compile(
                r"(?<![\d/])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\d/])"
            ),
            _numeric("fr"),
        ),
        (
            re.compile(rf"\b(?:(?:{_WEEKDAY['fr']}) |le (?=\d+ du mois))(?P<day>\d{{1,2}}|1er)\b"
                       r"(?! ?(?:h\b|heures?|:|€|euros?|jours?|fois|%))(?: du mois(?: prochain|"
                       r" dernier)?)?"),
            _same_month,
        ),
        (
            re.compile(
                rf"\b(?P<weekday>{_WEEKDAY['fr']})\b(?P<said>(?: (?:matin|soir|apres[- ]midi|"
                rf"midi))?"
                r"(?: (?:prochain|dernier|passe|en huit))?"
                r"(?: (?:matin|soir|apres[- ]midi))?)"
            ),
            _weekday("fr"),
        ),
        (
            re.compile(rf"\b(?P<day>{_alternatives(RELATIVE_DAYS['fr'])})\b{_PART['fr']}"),
            _relative("fr"),
        ),
        (re.compile(r"\bla fin de (?:la|cette) semaine\b|\bfin de semaine\b"),
         _span(week_of, 0, last=True)),
        (re.compile(r"\b(?:la )?fin du mois prochain\b"), _span(month_of, 1, last=True)),
        (re.compile(r"\b(?:la )?fin (?:du|de ce) mois\b"), _span(month_of, 0, last=True)),
        (re.compile(r"\b(?:la )?semaine prochaine\b"), _span(week_of, 1)),
        (re.compile(r"\b(?:la )?semaine (?:derniere|passee)\b"), _span(week_of, -1)),
        (re.compile(r"\bcette semaine\b"), _span(week_of, 0)),
        (re.compile(r"\b(?:le )?mois prochain\b"), _span(month_of, 1)),
        (re.compile(r"\b(?:le )?mois dernier\b"), _span(month_of, -1)),
        (re.compile(r"\bce mois(?:-ci| ci)?\b"), _span(month_of, 0)),
    ),
    "en": (
        (re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"), _iso),
        (
            re.compile(
                rf"\b(?:(?:{_WEEKDAY['en']}),? )?(?P<month>{_MONTH['en']})\.? "
                rf"(?P<day>{_DAY_EN})\b(?!:)(?:,? (?P<year>(?:19|20)\d\d))?"
            ),
            _day_and_month,
        ),
        (
            re.compile(
                rf"\b(?:(?:{_WEEKDAY['en']}),? )?(?:the )?(?P<day>{_DAY_EN}) (?:of )?"
                rf"(?P<month>{_MONTH['en']})\b(?:,? (?P<year>(?:19|20)\d\d))?"
            ),
            _day_and_month,
        ),
        (
            re.compile(
                r"(?<![\d/])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\d/])"
            ),
            _numeric("en"),
        ),
        (
            re.compile(rf"\b(?:(?:{_WEEKDAY['en']}),? )?the (?P<day>\d{{1,2}}(?:st|nd|rd|th))\b"
                       r"(?! (?:time|day|month|week|floor|payment|call))"),
            _same_month,
        ),
        (
            re.compile(
                rf"\b(?P<said>(?:next |last |this |coming )?)(?P<weekday>{_WEEKDAY['en']})\b"
                rf"{_PART['en']}"
            ),
            _weekday("en"),
        ),
        (
            re.compile(rf"\b(?P<day>{_alternatives(RELATIVE_DAYS['en'])})\b{_PART['en']}"),
            _relative("en"),
        ),
        (re.compile(r"\b(?:the )?end of (?:the|this) week\b"), _span(week_of, 0, last=True)),
        (re.compile(r"\b(?:the )?end of next month\b"), _span(month_of, 1, last=True)),
        (re.compile(r"\b(?:the )?end of (?:the|this) month\b"), _span(month_of, 0, last=True)),
        (re.compile(r"\bnext week\b"), _span(week_of, 1)),
        (re.compile(r"\blast week\b"), _span(week_of, -1)),
        (re.compile(r"\bthis week\b"), _span(week_of, 0)),
        (re.compile(r"\bnext month\b"), _span(month_of, 1)),
        (re.compile(r"\blast month\b"), _span(month_of, -1)),
        (re.compile(r"\bthis month\b"), _span(month_of, 0)),
    ),
}  # fmt: skip
