"""How good a forecast would have been on the centre's own past: rolling origin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from quality.forecast.methods import METHODS, MIN_TRAINING_DAYS, History, Method, predict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HORIZON_DAYS = 7
MAX_ORIGINS = 8
MIN_ORIGINS = 2
LEVEL = 0.8
"""Share of half-hours that an interval should hold."""

_MIN_CALIBRATION = 2  # origins before the first interval is judged
_SMALL = 0.375  # Anscombe's constant: the root of a Poisson count plus it has an even variance


class MethodScore(BaseModel):
    """How far one method was off.

    Attributes:
        method: Which.
        wape: Σ|actual - forecast| / Σ actual over half-hours.
        wape_day: The same over days.
        mase: Mean absolute error over half-hours, divided by that of the week before within the
            history. Source: R. Hyndman, A. Koehler, "Another look at measures of forecast
            accuracy", International Journal of Forecasting 22 (2006).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method
    wape: float = Field(ge=0)
    wape_day: float = Field(ge=0)
    mase: float = Field(ge=0)


class Backtest(BaseModel):
    """What rolling origin showed.

    Attributes:
        origins: How many forecasts were made, a week apart, each from what was known then.
        horizon_days: How far each reached.
        half_hours: How many were compared: those in which contacts came or were expected.
        scores: Of each method, best first.
        coverage: Share of half-hours inside their interval, for the best method; None where
            there are too few origins to judge.
        coverage_n: Half-hours that it was counted on.
        level: What it should be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: int = Field(ge=1)
    horizon_days: int
    half_hours: int = Field(ge=0)
    scores: tuple[MethodScore, ...]
    coverage: float | None
    coverage_n: int = Field(ge=0)
    level: float

    @property
    def best(self) -> Method:
        """The method with the lowest WAPE; the simpler one of equals."""
        return self.scores[0].method

    def score(self, method: Method) -> MethodScore:
        """Return the score of a method."""
        return next(each for each in self.scores if each.method == method)


@dataclass(frozen=True)
class Spread:
    """How half-hours scatter around their forecast.

    Attributes:
        excess: Variance beyond a Poisson count's: Var = μ + excess·μ².
        low: Quantile of standardised errors on the root scale.
        high: The upper one.
    """

    excess: float
    low: float
    high: float

    def interval(
        self, expected: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the ends of the intervals, whole numbers; arrays of the shape of ``expected``."""
        import numpy as np

        root, scale = np.sqrt(expected + _SMALL), _scale(expected, self.excess)
        low = np.maximum(0.0, root + self.low * scale) ** 2 - _SMALL
        high = np.maximum(0.0, root + self.high * scale) ** 2 - _SMALL
        closed = expected <= 0
        low, high = np.rint(np.maximum(0.0, low)), np.rint(np.maximum(0.0, high))
        return np.where(closed, 0.0, low), np.where(closed, 0.0, np.maximum(low, high))


@dataclass(frozen=True)
class Origin:
    """One forecast of the past; arrays of shape (n_days, 48)."""

    actual: NDArray[np.float64]
    predicted: dict[Method, NDArray[np.float64]]
    scale: float


def run_origins(
    history: History, *, progress: Callable[[int, int], None] | None = None
) -> list[Origin]:
    """Forecast the last weeks of a history, each from what was known before it.

    Args:
        history: At least :data:`MIN_TRAINING_DAYS` and two horizons.
        progress: Called with origins done and all of them.

    Returns:
        Oldest first, at most :data:`MAX_ORIGINS`.
    """
    import numpy as np

    possible = (len(history) - MIN_TRAINING_DAYS) // HORIZON_DAYS
    found = []
    n = min(MAX_ORIGINS, possible)
    for number, back in enumerate(range(n, 0, -1), start=1):
        at = len(history) - back * HORIZON_DAYS
        known, ahead = history.until(at), history.between(at, at + HORIZON_DAYS)
        predicted = {
            method: predict(
                method, known, weekdays=ahead.weekdays, holidays=ahead.holidays,
                lengths=ahead.lengths,
            )
            for method in METHODS
        }  # fmt: skip
        week_before = np.abs(known.totals[7:] - known.totals[:-7])
        active = (known.totals[7:] > 0) | (known.totals[:-7] > 0)
        scale = float(week_before[active].mean()) if active.any() else 0.0
        found.append(Origin(ahead.totals, predicted, scale))
        if progress is not None:
            progress(number, n)
    return found


def judge(origins: list[Origin]) -> Backtest:
    """Compare the forecasts of the past with what came."""
    import numpy as np

    scores = []
    half_hours = 0
    for method in METHODS:
        errors, days, actual, mase = 0.0, 0.0, 0.0, []
        half_hours = 0
        for origin in origins:
            predicted = origin.predicted[method]
            off = np.abs(origin.actual - predicted)
            active = (origin.actual > 0) | np.any(
                [each > 0 for each in origin.predicted.values()], axis=0
            )
            half_hours += int(active.sum())
            errors += float(off.sum())
            days += float(np.abs(origin.actual.sum(axis=1) - predicted.sum(axis=1)).sum())
            actual += float(origin.actual.sum())
            if origin.scale > 0 and active.any():
                mase.append(float(off[active].mean()) / origin.scale)
        whole = max(actual, 1e-9)
        scores.append(
            MethodScore(
                method=method, wape=errors / whole, wape_day=days / whole,
                mase=float(np.mean(mase)) if mase else 0.0,
            )
        )  # fmt: skip
    scores.sort(key=lambda score: score.wape)
    coverage, n = _coverage(origins, scores[0].method)
    return Backtest(
        origins=len(origins), horizon_days=HORIZON_DAYS, half_hours=half_hours,
        scores=tuple(scores), coverage=coverage, coverage_n=n, level=LEVEL,
    )  # fmt: skip


def spread_of(origins: list[Origin], method: Method) -> Spread:
    """Learn from the forecasts of the past how half-hours scatter around one.

    Errors are standardised on the root scale and their own quantiles taken, so that nothing but
    the variance's growth is assumed (split conformal prediction: V. Vovk et al., "Algorithmic
    learning in a random world", 2005).
    """
    import numpy as np

    actual = np.concatenate([each.actual.ravel() for each in origins])
    expected = np.concatenate([each.predicted[method].ravel() for each in origins])
    active = expected > 0
    actual, expected = actual[active], expected[active]
    if not len(actual):
        return Spread(0.0, -1.3, 1.3)
    squares = float((expected**2).sum())
    excess = max(0.0, float(((actual - expected) ** 2 - expected).sum()) / squares)
    errors = (np.sqrt(actual + _SMALL) - np.sqrt(expected + _SMALL)) / _scale(expected, excess)
    n = len(errors)
    tail = (1 - LEVEL) / 2
    low = float(np.quantile(errors, max(0.0, tail - 0.5 / n)))
    high = float(np.quantile(errors, min(1.0, 1 - tail + 0.5 / n)))
    return Spread(excess, low, high)


def _scale(expected: NDArray[np.float64], excess: float) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(0.5 * np.sqrt(1 + excess * expected), dtype=np.float64)


def _coverage(origins: list[Origin], method: Method) -> tuple[float | None, int]:
    inside, n = 0, 0
    for place in range(_MIN_CALIBRATION, len(origins)):
        spread = spread_of(origins[:place], method)
        origin = origins[place]
        expected = origin.predicted[method]
        low, high = spread.interval(expected)
        active = (expected > 0) | (origin.actual > 0)
        n += int(active.sum())
        inside += int(((origin.actual >= low) & (origin.actual <= high) & active).sum())
    return (inside / n if n else None), n
