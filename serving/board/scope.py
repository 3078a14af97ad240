"""Which conversations a board is about: a period in local days, and filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated, Literal

from pydantic import StringConstraints

from conversation.errors import BadInput
from serving.store import Filters

Step = Literal["day", "week"]
Queue = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00]+$")]
Team = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Reason = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,128}$")]
"""Code of a contact reason; a taxonomy that is gone may have named it as it liked."""

MAX_DAYS = 400
"""Longest period of a board."""

DEFAULT_DAYS = 28
_DAYS_BY_DAY = 35  # longer periods are shown week by week


@dataclass(frozen=True)
class Scope:
    """A period and what is asked of the conversations in it.

    Attributes:
        first: First local day.
        last: Last local day, which belongs to it.
        zone: Of the local days.
        step: Whether series go by day or by week.
        channel: Only these; None: all, as for the two that follow.
        queue: Where they came in.
        reason: Code of the contact reason; one of level 1 stands for those below it, too.
    """

    first: date
    last: date
    zone: tzinfo
    step: Step
    channel: str | None = None
    queue: str | None = None
    reason: str | None = None

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The moment at which it has ended."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def before(self) -> Scope:
        """The period of the same length right before, which it is compared with."""
        length = timedelta(days=self.days)
        return replace(self, first=self.first - length, last=self.last - length)

    @property
    def filters(self) -> Filters:
        """The same as a list of conversations is asked for: what a figure leads to."""
        return Filters(
            channel=self.channel,
            queue=self.queue,
            reason=self.reason,
            started_from=self.since,
            started_before=self.until,
        )

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Days, or weeks from Monday on; the first and the last may be cut by the period."""
        found, day = [], self.first
        while day <= self.last:
            length = 1 if self.step == "day" else 7 - day.weekday()
            end = min(day + timedelta(days=length - 1), self.last)
            whole = self.step == "day" or (end - day).days == 6
            found.append(Bucket(day, end, whole, self.zone))
            day = end + timedelta(days=1)
        return tuple(found)


@dataclass(frozen=True)
class Narrowing:
    """Which conversations a report of the background is about, as a job is asked for it.

    Attributes:
        first: First local day; None: the report has a period of its own.
        last: Last local day.
        channel: See :class:`Scope`, as the two that follow.
        queue: Where they came in.
        reason: Code of the contact reason.
    """

    first: date | None = None
    last: date | None = None
    channel: str | None = None
    queue: str | None = None
    reason: str | None = None

    @classmethod
    def of(cls, scope: Scope, *, dated: bool = True) -> Narrowing:
        """Return what a scope narrows; without its days where ``dated`` is false."""
        return cls(
            scope.first if dated else None, scope.last if dated else None,
            scope.channel, scope.queue, scope.reason,
        )  # fmt: skip

    def payload(self) -> dict[str, str]:
        """Return it as a job's payload says it: what is not given is left out."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}

    @classmethod
    def of_payload(cls, given: dict[str, str]) -> Narrowing:
        """Read a job's payload."""
        first, last = given.get("first"), given.get("last")
        return cls(
            None if first is None else date.fromisoformat(first),
            None if last is None else date.fromisoformat(last),
            given.get("channel"), given.get("queue"), given.get("reason"),
        )  # fmt: skip

    def scope(self, zone: tzinfo, today: date) -> Scope:
        """Return the same as a scope."""
        return scope_of(
            first=self.first, last=self.last, zone=zone, today=today,
            channel=self.channel, queue=self.queue, reason=self.reason,
        )  # fmt: skip


@dataclass(frozen=True)
class Bucket:
    """A day or a week of a series.

    Attributes:
        first: First local day.
        last: Last local day.
        is_whole: Whether the period cuts nothing off.
        zone: Of the local days.
    """

    first: date
    last: date
    is_whole: bool
    zone: tzinfo

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The moment at which it has ended."""
        return midnight(self.last + timedelta(days=1), self.zone)


def scope_of(
    *,
    first: date | None,
    last: date | None,
    zone: tzinfo,
    today: date,
    step: Step | None = None,
    channel: str | None = None,
    queue: str | None = None,
    reason: str | None = None,
) -> Scope:
    """Return what is asked for; four weeks up to today where nothing is.

    Args:
        first: First local day; None: as many days as usual.
        last: Last local day; None: today.
        zone: Of the local days.
        today: The local day now.
        step: None: days, or weeks for a long period.
        channel: See :class:`Scope`, as the two that follow.
        queue: Where they came in.
        reason: Code of the contact reason.

    Raises:
        BadInput: The period ends before it begins, or is too long.
    """
    end = last or today
    begin = first or end - timedelta(days=DEFAULT_DAYS - 1)
    days = (end - begin).days + 1
    if not 1 <= days <= MAX_DAYS or begin.year < 1970:
        raise BadInput(
            f"got the days from {begin} to {end}, expected 1 to {MAX_DAYS} days after 1970",
            remedy="give `from` and `to` as days, the earlier one first",
        )
    chosen: Step = step or ("day" if days <= _DAYS_BY_DAY else "week")
    return Scope(begin, end, zone, chosen, channel, queue, reason)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant at which a local day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
