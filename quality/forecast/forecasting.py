"""Contact volume by half-hour and reason, with the agents it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from quality.forecast.backtest import (
    HORIZON_DAYS,
    LEVEL,
    MIN_ORIGINS,
    Backtest,
    judge,
    run_origins,
    spread_of,
)
from quality.forecast.erlang import ServiceTarget, agents_for, scheduled
from quality.forecast.half_hours import SLOT_S, Volumes, half_hours_of, slot_lengths, slot_of
from quality.forecast.methods import MIN_TRAINING_DAYS, History, Method, holiday_share, predict
from quality.kpi.opening_hours import bank_holidays

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"
MIN_DAYS = MIN_TRAINING_DAYS + MIN_ORIGINS * HORIZON_DAYS
"""Days of history below which no forecast is made."""

MAX_AHEAD_DAYS = 56

_REASON_WEEKS = 8
_REASON_BLOCK = 4  # half-hours that share their reasons
_REASON_PRIOR = 20.0  # contacts that the reason's overall share weighs

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Staffing(BaseModel):
    """The agents that a half-hour takes.

    Attributes:
        agents: At their places.
        agents_low: For the lower end of the volume's interval.
        agents_high: For its upper end.
        scheduled: With shrinkage.
        service_level: Share of calls answered in time that ``agents`` should achieve, 0 to 1.
        occupancy: Of the agents' time, 0 to 1.
        wait_s: Mean wait in seconds.
        abandons: Share of calls abandoned; 0 without patience.
    """

    model_config = _FROZEN

    agents: int = Field(ge=0)
    agents_low: int = Field(ge=0)
    agents_high: int = Field(ge=0)
    scheduled: int = Field(ge=0)
    service_level: float
    occupancy: float
    wait_s: float
    abandons: float


class HalfHour(BaseModel):
    """One half-hour to come.

    Attributes:
        start: Local time with its offset.
        expected: Contacts.
        low: Lower end of the interval.
        high: Upper end.
        by_reason: Expected contacts by reason; empty where reasons are not known.
        staffing: The agents it takes; None without a handling time.
    """

    model_config = _FROZEN

    start: datetime
    expected: float = Field(ge=0)
    low: float = Field(ge=0)
    high: float = Field(ge=0)
    by_reason: dict[str, float] = Field(default_factory=dict)
    staffing: Staffing | None = None


class ReasonScore(BaseModel):
    """How far the forecast of one reason was off on the past, beside the week before.

    Attributes:
        reason: Its name; empty for contacts without one.
        wape: Σ|actual - forecast| / Σ actual over half-hours.
        wape_naive: The same of last week's half-hours.
        contacts: That were forecast on.
    """

    model_config = _FROZEN

    reason: str
    wape: float = Field(ge=0)
    wape_naive: float = Field(ge=0)
    contacts: int = Field(ge=0)


class StaffingPlan(BaseModel):
    """What the staffing was computed for.

    Attributes:
        target: Share of calls, 0 to 1.
        within_s: Seconds.
        handling_s: Mean seconds of talk, hold and after-call work.
        handling_n: Calls it was computed from; 0 where it was given.
        max_occupancy: Most share of the agents' time.
        shrinkage: Share of scheduled time away from calls.
        patience_s: Mean seconds after which callers give up; None: Erlang C.
    """

    model_config = _FROZEN

    target: float = 0.8
    within_s: float = 20.0
    handling_s: float = Field(gt=0)
    handling_n: int = Field(default=0, ge=0)
    max_occupancy: float = Field(default=1.0, gt=0, le=1)
    shrinkage: float = Field(default=0.0, ge=0, lt=1)
    patience_s: float | None = Field(default=None, gt=0)


class Forecast(BaseModel):
    """Half-hours to come.

    Attributes:
        version: Of the methods.
        method: That was used: the best on the past, which may be the floor.
        history_first: First day of the history.
        history_last: Last day of it.
        history_contacts: How many contacts it has.
        dropped_days: Days at its ends that looked cut off.
        holidays: Bank holidays among the days to come.
        holiday_share: What bank holidays had of a usual day; None where the history has none, and
            a Sunday is taken.
        level: Of the intervals.
        backtest: How good it would have been on the past.
        reasons: The same by reason; empty where reasons are not known.
        plan: What the staffing was computed for; None without staffing.
        half_hours: In order; those in which nothing is expected too.
    """

    model_config = _FROZEN

    version: str = VERSION
    method: Method
    history_first: date
    history_last: date
    history_contacts: int
    dropped_days: tuple[date, ...]
    holidays: tuple[date, ...]
    holiday_share: float | None
    level: float
    backtest: Backtest
    reasons: tuple[ReasonScore, ...]
    plan: StaffingPlan | None
    half_hours: tuple[HalfHour, ...]

    def of_day(self, day: date) -> tuple[HalfHour, ...]:
        """Return the half-hours of a local day."""
        return tuple(each for each in self.half_hours if each.start.date() == day)

    @property
    def days(self) -> tuple[date, ...]:
        """The days to come, in order."""
        return tuple(dict.fromkeys(each.start.date() for each in self.half_hours))


def forecast(
    volumes: Volumes,
    zone: tzinfo,
    *,
    days: int = 14,
    country: str | None = "FR",
    plan: StaffingPlan | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Forecast the half-hours after a history.

    Args:
        volumes: The history, of :data:`MIN_DAYS` days at least.
        zone: Of its local time.
        days: How many days to forecast, 1 to :data:`MAX_AHEAD_DAYS`.
        country: Of the bank holidays; None: none are known.
        plan: What to staff for; None: no staffing.
        progress: Called with steps of the test on the past done, and all of them.

    Raises:
        BadInput: There is too little history, or ``days`` is out of range.
    """
    if not 1 <= days <= MAX_AHEAD_DAYS:
        raise BadInput(
            f"got {days} days to forecast, expected 1 to {MAX_AHEAD_DAYS}",
            remedy="forecast again when the days between have come",
        )
    _check_length(volumes)
    calendar = _Calendar(volumes.first, len(volumes.counts) + days, country)
    n = len(volumes.counts)
    history = History(volumes.total, volumes.lengths, calendar.weekdays[:n], calendar.holidays[:n])
    origins = run_origins(history, progress=progress)
    backtest = judge(origins)
    first = volumes.first + timedelta(days=n)
    lengths = slot_lengths(first, days, zone)
    expected = predict(
        backtest.best, history, weekdays=calendar.weekdays[n:], holidays=calendar.holidays[n:],
        lengths=lengths,
    )  # fmt: skip
    # a half-hour that comes twice is two half-hours of its rate
    rates = _divide(expected, lengths)
    low, high = spread_of(origins, backtest.best).interval(rates)
    shares = _reason_shares(volumes, n)
    half_hours = []
    staff = _Staffer(plan) if plan is not None else None
    for i in range(days):
        day = first + timedelta(days=i)
        of_day = shares[int(calendar.weekdays[n + i] >= 5)] if shares is not None else None
        for at in half_hours_of(day, zone):
            slot = slot_of(at, zone)
            volume = float(rates[i, slot])
            ends = (float(low[i, slot]), float(high[i, slot]))
            split = {} if of_day is None else {
                name: round(volume * float(part), 3)
                for name, part in zip(volumes.reasons, of_day[slot], strict=True)
            }  # fmt: skip
            half_hours.append(
                HalfHour(
                    start=at.astimezone(zone), expected=round(volume, 3), low=ends[0],
                    high=ends[1], by_reason=split,
                    staffing=staff.of(volume, *ends) if staff is not None else None,
                )
            )  # fmt: skip
    return Forecast(
        method=backtest.best,
        history_first=volumes.first,
        history_last=first - timedelta(days=1),
        history_contacts=int(volumes.counts.sum()),
        dropped_days=volumes.dropped,
        holidays=tuple(
            first + timedelta(days=i) for i in range(days) if calendar.holidays[n + i]
        ),
        holiday_share=holiday_share(history),
        level=LEVEL,
        backtest=backtest,
        reasons=_reason_scores(volumes, backtest, origins_days=len(origins) * HORIZON_DAYS,
                               predicted=[each.predicted[backtest.best] for each in origins],
                               weekdays=calendar.weekdays),
        plan=plan,
        half_hours=tuple(half_hours),
    )  # fmt: skip


class _Calendar:
    """Weekdays and bank holidays of days in a row."""

    def __init__(self, first: date, n_days: int, country: str | None) -> None:
        import numpy as np

        days = [first + timedelta(days=i) for i in range(n_days)]
        closed = bank_holidays(country, range(first.year, days[-1].year + 1))
        self.weekdays = np.array([day.weekday() for day in days], dtype=np.int64)
        self.holidays = np.array([day in closed for day in days], dtype=bool)


class _Staffer:
    """Staffs half-hours, each distinct volume once."""

    def __init__(self, plan: StaffingPlan) -> None:
        self._plan = plan
        self._target = ServiceTarget(plan.target, plan.within_s)

    def of(self, expected: float, low: float, high: float) -> Staffing:
        plan = self._plan
        found, fewer, more = (
            agents_for(
                volume / SLOT_S, plan.handling_s, self._target,
                max_occupancy=plan.max_occupancy, patience_s=plan.patience_s,
            )
            for volume in (expected, low, high)
        )  # fmt: skip
        return Staffing(
            agents=found.agents,
            agents_low=fewer.agents,
            agents_high=max(found.agents, more.agents),
            scheduled=scheduled(found.agents, plan.shrinkage),
            service_level=round(found.service_level, 4),
            occupancy=round(found.occupancy, 4),
            wait_s=round(found.wait_s, 2),
            abandons=round(found.abandons, 4),
        )


@dataclass(frozen=True)
class _Enough:
    days: int
    contacts: int


def _check_length(volumes: Volumes) -> None:
    import numpy as np

    had = _Enough(len(volumes.counts), int(volumes.counts.sum()))
    if had.days < MIN_DAYS:
        raise BadInput(
            f"the history has {had.days} whole days, expected at least {MIN_DAYS}: four weeks to "
            "learn from and two to measure on",
            remedy="import more weeks; a forecast from less would be a guess",
        )
    open_days = int(np.count_nonzero(volumes.total.sum(axis=1)))
    if open_days < MIN_DAYS // 2 or had.contacts < 10 * MIN_DAYS:
        raise BadInput(
            f"the history has {had.contacts} contacts on {open_days} of {had.days} days, expected "
            f"at least {10 * MIN_DAYS} on {MIN_DAYS // 2}",
            remedy="import all contacts of those weeks; a sample cannot be forecast from",
        )


def _divide(counts: NDArray[np.float64], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.divide(counts, lengths, out=np.zeros_like(counts), where=lengths > 0)


def _reason_shares(
    volumes: Volumes, until: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the reasons' shares by half-hour on working days and on weekends.

    Returns:
        Two float64 arrays of shape (48, n_reasons) whose rows sum to 1, from the last weeks before
        a day, each two hours drawn towards the overall shares; None where reasons are not known.
    """
    import numpy as np

    if volumes.reasons == ("",):
        return None
    recent = slice(max(0, until - 7 * _REASON_WEEKS), until)
    counts = volumes.counts[recent]
    overall = counts.sum(axis=(0, 1))
    overall = overall / max(1.0, overall.sum())
    weekend = np.array([day.weekday() >= 5 for day in volumes.days[recent]])
    found = []
    for kind in (False, True):
        of_kind = counts[weekend == kind].sum(axis=0)
        blocks = of_kind.reshape(-1, _REASON_BLOCK, of_kind.shape[1]).sum(axis=1)
        mixed = blocks + _REASON_PRIOR * overall
        shares = mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-9)
        found.append(np.repeat(shares, _REASON_BLOCK, axis=0))
    return found[0], found[1]


def _reason_scores(
    volumes: Volumes,
    backtest: Backtest,
    *,
    origins_days: int,
    predicted: Sequence[NDArray[np.float64]],
    weekdays: NDArray[np.int64],
) -> tuple[ReasonScore, ...]:
    import numpy as np

    if volumes.reasons == ("",):
        return ()
    n = len(volumes.counts)
    errors = np.zeros(len(volumes.reasons))
    naive = np.zeros(len(volumes.reasons))
    actual = np.zeros(len(volumes.reasons))
    for number, totals in enumerate(predicted):
        at = n - origins_days + number * backtest.horizon_days
        shares = _reason_shares(volumes, at)
        if shares is None:
            return ()
        for i in range(backtest.horizon_days):
            came = volumes.counts[at + i]
            of_day = shares[int(weekdays[at + i] >= 5)]
            errors += np.abs(came - totals[i][:, None] * of_day).sum(axis=0)
            naive += np.abs(came - volumes.counts[at + i - 7]).sum(axis=0)
            actual += came.sum(axis=0)
    return tuple(
        ReasonScore(
            reason=name,
            wape=float(errors[i] / max(1.0, actual[i])),
            wape_naive=float(naive[i] / max(1.0, actual[i])),
            contacts=int(actual[i]),
        )
        for i, name in enumerate(volumes.reasons)
    )
