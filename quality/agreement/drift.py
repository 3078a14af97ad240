"""Do machine and people agree less than they did? A test that may be looked at after every contact.

Every contact adds a disagreement between 0 and 1. Against each worse level that is feared, a
bettor who starts with 1 at every moment stakes on it; nobody can expect to win where the level
has not risen. When the sum of what all of them hold reaches A, the alarm sounds: on average not
before A contacts have passed without a change, whatever the level is below the baseline
(Shiryaev–Roberts procedure on e-values: J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a
nonparametric framework for sequential change detection", New England Journal of Statistics in
Data Science, 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

_WEEK = timedelta(weeks=1)


class DriftRule(BaseModel):
    """When falling agreement is announced.

    Attributes:
        baseline_contacts: First contacts, from which the usual disagreement is taken.
        baseline_confidence: The usual disagreement is taken as high as these contacts leave
            possible with this probability, so that a lucky start makes no alarm later.
        weeks_per_false_alarm: Weeks between two false alarms of a whole card, at least, on
            average.
        odds: The worse levels that are feared, as odds of disagreement over the usual odds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    baseline_contacts: int = Field(default=100, ge=30)
    baseline_confidence: float = Field(default=0.95, ge=0.5, lt=1)
    weeks_per_false_alarm: float = Field(default=100.0, gt=0)
    odds: tuple[float, ...] = Field(default=(1.5, 2.0, 3.0, 5.0), min_length=1)


DEFAULT_RULE = DriftRule()


@dataclass(frozen=True)
class Observation:
    """One contact that machine and people answered.

    Attributes:
        at: When people did.
        disagreement: 0 the same answer, 1 another one; between where people are not of one mind.
    """

    at: datetime
    disagreement: float


@dataclass(frozen=True)
class Drift:
    """An alarm.

    Attributes:
        at: When it sounded.
        since: When the change is likely to have begun.
        n: Contacts since then.
        baseline: Share of disagreement of the first contacts, 0 to 1.
        recent: Share of disagreement since the change.
    """

    at: datetime
    since: datetime
    n: int
    baseline: float
    recent: float


class DriftDetector:
    """Watches one question.

    Args:
        baseline: Share of disagreement that is not exceeded as long as nothing changes, 0 to 1.
        threshold: Contacts between two false alarms, at least, on average.
        odds: See :class:`DriftRule`.
    """

    def __init__(self, baseline: float, *, threshold: float, odds: Sequence[float]) -> None:
        self._baseline = min(max(baseline, 1e-6), 1 - 1e-6)
        self._threshold = threshold
        usual = self._baseline / (1 - self._baseline)
        feared = [ratio * usual / (1 + ratio * usual) for ratio in odds]
        spread = self._baseline * (1 - self._baseline)
        self._stakes = [(level - self._baseline) / spread for level in feared]
        self._held = [0.0] * len(self._stakes)
        self._best = [1.0] * len(self._stakes)
        self._began = [0] * len(self._stakes)
        self._seen = 0

    def observe(self, disagreement: float) -> bool:
        """Take in the next contact.

        Args:
            disagreement: 0 to 1.

        Returns:
            Whether the alarm sounds.
        """
        for number, stake in enumerate(self._stakes):
            factor = 1 + stake * (disagreement - self._baseline)
            self._held[number] = (self._held[number] + 1) * factor
            if self._best[number] <= 1:  # the likeliest change is still to come
                self._best[number], self._began[number] = 1.0, self._seen
            self._best[number] *= factor
        self._seen += 1
        return sum(self._held) / len(self._held) >= self._threshold

    @property
    def change(self) -> int:
        """Number, from 0, of the contact at which a change is likeliest to have begun."""
        return self._began[max(range(len(self._best)), key=self._best.__getitem__)]


def find_drift(
    observations: Sequence[Observation], *, questions: int = 1, rule: DriftRule = DEFAULT_RULE
) -> Drift | None:
    """Look for a fall of agreement on one question.

    Args:
        observations: In order of time.
        questions: How many questions of the card are watched; false alarms are shared out.
        rule: The centre's.

    Returns:
        The first alarm; None without any, or as long as the first contacts are not complete.
    """
    first = observations[: rule.baseline_contacts]
    if len(first) < rule.baseline_contacts or len(observations) == len(first):
        return None
    seen = sum(one.disagreement for one in first)
    weeks = max(1.0, (first[-1].at - first[0].at) / _WEEK)
    detector = DriftDetector(
        highest_share(seen, len(first), confidence=rule.baseline_confidence),
        threshold=max(1.0, rule.weeks_per_false_alarm * questions * len(first) / weeks),
        odds=rule.odds,
    )
    later = observations[len(first) :]
    for number, one in enumerate(later):
        if detector.observe(one.disagreement):
            changed = later[detector.change : number + 1]
            return Drift(
                at=one.at,
                since=changed[0].at,
                n=len(changed),
                baseline=seen / len(first),
                recent=sum(each.disagreement for each in changed) / len(changed),
            )
    return None


def highest_share(seen: float, total: int, *, confidence: float) -> float:
    """Bound a share from above.

    Args:
        seen: How many, halves allowed.
        total: Of how many.
        confidence: That the share is not higher, 0 to 1.

    Returns:
        Quantile of the posterior with Jeffreys' prior, Beta(seen + ½, total − seen + ½)
        (L. Brown, T. Cai, A. DasGupta, "Interval estimation for a binomial proportion",
        Statistical Science 16, 2001).
    """
    from scipy.special import betaincinv

    return float(betaincinv(seen + 0.5, total - seen + 0.5, confidence))
