"""Measure encoders side by side: retrieval by cosine, reasons, sentiments, nature of contact.

    python bench/kb_search/encoder.py --data DATA --out bench/kb_search/encoder.json \
        multilingual-e5-small entendu-encoder-fr-en entendu-encoder-fr-en@float32

The first encoder is the one that the others are compared with. ``@`` gives the number format of
the computation. Everything but the encoder is the same: documents are their title and text, cut
at the model's longest text (of PIAF those of the development articles); the reasons are a logistic
regression (C = 20) on the vectors. The heads of nlu are used twice: as they ship, trained on the
vectors of multilingual-e5-small, and trained again on the vectors of the encoder measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from conversation import ModelReference
from models import ModelStore, load_encoder, resolve_compute
from models.encoder import Encoder, Kind
from nlu.axes.nature_head import (
    load_nature_examples,
    load_nature_head,
    nature_features,
    train_nature_head,
)
from nlu.sentiment_head import (
    LABELS,
    label_probabilities,
    load_sentiment_head,
    sentiment_features,
    train_sentiment_head,
)
from nlu.sentiment_text import clean_text

ROOT = Path(__file__).resolve().parents[2]
HEADS_MADE_FOR = "multilingual-e5-small"
RETRIEVAL = {"cnil_faq_fr": None, "bankfaq_en": None, "piaf_fr": 500}
SENTIMENTS = {
    "restaurant reviews fr": ("ftdataset_restaurant_fr/dev/train.jsonl", 700),
    "tweets fr": ("umsab_tweets/dev/fr_train.jsonl", 700),
    "tweets en": ("umsab_tweets/dev/en_train.jsonl", 700),
}
Array = np.ndarray


class Memory:
    """An encoder that computes each text once, and says whose heads fit it."""

    def __init__(self, encoder: Encoder, reference: ModelReference) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], Array] = {}
        self.name, self.dim, self.reference = reference.name, encoder.dim, reference

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> Array:
        """Return the vectors of texts."""
        missing = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        for text, vector in zip(missing, self._encoder.encode(missing, kind=kind), strict=True):
            self._known[kind, text] = vector
        return np.stack([self._known[kind, text] for text in texts])


def main() -> None:
    """Measure each encoder on each set and say what changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoders", nargs="+", metavar="NAME[@FORMAT]")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", default="retrieval,reasons,sentiments,nature")
    parser.add_argument("--piaf-articles", type=Path, help="titles to measure PIAF on, one a line")
    options = parser.parse_args()
    compute = resolve_compute("cpu", threads=int(os.environ.get("ENTENDU_THREADS", "1")))
    made_for = ModelStore().reference(HEADS_MADE_FOR)
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU",
        "packages": {name: version(name) for name in ("ctranslate2", "numpy", "scikit-learn")},
        "encoders": {},
    }
    parts: dict[str, Callable[[Path, Encoder, ModelReference], dict[str, Any]]] = {
        "retrieval": lambda data, encoder, _: retrieval(data, encoder, options.piaf_articles),
        "reasons": lambda data, encoder, _: reasons(data, encoder),
        "sentiments": sentiments,
        "nature": nature,
    }
    for name in options.encoders:
        model, _, precision = name.partition("@")
        loaded = load_encoder(model, compute=compute, precision=precision or None)
        encoder = Memory(loaded, loaded.reference)
        started = time.perf_counter()
        figures: dict[str, Any] = {"reference": loaded.reference.model_dump()}
        for part in options.sets.split(","):
            figures[part] = parts[part](options.data, encoder, made_for)
            print(name, part, round(time.perf_counter() - started), "s", flush=True)
        report["encoders"][name] = figures
        first = flat(report["encoders"][options.encoders[0]])
        if name != options.encoders[0]:
            here = flat(figures)
            figures["change"] = {key: round(here[key] - first[key], 4) for key in first}
        options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps({n: flat(f) for n, f in report["encoders"].items()}, indent=1))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def drawn(rows: list[dict[str, Any]], most: int | None) -> list[dict[str, Any]]:
    """Draw some rows with a fixed seed."""
    if most is None or len(rows) <= most:
        return rows
    return [rows[n] for n in sorted(random.Random(1).sample(range(len(rows)), most))]


def retrieval(data: Path, encoder: Encoder, articles: Path | None) -> dict[str, Any]:
    """Rank all documents by cosine."""
    figures = {}
    for name, most in RETRIEVAL.items():
        folder = data / "retrieval" / name
        documents = rows_of(folder / "corpus.jsonl")
        queries = rows_of(folder / "dev" / "queries.jsonl")
        if name == "piaf_fr" and articles is not None:
            titles = set(articles.read_text(encoding="utf-8").splitlines())
            inside = {row["id"] for row in documents if row["title"] in titles}
            queries = [row for row in queries if row["relevant"][0] in inside]
        queries = drawn(queries, most)
        if name == "piaf_fr":  # the passages that the development questions are about
            wanted = {d for row in rows_of(folder / "dev/queries.jsonl") for d in row["relevant"]}
            documents = [row for row in documents if row["id"] in wanted]
        places = {row["id"]: number for number, row in enumerate(documents)}
        texts = ["\n".join(filter(None, (row.get("title"), row["text"]))) for row in documents]
        scores = (
            encoder.encode([row["query"] for row in queries])
            @ encoder.encode(texts, kind="passage").T
        )
        right = np.array([max(scores[n][places[d]] for d in row["relevant"])
                          for n, row in enumerate(queries)])  # fmt: skip
        ranks = (scores > right[:, None]).sum(axis=1) + 1
        figures[name] = {
            "questions": len(queries),
            "hit@1": round(float((ranks == 1).mean()), 4),
            "hit@5": round(float((ranks <= 5).mean()), 4),
            "mrr@10": round(float(np.where(ranks <= 10, 1 / ranks, 0).mean()), 4),
        }
    return figures


def banking77(data: Path) -> tuple[list[dict[str, Any]], Array, Array]:
    """Return drawn texts of BANKING77, and the places of those held out and of the others."""
    rows = drawn(rows_of(data / "intent/banking77_en/dev/train.jsonl"), 6000)
    order = np.random.default_rng(0).permutation(len(rows))
    return rows, order[: len(rows) // 5], order[len(rows) // 5 :]


def reasons(data: Path, encoder: Encoder) -> dict[str, Any]:
    """Train a regression on the vectors: a fifth is held out, or five folds where there is little.

    Besides, each text of MInDS-14 is given the label of the English texts' nearest mean: across
    languages.
    """
    figures = {}
    rows, held, seen = banking77(data)
    vectors = encoder.encode([row["text"] for row in rows])
    labels = np.array([row["intent"] for row in rows])
    model = LogisticRegression(C=20, max_iter=300).fit(vectors[seen], labels[seen])
    figures["banking77_en"] = {
        "texts": len(held),
        "accuracy": round(float(model.score(vectors[held], labels[held])), 4),
    }
    french = rows_of(data / "intent/minds14_text/dev/fr.jsonl")
    english = rows_of(data / "intent/minds14_text/dev/en.jsonl")
    for name, rows in (("fr", french), ("en", english)):
        vectors = encoder.encode([row["text"] for row in rows])
        labels = np.array([row["intent"] for row in rows])
        right = 0
        for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(vectors, labels):
            model = LogisticRegression(C=20, max_iter=300).fit(vectors[train], labels[train])
            right += int((model.predict(vectors[test]) == labels[test]).sum())
        figures[f"minds14_{name}"] = {"texts": len(rows), "accuracy": round(right / len(rows), 4)}
    vectors, others = (encoder.encode([r["text"] for r in rows]) for rows in (english, french))
    labels = np.array([row["intent"] for row in english])
    names = sorted(set(labels))
    means = np.stack([vectors[labels == name].mean(axis=0) for name in names]) - vectors.mean(0)
    found = [names[n] for n in ((others - others.mean(axis=0)) @ means.T).argmax(axis=1)]
    right = sum(name == row["intent"] for name, row in zip(found, french, strict=True))
    figures["minds14_en_to_fr"] = {"texts": len(french), "accuracy": round(right / len(french), 4)}
    return figures


def sentiments(data: Path, encoder: Encoder, made_for: ModelReference) -> dict[str, Any]:
    """Measure the head of nlu, as it ships and trained again."""
    heads = {
        "shipped head": load_sentiment_head(relabelled(encoder, made_for)),
        "head trained again": train_sentiment_head(encoder),
    }
    figures: dict[str, Any] = {
        "own, folds": {
            name: {"accuracy": head.metadata["held_out_accuracy"]} for name, head in heads.items()
        }
    }
    for name, (path, most) in SENTIMENTS.items():
        rows = drawn(rows_of(data / "sentiment" / path), most)
        texts = [clean_text(row["text"]) for row in rows]
        features = sentiment_features(encoder.encode(texts), texts)
        truth = [LABELS.index(row["label"]) for row in rows]
        figures[name] = {"texts": len(rows)}
        for kind, head in heads.items():
            said = label_probabilities(head, features).argmax(axis=1)
            figures[name][kind] = {
                "accuracy": round(float((said == np.array(truth)).mean()), 4),
                "macro_f1": round(float(f1_score(truth, said, average="macro")), 4),
            }
    return figures


def nature(_data: Path, encoder: Encoder, made_for: ModelReference) -> dict[str, Any]:
    """Measure the head of the nature of a contact on sentences that it was not trained on."""
    rows = rows_of(ROOT / "tests/nlu/axes_texts.jsonl")
    rows = [row for row in rows if row["axis"] == "nature"]
    texts = [row["text"] for row in rows]
    features = nature_features(encoder.encode(texts), texts, [row["lang"] for row in rows])
    figures: dict[str, Any] = {"texts": len(rows), "trained on": len(load_nature_examples())}
    for kind, head in (
        ("shipped head", load_nature_head(relabelled(encoder, made_for))),
        ("head trained again", train_nature_head(encoder, seed=0)),
    ):
        said = [head.labels[n] for n in head.logits(features).argmax(axis=1)]
        right = sum(a == row["nature"] for a, row in zip(said, rows, strict=True))
        figures[kind] = {"accuracy": round(right / len(rows), 4)}
    return figures


def relabelled(encoder: Encoder, reference: ModelReference) -> Encoder:
    """Return the encoder under the name of another, so that the other's heads are used."""
    return Memory(encoder, reference)


def flat(figures: dict[str, Any], before: str = "") -> dict[str, float]:
    """Return the shares among the figures, by their path."""
    found: dict[str, float] = {}
    for key, value in figures.items():
        if isinstance(value, dict) and key != "change":
            found |= flat(value, f"{before}{key} / ")
        elif isinstance(value, float):
            found[before + key] = value
    return found


if __name__ == "__main__":
    main()
