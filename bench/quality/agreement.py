"""Do intervals, gates and drift alarms keep what they promise? Simulated, with known truth.

Run: python bench/quality/agreement.py [--rounds 400] > bench/quality/agreement.json
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from quality.agreement.bootstrap import figure
from quality.agreement.coefficients import (
    cohen_kappa,
    coincidence_table,
    gwet_ac1,
    krippendorff_alpha,
)
from quality.agreement.drift import DriftRule, Observation, find_drift
from quality.agreement.gate import decide_gate
from quality.agreement.question import measure_question
from quality.agreement.ratings import Rated

QUESTIONS, CONTACTS_PER_WEEK = 20, 20
START = datetime(2026, 1, 5, tzinfo=UTC)


def joint(shares: Sequence[float], accuracy: float) -> np.ndarray:
    """The machine knows the answer with probability ``accuracy``, else guesses by the shares."""
    known = np.array(shares)
    return accuracy * np.diag(known) + (1 - accuracy) * np.outer(known, known)


def coverage(rounds: int, random: np.random.Generator) -> list[dict]:
    """How often 95 % intervals hold the truth."""
    rows = []
    for n in (50, 100, 200):
        for shares in ((0.95, 0.05), (0.8, 0.2), (0.6, 0.4), (0.7, 0.2, 0.1),
                       (0.6, 0.15, 0.15, 0.1)):  # fmt: skip
            for accuracy in (0.45, 0.65, 0.9):
                table = joint(shares, accuracy)
                k = len(shares)
                cells = np.eye(k * k).reshape(-1, k, k)
                found = {"kappa": [], "ac1": [], "alpha": []}
                units = np.zeros((k * k, k))
                for cell in range(k * k):
                    units[cell, cell // k] += 1
                    units[cell, cell % k] += 1
                meetings = coincidence_table(units)
                true_alpha = krippendorff_alpha((table.ravel()[:, None, None] * meetings).sum(0)
                                                * 1e9)  # fmt: skip
                truths = {"kappa": cohen_kappa(table[None])[0], "ac1": gwet_ac1(table[None])[0],
                          "alpha": float(true_alpha)}  # fmt: skip
                for seed in range(rounds):
                    drawn = random.choice(k * k, size=n, p=table.ravel())
                    for name, statistic, parts in (
                        ("kappa", cohen_kappa, cells), ("ac1", gwet_ac1, cells),
                        ("alpha", krippendorff_alpha, meetings),
                    ):  # fmt: skip
                        one = figure(parts[drawn], statistic, seed=seed, replicates=1000)
                        if one.value is not None:
                            held = one.low <= truths[name] <= one.high
                            found[name].append((held, one.high - one.low))
                for name, held in found.items():
                    rows.append(
                        {
                            "figure": name, "n": n, "shares": shares,
                            "truth": round(truths[name], 3), "rounds": len(held),
                            "coverage": round(float(np.mean([h for h, _ in held])), 3),
                            "mean_width": round(float(np.mean([w for _, w in held])), 3),
                        }
                    )  # fmt: skip
    return rows


def gates(rounds: int, random: np.random.Generator) -> list[dict]:
    """What the gate says where the true kappa is known; two people agree with kappa 0.8."""
    rows = []
    for n in (50, 100, 200):
        for accuracy in (0.3, 0.5, 0.61, 0.7, 0.8, 0.9):
            said = {"auto": 0, "assist": 0, "off": 0, "none": 0}
            for seed in range(rounds):
                truth = (random.random(n) < 0.7).astype(float)
                raters = [np.where(random.random(n) < 0.894, truth,
                                   (random.random(n) < 0.7).astype(float))
                          for _ in range(2)]  # fmt: skip
                machine = np.where(random.random(n) < accuracy, truth,
                                   (random.random(n) < 0.7).astype(float))  # fmt: skip
                rated = [
                    Rated(str(i), "Q", float(machine[i]), (float(raters[0][i]),
                          float(raters[1][i])), agreed=float(truth[i])) for i in range(n)
                ]  # fmt: skip
                measured = measure_question("Q", rated, seed=seed, replicates=20)
                said[decide_gate(measured).gate or "none"] += 1
            shares = {gate: round(count / rounds, 3) for gate, count in said.items()}
            rows.append({"n": n, "true_kappa": accuracy, **shares})
    return rows


def observations(shares: Sequence[float], random: np.random.Generator) -> list[Observation]:
    step = timedelta(weeks=1) / CONTACTS_PER_WEEK
    each = np.repeat(shares, CONTACTS_PER_WEEK)
    drawn = random.random(len(each)) < each
    return [Observation(START + number * step, float(one)) for number, one in enumerate(drawn)]


def false_alarms(cards: int, random: np.random.Generator) -> list[dict]:
    """Alarms of whole cards without any change, over 100 weeks behind the baseline."""
    rows = []
    rule = DriftRule()
    weeks = rule.baseline_contacts // CONTACTS_PER_WEEK + 100
    for level in (0.03, 0.1, 0.25):
        alarms = 0
        for _ in range(cards * QUESTIONS):
            alarms += find_drift(observations([level] * weeks, random), questions=QUESTIONS,
                                 rule=rule) is not None  # fmt: skip
        rows.append(
            {
                "disagreement": level, "questions": QUESTIONS, "cards": cards, "alarms": alarms,
                "contacts_per_week": CONTACTS_PER_WEEK,
                "false_alarms_per_card_and_100_weeks": round(alarms / cards, 3),
                "stated_at_most": 100 / rule.weeks_per_false_alarm,
            }
        )  # fmt: skip
    return rows


def power(rounds: int, random: np.random.Generator) -> list[dict]:
    """How soon a fall of agreement is found, with the same settings."""
    rows = []
    before = 10
    for usual, now in ((0.05, 0.15), (0.05, 0.3), (0.1, 0.2), (0.1, 0.3), (0.1, 0.5), (0.2, 0.45)):
        delays = []
        for _ in range(rounds):
            stream = observations([usual] * before + [now] * 52, random)
            found = find_drift(stream, questions=QUESTIONS)
            delays.append(np.inf if found is None else
                          (found.at - START) / timedelta(weeks=1) - before)  # fmt: skip
        row = {"usual": usual, "now": now, "rounds": rounds}
        for weeks in (4, 8, 26, 52):
            row[f"found_in_{weeks}_weeks"] = round(float(np.mean(np.array(delays) <= weeks)), 3)
        middle = float(np.median(delays))
        row["median_weeks"] = round(middle, 1) if np.isfinite(middle) else None
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=400)
    rounds = parser.parse_args().rounds
    began = time.perf_counter()
    random = np.random.default_rng(2026)
    result = {
        "what": "simulated; 95 % intervals by the Bayesian bootstrap; gates of domain rules; drift "
        "alarm with default settings",
        "seed": 2026,
        "coverage": coverage(rounds, random),
        "gates": gates(min(rounds, 300), random),
        "false_alarms": false_alarms(max(5, rounds // 10), random),
        "power": power(min(rounds, 200), random),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "wall_s": 0.0,
    }
    kappas = [row["coverage"] for row in result["coverage"] if row["figure"] == "kappa"]
    result["kappa_coverage_mean"] = round(float(np.mean(kappas)), 3)
    result["kappa_coverage_least"] = min(kappas)
    result["wall_s"] = round(time.perf_counter() - began, 1)
    json.dump(result, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
