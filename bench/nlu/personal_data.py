"""Personal data: recall on generated dictations, false alarms, and the labelled sets.

    python bench/nlu/personal_data.py [--seeds 1 2 3] [--data FOLDER]

For each seed, the number of each dictation must be found, with its value; in the second style
every word of it must also be covered, those that the listener repeats included.

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
from dictations import Dictation, dictations  # noqa: E402
from generated import Sentence, negatives, positives  # noqa: E402

POSITIVES, NEGATIVES = 2100, 10_000
NOT_COUNTED = {"person", "postal_address", "customer_number", "order_number", "birth_date"}
SETS = (
    "presidio_synth_en/dev/data.jsonl",
    "wikineural_names/dev/fr.jsonl",
    "wikineural_names/dev/en.jsonl",
    "evi_spoken_identity_en/dev/turns.jsonl",
)


def conversation_of(sentence: Sentence | Dictation) -> Conversation:
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


def measure_dictations(seed: int) -> dict[str, object]:
    hits, values, covered, support = (collections.Counter() for _ in range(4))
    missed: list[str] = []
    for dictation in dictations(POSITIVES, seed):
        found = find_personal_data(conversation_of(dictation))
        own = [one for one in found if one.type == dictation.type]
        places = {(one.turn_index, at) for one in found for at in range(one.start, one.end)}
        is_covered = all(
            (turn, at) in places or not dictation.turns[turn][1][at].isalnum()
            for turn, start, end in dictation.said
            for at in range(start, end)
        )
        is_same = any(one.value == dictation.value for one in own)
        for key in (dictation.type, dictation.style, dictation.language, "all"):
            support[key] += 1
            hits[key] += bool(own)
            values[key] += is_same
            covered[key] += is_covered
        if not (own and is_covered):
            missed.append(f"{dictation.type}: {' / '.join(text for _, text in dictation.turns)}")
    return {
        "seed": seed,
        "recall": {key: round(hits[key] / support[key], 4) for key in support},
        "value_right": {key: round(values[key] / support[key], 4) for key in support},
        "covered": {key: round(covered[key] / support[key], 4) for key in support},
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
    parser.add_argument("--seeds", type=int, nargs="+", default=[20261122, 101, 102])
    arguments = parser.parse_args()
    started = time.perf_counter()
    result: dict[str, object] = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in ("python-stdnum", "phonenumbers")},
        "generated": [measure_recall(seed) for seed in arguments.seeds],
        "dictations": [measure_dictations(seed) for seed in arguments.seeds],
        "false_alarms": measure_false_alarms(arguments.seeds[0]),
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
