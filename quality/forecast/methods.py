"""Ways to forecast half-hours: the floor (last week again), the mean of four weeks, and ETS."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from quality.forecast.half_hours import SLOTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Method = Literal["seasonal_naive", "four_weeks", "ets"]
METHODS: tuple[Method, ...] = get_args(Method)

MIN_TRAINING_DAYS = 28
"""Days; fewer tell nothing of weekdays."""

_PROFILE_WEEKS = 10
_POOLED_CONTACTS = 40.0  # what the other working days' profile weighs
_MEAN_WEEKS = 4
_WORKING_DAYS = 5


@dataclass(frozen=True)
class History:
    """What is known up to a day.

    Attributes:
        totals: float64 array of shape (n_days, 48): contacts by local half-hour.
        lengths: float64 array of shape (n_days, 48), see :class:`quality.forecast.Volumes`.
        weekdays: int array of shape (n_days,), 0 for Monday.
        holidays: bool array of shape (n_days,).
    """

    totals: NDArray[np.float64]
    lengths: NDArray[np.float64]
    weekdays: NDArray[np.int64]
    holidays: NDArray[np.bool_]

    def __len__(self) -> int:
        """Days."""
        return len(self.totals)

    def until(self, day: int) -> History:
        """Return the days before one."""
        return History(
            self.totals[:day], self.lengths[:day], self.weekdays[:day], self.holidays[:day]
        )

    def between(self, start: int, end: int) -> History:
        """Return some of the days."""
        part = slice(start, end)
        return History(
            self.totals[part], self.lengths[part], self.weekdays[part], self.holidays[part]
        )


def predict(
    method: Method,
    known: History,
    *,
    weekdays: NDArray[np.int64],
    holidays: NDArray[np.bool_],
    lengths: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Forecast the days that follow a history.

    Args:
        method: ``seasonal_naive``: the same half-hour of the latest same weekday, as it was;
            ``four_weeks``: the mean of the last four such days that were no bank holidays;
            ``ets``: exponential smoothing of day totals on the root scale, times the weekday's
            profile.
        known: At least :data:`MIN_TRAINING_DAYS` days.
        weekdays: int array of shape (n_ahead,), of the days to come, in order.
        holidays: bool array of shape (n_ahead,).
        lengths: float64 array of shape (n_ahead, 48).

    Returns:
        float64 array of shape (n_ahead, 48), at least 0. On bank holidays the two better methods
        take the share of a usual day that bank holidays had in the history; where there was none,
        they take a Sunday.
    """
    if method == "seasonal_naive":
        return _rates_of_latest(known, weekdays) * lengths
    share = holiday_share(known)
    plain = _four_weeks(known, weekdays) if method == "four_weeks" else _smoothed(known, weekdays)
    for i, is_holiday in enumerate(holidays):
        if is_holiday:
            plain[i] = _sunday(known) if share is None else plain[i] * share
    return plain * lengths


def holiday_share(known: History) -> float | None:
    """Return what bank holidays had of a usual day of their weekday; None without any."""
    import numpy as np

    totals = known.totals.sum(axis=1)
    actual, usual = 0.0, 0.0
    for i in np.flatnonzero(known.holidays):
        alike = (known.weekdays == known.weekdays[i]) & ~known.holidays
        near = [j for j in np.flatnonzero(alike) if abs(j - i) <= 28]
        if near:
            actual += float(totals[i])
            usual += float(totals[near].mean())
    return None if usual <= 0 else actual / usual


def _rates(known: History) -> NDArray[np.float64]:
    import numpy as np

    return np.divide(
        known.totals, known.lengths, out=np.zeros_like(known.totals), where=known.lengths > 0
    )


def _rates_of_latest(
    known: History, weekdays: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.float64]:
    import numpy as np

    rates = _rates(known)
    latest = {day: int(np.flatnonzero(known.weekdays == day)[-1]) for day in range(7)}
    return np.stack([rates[latest[int(day)]] for day in weekdays])


def _four_weeks(known: History, weekdays: NDArray[np.int64]) -> NDArray[np.float64]:
    import numpy as np

    rates = _rates(known)
    means = {}
    for day in range(7):
        alike = np.flatnonzero((known.weekdays == day) & ~known.holidays)[-_MEAN_WEEKS:]
        means[day] = rates[alike].mean(axis=0) if len(alike) else np.zeros(SLOTS)
    return np.stack([means[int(day)] for day in weekdays])


def _sunday(known: History) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(_four_weeks(known, np.array([6]))[0], dtype=np.float64)


def _profiles(known: History) -> dict[int, NDArray[np.float64]]:
    """Return for each weekday which share of its contacts comes in each half-hour."""
    rates = _rates(known)[-7 * _PROFILE_WEEKS :]
    weekdays = known.weekdays[-7 * _PROFILE_WEEKS :]
    usual = ~known.holidays[-7 * _PROFILE_WEEKS :]
    working = rates[usual & (weekdays < _WORKING_DAYS)].sum(axis=0)
    pooled = working / working.sum() if working.sum() > 0 else working
    found = {}
    for day in range(7):
        own = rates[usual & (weekdays == day)].sum(axis=0)
        if day < _WORKING_DAYS and own.sum() > 0:
            own = own + _POOLED_CONTACTS * pooled
        found[day] = own / own.sum() if own.sum() > 0 else own
    return found


def _smoothed(known: History, weekdays: NDArray[np.int64]) -> NDArray[np.float64]:
    """Forecast day totals by ETS on √(y + 1/4), and spread them over the day.

    The root makes the variance of counts even. Source: L. Brown et al., "Statistical analysis of
    a telephone call center", JASA 100 (2005); R. Hyndman et al., "Forecasting with exponential
    smoothing" (2008).
    """
    import numpy as np

    totals = known.totals.sum(axis=1)
    usual = totals.copy()
    for i in np.flatnonzero(known.holidays):
        alike = (known.weekdays == known.weekdays[i]) & ~known.holidays
        near = sorted(np.flatnonzero(alike), key=lambda j: abs(j - i))[:4]
        if near:
            usual[i] = totals[near].mean()
    ahead = _ets(np.sqrt(usual + 0.25), len(weekdays))
    days = np.maximum(0.0, ahead**2 - 0.25)
    profiles = _profiles(known)
    return np.stack([total * profiles[int(day)] for total, day in zip(days, weekdays, strict=True)])


def _ets(values: NDArray[np.float64], n_ahead: int) -> NDArray[np.float64]:
    import numpy as np
    from statsmodels.tsa.exponential_smoothing.ets import (  # type: ignore[import-untyped]
        ETSModel,
    )

    best, lowest = None, np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the optimiser; what it finds is measured
        for trend in (None, "add"):
            fitted = ETSModel(
                values, error="add", trend=trend, damped_trend=trend is not None,
                seasonal="add", seasonal_periods=7,
                initialization_method="heuristic",
            ).fit(disp=False, maxiter=200)  # fmt: skip
            if np.isfinite(fitted.aicc) and fitted.aicc < lowest:
                best, lowest = fitted, float(fitted.aicc)
        if best is None:
            return np.tile(values[-7:], n_ahead // 7 + 1)[:n_ahead]
        ahead = np.asarray(best.forecast(n_ahead), dtype=np.float64)
    return np.maximum(0.5, ahead)
