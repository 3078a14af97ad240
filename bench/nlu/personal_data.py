"""Personal data: recall on generated dictations, false alarms, and the labelled sets.

    python bench/nlu/personal_data.py [--data FOLDER]

FOLDER holds presidio_synth_en, wikineural_names and evi_spoken_identity_en; without it only the
generated sentences are measured. Raw results go to personal_data.json beside this file.
"""

from __future__ import annotations

import argparse
import collections
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from conversation import Conversation, Turn
from nlu.evaluation_personal_data import evaluate_personal_data
from nlu.personal_data import find_personal_data

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "nlu" / "personal_data"))
from generated import Sentence, negatives, positives  # noqa: E402

POSITIVES, NEGATIVES = 2100, 10_000
NOT_COUNTED = {"person", "postal_address", "customer_number", "order_number", "birth_date"}
SETS = (
    "presidio_synth_en/dev/data.jsonl",
    "wikineural_names/dev/fr.jsonl",
    "wikineural_names/dev/en.jsonl",
    "evi_spoken_identity_en/dev/turns.jsonl",
)


def conversation_of(sentence: Sentence) -> Conversation:
    turns = tuple(
        Turn(index=index, speaker=speaker, text=text)
        for index, (speaker, text) in enumerate(sentence.turns)
    )
    return Conversation(id="generated", channel="phone", language=sentence.language, turns=turns)


def measure_recall(seed: int) -> dict[str, object]:
    hits, values, support = (collections.Counter() for _ in range(3))
    missed: list[str] = []
    for sentence in positives(POSITIVES, seed):
        found = find_personal_data(conversation_of(sentence))
        form = "written" if sentence.form in ("plain", "grouped", "dashed") else "spoken"
        keys = (sentence.type, form, sentence.language, "all")
        hit = any(one.type == sentence.type for one in found)
        same = any(one.type == sentence.type and one.value == sentence.value for one in found)
        for key in keys:
            support[key] += 1
            hits[key] += hit
            values[key] += same
        if not same:
            missed.append(f"{sentence.type}: {' / '.join(text for _, text in sentence.turns)}")
    return {
        "seed": seed,
        "recall": {key: round(hits[key] / support[key], 4) for key in support},
        "value_right": {key: round(values[key] / support[key], 4) for key in support},
        "support": dict(support),
        "missed": missed[:40],
    }


def measure_false_alarms(seed: int) -> dict[str, object]:
    alarms: list[str] = []
    types = collections.Counter()
    for sentence in negatives(NEGATIVES, seed):
        found = find_personal_data(conversation_of(sentence))
        wrong = [one for one in found if one.type not in NOT_COUNTED]
        if wrong:
            types[wrong[0].type] += 1
            alarms.append(f"{wrong[0].type}: {sentence.turns[0][1]}")
    share = len(alarms) / NEGATIVES
    return {
        "seed": seed, "sentences": NEGATIVES, "share": round(share, 5), "types": dict(types),
        "alarms": alarms[:40],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=20261122)
    arguments = parser.parse_args()
    started = time.perf_counter()
    result: dict[str, object] = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in ("python-stdnum", "phonenumbers")},
        "generated": measure_recall(arguments.seed),
        "false_alarms": measure_false_alarms(arguments.seed),
    }
    if arguments.data:
        result["sets"] = {
            name: evaluate_personal_data(arguments.data / name).model_dump() for name in SETS
        }
    result["wall_s"] = round(time.perf_counter() - started, 1)
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in result.items() if k != "sets"}, ensure_ascii=False)[:6000])
    for name, figures in result.get("sets", {}).items():
        print(name, json.dumps(figures["per_type"]))


if __name__ == "__main__":
    main()
