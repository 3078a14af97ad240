"""Fit kb_search.confidence on questions that a base can answer and on questions that it cannot.

    python bench/kb_search/fit_confidence.py --data DATA/retrieval --out confidence.json

From each set, bases of 20, 60, 200 and all documents are drawn. Half of the questions keep their
document in the base, the documents of the others are taken out. Questions of the other sets and
small talk (off_domain.txt) are asked as well. A question counts as answered when the document of
the best passage is right. Answerable and unanswerable questions weigh the same in each set; of
the unanswerable, half of the weight is on those whose document was taken out, the near misses.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

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
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from kb_search import confidence
from kb_search.documents import Passage
from kb_search.index import PassageIndex

SIZES = (20, 60, 200, None)
DEPTH = 40
MOST_ASKED = 160
NAMES = ("height", "lead", "words")


@dataclass(frozen=True)
class Sample:
    """One question asked of one drawn base."""

    base: str
    kind: str  # kept, taken_out, other_base or off_domain
    right: bool
    signals: confidence.Signals


def samples_of(base: Base, bases: dict[str, Base], encoder: RememberingEncoder) -> list[Sample]:
    """Ask questions of bases of several sizes drawn from one set."""
    rng = random.Random(f"5 {base.name}")
    passages: dict[str, list[Passage]] = {}
    for passage in base.passages:
        passages.setdefault(passage.document, []).append(passage)
    foreign = [q.query for other in bases.values() if other is not base for q in other.queries]
    chat = Path(__file__).with_name("off_domain.txt").read_text(encoding="utf-8").splitlines()
    samples: list[Sample] = []
    for size in SIZES:
        for _ in range(2 if size is None else max(1, min(10, 600 // size))):
            n_documents = size or len(passages)
            n_asked = MOST_ASKED if size is None else min(MOST_ASKED, max(8, size // 3))
            asked = rng.sample(base.queries, min(n_asked, len(base.queries)))
            gone = {document for query in asked[1::2] for document in query.relevant}
            kept = [query for query in asked[::2] if not gone.intersection(query.relevant)]
            held = list(dict.fromkeys(d for query in kept for d in query.relevant))[:n_documents]
            pool = [d for d in passages if d not in gone and d not in held]
            held += rng.sample(pool, max(0, min(len(pool), n_documents - len(held))))
            index = PassageIndex.build([p for d in held for p in passages[d]], encoder)
            questions = [
                *(("kept", query.query, query.relevant) for query in kept),
                *(("taken_out", query.query, ()) for query in asked[1::2]),
                *(("other_base", q, ()) for q in rng.sample(foreign, max(2, len(asked) // 6))),
                *(
                    ("off_domain", q, ())
                    for q in rng.sample(chat, min(len(chat), max(2, n_asked // 8)))
                ),
            ]
            vectors = encoder.encode([text for _, text, _ in questions], kind="query")
            for (kind, text, relevant), vector in zip(questions, vectors, strict=True):
                ranking = index.search(text, vector, k=DEPTH)
                found = index.passages[ranking.matches[0].row].document
                signals = confidence.read_signals(ranking, index.passages)
                samples.append(Sample(base.name, kind, found in relevant, signals))
    return samples


def weights_of(samples: list[Sample]) -> np.ndarray:
    """Weigh right and wrong alike in each set, near misses alike with foreign questions."""
    weights = np.zeros(len(samples))
    near = {"kept", "taken_out"}
    for name in {sample.base for sample in samples}:
        groups = (
            (1.0, [s.base == name and s.right for s in samples]),
            (0.5, [s.base == name and not s.right and s.kind in near for s in samples]),
            (0.5, [s.base == name and not s.right and s.kind not in near for s in samples]),
        )
        for total, members in groups:
            chosen = np.array(members)
            weights[chosen] = total / max(1, chosen.sum())
    return weights * len(samples) / weights.sum()


def values_of(samples: list[Sample]) -> np.ndarray:
    """Return the signals as an array of shape (n_samples, 3)."""
    return np.array([[getattr(s.signals, name) for name in NAMES] for s in samples])


def figures(samples: list[Sample], probabilities: np.ndarray) -> dict[str, object]:
    """Return the quality of probabilities, and of answering at several thresholds."""
    right = np.array([s.right for s in samples])
    weights = weights_of(samples)
    report: dict[str, object] = {
        "questions": len(samples),
        "roc_auc": round(roc_auc_score(right, probabilities, sample_weight=weights), 4),
        "log_loss": round(log_loss(right, probabilities, sample_weight=weights), 4),
    }
    for threshold in (0.4, 0.5, 0.6, 0.7, 0.8):
        answered = probabilities >= threshold
        declined = {
            kind: round(float(1 - answered[[s.kind == kind for s in samples]].mean()), 3)
            for kind in ("taken_out", "other_base", "off_domain")
        }
        report[f"at {threshold}"] = {
            "precision": round(
                float((weights * right)[answered].sum() / weights[answered].sum()), 3
            ),
            "right ones answered": round(float(answered[right].mean()), 3),
            "declined": declined,
        }
    return report


def fit(samples: list[Sample]) -> tuple[LogisticRegression, np.ndarray, np.ndarray]:
    """Fit the regression; return it with the means and scales of its signals."""
    values = values_of(samples)
    means, scales = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=1.0)
    right = [s.right for s in samples]
    model.fit((values - means) / scales, right, sample_weight=weights_of(samples))
    return model, means, scales


def main() -> None:
    """Fit, measure on sets not fitted on, write the figures."""
    options = arguments(__doc__)
    encoder = open_encoder(options)
    bases = {name: load_base(options.data, name) for name in MEASURED}
    samples = {name: samples_of(base, bases, encoder) for name, base in bases.items()}
    fitted_on = [sample for name in FITTED for sample in samples[name]]
    model, means, scales = fit(fitted_on)
    left_out = {}
    for name in MEASURED:
        others = [sample for other in FITTED if other != name for sample in samples[other]]
        other_model, *moments = fit(others)
        scaled = (values_of(samples[name]) - moments[0]) / moments[1]
        left_out[name] = figures(samples[name], other_model.predict_proba(scaled)[:, 1])
    shipped = {
        name: figures(found, np.array([confidence.confidence(s.signals) for s in found]))
        for name, found in samples.items()
    }
    report = {
        "environment": environment(),
        "encoder": encoder.reference.model_dump(),
        "fitted_on": list(FITTED),
        "fitted": {
            "means": asdict(confidence.Signals(*means.round(4).tolist())),
            "scales": asdict(confidence.Signals(*scales.round(4).tolist())),
            "weights": asdict(confidence.Signals(*model.coef_[0].round(3).tolist())),
            "bias": round(float(model.intercept_[0]), 3),
        },
        "threshold": confidence.ANSWER_THRESHOLD,
        "fitted without the set itself": left_out,
        "as shipped": shipped,
    }
    text = json.dumps(report, indent=2, ensure_ascii=False)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
