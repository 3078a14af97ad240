"""Measure the axes: nature on held-out sentences, dangers in unseen wordings, false alarms.

    python bench/nlu/axes.py --data FOLDER_OF_SETS --json bench/nlu/axes.json

The sentences of tests/nlu/axes_texts.jsonl were written before the head was trained and are not in
its training set. Intents that are themselves about theft, fraud or unknown transactions are counted
apart: an alarm there is no false one. danger_unseen.jsonl was written after the rule was fixed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from sklearn.metrics import accuracy_score, f1_score

from conversation import Conversation, Turn
from models import load_encoder
from nlu.axes import NATURES
from nlu.axes.danger import DANGERS, find_dangers
from nlu.axes.danger_head import load_danger_head, near_dangers
from nlu.axes.nature import nature_texts, read_nature
from nlu.axes.nature_head import load_nature_head
from nlu.axes.passages import passages_of

TEXTS = Path(__file__).resolve().parents[2] / "tests" / "nlu" / "axes_texts.jsonl"
UNSEEN = Path(__file__).with_name("danger_unseen.jsonl")
SAMPLE = 400  # texts of each set that the second look is counted on
ABOUT_MONEY = ("stolen", "lost", "fraud", "compromised", "recogni", "freeze", "card_linking", "oos")
"""Parts of intents' names whose texts may rightly raise an alarm."""


def one_text(text: str) -> Conversation:
    turn = Turn(index=0, speaker="customer", text=text)
    return Conversation(id="text", channel="chat", turns=(turn,))


def nature() -> dict[str, object]:
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["axis"] == "nature"]
    encoder = load_encoder("entendu-encoder-fr-en")
    head = load_nature_head(encoder)
    conversations = [one_text(row["text"]) for row in rows]
    started = time.perf_counter()
    texts = list(dict.fromkeys(t for c in conversations for t in nature_texts(c)))
    vectors = dict(zip(texts, encoder.encode(texts, kind="query"), strict=True))
    found = [
        read_nature(c, head=head, vectors=vectors, language=row["lang"]).primary or "none"
        for c, row in zip(conversations, rows, strict=True)
    ]
    seconds = time.perf_counter() - started
    truth = [row["nature"] for row in rows]
    figures: dict[str, object] = {"texts": len(rows), "seconds": round(seconds, 1)}
    for language in ("fr", "en", "both"):
        picked = [i for i, row in enumerate(rows) if language in (row["lang"], "both")]
        own, said = [truth[i] for i in picked], [found[i] for i in picked]
        figures[language] = {
            "accuracy": round(accuracy_score(own, said), 4),
            "macro_f1": round(f1_score(own, said, labels=list(NATURES), average="macro"), 4),
        }
    figures["f1"] = dict(
        zip(
            NATURES,
            f1_score(truth, found, labels=list(NATURES), average=None).round(3).tolist(),
            strict=True,
        )
    )
    figures["wrong"] = [
        {"text": row["text"], "expected": row["nature"], "got": got}
        for row, got in zip(rows, found, strict=True)
        if got != row["nature"]
    ]
    return figures


def both_looks(texts: list[str]) -> list[tuple[set[str], set[str]]]:
    """Return of each text the dangers by patterns, and those that the encoder adds."""
    encoder = load_encoder("entendu-encoder-fr-en")
    head = load_danger_head(encoder)
    conversations = [one_text(text) for text in texts]
    pieces = list(dict.fromkeys(t for c in conversations for t in nature_texts(c)))
    vectors = dict(zip(pieces, encoder.encode(pieces, kind="query"), strict=True))
    found = []
    for conversation in conversations:
        told = {d.danger for d in find_dangers(passages_of(conversation))}
        near = near_dangers(conversation, head=head, vectors=vectors)
        found.append((told, {d.danger for d in near} - told))
    return found


def unseen() -> dict[str, object]:
    rows = [json.loads(line) for line in UNSEEN.read_text(encoding="utf-8").splitlines()]
    found = both_looks([row["text"] for row in rows])
    figures: dict[str, object] = {"texts": len(rows)}
    for language in ("fr", "en", "both"):
        picked = [i for i, row in enumerate(rows) if language in (row["lang"], "both")]
        for name, kind in (("recall", True), ("false_alarms", False)):
            own = [i for i in picked if bool(rows[i]["danger"]) is kind]
            patterns = sum(bool(found[i][0]) for i in own)
            both = sum(bool(found[i][0] | found[i][1]) for i in own)
            figures[f"{name}_{language}"] = {
                "n": len(own),
                "patterns": round(patterns / len(own), 4),
                "with_encoder": round(both / len(own), 4),
            }
    figures["by_danger"] = {
        danger: {
            "n": len(own),
            "patterns": sum(bool(found[i][0]) for i in own),
            "with_encoder": sum(bool(found[i][0] | found[i][1]) for i in own),
            "this_kind": sum(danger in found[i][0] | found[i][1] for i in own),
        }
        for danger in DANGERS
        if (own := [i for i, row in enumerate(rows) if row["danger"] == danger])
    }
    figures["missed"] = [
        row["text"] for row, (a, b) in zip(rows, found, strict=True) if row["danger"] and not a | b
    ]
    figures["false"] = [
        {"text": row["text"], "got": sorted(a | b)}
        for row, (a, b) in zip(rows, found, strict=True)
        if not row["danger"] and a | b
    ]
    return figures


def sampled_alarms(folder: Path) -> dict[str, object]:
    """Count false alarms of both looks on a sample of each set of ordinary texts."""
    sets: dict[str, object] = {}
    totals = Counter[str]()
    for path in sorted((folder / "intent").glob("*/dev/*.jsonl")):
        if "_v1" in path.name:
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        ordinary = [
            row["text"]
            for row in rows
            if not any(
                part in str(row.get("intent") or row.get("intents") or "").lower()
                for part in ABOUT_MONEY
            )
        ]
        texts = ordinary[:: max(1, len(ordinary) // SAMPLE)][:SAMPLE]
        found = both_looks(texts)
        counts = {
            "n": len(texts),
            "patterns": sum(bool(a) for a, _ in found),
            "with_encoder": sum(bool(a | b) for a, b in found),
        }
        totals.update(counts)
        sets[f"{path.parent.parent.name}/{path.stem}"] = counts
    return {
        **totals,
        "share": round(totals["with_encoder"] / max(1, totals["n"]), 5),
        "sets": sets,
    }


def alarms(folder: Path) -> dict[str, object]:
    sets: dict[str, object] = {}
    ordinary = raised = 0
    kinds: Counter[str] = Counter()
    for path in sorted((folder / "intent").glob("*/dev/*.jsonl")):
        if "_v1" in path.name:
            continue
        counts = {"ordinary": 0, "alarms": 0, "about_theft_or_fraud": 0, "alarms_there": 0}
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            dangers = find_dangers(passages_of(one_text(row["text"])))
            intent = str(row.get("intent") or row.get("intents") or "").lower()
            apart = any(part in intent for part in ABOUT_MONEY)
            counts["about_theft_or_fraud" if apart else "ordinary"] += 1
            counts["alarms_there" if apart else "alarms"] += bool(dangers)
            if not apart:
                kinds.update(found.danger for found in dangers)
        ordinary += counts["ordinary"]
        raised += counts["alarms"]
        sets[f"{path.parent.parent.name}/{path.stem}"] = counts
    return {
        "ordinary_texts": ordinary,
        "alarms": raised,
        "share": round(raised / max(1, ordinary), 5),
        "kinds": dict(kinds),
        "sets": sets,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    arguments = parser.parse_args()
    result = {
        "nature_held_out": nature(),
        "danger_unseen": unseen(),
        "danger_false_alarms": alarms(arguments.data),
        "danger_false_alarms_sampled": sampled_alarms(arguments.data),
    }
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    arguments.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
