"""Volumes to come with their intervals, and the agents that they take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select

from conversation.errors import BadInput
from quality.forecast import (
    Forecast,
    StaffingPlan,
    Volumes,
    count_half_hours,
    forecast,
    scheduled_hours,
)
from quality.forecast.methods import Method
from serving.board.values import FROZEN
from serving.forecasts import staffing_plan
from serving.store.tables import ConversationRow

if TYPE_CHECKING:
    from quality.forecast.forecasting import Staffing
    from quality.kpi import KpiSettings
    from serving.board.names import ReasonNames
    from serving.store.database import Database

AHEAD_DAYS = 14
HISTORY = timedelta(days=500)
TARGET, WITHIN_S, MAX_OCCUPANCY, SHRINKAGE = 0.8, 20.0, 0.85, 0.3
_HISTORY_SHOWN = 42
_HALF_HOUR_H = 0.5


class PastDay(BaseModel):
    """A day of the history.

    Attributes:
        day: Local day.
        n: Contacts.
    """

    model_config = FROZEN

    day: date
    n: int = Field(ge=0)


class HalfHourAhead(BaseModel):
    """A half-hour to come in which contacts are expected.

    Attributes:
        start: Local time with its offset.
        expected: Contacts.
        low: Lower end of the interval.
        high: Upper end.
        agents: At their places, by Erlang; None, as for all that follow, where nothing is staffed.
        agents_low: For the lower end.
        agents_high: For the upper end.
        service_level: Share answered in time that ``agents`` should achieve.
        occupancy: Of the agents' time.
    """

    model_config = FROZEN

    start: datetime
    expected: float
    low: float
    high: float
    agents: int | None
    agents_low: int | None
    agents_high: int | None
    service_level: float | None
    occupancy: float | None


class DayAhead(BaseModel):
    """A day to come.

    Attributes:
        day: Local day.
        holiday: Whether it is a bank holiday.
        expected: Contacts.
        low: Lower end of the interval, learnt from whole days of the past.
        high: Upper end.
        peak: The half-hour with most contacts; None where none is expected.
        agents_peak: Agents that it takes; None, as for the two that follow, without staffing.
        agent_hours: Of the whole day, at their places.
        scheduled_hours: With absences: the same, divided by the share that is not away.
        half_hours: Those in which contacts are expected.
    """

    model_config = FROZEN

    day: date
    holiday: bool
    expected: float
    low: float
    high: float
    peak: datetime | None
    agents_peak: int | None
    agent_hours: float | None
    scheduled_hours: float | None
    half_hours: tuple[HalfHourAhead, ...]


class MethodOff(BaseModel):
    """How far one method was off on the past.

    Attributes:
        method: Which.
        wape: Error by half-hour: Σ|actual − forecast| / Σ actual.
        wape_day: The same by day.
    """

    model_config = FROZEN

    method: Method
    wape: float
    wape_day: float


class ForecastShown(BaseModel):
    """A forecast.

    Attributes:
        method: That was used: the best on the past, which may be the floor.
        methods: All that were measured, best first.
        origins: Forecasts of the past that they were measured on.
        level: Share of half-hours that an interval should hold.
        coverage: Share that it held on the past; None where that cannot be told.
        history_first: First day of the history.
        history_last: Last day of it.
        history_n: Its contacts.
        past: Its last days.
        plan: What is staffed for; None: no call tells how long one takes, so nothing is staffed.
        days: To come.
    """

    model_config = FROZEN

    method: Method
    methods: tuple[MethodOff, ...]
    origins: int
    level: float
    coverage: float | None
    history_first: date
    history_last: date
    history_n: int
    past: tuple[PastDay, ...]
    plan: StaffingPlan | None
    days: tuple[DayAhead, ...]


def forecast_board(
    database: Database,
    condition: ColumnElement[bool],
    settings: KpiSettings,
    names: ReasonNames,
    progress: Callable[[float], None],
) -> ForecastShown:
    """Forecast the contacts of the next two weeks.

    Args:
        database: The store's.
        condition: On the rows of conversations; of any day.
        settings: Zone and bank holidays.
        names: Of the reasons.
        progress: Called with the share that is done.

    Raises:
        BadInput: There is too little history.
    """
    volumes, handling_s, handling_n = _history(database, condition, settings, names)
    plan = None if handling_s <= 0 else staffing_plan(
        target=TARGET, within_s=WITHIN_S, handling_s=handling_s, handling_n=handling_n,
        max_occupancy=MAX_OCCUPANCY, shrinkage=SHRINKAGE, patience_s=None,
    )  # fmt: skip
    made = forecast(
        volumes, settings.zone, days=AHEAD_DAYS, country=settings.holidays, plan=plan,
        progress=lambda done, of: progress(0.6 * done / max(of, 1)),
    )  # fmt: skip
    ends = _day_ends(volumes, made, settings, lambda share: progress(0.6 + 0.4 * share))
    totals = volumes.total.sum(axis=1)
    shown = list(zip(volumes.days, totals, strict=True))[-_HISTORY_SHOWN:]
    return ForecastShown(
        method=made.method,
        methods=tuple(
            MethodOff(method=one.method, wape=one.wape, wape_day=one.wape_day)
            for one in made.backtest.scores
        ),
        origins=made.backtest.origins,
        level=made.level,
        coverage=made.backtest.coverage,
        history_first=made.history_first,
        history_last=made.history_last,
        history_n=made.history_contacts,
        past=tuple(PastDay(day=day, n=int(n)) for day, n in shown),
        plan=plan,
        days=tuple(_day(made, day, *ends[day]) for day in made.days),
    )


def _history(
    database: Database, condition: ColumnElement[bool], settings: KpiSettings, names: ReasonNames
) -> tuple[Volumes, float, int]:
    import numpy as np

    moment = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)
    today = datetime.now(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(moment, ConversationRow.reason).where(
        condition,
        moment >= datetime.now(UTC) - HISTORY,
        moment < today.astimezone(UTC),  # today is not over
    )
    length = select(
        func.avg(ConversationRow.duration_s), func.count(ConversationRow.duration_s)
    ).where(
        condition,
        moment >= datetime.now(UTC) - HISTORY,
        ConversationRow.duration_s > 0,
        ConversationRow.channel.in_(("phone", "voicebot")),
    )
    with database.reading() as session:
        rows = session.execute(query).all()
        seconds, n = session.execute(length).one()
    if not rows:
        raise BadInput(
            "no conversation of this selection is over",
            remedy="choose more of them, or send conversations of six weeks",
        )
    codes = [names.level_1(code) or "" for _, code in rows]
    known = sorted({code for code in codes if code})
    place = {code: number for number, code in enumerate(known)}
    volumes = count_half_hours(
        np.array([at.timestamp() for at, _ in rows]),
        settings.zone,
        reasons=np.array([place.get(code, -1) for code in codes], np.int32),
        names=known,
    )
    return volumes, float(seconds or 0.0), int(n or 0)


def _day_ends(
    volumes: Volumes,
    made: Forecast,
    settings: KpiSettings,
    progress: Callable[[float], None],
) -> dict[date, tuple[float, float, float]]:
    """Return what is expected of each day with its interval.

    Whole days scatter less than the sum of their half-hours' intervals says, so the interval is
    learnt from whole days of the same forecasts of the past.
    """
    import numpy as np

    from quality.forecast.backtest import Origin, run_origins, spread_of
    from quality.forecast.methods import History
    from quality.kpi.opening_hours import bank_holidays

    days = volumes.days
    closed = bank_holidays(settings.holidays, range(days[0].year, days[-1].year + 1))
    history = History(
        volumes.total,
        volumes.lengths,
        np.array([day.weekday() for day in days], dtype=np.int64),
        np.array([day in closed for day in days], dtype=bool),
    )
    origins = run_origins(history, progress=lambda done, of: progress(done / max(of, 1)))
    by_day = [
        Origin(
            one.actual.sum(axis=1),
            {method: each.sum(axis=1) for method, each in one.predicted.items()},
            one.scale,
        )
        for one in origins
    ]
    expected = np.array([sum(each.expected for each in made.of_day(day)) for day in made.days])
    low, high = spread_of(by_day, made.method).interval(expected)
    return {
        day: (float(expected[i]), float(low[i]), float(high[i])) for i, day in enumerate(made.days)
    }


def _day(made: Forecast, day: date, expected: float, low: float, high: float) -> DayAhead:
    halves = [
        HalfHourAhead(
            start=each.start, expected=each.expected, low=each.low, high=each.high,
            **_staffed(each.staffing),
        )
        for each in made.of_day(day)
        if each.expected > 0 or each.high > 0
    ]  # fmt: skip
    staffed = [each.staffing for each in made.of_day(day) if each.staffing is not None]
    places = [each.agents for each in halves if each.agents is not None]
    peak = max(halves, key=lambda each: each.expected, default=None)
    hours = _HALF_HOUR_H * sum(places) if staffed else None
    away = 0.0 if made.plan is None else made.plan.shrinkage
    return DayAhead(
        day=day,
        holiday=day in made.holidays,
        expected=round(expected, 1),
        low=low,
        high=high,
        peak=None if peak is None else peak.start,
        agents_peak=max(places, default=0) if staffed else None,
        agent_hours=hours,
        scheduled_hours=None if hours is None else scheduled_hours(hours, away),
        half_hours=tuple(halves),
    )


def _staffed(staffing: Staffing | None) -> dict[str, Any]:
    names = ("agents", "agents_low", "agents_high", "service_level", "occupancy")
    return {name: None if staffing is None else getattr(staffing, name) for name in names}
