"""When people of the centre can take a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from kb_search.words import Language

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)

_NAMES: dict[Language, tuple[str, ...]] = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_LOOK_AHEAD_DAYS = 14


class Span(BaseModel):
    """From one time of a day to a later one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time
    end: time

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError(
                f"{self.start:%H:%M}-{self.end:%H:%M} ends before it starts; write what goes past "
                "midnight as two spans"
            )
        return self


def _read_span(value: object) -> object:
    if not isinstance(value, str):
        return value
    start, _, end = value.partition("-")
    try:
        return {"start": time.fromisoformat(start.strip()), "end": time.fromisoformat(end.strip())}
    except ValueError:
        raise ValueError(f"got {value!r}, expected two times such as 09:00-18:00") from None


class OpeningHours(BaseModel):
    """The hours of a week, and the days that are off.

    Attributes:
        timezone: Name of the IANA data base (``Europe/Paris``).
        days: Spans of each day, as ``09:00-12:30``; a day that is left out is closed.
        holidays: Days on which nobody is there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: str = "Europe/Paris"
    days: Mapping[Day, tuple[Annotated[Span, BeforeValidator(_read_span)], ...]] = Field(
        min_length=1
    )
    holidays: tuple[date, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"unknown time zone {name!r}, expected one like Europe/Paris"
            ) from None
        return name

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody is there at a moment."""
        local = at.astimezone(ZoneInfo(self.timezone))
        return any(span.start <= local.time() < span.end for span in self._spans(local.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when somebody is there next; None where nobody is for two weeks."""
        zone = ZoneInfo(self.timezone)
        local = at.astimezone(zone)
        for ahead in range(_LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=ahead)
            for span in sorted(self._spans(day), key=lambda span: span.start):
                opening = datetime.combine(day, span.start, tzinfo=zone)
                if opening > local:
                    return opening
        return None

    def spoken_opening(self, at: datetime, language: Language) -> str | None:
        """Say when somebody is there next, as a reader says it ("lundi à 9 h")."""
        opening = self.next_opening(at)
        if opening is None:
            return None
        local = at.astimezone(ZoneInfo(self.timezone))
        days = (opening.date() - local.date()).days
        name = _NAMES[language][opening.weekday()]
        if language == "fr":
            minute = f" {opening:%M}" if opening.minute else ""
            if days >= len(DAYS):
                name = f"{name} {opening:%d/%m}"
            day = {0: "aujourd'hui", 1: "demain"}.get(days, name)
            return f"{day} à {opening.hour} h{minute}"
        if days >= len(DAYS):
            name = f"{name} {opening:%d/%m}"
        day = {0: "today", 1: "tomorrow"}.get(days, f"on {name}")
        return f"{day} at {opening:%H:%M}"

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if day in self.holidays else tuple(self.days.get(DAYS[day.weekday()], ()))
