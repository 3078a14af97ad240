"""Hard negatives: passages that the encoder takes for an answer, and that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.encoder_training.pairs import TextTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_QUESTIONS_AT_ONCE = 512


def mine_negatives(
    table: TextTable,
    vectors: NDArray[np.float32],
    train: NDArray[np.intp],
    *,
    count: int,
    closest: float,
) -> list[list[int]]:
    """Find the passages nearest to each question that are probably not its answer.

    A passage as near as the right one may well be right too (Moreira et al. 2024, NV-Retriever),
    so it is left out when its cosine is above a share of the right one's.

    Args:
        table: Of the texts of all pairs.
        vectors: Of every text: float32 array of shape (n_texts, dim), rows of length 1.
        train: Positions of the pairs that are trained on.
        count: Passages for each pair.
        closest: Most of the right passage's cosine that a negative may have.

    Returns:
        Numbers of the negatives of each pair of ``train``, those that the pair names first.
    """
    import numpy as np

    right: dict[int, set[int]] = {}
    for query, passage in zip(table.queries, table.passages, strict=True):
        right.setdefault(query, set()).add(passage)
    candidates = np.array(sorted({table.passages[position] for position in train}))
    column = {number: place for place, number in enumerate(candidates.tolist())}
    found: list[list[int]] = []
    for start in range(0, len(train), _QUESTIONS_AT_ONCE):
        part = train[start : start + _QUESTIONS_AT_ONCE]
        queries = [table.queries[position] for position in part]
        scores = vectors[queries] @ vectors[candidates].T
        for row, position in enumerate(part):
            own = right[table.queries[position]]
            limit = closest * scores[row, column[table.passages[position]]]
            scores[row, [column[number] for number in own if number in column]] = -np.inf
            scores[row, scores[row] > limit] = -np.inf
            nearest = np.argsort(-scores[row], kind="stable")[:count]
            mined = [int(candidates[n]) for n in nearest if np.isfinite(scores[row, n])]
            found.append([*table.negatives[position], *mined])
    return found
