"""Answers of the machine and of people to the same question of the same contact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from quality.review.answers import ANSWERS, Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Rated:
    """One question of one contact.

    Attributes:
        conversation_id: The contact.
        item: The question.
        machine: The machine's answer; None where it cannot tell.
        raters: Answers of the people who scored it, each for themselves; one at least.
        agreed: What they agreed on afterwards; None where they did not.
        at: When the last of them answered; None when not known.
        question_sha256: Hash of the question as it was asked; None when not known.
    """

    conversation_id: str
    item: str
    machine: Answer | None
    raters: tuple[Answer, ...]
    agreed: Answer | None = None
    at: datetime | None = None
    question_sha256: str | None = None

    @cached_property
    def truth(self) -> tuple[tuple[Answer, float], ...]:
        """What people hold to be right: answers with weights that sum to 1.

        What they agreed on; without that, the answer of more than half of them; without that,
        every answer with its share: leaving such contacts out would keep only the easy ones.
        """
        if self.agreed is not None:
            return ((self.agreed, 1.0),)
        counted = Counter(self.raters)
        most, votes = counted.most_common(1)[0]
        if 2 * votes > len(self.raters):
            return ((most, 1.0),)
        return tuple((answer, n / len(self.raters)) for answer, n in counted.items())

    @property
    def failure(self) -> float:
        """How far people hold it not to conform: share of answers 0 and 0.5."""
        return sum(weight for answer, weight in self.truth if answer in (0.0, 0.5))

    @property
    def match(self) -> float | None:
        """How far the machine says what people say, 0 to 1; None where it cannot tell."""
        if self.machine is None:
            return None
        return sum(weight for answer, weight in self.truth if answer == self.machine)


def machine_tables(rated: Sequence[Rated]) -> NDArray[np.float64]:
    """Count the machine's answer (row) against people's (column), contact by contact.

    Args:
        rated: Those where the machine cannot tell count nowhere.

    Returns:
        float64 array of shape ``(n, 4, 4)``; rows and columns in the order of ``ANSWERS``.
    """
    import numpy as np

    tables = np.zeros((len(rated), len(ANSWERS), len(ANSWERS)))
    for number, one in enumerate(rated):
        if one.machine is not None:
            for answer, weight in one.truth:
                tables[number, ANSWERS.index(one.machine), ANSWERS.index(answer)] += weight
    return tables


def truth_matrix(rated: Sequence[Rated]) -> NDArray[np.float64]:
    """Weigh what people hold to be right: float64 array of shape ``(n, 4)``, rows sum to 1."""
    import numpy as np

    weights = np.zeros((len(rated), len(ANSWERS)))
    for number, one in enumerate(rated):
        for answer, weight in one.truth:
            weights[number, ANSWERS.index(answer)] += weight
    return weights


def rater_counts(rated: Sequence[Rated]) -> NDArray[np.float64]:
    """Count how many people gave each answer: float64 array of shape ``(n, 4)``."""
    import numpy as np

    counts = np.zeros((len(rated), len(ANSWERS)))
    for number, one in enumerate(rated):
        for answer in one.raters:
            counts[number, ANSWERS.index(answer)] += 1
    return counts


def rater_tables(rated: Sequence[Rated]) -> NDArray[np.float64]:
    """Count the answers of two people to the same question against each other.

    Args:
        rated: Those with one person count nowhere.

    Returns:
        float64 array of shape ``(n, 4, 4)``, symmetric since no person comes first; each contact
        counts 1 in all, however many scored it.
    """
    from quality.agreement.coefficients import coincidence_table

    counts = rater_counts(rated)
    tables = coincidence_table(counts)
    total = tables.sum(axis=(1, 2), keepdims=True)
    total[total == 0] = 1
    tables /= total
    return tables


def by_item(rated: Iterable[Rated]) -> dict[str, list[Rated]]:
    """Group by question, in the order in which questions first come."""
    grouped: dict[str, list[Rated]] = {}
    for one in rated:
        grouped.setdefault(one.item, []).append(one)
    return grouped
