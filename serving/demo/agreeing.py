"""How people answer questions of a scorecard beside the machine, and the clock of the story."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Literal

Answer = float | Literal["na"]

# How often people agree with the machine, question by question; the rest is corrected.
_AGREED = {
    "ACC1": 0.99, "ACC2": 0.96, "IDE1": 0.97, "IDE2": 0.94, "DEC1": 0.95, "DEC2": 0.8,
    "DEC3": 0.9, "TRA2": 0.82, "TRA3": 0.84, "TRA4": 0.95, "PRO1": 0.93, "PRO2": 0.85,
    "OBJ1": 0.78, "CON1": 0.96, "CON2": 0.97, "CON3": 0.96, "SAV1": 0.9, "SAV2": 0.86,
}  # fmt: skip
_ELSE_AGREED = 0.92
_ORDER: tuple[Answer, ...] = (1.0, 0.5, 0.0)


class Clock:
    """Tells the time of the story."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return it."""
        return self.now


def agreed_on(item: str) -> float:
    """Return how often people give the machine's answer to a question."""
    return _AGREED.get(item, _ELSE_AGREED)


def another(automatic: Answer | None, chance: random.Random) -> Answer:
    """Return an answer other than the machine's; None: it has none."""
    if automatic is None:
        return chance.choices(_ORDER, (0.75, 0.18, 0.07))[0]
    if automatic == "na":
        return chance.choice((1.0, 0.5))
    near = [one for one in _ORDER if one != automatic]
    return chance.choices(near, [2.0 if one == 0.5 else 1.0 for one in near])[0]
