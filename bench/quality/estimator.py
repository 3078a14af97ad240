"""Is the team's score estimated without bias, and do the intervals hold what they say?

Draws one sample from each of many simulated centres by each design, scores what was drawn and
compares the estimates with the centre's true mean::

    python bench/quality/estimator.py --centres 10000 --out bench/quality/estimator.json
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from quality.sampling import SamplingContact, SamplingRule, estimate_mean, sample, wilson_interval

LEVEL = 0.95
MISSING_SHARE = 0.1
REASONS = ("facture", "panne", "resiliation", "livraison", "autre")
REASON_SHARES = (0.35, 0.25, 0.1, 0.2, 0.1)
REASON_EFFECTS = {"facture": 0, "panne": -4, "resiliation": -12, "livraison": 2, "autre": 4}
MONTHS = (datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC))

DESIGNS: dict[str, dict[str, object]] = {
    "random": {"design": "random"},
    "random, 3 to 8 per agent and month": {
        "design": "random",
        "per_agent_month": {"min": 3, "max": 8},
    },
    "stratified by reason, channel and duration": {
        "design": "stratified",
        "strata": {"by": ["reason", "channel", "duration"]},
    },
    "stratified, 4 to 10 per agent and month": {
        "design": "stratified",
        "per_agent_month": {"min": 4, "max": 10},
        "strata": {"by": ["reason", "channel"]},
    },
    "weighted, systematic": {
        "design": "weighted",
        "weights": {"method": "systematic", "signals": {"complaint": 4, "repeat": 2}},
    },
    "weighted, systematic, 3 to 8 per agent and month": {
        "design": "weighted",
        "per_agent_month": {"min": 3, "max": 8},
        "weights": {"method": "systematic", "signals": {"complaint": 4, "repeat": 2}},
    },
    "weighted, Poisson": {
        "design": "weighted",
        "weights": {"method": "poisson", "signals": {"complaint": 4, "repeat": 2}},
    },
}


@dataclass
class Errors:
    """What one estimator did over all centres, in points of 100."""

    errors: list[float] = field(default_factory=list)
    covered: int = 0
    widths: list[float] = field(default_factory=list)
    intervals: int = 0

    def add(self, error: float, low: float | None, high: float | None, truth: float) -> None:
        """Count one centre."""
        self.errors.append(error)
        if low is not None and high is not None:
            self.intervals += 1
            self.covered += low <= truth <= high
            self.widths.append(high - low)

    def summary(self) -> dict[str, object]:
        """Return bias with its interval, spread, and coverage with its interval."""
        errors = np.asarray(self.errors)
        bias = float(errors.mean())
        half = 1.96 * float(errors.std(ddof=1)) / math.sqrt(len(errors))
        shown: dict[str, object] = {
            "centres": len(errors),
            "bias_points": round(bias, 4),
            "bias_interval": [round(bias - half, 4), round(bias + half, 4)],
            "root_mean_squared_error_points": round(float(np.sqrt((errors**2).mean())), 3),
        }
        if self.intervals:
            low, high = wilson_interval(self.covered, self.intervals)
            shown["coverage_of_95_percent_intervals"] = round(self.covered / self.intervals, 4)
            shown["coverage_interval"] = [round(low, 4), round(high, 4)]
            shown["mean_width_points"] = round(float(np.mean(self.widths)), 2)
        return shown


def centre(rng: np.random.Generator) -> tuple[list[SamplingContact], dict[str, float]]:
    """Make a centre: contacts with agents, reasons and signals that go with their true scores."""
    n_agents = int(rng.integers(4, 13))
    n = int(rng.integers(n_agents * 25, n_agents * 55))
    skill = rng.normal(0, 5, n_agents)
    agent = rng.integers(0, n_agents, n)
    reason = rng.choice(len(REASONS), n, p=REASON_SHARES)
    complaint = rng.random(n) < 0.12
    repeat = rng.random(n) < np.where(complaint, 0.4, 0.1)
    duration = rng.lognormal(5.6, 0.6, n)
    month = rng.integers(0, 2, n)
    effects = np.asarray([REASON_EFFECTS[name] for name in REASONS])
    score = 82 + skill[agent] + effects[reason] - 14 * complaint - 5 * repeat
    score = np.clip(score - 0.01 * (duration - 300) + rng.normal(0, 11, n), 0, 100)
    signals = {
        (False, False): frozenset(),
        (True, False): frozenset({"complaint"}),
        (False, True): frozenset({"repeat"}),
        (True, True): frozenset({"complaint", "repeat"}),
    }
    contacts = [
        SamplingContact(
            id=f"c{i:05d}",
            agent=f"a{agent[i]:02d}",
            started_at=MONTHS[month[i]],
            channel="phone" if i % 4 else "chat",
            reason=REASONS[reason[i]],
            duration_s=float(duration[i]),
            signals=signals[bool(complaint[i]), bool(repeat[i])],
        )
        for i in range(n)
    ]
    return contacts, {one.id: float(value) for one, value in zip(contacts, score, strict=True)}


def simulate(
    centres: int, seed: int, tick: Callable[[int], None] = lambda _: None
) -> dict[str, object]:
    """Draw from many centres by every design.

    Args:
        centres: How many.
        seed: Of everything.
        tick: Called with the number of each centre.

    Returns:
        For every design the figures of each estimator.
    """
    kinds = ("horvitz_thompson", "hajek", "hajek_with_missing", "plain_mean")
    found = {name: {kind: Errors() for kind in kinds} for name in DESIGNS}
    sizes: dict[str, list[float]] = {name: [] for name in DESIGNS}
    for number in range(centres):
        tick(number)
        rng = np.random.default_rng([seed, number])
        contacts, scores = centre(rng)
        truth = sum(scores.values()) / len(scores)
        for name, extra in DESIGNS.items():
            rule = SamplingRule.model_validate(
                {
                    "name": name,
                    "seed": seed + number,
                    "purposes": [{"id": "training", "rate": 0.12}],
                    **extra,
                }
            )
            drawn = sample(contacts, rule)
            ids = [one.id for one in drawn.contacts]
            sizes[name].append(len(ids) / len(contacts))
            if not ids:
                found[name]["horvitz_thompson"].add(rule.expected_score - truth, None, None, truth)
                continue
            own = {one: scores[one] for one in ids}
            whole = estimate_mean(drawn, own, purpose="training", level=LEVEL)
            kept = {one: own[one] for one in ids if rng.random() >= MISSING_SHARE}
            partly = estimate_mean(drawn, kept, purpose="training", level=LEVEL)
            for kind, estimate in (
                ("horvitz_thompson", whole.horvitz_thompson),
                ("hajek", whole.hajek),
                ("hajek_with_missing", partly.hajek),
            ):
                if estimate is not None:
                    found[name][kind].add(
                        estimate.value - truth, estimate.low, estimate.high, truth
                    )
            found[name]["plain_mean"].add(sum(own.values()) / len(own) - truth, None, None, truth)
    return {
        name: {
            "share_drawn": round(float(np.mean(sizes[name])), 4),
            **{kind: one.summary() for kind, one in kinds_found.items()},
        }
        for name, kinds_found in found.items()
    }


def main() -> None:
    """Run the simulation and write its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--centres", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--out", type=Path, default=Path("bench/quality/estimator.json"))
    given = parser.parse_args()
    began = time.perf_counter()

    def tick(number: int) -> None:
        if number % 500 == 0:
            sys.stderr.write(f"{number} centres, {time.perf_counter() - began:.0f} s\n")

    designs = simulate(given.centres, given.seed, tick)
    report = {
        "what": "errors of the estimated mean score against the true mean of simulated centres",
        "command": f"python bench/quality/estimator.py --centres {given.centres}",
        "seed": given.seed,
        "centres": given.centres,
        "population": "4 to 12 agents with 25 to 55 contacts each, two months",
        "missing_share": MISSING_SHARE,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "seconds": round(time.perf_counter() - began, 1),
        "designs": designs,
    }
    given.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
