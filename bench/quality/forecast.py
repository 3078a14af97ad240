"""Forecasts of simulated centres against the floor and against their true expectation.

Usage: python bench/quality/forecast.py [--out bench/quality/forecast.json] [--centres 12]

The centres are simulated: what their volumes are is known, so that the least possible error
(the true expectation's) can be shown beside those of the methods. Nothing here was measured on a
real centre.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from quality.forecast import METHODS, count_half_hours, forecast
from quality.kpi.opening_hours import bank_holidays

PARIS = ZoneInfo("Europe/Paris")
AHEAD = 14


def centre(seed: int, n_days: int) -> tuple[dict[str, object], date, np.ndarray, np.ndarray]:
    """Return a centre's facts, first day, true expectation and arrivals by day and half-hour."""
    rng = np.random.default_rng(seed)
    first = date(2026, 1, 5) + timedelta(days=int(rng.integers(0, 120)))
    size = float(np.exp(rng.uniform(np.log(60), np.log(2500))))
    week = np.array([1.25, 1.05, 1.0, 0.97, 0.95, rng.choice([0, 0.4]), rng.choice([0, 0, 0.2])])
    opens, closes = (8, 19) if rng.random() < 0.8 else (0, 24)
    hours = (np.arange(48) + 0.5) / 2
    shape = np.exp(-((hours - rng.uniform(9.5, 11)) ** 2) / 5)
    shape += rng.uniform(0.5, 0.9) * np.exp(-((hours - rng.uniform(14.5, 16.5)) ** 2) / 7)
    shape = (shape + 0.03) * ((hours > opens) & (hours < closes))
    trend = rng.uniform(-0.003, 0.004)
    closed_on_holidays = bool(rng.random() < 0.7)
    noise, level = float(rng.uniform(0.03, 0.12)), 0.0
    holidays = bank_holidays("FR", range(2026, 2028))
    expected, counts = np.zeros((n_days, 48)), np.zeros((n_days, 48))
    for i in range(n_days):
        day = first + timedelta(days=i)
        level = 0.8 * level + 0.6 * noise * rng.standard_normal()
        profile = shape.copy()
        profile[:24] *= np.exp(0.08 * (day.weekday() == 0))
        rate = size * week[day.weekday()] * np.exp(trend * i) * profile / shape.sum()
        if day in holidays:
            rate = rate * (0.0 if closed_on_holidays else 0.45)
        expected[i] = rate
        counts[i] = rng.poisson(rate * np.exp(level) * rng.gamma(200, 1 / 200, 48))
    facts = {
        "seed": seed, "contacts_a_day": round(size), "week": week.tolist(), "open": [opens, closes],
        "trend_a_day": trend, "day_noise": noise, "closed_on_holidays": closed_on_holidays,
    }  # fmt: skip
    return facts, first, expected, counts


def instants(first: date, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    found = []
    for i, of_day in enumerate(counts):
        day = first + timedelta(days=i)
        for slot in np.flatnonzero(of_day):
            at = datetime(day.year, day.month, day.day, slot // 2, 30 * (slot % 2), tzinfo=PARIS)
            found.append(at.timestamp() + 1800 * rng.random(int(of_day[slot])))
    return np.concatenate(found)


def run(seed: int, n_days: int) -> dict[str, object]:
    facts, first, expected, counts = centre(seed, n_days + AHEAD)
    rng = np.random.default_rng(seed + 1000)
    volumes = count_half_hours(instants(first, counts[:n_days], rng), PARIS)
    started = time.perf_counter()
    made = forecast(volumes, PARIS, days=AHEAD)
    seconds = time.perf_counter() - started
    start = (made.days[0] - first).days
    predicted, low, high = (np.zeros((AHEAD, 48)) for _ in range(3))
    for each in made.half_hours:
        at = (
            (each.start.date() - made.days[0]).days,
            each.start.hour * 2 + each.start.minute // 30,
        )
        predicted[at], low[at], high[at] = each.expected, each.low, each.high
    n = min(AHEAD, len(counts) - start)
    actual = counts[start:][:n]
    active = (actual > 0) | (predicted[:n] > 0)
    inside = (actual >= low[:n]) & (actual <= high[:n]) & active
    floor = np.stack([counts[start - 7 + i % 7] for i in range(n)])

    def wape(forecast_of: np.ndarray) -> float:
        return round(float(np.abs(actual - forecast_of).sum() / actual.sum()), 4)

    return {
        **facts,
        "history_days": n_days,
        "method_used": made.method,
        "rolling_origin": {
            method: made.backtest.score(method).model_dump(exclude={"method"}) for method in METHODS
        },
        "rolling_origin_coverage_80": made.backtest.coverage,
        "next_14_days": {
            "wape_used": wape(predicted[:n]), "wape_week_before": wape(floor),
            "wape_true_expectation": wape(expected[start:][:n]),
            "coverage_80": round(float(inside.sum() / active.sum()), 4),
            "half_hours": int(active.sum()),
        },
        "seconds": round(seconds, 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("forecast.json"))
    parser.add_argument("--centres", type=int, default=12)
    chosen = parser.parse_args()
    lengths = (49, 84, 140, 182)
    centres = [run(seed, lengths[seed % len(lengths)]) for seed in range(chosen.centres)]
    ahead = [each["next_14_days"] for each in centres]
    n = sum(each["half_hours"] for each in ahead)
    summary = {
        "centres": len(centres),
        "method_used": {m: sum(e["method_used"] == m for e in centres) for m in METHODS},
        "mean_wape_next_14_days": {
            name: round(float(np.mean([each[f"wape_{name}"] for each in ahead])), 4)
            for name in ("used", "week_before", "true_expectation")
        },
        "centres_better_than_week_before": sum(
            each["wape_used"] < each["wape_week_before"] for each in ahead
        ),
        "mean_mase_rolling_origin": {
            m: round(float(np.mean([e["rolling_origin"][m]["mase"] for e in centres])), 4)
            for m in METHODS
        },
        "coverage_80_next_14_days": round(
            sum(each["coverage_80"] * each["half_hours"] for each in ahead) / n, 4
        ),
    }
    values = {
        "what": "forecasts by half-hour of SIMULATED centres; none of this is a real centre",
        "command": "python bench/quality/forecast.py",
        "python": platform.python_version(), "machine": platform.machine(),
        "summary": summary, "centres": centres,
    }  # fmt: skip
    chosen.out.write_text(json.dumps(values, indent=1) + "\n", "utf-8")
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
