"""Scores of rows by heads that never saw their group, and settings chosen without seeing it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quality.question_model.examples import Labelled, TextBlocks
from quality.question_model.two_view_head import HeadSettings, TwoViewHead

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDS = 5
INNER_FOLDS = 3
SHARES = (0.0, 0.35, 0.5, 0.65, 1.0)

Criterion = Callable[["NDArray[np.float32]", "NDArray[np.intp]", "NDArray[np.float64]"], float]
"""How good scores (n, n_labels) are for classes (n,) with weights (n,); higher is better."""

UNKNOWN = -30.0
"""Log-probability of a label that a fold's training rows did not have."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What heads said of rows whose group they never saw.

    Attributes:
        labels: In the order of the columns.
        probabilities: Calibrated within each training part: float32 array (n, n_labels).
        settings: Those chosen in each fold.
    """

    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    settings: tuple[HeadSettings, ...]


def group_folds(groups: Sequence[str], *, folds: int, seed: int) -> NDArray[np.intp]:
    """Deal groups out so that parts have about the same number of rows.

    Args:
        groups: Of each row.
        folds: How many parts; fewer where there are fewer groups.
        seed: Of the order of groups of one size.

    Returns:
        The part of each row, shape (n,).
    """
    import numpy as np

    names, which, sizes = np.unique(np.asarray(groups, dtype=str), return_inverse=True,
                                    return_counts=True)  # fmt: skip
    folds = min(folds, len(names))
    order = np.random.default_rng(seed).permutation(len(names))
    load = np.zeros(folds)
    part = np.empty(len(names), dtype=np.intp)
    for one in sorted(order, key=lambda number: -sizes[number]):
        part[one] = int(np.argmin(load))
        load[part[one]] += sizes[one]
    chosen: NDArray[np.intp] = part[which]
    return chosen


def macro_f1(
    scores: NDArray[np.float32], classes: NDArray[np.intp], weights: NDArray[np.float64]
) -> float:
    """Mean over the labels that occur of 2·tp / (2·tp + fp + fn)."""
    import numpy as np

    found = scores.argmax(axis=1)
    values = []
    for label in np.unique(classes):
        tp = weights[(classes == label) & (found == label)].sum()
        wrong = weights[(classes == label) != (found == label)].sum()
        values.append(2 * tp / (2 * tp + wrong))
    return float(np.mean(values))


def likelihood(
    scores: NDArray[np.float32], classes: NDArray[np.intp], weights: NDArray[np.float64]
) -> float:
    """Mean log-probability of the right label at the best temperature."""
    import numpy as np

    from nlu.linear import log_softmax
    from nlu.reason_calibration import best_temperature

    odds = log_softmax(scores, temperature=best_temperature(scores, classes))
    return float(np.average(odds[np.arange(len(classes)), classes], weights=weights))


def fit_rows(
    rows: Sequence[Labelled], gains: NDArray[np.float32], settings: HeadSettings
) -> tuple[TextBlocks, TwoViewHead]:
    """Fit words and head on labelled rows."""
    import numpy as np

    examples = [row.example for row in rows]
    blocks = TextBlocks.fit(examples)
    head = TwoViewHead.fit(
        blocks.matrix(examples),
        np.stack([example.dense for example in examples]),
        [row.label for row in rows],
        gains=gains,
        settings=settings,
        weights=np.asarray([row.weight for row in rows]),
    )
    return blocks, head


def choose_settings(
    rows: Sequence[Labelled],
    gains: NDArray[np.float32],
    grid: Sequence[HeadSettings],
    criterion: Criterion,
    *,
    seed: int,
) -> tuple[HeadSettings, float]:
    """Choose settings by cross-validation over groups.

    Which words there are and how rare is learnt from all rows, as no label takes part in it.

    Args:
        rows: To learn from.
        gains: Of the dense columns.
        grid: Tried, each with every share of :data:`SHARES`.
        criterion: Highest wins; the first of equal ones.
        seed: Of the folds.

    Returns:
        The settings, and the temperature that their held-out scores want.
    """
    import numpy as np

    from nlu.reason_calibration import best_temperature

    labels = sorted(_labels(rows))
    classes = np.asarray([labels.index(row.label) for row in rows])
    weights = np.asarray([row.weight for row in rows])
    part = group_folds([row.group for row in rows], folds=INNER_FOLDS, seed=seed)
    tried = [(one, share) for one in grid for share in SHARES]
    scores = np.full((len(tried), len(rows), len(labels)), UNKNOWN, dtype=np.float32)
    judged = np.zeros(len(rows), dtype=bool)
    examples = [row.example for row in rows]
    lexical = TextBlocks.fit(examples).matrix(examples)
    dense = np.stack([example.dense for example in examples])
    for number in range(int(part.max()) + 1):
        seen, unseen = _rows_of(part != number), _rows_of(part == number)
        learnt = [rows[i] for i in seen]
        if len(_labels(learnt)) < 2:
            continue
        judged[unseen] = True
        for place, one in enumerate(grid):
            head = TwoViewHead.fit(
                lexical[seen],
                dense[seen],
                [row.label for row in learnt],
                gains=gains,
                settings=one,
                weights=weights[seen],
            )
            columns = [labels.index(label) for label in head.labels]
            for step, share in enumerate(SHARES):
                cell = scores[place * len(SHARES) + step]
                cell[np.array(unseen)[:, None], columns] = head.with_share(share).scores(
                    lexical[unseen], dense[unseen]
                )
    if not judged.any():
        return grid[0], 1.0
    values = [criterion(cell[judged], classes[judged], weights[judged]) for cell in scores]
    best = int(np.argmax(values))
    settings, share = tried[best]
    chosen = HeadSettings(
        lexical_c=settings.lexical_c,
        dense_c=settings.dense_c,
        dense_share=share,
        balance=settings.balance,
    )
    return chosen, best_temperature(scores[best][judged], classes[judged])


def held_out(
    rows: Sequence[Labelled],
    gains: NDArray[np.float32],
    grid: Sequence[HeadSettings],
    criterion: Criterion,
    *,
    seed: int,
    learnt: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> HeldOut:
    """Judge every row with a head, settings and a temperature that never saw its group.

    Nested cross-validation: settings are chosen inside each training part (S. Varma, R. Simon,
    "Bias in error estimation when using cross-validation for model selection", BMC
    Bioinformatics 7, 2006).

    Args:
        rows: All are judged.
        gains: Of the dense columns.
        grid: Tried in each training part.
        criterion: By which they are chosen.
        seed: Of all folds.
        learnt: Labels of the rows to learn from; None for all.
        progress: Called with (folds done, folds).
    """
    import numpy as np

    labels = tuple(sorted(_labels(rows) & set(learnt or _labels(rows))))
    part = group_folds([row.group for row in rows], folds=FOLDS, seed=seed)
    probabilities = np.zeros((len(rows), len(labels)), dtype=np.float32)
    chosen = []
    n_folds = int(part.max()) + 1
    for number in range(n_folds):
        unseen = _rows_of(part == number)
        seen = [rows[i] for i in _rows_of(part != number) if rows[i].label in labels]
        known = _labels(seen)
        if len(known) < 2:
            probabilities[np.array(unseen)[:, None], [labels.index(one) for one in known]] = 1.0
            continue
        settings, temperature = choose_settings(seen, gains, grid, criterion, seed=seed)
        blocks, head = fit_rows(seen, gains, settings)
        examples = [rows[i].example for i in unseen]
        found = head.with_temperature(temperature).probabilities(
            blocks.matrix(examples), np.stack([example.dense for example in examples])
        )
        columns = [labels.index(label) for label in head.labels]
        probabilities[np.array(unseen)[:, None], columns] = found
        chosen.append(settings)
        if progress is not None:
            progress(number + 1, n_folds)
    return HeldOut(labels, probabilities, tuple(chosen))


def _labels(rows: Sequence[Labelled]) -> set[str]:
    return {row.label for row in rows}


def _rows_of(mask: NDArray[np.bool_]) -> list[int]:
    return [number for number, inside in enumerate(mask.tolist()) if inside]
