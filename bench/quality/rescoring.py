"""How fast stored conversations are scored again with a new card, and that no model takes part.

    python bench/quality/rescoring.py [--conversations 10000] [--work DIR]

The labelled conversations of bench/quality/cases are understood once with the real encoder and
stored as `entendu process` stores them, sentence vectors beside them; copies with identifiers of
their own fill a folder. A new version of the inbound card, with example phrases that are new, is
published (its phrases are encoded then). `entendu score` runs on the folder in a process of its
own, with `--stored-only`, and reports which model libraries it had loaded at the end: none may be.
The timer includes starting Python, reading every file, scoring, and writing all evaluations. Then
a call of ten minutes is scored in memory. Writes bench/quality/rescoring.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from conversation import Conversation, Turn, Word
from models import Encoder, default_models_dir, load_encoder, resolve_compute
from nlu import Understanding, load_taxonomy, scorer_for, understand
from quality import Scorecard, evaluate, load_scorecard, measure
from quality.rescoring import conversation_vectors
from quality.sentence_vectors import SentenceVectors

HERE = Path(__file__).parent
CASES = {"fr": 24, "en": 12}
LENGTH_S = 600.0
REPEATS = 7
MODEL_LIBRARIES = (
    "torch", "transformers", "sentence_transformers", "ctranslate2", "onnxruntime",
    "faster_whisper", "faiss", "sklearn", "spacy",
)  # fmt: skip

_RUN = """
import json, resource, sys
from typer.testing import CliRunner
import typer
from serving.commands.score import score
app = typer.Typer()
app.command()(score)
outcome = CliRunner().invoke(app, sys.argv[2:])
loaded = [name for name in json.loads(sys.argv[1]) if name in sys.modules]
peak = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"exit_code": outcome.exit_code, "model_libraries_loaded": loaded,
                  "error": str(outcome.exception or ""), "peak_mb": peak.ru_maxrss // 1024,
                  "cpu_s": round(peak.ru_utime + peak.ru_stime, 1)}))
"""


def read_case(path: Path) -> Conversation:
    """Read a labelled conversation as a call whose words are spread evenly over their turn."""
    case = yaml.safe_load(path.read_text("utf-8"))
    turns = [_turn(index, *line) for index, line in enumerate(case["turns"])]
    spoken = case["channel"] in ("phone", "voicebot")
    return Conversation(
        id=case["id"],
        channel=case["channel"] if spoken else "phone",
        language=case["language"],
        duration_s=max(turn.end_s or 0.0 for turn in turns),
        turns=tuple(turns),
    )


def _turn(index: int, speaker: Any, start_s: float, end_s: float, text: str) -> Turn:  # noqa: ANN401
    parts = text.split()
    step = (end_s - start_s) / max(1, len(parts))
    words = tuple(
        Word(text=part, start_s=start_s + i * step, end_s=start_s + (i + 1) * step, probability=0.9)
        for i, part in enumerate(parts)
    )
    return Turn(
        index=index, speaker=speaker, text=text, start_s=start_s, end_s=end_s, words=words,
        confidence=0.9,
    )  # fmt: skip


def new_card(card_version: str, phrase: str) -> dict[str, Any]:
    """Return the inbound card with a question by meaning, under a new version."""
    card = load_scorecard("inbound").model_dump(mode="json", exclude_defaults=True)
    card["version"] = card_version
    for section in card["sections"]:
        for item in section["items"]:
            if item["id"] == "CON2":
                item["detector"] = {
                    "kind": "said",
                    "phrases": ["anything_else"],
                    "place": "closing",
                    "examples": {
                        "fr": ["Avez-vous une autre demande ?", phrase],
                        "en": ["Is there anything else I can help you with?"],
                    },
                }
    return card


def store(folder: Path, count: int, encoder: Encoder) -> list[tuple[Conversation, Understanding]]:
    """Understand the cases and fill a folder with copies of their results."""
    scorer = scorer_for(load_taxonomy("telecom"), encoder)
    card = load_scorecard("inbound")
    vectors = SentenceVectors(encoder)
    understood, contents = [], []
    for language, most in CASES.items():
        for path in sorted((HERE / "cases" / language).glob("*.yaml"))[:most]:
            conversation = read_case(path)
            understanding = understand(conversation, encoder=encoder, reasons=scorer)
            metrics = measure(conversation, language=understanding.language)
            evaluation = evaluate(
                conversation, understanding=understanding, metrics=metrics, scorecard=card,
                vectors=vectors,
            )  # fmt: skip
            values = {
                "schema_version": "2.0",
                "fingerprint": "0" * 64,
                "conversation": conversation.model_dump(mode="json"),
                "understanding": understanding.model_dump(mode="json"),
                "metrics": metrics.model_dump(mode="json"),
                "evaluation": evaluation.model_dump(mode="json"),
            }
            contents.append((values, conversation_vectors(conversation, vectors).to_bytes()))
            understood.append((conversation, understanding))
    for number in range(count):
        values, kept = contents[number % len(contents)]
        name = f"{values['conversation']['id']}-{number:05d}"
        named = {
            part: value | {"id" if part == "conversation" else "conversation_id": name}
            if isinstance(value, dict)
            else value
            for part, value in values.items()
        }
        (folder / f"{name}.json").write_text(json.dumps(named, ensure_ascii=False), "utf-8")
        (folder / f"{name}.vectors").write_bytes(kept)
    return understood


def ten_minutes(calls: list[Conversation]) -> Conversation:
    """Join French calls until they last ten minutes."""
    turns: list[Turn] = []
    at_s = 0.0
    for call in calls:
        for turn in call.turns:
            if at_s + (turn.end_s or 0.0) > LENGTH_S:
                break
            turns.append(
                _turn(len(turns), turn.speaker, at_s + (turn.start_s or 0.0),
                      at_s + (turn.end_s or 0.0), turn.text)
            )  # fmt: skip
        at_s += (call.duration_s or 0.0) + 1.0
        if at_s >= LENGTH_S:
            break
    return Conversation(
        id="ten", channel="phone", language="fr", duration_s=LENGTH_S, turns=tuple(turns)
    )


def time_one_call(calls: list[Conversation], encoder: Encoder) -> dict[str, Any]:
    """Score a call of ten minutes once it is understood, with and without stored vectors."""
    conversation = ten_minutes([call for call in calls if call.language == "fr"])
    understanding = understand(
        conversation, encoder=encoder, reasons=scorer_for(load_taxonomy("telecom"), encoder)
    )
    metrics = measure(conversation)
    found: dict[str, Any] = {
        "length_s": round(max(turn.end_s or 0.0 for turn in conversation.turns)),
        "turns": len(conversation.turns),
        "words": sum(len(turn.words) for turn in conversation.turns),
    }
    for name in ("inbound", "sales"):
        card = load_scorecard(name)
        examples = SentenceVectors(encoder)
        if card.texts:
            examples.mean_of(card.texts)
        kept = conversation_vectors(conversation, examples.for_conversation())
        for label, stored in (("stored_vectors", kept), ("sentences_encoded", None)):
            runs = []
            for _ in range(REPEATS):
                vectors = examples.for_conversation(stored)
                began, cpu = time.perf_counter(), time.process_time()
                evaluate(
                    conversation, understanding=understanding, metrics=metrics, scorecard=card,
                    vectors=vectors,
                )  # fmt: skip
                runs.append((time.perf_counter() - began, time.process_time() - cpu))
            found[f"{name}_{label}"] = {
                "wall_s_median": round(statistics.median(run[0] for run in runs), 3),
                "cpu_s_median": round(statistics.median(run[1] for run in runs), 3),
                "encoded": vectors.encoded,
            }
    return found


def score_folder(folder: Path, card: dict[str, Any], work: Path, *options: str) -> dict[str, Any]:
    """Run the command in a process of its own and say what it took and what it loaded."""
    path = work / f"card-{card['version']}.yaml"
    path.write_text(yaml.safe_dump(card, allow_unicode=True), "utf-8")
    out = work / f"out-{card['version']}"
    arguments = [str(folder), "--card", str(path), "--out", str(out), *options]
    environment = os.environ | {
        "ENTENDU_DATA_DIR": str(work / "data"),
        "ENTENDU_MODELS_DIR": str(default_models_dir()),
    }
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps(MODEL_LIBRARIES), *arguments],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    wall_s = time.perf_counter() - began
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    scores = json.loads((out / "scores.json").read_text("utf-8"))
    lines = sum(1 for _ in (out / "evaluations.jsonl").open("rb"))
    meaning = next(one for one in scores["questions"] if one["id"] == "CON2")
    return found | {
        "wall_s": round(wall_s, 1),
        "conversations": scores["conversations"],
        "evaluations_written": lines,
        "failed": len(scores["failed"]),
        "conversations_per_s": round(scores["conversations"] / wall_s, 1),
        "encoded": scores["encoded"],
        "question_by_meaning": {key: meaning[key] for key in ("1", "0.5", "0", "not_assessable")},
    }


def main() -> None:
    """Run the benchmark and write its JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--work", type=Path, help="a folder that is kept; a temporary one if left")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        folder = work / "results"
        folder.mkdir(parents=True)
        encoder = load_encoder("entendu-encoder-fr-en", compute=resolve_compute("cpu"))
        understood = store(folder, arguments.conversations, encoder)
        calls = [conversation for conversation, _ in understood]
        few = work / "few"
        few.mkdir()
        first = new_card("bench-1", "Puis-je faire autre chose pour vous ?")
        new = new_card("bench-2", "Vous aviez une autre question peut-être ?")
        published = [score_folder(few_results(folder, few), card, work) for card in (first, new)]
        Scorecard.model_validate(new)
        again = score_folder(folder, new | {"version": "bench-2"}, work, "--stored-only")
        result = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "load_average": os.getloadavg()[0],
            "versions": {name: version(name) for name in ("entendu", "numpy", "pydantic")},
            "distinct_conversations": len(calls),
            "mean_length_s": round(statistics.mean(call.duration_s or 0 for call in calls), 1),
            "mean_words": round(
                statistics.mean(sum(len(turn.words) for turn in call.turns) for call in calls)
            ),
            "bytes_per_result": _mean_size(folder, "*.json"),
            "bytes_of_vectors_per_result": _mean_size(folder, "*.vectors"),
            "first_version_of_the_card_published": published[0]["encoded"],
            "second_version_of_the_card_published": published[1]["encoded"],
            "rescoring": again,
            "one_call_of_ten_minutes": time_one_call(calls, encoder),
        }
    path = HERE / "rescoring.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")


def few_results(folder: Path, few: Path) -> Path:
    """Copy one result with its vectors: publishing a card needs no more."""
    first = min(folder.glob("*.json"))
    for name in (first.name, first.with_suffix(".vectors").name):
        (few / name).write_bytes((folder / name).read_bytes())
    return few


def _mean_size(folder: Path, pattern: str) -> int:
    return round(statistics.mean(path.stat().st_size for path in folder.glob(pattern)))


if __name__ == "__main__":
    main()
