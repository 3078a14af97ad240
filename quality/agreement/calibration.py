"""Fitting a question's settings to people's answers, believed only where other contacts agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from quality.agreement.bootstrap import LEVEL, REPLICATES, Figure, figure
from quality.agreement.ratings import Rated, machine_tables, truth_matrix
from quality.findings import Bilingual, both
from quality.review.answers import ANSWERS, Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Settings = Mapping[str, float | str]

LESS_ANSWERED = 0.02
"""Share of contacts that fitted settings may leave unanswered beyond those before."""


class FittedQuestion(Protocol):
    """Settings of a question, fitted on some contacts."""

    @property
    def settings(self) -> Settings:
        """Their names and values, for the record."""
        ...

    def answers(self, contacts: Sequence[int]) -> Sequence[Answer | None]:
        """Answer the question for contacts, by their number."""
        ...


class FittableQuestion(Protocol):
    """A question whose settings can be fitted: a threshold, or the head of a trained question.

    A head that has settings of its own to choose does so inside :meth:`fit`, on the contacts
    that it is given there and on no others; that is what makes the validation nested.
    """

    @property
    def item(self) -> str:
        """Id of the question."""
        ...

    @property
    def settings(self) -> Settings:
        """The settings in use."""
        ...

    def answers(self, contacts: Sequence[int]) -> Sequence[Answer | None]:
        """Answer the question for contacts with the settings in use."""
        ...

    def fit(self, contacts: Sequence[int], rated: Sequence[Rated]) -> FittedQuestion:
        """Fit the settings.

        Args:
            contacts: Numbers of the contacts to learn from.
            rated: What people say of each of them, in the same order.
        """
        ...


@dataclass(frozen=True)
class Candidate:
    """One choice of settings, with the answers that it gives.

    Attributes:
        settings: Names and values.
        given: Answer for every contact, by its number.
    """

    settings: Settings
    given: Sequence[Answer | None]

    def answers(self, contacts: Sequence[int]) -> Sequence[Answer | None]:
        """Answer the question for contacts, by their number."""
        return [self.given[number] for number in contacts]


@dataclass(frozen=True)
class ChoiceOfCandidates:
    """A question whose settings are chosen among a few; see :class:`FittableQuestion`.

    Attributes:
        item: Id of the question.
        current: The settings in use.
        candidates: All choices, in order of their one setting, so that neighbours are alike.
    """

    item: str
    current: Candidate
    candidates: tuple[Candidate, ...]

    def for_contacts(self, contacts: Sequence[int]) -> ChoiceOfCandidates:
        """Return the question for some contacts, which are numbered anew in this order."""

        def kept(one: Candidate) -> Candidate:
            return Candidate(one.settings, tuple(one.answers(contacts)))

        return ChoiceOfCandidates(
            self.item, kept(self.current), tuple(kept(one) for one in self.candidates)
        )

    @property
    def settings(self) -> Settings:
        """The settings in use."""
        return self.current.settings

    def answers(self, contacts: Sequence[int]) -> Sequence[Answer | None]:
        """Answer the question for contacts with the settings in use."""
        return self.current.answers(contacts)

    def fit(self, contacts: Sequence[int], rated: Sequence[Rated]) -> FittedQuestion:
        """Choose the settings with the highest kappa.

        Of several that are best side by side the middle one is taken, which stays best the
        longest when contacts change. Where none is better than the settings in use, these stay.
        """
        truth = truth_matrix(rated)
        scores = [_kappa(truth, one.answers(contacts)) for one in self.candidates]
        best = max(scores)
        if best <= _kappa(truth, self.current.answers(contacts)):
            return self.current
        runs: list[list[int]] = [[]]
        for number, score in enumerate(scores):
            if score >= best - 1e-9:
                runs[-1].append(number)
            elif runs[-1]:
                runs.append([])
        widest = max(runs, key=len)
        return self.candidates[widest[len(widest) // 2]]


class CalibrationRule(BaseModel):
    """When a fit is tried and believed.

    Attributes:
        folds: Parts into which contacts are cut; each is judged by what was fitted on the others.
        rounds: How often they are cut anew; a contact's answer is the one most rounds give.
        min_contacts: Contacts below which nothing is fitted.
        min_failures: Failures among them below which nothing is fitted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folds: int = Field(default=5, ge=2, le=20)
    rounds: int = Field(default=3, ge=1, le=20)
    min_contacts: int = Field(default=50, ge=10)
    min_failures: int = Field(default=10, ge=1)


DEFAULT_RULE = CalibrationRule()


class QuestionCalibration(BaseModel):
    """What fitting did for one question.

    Attributes:
        item: The question.
        n: Contacts that people answered.
        failures: Among them, those that did not conform.
        settings_before: In use.
        settings_after: Fitted on all contacts; None where they are not better.
        kappa_before: Kappa of machine and people with the settings in use.
        kappa_after: With settings fitted on other contacts than those judged.
        gain: Difference of the two, with its interval over the same contacts.
        answered_before: Share of contacts that the machine answers with the settings in use.
        answered_after: With fitted settings.
        outcome: ``better``: the lower end of the gain is above 0; ``not_better``; or
            ``too_little``: too few contacts or failures to fit anything.
        reason_fr: In words, in French.
        reason_en: In words, in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    n: int
    failures: float
    settings_before: dict[str, float | str]
    settings_after: dict[str, float | str] | None = None
    kappa_before: Figure = Figure()
    kappa_after: Figure = Figure()
    gain: Figure = Figure()
    answered_before: float | None = None
    answered_after: float | None = None
    outcome: Literal["better", "not_better", "too_little"]
    reason_fr: str
    reason_en: str


def calibrate_question(
    question: FittableQuestion,
    rated: Sequence[Rated],
    *,
    rule: CalibrationRule = DEFAULT_RULE,
    seed: int = 0,
) -> QuestionCalibration:
    """Fit a question and judge the fit on contacts that it has not seen.

    Args:
        question: What is fitted.
        rated: What people say of each contact; ``rated[i]`` is about contact ``i``.
        rule: How.
        seed: Of the folds and the intervals.

    Returns:
        Before and after. Settings are given only where the lower end of the 95 % interval of the
        gain in kappa is above 0.
    """
    everyone = range(len(rated))
    failures = sum(one.failure for one in rated)
    before = {"item": question.item, "n": len(rated), "failures": failures,
              "settings_before": dict(question.settings)}  # fmt: skip
    if len(rated) < rule.min_contacts or failures < rule.min_failures:
        reason = both(
            f"Trop peu : {len(rated)} contacts, {failures:g} manquements ; il en faut "
            f"{rule.min_contacts} et {rule.min_failures}.",
            f"Too little: {len(rated)} contacts, {failures:g} failures; {rule.min_contacts} and "
            f"{rule.min_failures} are needed.",
        )
        return QuestionCalibration(**before, outcome="too_little", **_written(reason))
    now = question.answers(everyone)
    then = _cross_fitted(question, rated, rule, seed)
    tables_now, tables_then = _tables(rated, now), _tables(rated, then)
    gain = _gain(tables_now, tables_then, seed=seed)
    from quality.agreement.coefficients import cohen_kappa

    kappa_now = figure(tables_now, cohen_kappa, seed=seed)
    kappa_then = figure(tables_then, cohen_kappa, seed=seed)
    final = dict(question.fit(everyone, rated).settings)
    better = (
        gain.low is not None
        and gain.low > 0
        and final != dict(question.settings)
        and _answered(then) >= _answered(now) - LESS_ANSWERED
    )
    return QuestionCalibration(
        **before,
        settings_after=final if better else None,
        kappa_before=kappa_now,
        kappa_after=kappa_then,
        gain=gain,
        answered_before=_answered(now),
        answered_after=_answered(then),
        outcome="better" if better else "not_better",
        **_written(_reason(kappa_now, kappa_then, gain, better=better)),
    )


def _cross_fitted(
    question: FittableQuestion, rated: Sequence[Rated], rule: CalibrationRule, seed: int
) -> list[Answer | None]:
    """Answer every contact with settings fitted on others, the middle of several rounds."""
    import numpy as np

    rounds: list[list[Answer | None]] = []
    for turn in range(rule.rounds):
        answers: list[Answer | None] = [None] * len(rated)
        fold_of = _folds(rated, rule.folds, np.random.default_rng((seed, turn)))
        for fold in range(rule.folds):
            inside = [number for number in range(len(rated)) if fold_of[number] == fold]
            outside = [number for number in range(len(rated)) if fold_of[number] != fold]
            fitted = question.fit(outside, [rated[number] for number in outside])
            for number, answer in zip(inside, fitted.answers(inside), strict=True):
                answers[number] = answer
        rounds.append(answers)
    return [max(set(given), key=given.count) for given in zip(*rounds, strict=True)]


def _folds(rated: Sequence[Rated], folds: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Cut contacts into parts that hold about as many failures each."""
    import numpy as np

    order = random.permutation(len(rated))
    ranked = sorted(order.tolist(), key=lambda number: str(rated[number].truth))
    fold_of = np.empty(len(rated), dtype=np.int64)
    fold_of[ranked] = np.arange(len(rated)) % folds
    return fold_of


def _tables(rated: Sequence[Rated], answers: Sequence[Answer | None]) -> NDArray[np.float64]:
    from dataclasses import replace

    return machine_tables(
        [replace(one, machine=answer) for one, answer in zip(rated, answers, strict=True)]
    )


def _kappa(truth: NDArray[np.float64], answers: Sequence[Answer | None]) -> float:
    """Kappa times the share that is answered: to answer less must not look like agreement."""
    import numpy as np

    from quality.agreement.coefficients import cohen_kappa

    table = np.array([truth[[one == row for one in answers]].sum(axis=0) for row in ANSWERS])
    kappa = float(cohen_kappa(table[None])[0])
    return (0.0 if np.isnan(kappa) else kappa) * _answered(answers)


def _answered(answers: Sequence[Answer | None]) -> float:
    return sum(answer is not None for answer in answers) / len(answers)


def _gain(before: NDArray[np.float64], after: NDArray[np.float64], *, seed: int) -> Figure:
    """Compute the difference of two kappas on the same contacts, with its interval."""
    import numpy as np

    from quality.agreement.coefficients import cohen_kappa

    value = cohen_kappa(after.sum(axis=0)[None])[0] - cohen_kappa(before.sum(axis=0)[None])[0]
    if np.isnan(value):
        return Figure()
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(before)), size=REPLICATES)
    drawn = [
        cohen_kappa((weights @ tables.reshape(len(tables), -1)).reshape(-1, *tables.shape[1:]))
        for tables in (before, after)
    ]
    low, high = np.nanquantile(drawn[1] - drawn[0], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(value=min(1.0, max(-1.0, float(value))), low=float(low), high=float(high))


def _reason(before: Figure, after: Figure, gain: Figure, *, better: bool) -> Bilingual:
    if before.value is None or after.value is None or gain.low is None or gain.high is None:
        return both(
            "Le kappa n'est pas défini : toutes les réponses sont les mêmes.",
            "Kappa is not defined: all answers are the same.",
        )
    figures = f"{before.value:.2f} → {after.value:.2f} ({gain.low:+.2f} … {gain.high:+.2f})"
    if better:
        return both(f"Kappa {figures} : mieux.", f"Kappa {figures}: better.")
    return both(
        f"Kappa {figures} : pas mieux, rien n'est changé.",
        f"Kappa {figures}: not better, nothing is changed.",
    )


def _written(reason: Bilingual) -> dict[str, str]:
    return {"reason_fr": reason.fr, "reason_en": reason.en}
