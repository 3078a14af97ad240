"""Sentiment against people's labels: ``python bench/nlu/sentiment.py DATA``, where DATA is the
folder that holds ``sentiment/``. Public sets are only measured; ``sentiment_hard.jsonl`` beside
this file (173 French and English call turns written for this purpose) is never trained on.
Writes ``sentiment.json``: one evaluation for each set, with a floor for the call turns (TF-IDF
with logistic regression on the same training texts), the versions and the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models import load_encoder, resolve_compute
from nlu import evaluate_sentiment
from nlu.sentiment_head import LABELS, load_training_set

HERE = Path(__file__).parent
SETS = {
    "restaurant_reviews_fr": ["ftdataset_restaurant_fr/dev/train.jsonl"],
    "tweets_fr": ["umsab_tweets/dev/fr_train.jsonl", "umsab_tweets/dev/fr_val.jsonl"],
    "tweets_en": ["umsab_tweets/dev/en_train.jsonl", "umsab_tweets/dev/en_val.jsonl"],
    "sitcom_turns_en": ["meld_turns_en/dev/dev.jsonl"],
}
PUBLISHED = {
    "restaurant_reviews_fr": "TF-IDF + LR trained on the set: macro-F1 .721 (its README)",
    "tweets_fr": "macro-F1, trained on the set: FastText .548, XLM-R .720 (cardiffnlp/xlm-t)",
    "tweets_en": "macro-F1, trained on the set: FastText .509, XLM-R .682 (cardiffnlp/xlm-t)",
    "sitcom_turns_en": "TF-IDF + LR trained on the set: macro-F1 .588 (its README)",
}


def floor(files: list[Path]) -> dict[str, float]:
    """Train TF-IDF (words 1-2, characters 2-4) with logistic regression on our own texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.pipeline import make_pipeline, make_union

    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        ),
        LogisticRegression(C=4.0, max_iter=500),
    )
    examples = load_training_set()
    model.fit([example.text for example in examples], [example.label for example in examples])
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    truth = [row.get("label") or row["sentiment"] for row in rows]
    given = model.predict([row["text"] for row in rows])
    right = sum(t == g for t, g in zip(truth, given, strict=True))
    return {
        "accuracy": round(right / len(truth), 4),
        "macro_f1": round(float(f1_score(truth, given, labels=LABELS, average="macro")), 4),
    }


def main() -> None:
    """Measure every set and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "sentiment.json")
    arguments = parser.parse_args()
    encoder = load_encoder(compute=resolve_compute("cpu"))
    sets = {
        name: [arguments.data / "sentiment" / part for part in parts]
        for name, parts in SETS.items()
    }
    sets["call_turns_fr_en"] = [HERE / "sentiment_hard.jsonl"]
    report: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "versions": {name: version(name) for name in ("ctranslate2", "numpy", "scikit-learn")},
        "sets": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, files in sets.items():
            whole = Path(folder) / f"{name}.jsonl"
            whole.write_text("".join(file.read_text("utf-8") for file in files), encoding="utf-8")
            report["sets"][name] = {
                **evaluate_sentiment(whole, encoder).model_dump(mode="json"),
                "floor": floor(files),
                "published": PUBLISHED.get(name),
            }
    arguments.out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
