"""How well examples alone find what is said in other words, and where the default threshold lies.

    python bench/quality/said_by_meaning.py

Each concept of said_by_meaning.yaml has examples as a centre would write them, sentences that say
the same otherwise, and sentences that come close and mean something else (denials among them). The
concepts of the part "tuning" chose `DEFAULT_THRESHOLD` (the threshold with the best F1, rounded);
those of "test" judge it. No counter-examples and no lexical guards are given: this is the floor on
which a centre builds. Every error of the test part is listed. Writes said_by_meaning.json.
"""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from models import load_encoder, resolve_compute
from quality.meaning import DEFAULT_THRESHOLD, Likeness, likeness
from quality.sentence_vectors import SentenceVectors

HERE = Path(__file__).parent
PARTS = ("tuning", "test")


def compare(
    concepts: list[dict[str, Any]], vectors: SentenceVectors
) -> list[tuple[dict[str, Any], str, str, Likeness]]:
    """Compare every sentence with every concept: its own, and those of the others (far)."""
    found = []
    for concept in concepts:
        for other in concepts:
            own = other is concept
            for kind, sentences in (("same", other["same"]), ("other", other["other"])):
                label = kind if own else "far"
                likes = likeness(sentences, concept["examples"], vectors=vectors)
                found += [
                    (concept, label, sentence, like)
                    for sentence, like in zip(sentences, likes, strict=True)
                ]
    return found


def counts(
    compared: list[tuple[dict[str, Any], str, str, Likeness]], threshold: float, *, polarity: bool
) -> dict[str, Any]:
    """Count hits and errors at a threshold, with or without the check of denials."""
    hits = {"same": [0, 0], "other": [0, 0], "far": [0, 0]}
    for _, label, _, like in compared:
        said = like.value >= threshold and (like.same_polarity or not polarity)
        hits[label][0] += said
        hits[label][1] += 1
    found = hits["same"][0]
    wrong = hits["other"][0] + hits["far"][0]
    precision, recall = found / max(1, found + wrong), found / hits["same"][1]
    return {
        "recall": round(recall, 3),
        "precision": round(precision, 3),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 3),
        "said_otherwise_found": f"{hits['same'][0]}/{hits['same'][1]}",
        "near_but_other_taken": f"{hits['other'][0]}/{hits['other'][1]}",
        "of_other_concepts_taken": f"{hits['far'][0]}/{hits['far'][1]}",
    }


def main() -> None:
    """Run the benchmark and write its JSON."""
    cases = yaml.safe_load((HERE / "said_by_meaning.yaml").read_text("utf-8"))
    encoder = load_encoder("entendu-encoder-fr-en", compute=resolve_compute("cpu"))
    vectors = SentenceVectors(encoder)
    result: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in ("entendu", "numpy", "ctranslate2")},
        "encoder": encoder.reference.model_dump(),
        "default_threshold": DEFAULT_THRESHOLD,
    }
    for part in PARTS:
        concepts = [case for case in cases if case["part"] == part]
        compared = compare(concepts, vectors)
        result[part] = {
            "concepts": len(concepts),
            "likeness_alone": counts(compared, DEFAULT_THRESHOLD, polarity=False),
            "as_used": counts(compared, DEFAULT_THRESHOLD, polarity=True),
        }
        if part == "tuning":
            tried = {
                step / 100: counts(compared, step / 100, polarity=True)["f1"]
                for step in range(30, 71)
            }
            result[part]["f1_by_threshold"] = tried
            result[part]["best_threshold"] = max(tried, key=lambda step: tried[step])
        else:
            result["errors"] = [
                {
                    "concept": concept["concept"],
                    "error": "missed" if label == "same" else "taken",
                    "sentence": sentence,
                    "likeness": round(like.value, 3),
                    "nearest_example": like.example,
                }
                for concept, label, sentence, like in compared
                if like.means_it(DEFAULT_THRESHOLD) != (label == "same")
            ]
    path = HERE / "said_by_meaning.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
