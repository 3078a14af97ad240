"""Entendu beside its peers, on the same files with the same model in one run.

    python bench/speech/run.py DATA SET… [--limit N] [--whisperx-python PATH]

DATA is a folder with the sets below (docs/evaluation.md says their format); ``non_speech`` is
made here. Each system runs in a process of its own; every file goes through all of them in turn,
the first one changing from file to file, so that what else the machine does hits all alike. Peers
read two-channel calls channel by channel. Words are counted as docs/evaluation.md says. Writes
bench/speech/NAME.json.

whisperX wants an environment of its own (`pip install whisperx`, then the path of its python).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jiwer
from facts import HERE, measured, write
from quiet_sounds import generated, write_wav

from models import ModelStore, available_cores, default_models_dir
from speech.normalisation import normalise

SETS = {
    "calls_fr": "speech_fr/calls_fr/dev/manifest.jsonl",
    "asterisk_fr": "speech_fr/asterisk_prompts_fr/dev/manifest.jsonl",
    "tuxpaint_fr": "speech_fr/tuxpaint_stamps_fr/dev/manifest.jsonl",
    "words_fr": "speech_fr/digits_words_fr_armelle/dev/manifest.jsonl",
    "asterisk_en": "speech_en/asterisk_prompts_en/dev/manifest.jsonl",
}
SYSTEMS = ("ours", "faster_whisper_sequential", "faster_whisper_batched", "whisperx")
BASELINE = "faster_whisper_sequential"


@dataclass(frozen=True)
class Item:
    """A recording with what is said on each channel; ``""`` is the whole of it."""

    name: str
    path: Path
    language: str
    length_s: float
    channels: tuple[int, ...]
    references: dict[str, str]


class Worker:
    def __init__(self, system: str, python: str, model: Path, threads: int) -> None:
        environment = os.environ | {
            "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1",
        }  # fmt: skip
        self.system = system
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self._process = subprocess.Popen(
            [python, str(HERE / "worker.py"), system, str(model), str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
            env=environment,
        )  # fmt: skip
        self.loaded = self._answer()

    def _answer(self) -> dict[str, object]:
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self._log.seek(0)
        last = self._log.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return {"error": f"the process ended: {' '.join(last)}"}

    @property
    def is_ready(self) -> bool:
        return "error" not in self.loaded

    def run(self, item: Item) -> dict[str, object]:
        job = {"path": str(item.path), "language": item.language, "channels": item.channels}
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return {"error": "the process has ended"}
        return self._answer()

    def finish(self) -> dict[str, object]:
        if not self.is_ready:
            self._process.wait()
            return {"error": self.loaded["error"]}
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return {"error": "the process has ended"}
        answer = self._answer()
        self._process.stdin.close()
        self._process.wait()
        return self.loaded | answer


def read_set(data: Path, name: str, limit: int | None, folder: Path) -> list[Item]:
    if name == "non_speech":
        return list(_non_speech(folder))[:limit]
    manifest = data / SETS[name]
    rows = [json.loads(line) for line in manifest.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row.get("text")]
    if limit is not None:
        random.Random(0).shuffle(rows)
    items: list[Item] = []
    for row in rows[:limit]:
        speakers = {int(number): who for number, who in (row.get("channels") or {}).items()}
        if len(speakers) > 1 and row.get("turns"):
            channels = tuple(sorted(speakers))
            references = {
                str(number): " ".join(
                    turn["text"] for turn in row["turns"] if turn["speaker"] == speakers[number]
                )
                for number in channels
            }
        else:
            channels, references = (), {"": row["text"]}
        language = row["lang"].split("-")[0]
        path = manifest.parent / row["audio"]
        items.append(Item(row["id"], path, language, row["dur"], channels, references))
    return items


def _non_speech(folder: Path) -> Iterator[Item]:
    for name, samples, rate_hz in generated():
        path = write_wav(folder / f"{name}.wav", samples, rate_hz)
        channels = tuple(range(len(samples))) if len(samples) > 1 else ()
        references = {str(number): "" for number in channels} or {"": ""}
        length_s = samples.shape[1] / rate_hz
        yield Item(name, path, "fr", length_s, channels, references)


def count(item: Item, texts: dict[str, str]) -> dict[str, int]:
    counts = {"words": 0, "substitutions": 0, "deletions": 0, "insertions": 0}
    for channel, reference in item.references.items():
        said = normalise(reference, item.language)
        heard = normalise(texts.get(channel, ""), item.language)
        found = jiwer.process_words([said], [heard])
        counts["words"] += found.hits + found.substitutions + found.deletions
        counts["substitutions"] += found.substitutions
        counts["deletions"] += found.deletions
        counts["insertions"] += found.insertions
    return counts


def score(rows: list[dict[str, object]], system: str) -> dict[str, object]:
    done = [row[system] for row in rows if "error" not in row.get(system, {"error": ""})]
    if not done:
        return {"files": 0, "errors": len(rows)}
    of = {name: sum(row["counts"][name] for row in done) for name in done[0]["counts"]}
    audio_s = sum(row["length_s"] for row in rows if "error" not in row.get(system, {"error": ""}))
    wall_s = sum(row["wall_s"] for row in done)
    wrong = of["substitutions"] + of["deletions"] + of["insertions"]
    return {
        "files": len(done),
        "errors": len(rows) - len(done),
        "wer": round(wrong / of["words"], 5) if of["words"] else None,
        **of,
        "audio_s": round(audio_s, 2),
        "wall_s": round(wall_s, 2),
        "rtf": round(wall_s / audio_s, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join([*SETS, 'non_speech'])}")
    parser.add_argument("--limit", type=int, help="files of each set, drawn with seed 0")
    parser.add_argument("--model", default="whisper-base", help="name or folder")
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--whisperx-python", help="python of an environment with whisperx")
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--texts", action="store_true", help="keep what each system wrote")
    parser.add_argument("--name", default="comparison", help="of the result file")
    arguments = parser.parse_args()
    if unknown := set(arguments.sets) - {*SETS, "non_speech"}:
        parser.error(f"there is no set {', '.join(sorted(unknown))}")
    model = ModelStore(default_models_dir()).path(arguments.model)
    record: dict[str, object] = {
        "what": "several recognisers on the same files, one after the other on each",
        "timer": "a file from disk to words with their times (whisperX: to sentences), without "
        "loading the model",
        "settings": {
            "model": arguments.model,
            "compute_type": "int8",
            "threads": arguments.threads,
            "beam_size": 5,
            "batch_size of the batched peers": 8,
            "limit": arguments.limit,
        },
        **measured(),
    }
    workers: list[Worker] = []
    for system in arguments.systems.split(","):
        python = arguments.whisperx_python if system == "whisperx" else sys.executable
        if python is None:
            record.setdefault("left_out", {})[system] = "no environment was given"
            continue
        workers.append(Worker(system, python, model, arguments.threads))
        print(system, workers[-1].loaded, flush=True)
    ready = [worker for worker in workers if worker.is_ready]
    raw: dict[str, list[dict[str, object]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        warm_up(ready, Path(folder))
        for name in arguments.sets or [*SETS, "non_speech"]:
            raw[name] = measure(
                read_set(arguments.data, name, arguments.limit, Path(folder)),
                ready,
                arguments.texts,
            )
            scores = {worker.system: score(raw[name], worker.system) for worker in ready}
            if BASELINE in scores and scores[BASELINE].get("wall_s"):
                for found in scores.values():
                    if found.get("wall_s"):
                        ratio = found["wall_s"] / scores[BASELINE]["wall_s"]
                        found["time_against_sequential"] = round(ratio, 3)
            record.setdefault("scores", {})[name] = scores
            for system, found in scores.items():
                print(name, system, found, flush=True)
    record["systems"] = {worker.system: worker.finish() for worker in workers}
    record["files"] = raw
    print(write(arguments.name, record))


def warm_up(workers: list[Worker], folder: Path) -> None:
    """Run two seconds of noise through each: what is loaded on first use is not timed."""
    _, samples, rate_hz = next(item for item in generated() if item[0] == "pink_noise_20")
    path = write_wav(folder / "warm_up.wav", samples[:, : 2 * rate_hz], rate_hz)
    for worker in workers:
        worker.run(Item("warm_up", path, "fr", 2.0, (), {"": ""}))


def measure(items: list[Item], workers: list[Worker], keep_texts: bool) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place, item in enumerate(items):
        row: dict[str, object] = {"name": item.name, "length_s": round(item.length_s, 3)}
        turn = place % len(workers)
        for worker in workers[turn:] + workers[:turn]:
            answer = worker.run(item)
            if "error" in answer:
                row[worker.system] = {"error": answer["error"]}
                continue
            row[worker.system] = {
                "wall_s": answer["wall_s"],
                "counts": count(item, answer["texts"]),
            }
            if keep_texts or not any(item.references.values()):
                row[worker.system]["texts"] = answer["texts"]
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
