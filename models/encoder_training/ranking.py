"""How well an encoder finds the passages of held-out pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from models.encoder_training.pairs import TextTable, TrainingPair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_QUESTIONS = 600
_MOST_OTHER_PASSAGES = 1000
_RANKS_THAT_COUNT = 10


class RankingFigures(BaseModel):
    """How often the right passage comes first.

    Attributes:
        questions: How many were asked.
        hit_at_1: Share whose right passage is the nearest.
        mrr_at_10: Mean of one over the rank of the right passage, 0 from rank 11 on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: int
    hit_at_1: float = Field(ge=0, le=1)
    mrr_at_10: float = Field(ge=0, le=1)


class HeldOutTask:
    """Held-out questions, and the passages among which each is to find its own.

    The passages are those of the held-out pairs, their negatives, and some of the pairs that are
    trained on. Of many questions some are drawn, equally from each source. A passage that is right
    for a question in another source counts neither way.

    Args:
        table: Of the texts of all pairs.
        pairs: All pairs, in the order of the table.
        held_out: Positions of the pairs that are held out.
        seed: Of the draw.

    Attributes:
        questions: Numbers of the texts that are asked: int array of shape (n,).
        passages: Numbers of the texts that are searched: int array of shape (m,).
    """

    def __init__(
        self,
        table: TextTable,
        pairs: Sequence[TrainingPair],
        held_out: Sequence[int],
        seed: int,
    ) -> None:
        import numpy as np

        rng = np.random.default_rng(seed)
        right: dict[tuple[str, int], set[int]] = defaultdict(set)
        for position in held_out:
            key = (pairs[position].source, table.queries[position])
            right[key].add(table.passages[position])
        by_source: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for key in right:
            by_source[key[0]].append(key)
        share = max(_MOST_QUESTIONS // len(by_source), 1)
        asked = [
            keys[number]
            for keys in by_source.values()
            for number in sorted(rng.permutation(len(keys))[:share].tolist())
        ]
        searched = {table.passages[position] for position in held_out}
        searched |= {number for position in held_out for number in table.negatives[position]}
        others = sorted(set(table.passages) - searched)
        drawn = rng.permutation(len(others))[:_MOST_OTHER_PASSAGES]
        self.questions = np.array([number for _, number in asked])
        self.passages = np.array(sorted(searched) + [others[n] for n in drawn])
        self._sources = [source for source, _ in asked]
        place = {number: column for column, number in enumerate(self.passages.tolist())}
        self._right = [[place[number] for number in sorted(right[key])] for key in asked]
        # Another source may know more right passages, such as the same in another language.
        also: dict[int, set[int]] = defaultdict(set)
        for query, passage in zip(table.queries, table.passages, strict=True):
            also[query].add(passage)
        self._neither = [
            [place[number] for number in sorted(also[key[1]] - right[key]) if number in place]
            for key in asked
        ]

    def figures(
        self, questions: NDArray[np.float32], passages: NDArray[np.float32]
    ) -> dict[str, RankingFigures]:
        """Return the figures of each source.

        Args:
            questions: float32 array of shape (n, dim), rows of length 1.
            passages: float32 array of shape (m, dim), rows of length 1.
        """
        import numpy as np

        scores = questions @ passages.T
        ranks = np.empty(len(questions))
        for row, right in enumerate(self._right):
            best = scores[row, right].max()
            scores[row, self._neither[row]] = -np.inf
            ranks[row] = 1 + (scores[row] > best).sum()
        sources = np.array(self._sources)
        found = {}
        for source in sorted(set(self._sources)):
            own = ranks[sources == source]
            reciprocal = np.where(own <= _RANKS_THAT_COUNT, 1 / own, 0.0)
            found[source] = RankingFigures(
                questions=len(own),
                hit_at_1=round(float((own == 1).mean()), 4),
                mrr_at_10=round(float(reciprocal.mean()), 4),
            )
        return found


def mean_mrr(figures: dict[str, RankingFigures]) -> float:
    """Return the mean over the sources of the mean reciprocal rank: each source counts the same."""
    return round(sum(found.mrr_at_10 for found in figures.values()) / len(figures), 4)
