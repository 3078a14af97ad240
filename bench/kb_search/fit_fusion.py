"""Fit the weights of kb_search.fusion, and measure every signal alone and fused.

    python bench/kb_search/fit_fusion.py --data DATA/retrieval --out bench/kb_search/fusion.json

The loss is the cross-entropy of the right document among all documents (softmax of the weighted
sum), each fitted set counting the same. Five-fold cross-validation by document tells what the
weights are worth on questions that they were not fitted on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from bases import (
    FITTED,
    MEASURED,
    Base,
    RememberingEncoder,
    arguments,
    environment,
    load_base,
    open_encoder,
)
from scipy.optimize import minimize

from kb_search import fusion
from kb_search.evaluation import ranking_figures
from kb_search.index import PassageIndex

SIGNALS = ("dense", "words", "letters")


@dataclass(frozen=True)
class Signals:
    """Every signal of every question with every document."""

    base: Base
    values: dict[str, np.ndarray]
    right: np.ndarray
    shipped: np.ndarray

    def figures(self, scores: np.ndarray, rows: np.ndarray | None = None) -> dict[str, float]:
        """Return hit@1 and so on of a matrix of scores."""
        rows = np.arange(len(scores)) if rows is None else rows
        ids = [entry.id for entry in self.base.documents]
        rankings = [
            [ids[n] for n in np.lexsort((np.arange(len(ids)), -scores[row]))[:10]] for row in rows
        ]
        return ranking_figures(rankings, [self.base.queries[row].relevant for row in rows])


def measure(base: Base, encoder: RememberingEncoder) -> Signals:
    """Compute the signals as the index does."""
    passages = base.passages
    places = {entry.id: number for number, entry in enumerate(base.documents)}
    owner = np.array([places[passage.document] for passage in passages])
    queries = encoder.encode([query.query for query in base.queries], kind="query")
    index = PassageIndex.build(passages, encoder)
    text = encoder.encode([f"{p.label}\n{p.text}".strip() for p in passages], kind="passage")
    shape = (len(queries), len(passages))
    by_passage = {name: np.zeros(shape) for name in ("words", "letters", "dense", "fused")}
    by_passage["text"] = queries @ text.T
    for row, (query, vector) in enumerate(zip(base.queries, queries, strict=True)):
        for match in index.search(query.query, vector, k=len(passages)).matches:
            by_passage["words"][row, match.row] = match.words
            by_passage["letters"][row, match.row] = match.letters
            by_passage["dense"][row, match.row] = match.dense
            by_passage["fused"][row, match.row] = match.score
    # one passage speaks for a document: the best by the shipped sum
    best = np.full((len(queries), len(places)), -np.inf)
    chosen = np.zeros((len(queries), len(places)), int)
    for number, place in enumerate(owner):
        better = by_passage["fused"][:, number] > best[:, place]
        best[better, place] = by_passage["fused"][better, number]
        chosen[better, place] = number
    rows = np.arange(len(queries))[:, None]
    values = {name: matrix[rows, chosen] for name, matrix in by_passage.items()}
    right = np.array([places[query.relevant[0]] for query in base.queries])
    return Signals(base, values, right, best)


def fit(sets: list[tuple[Signals, np.ndarray]]) -> np.ndarray:
    """Return the weights that minimise the mean loss of the sets, on the given questions."""
    stacked = [
        np.stack([signals.values[name][rows] for name in SIGNALS], axis=-1)
        for signals, rows in sets
    ]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = 0.0, np.zeros_like(weights)
        for values, (signals, rows) in zip(stacked, sets, strict=True):
            scores = values @ weights
            scores -= scores.max(axis=1, keepdims=True)
            shares = np.exp(scores)
            shares /= shares.sum(axis=1, keepdims=True)
            here, right = np.arange(len(rows)), signals.right[rows]
            total -= np.log(shares[here, right] + 1e-12).mean()
            expected = (shares[:, :, None] * values).sum(axis=1)
            gradient -= (values[here, right] - expected).mean(axis=0)
        penalty = 1e-5
        return total + penalty * weights @ weights, gradient + 2 * penalty * weights

    start = np.array([60.0, 4.0, 6.0])
    bounds = [(0, None)] * len(SIGNALS)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def weighted(signals: Signals, weights: np.ndarray) -> np.ndarray:
    """Return the weighted sum of the signals."""
    return sum(w * signals.values[name] for w, name in zip(weights, SIGNALS, strict=True))


def cross_validated(sets: list[Signals], folds: int = 5) -> dict[str, dict[str, float]]:
    """Fit on four fifths of the documents, rank the questions of the last fifth."""
    scores = {signals.base.name: np.zeros(signals.shipped.shape) for signals in sets}
    for fold in range(folds):
        kept = [(s, np.flatnonzero(s.right % folds != fold)) for s in sets]
        weights = fit(kept)
        for signals in sets:
            rows = np.flatnonzero(signals.right % folds == fold)
            scores[signals.base.name][rows] = weighted(signals, weights)[rows]
    return {s.base.name: s.figures(scores[s.base.name]) for s in sets}


def main() -> None:
    """Fit, measure, write the figures."""
    options = arguments(__doc__)
    encoder = open_encoder(options)
    measured = {name: measure(load_base(options.data, name), encoder) for name in MEASURED}
    fitted_on = [measured[name] for name in FITTED]
    weights = fit([(s, np.arange(len(s.right))) for s in fitted_on])
    report = {
        "environment": environment(),
        "encoder": encoder.reference.model_dump(),
        "questions": {name: len(s.right) for name, s in measured.items()},
        "documents": {name: len(s.base.documents) for name, s in measured.items()},
        "passages": {name: len(s.base.passages) for name, s in measured.items()},
        "fitted_on": list(FITTED),
        "weights_fitted": dict(zip(SIGNALS, (weights / weights[0]).round(4), strict=True)),
        "weights_shipped": {
            "dense": 1.0,
            "words": fusion.WORDS_WEIGHT,
            "letters": fusion.LETTERS_WEIGHT,
        },
        "cross_validated": cross_validated(fitted_on),
        "figures": {
            name: {
                "words alone": s.figures(s.values["words"]),
                "letters alone": s.figures(s.values["letters"]),
                "text vector alone": s.figures(s.values["text"]),
                "text or label vector": s.figures(s.values["dense"]),
                "fused, fitted": s.figures(weighted(s, weights)),
                "fused, shipped": s.figures(s.shipped),
            }
            for name, s in measured.items()
        },
    }
    text = json.dumps(report, indent=2, ensure_ascii=False, default=float)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
