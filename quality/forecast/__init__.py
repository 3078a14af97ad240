"""Contact volumes to come, and the agents they take."""

from quality.forecast.backtest import Backtest, MethodScore
from quality.forecast.erlang import (
    QueueFigures,
    ServiceTarget,
    agents_for,
    erlang_b,
    erlang_c,
    queue_figures,
    scheduled,
    scheduled_hours,
)
from quality.forecast.forecasting import (
    MIN_DAYS,
    Forecast,
    HalfHour,
    ReasonScore,
    Staffing,
    StaffingPlan,
    forecast,
)
from quality.forecast.half_hours import Volumes, count_half_hours
from quality.forecast.methods import METHODS, Method

__all__ = [
    "METHODS",
    "MIN_DAYS",
    "Backtest",
    "Forecast",
    "HalfHour",
    "Method",
    "MethodScore",
    "QueueFigures",
    "ReasonScore",
    "ServiceTarget",
    "Staffing",
    "StaffingPlan",
    "Volumes",
    "agents_for",
    "count_half_hours",
    "erlang_b",
    "erlang_c",
    "forecast",
    "queue_figures",
    "scheduled",
    "scheduled_hours",
]
