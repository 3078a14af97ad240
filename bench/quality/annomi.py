"""What therapists' turns do (AnnoMI, development half): TF-IDF alone, and heads on the encoder.

    python bench/quality/annomi.py DIR [--encoder NAME] [--cache DIR]

DIR holds AnnoMI's conversations.jsonl of the development half. Each turn of a therapist has one
of four main behaviours: question, reflection, therapist_input, other; of several annotators'
the most frequent, the first one's where there is none. Judged by cross-validation over source
videos: five folds, no video on both sides. The head is quality.question_model.turn_head as
shipped, its settings chosen inside each training part (nested). Floors are single turns with
TF-IDF of words 1-2 and characters 2-4 and logistic regression, in four variants; the head is
compared with the best of them. Intervals: 2,000 draws of whole videos, both sides judged on the
same draws. AnnoMI is for evaluation: nothing that is trained here is kept. Writes annomi.json
beside this file; encoders that are not run keep what it says of them.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata as metadata
import json
import os
import platform
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline, make_union

from conversation import Conversation, Turn
from models import load_encoder
from quality.question_model import LabelledConversation, turn_texts
from quality.question_model.cross_validation import FOLDS, group_folds
from quality.question_model.turn_head import judge_held_out, labelled_rows
from quality.sentence_vectors import SentenceVectors, StoredVectors

RESULTS = Path(__file__).with_suffix(".json")
DRAWS = 2000


def behaviour(turn: dict) -> str:
    said = [one["main_therapist_behaviour"] for one in turn["annotations"]]
    most = Counter(said).most_common()
    tie = len(most) > 1 and most[0][1] == most[1][1]
    return said[0] if tie else most[0][0]


def read(path: Path) -> list[LabelledConversation]:
    found = []
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        turns = tuple(
            Turn(index=index, speaker=turn["role"], text=turn["text"])
            for index, turn in enumerate(one["turns"])
        )
        conversation = Conversation(id=str(one["id"]), channel="chat", language="en", turns=turns)
        labels = {
            index: behaviour(turn)
            for index, turn in enumerate(one["turns"])
            if turn["role"] == "agent" and turn["text"].strip()
        }
        found.append(LabelledConversation(conversation, labels, one["video"]))
    return found


def floor(
    texts: list[str], labels: list[str], part: np.ndarray, analyzer: str, weight: str | None
) -> list:
    found = np.empty(len(texts), dtype=object)
    for number in range(int(part.max()) + 1):
        seen, unseen = np.flatnonzero(part != number), np.flatnonzero(part == number)
        model = make_pipeline(
            make_union(
                TfidfVectorizer(ngram_range=(1, 2)),
                TfidfVectorizer(analyzer=analyzer, ngram_range=(2, 4)),
            ),
            LogisticRegression(max_iter=2000, class_weight=weight),
        )
        model.fit([texts[i] for i in seen], [labels[i] for i in seen])
        found[unseen] = model.predict([texts[i] for i in unseen])
    return found.tolist()


def macro_f1(truth: np.ndarray, found: np.ndarray, names: list[str]) -> float:
    return float(f1_score(truth, found, labels=names, average="macro", zero_division=0))


def draws(truth: list[str], systems: dict[str, list], groups: list[str], names: list[str]) -> dict:
    """Macro-F1 of each system on videos drawn again, the same for all."""
    videos, which = np.unique(groups, return_inverse=True)
    n = len(names)
    tables = {}
    for system, found in systems.items():
        table = np.zeros((len(videos), n, n))
        rows = [names.index(one) for one in truth]
        columns = [names.index(one) for one in found]
        np.add.at(table, (which, rows, columns), 1)
        tables[system] = table
    random = np.random.default_rng(0)
    counts = random.multinomial(len(videos), np.full(len(videos), 1 / len(videos)), size=DRAWS)
    result = {}
    for system, table in tables.items():
        drawn = np.tensordot(counts, table, axes=1)
        hits = np.diagonal(drawn, axis1=1, axis2=2)
        both = drawn.sum(axis=1) + drawn.sum(axis=2)
        result[system] = (2 * hits / np.maximum(both, 1)).mean(axis=1)
    return result


def interval(values: np.ndarray) -> list[float]:
    return [round(float(one), 4) for one in np.quantile(values, [0.025, 0.975])]


def figures(truth: list[str], found: list[str], names: list[str], drawn: np.ndarray) -> dict:
    each = f1_score(truth, found, labels=names, average=None, zero_division=0)
    return {
        "accuracy": round(float(accuracy_score(truth, found)), 4),
        "macro_f1": round(macro_f1(truth, found, names), 4),
        "macro_f1_interval": interval(drawn),
        "f1": {name: round(float(one), 4) for name, one in zip(names, each, strict=True)},
    }


def vectors_of(data: list[LabelledConversation], name: str, cache: Path | None) -> SentenceVectors:
    kept = cache / f"annomi-{name}.npz" if cache else None
    stored = []
    if kept is not None and kept.is_file():
        stored = [StoredVectors.from_bytes(kept.read_bytes(), name=str(kept))]
    vectors = SentenceVectors(load_encoder(name), stored=stored)
    if kept is not None and not stored:
        kept.parent.mkdir(parents=True, exist_ok=True)
        texts = [text for one in data for text in turn_texts(one.conversation)]
        kept.write_bytes(vectors.stored(texts).to_bytes())
    return vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--encoder", action="append", help="entendu-encoder-fr-en when not given")
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    parser.add_argument("--seed", type=int, default=0, help="of folds")
    options = parser.parse_args()
    path = options.data / "conversations.jsonl"
    data = read(path)
    record = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    floors: dict[str, list] = {}
    for name in options.encoder or ["entendu-encoder-fr-en"]:
        vectors = vectors_of(data, name, options.cache)
        rows = labelled_rows(data, vectors)
        truth = [row.label for row in rows]
        names = sorted(set(truth))
        groups = [row.group for row in rows]
        texts = [row.example.texts[0][0] for row in rows]
        part = group_folds(groups, folds=FOLDS, seed=options.seed)
        if not floors:
            for analyzer in ("char", "char_wb"):
                for weight in (None, "balanced"):
                    label = f"TF-IDF words 1-2, {analyzer} 2-4, class_weight={weight}"
                    floors[label] = floor(texts, truth, part, analyzer, weight)
                    print(label, round(macro_f1(truth, floors[label], names), 4), flush=True)
        began = time.perf_counter()
        judged = judge_held_out(
            rows, seed=options.seed, progress=lambda done, of: print(f"fold {done} of {of}")
        )
        found = [judged.labels[one] for one in judged.probabilities.argmax(axis=1)]
        drawn = draws(truth, {**floors, "head": found}, groups, names)
        best = max(floors, key=lambda one: macro_f1(truth, floors[one], names))
        head = figures(truth, found, names, drawn["head"])
        lead = head["macro_f1"] - macro_f1(truth, floors[best], names)
        record.update(
            {
                "data": {
                    "set": "AnnoMI, development half, evaluation only",
                    "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                    "conversations": len(data),
                    "videos": len(set(groups)),
                    "turns": len(rows),
                    "labels": dict(Counter(truth)),
                },
                "folds": {"n": FOLDS, "by": "source video", "seed": options.seed},
                "floors": {
                    one: figures(truth, given, names, drawn[one]) for one, given in floors.items()
                },
            }
        )
        record.setdefault("heads", {})[name] = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "encoder": vectors.model.model_dump(mode="json"),
            "machine": {"processor": platform.machine(), "cores": os.cpu_count()},
            "versions": {
                package: metadata.version(package)
                for package in ("entendu", "scikit-learn", "numpy", "ctranslate2")
            },
            "settings_by_fold": [vars(one) for one in judged.settings],
            "seconds": round(time.perf_counter() - began, 1),
            **head,
            "best_floor": best,
            "above_best_floor": round(lead, 4),
            "above_best_floor_interval": interval(drawn["head"] - drawn[best]),
        }
        print(name, head, "above the best floor", round(lead, 4))
        RESULTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
