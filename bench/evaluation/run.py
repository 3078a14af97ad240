"""The `entendu evaluate` commands on public sets: development halves only.

    python bench/evaluation/run.py DATA [NAME…]     # writes bench/evaluation/NAME.json

DATA is a folder with the sets in the formats of docs/evaluation.md. Sets for which no split of the
development half is published are split here, every fifth line of the shuffled file (seed 0) being
the test. Nothing that is shipped was trained on a set measured here; what was tuned on one says so
in its own file.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ASR = {
    "asr_calls_fr": "speech_fr/calls_fr/dev/manifest.jsonl",
    "asr_asterisk_fr": "speech_fr/asterisk_prompts_fr/dev/manifest.jsonl",
    "asr_tuxpaint_fr": "speech_fr/tuxpaint_stamps_fr/dev/manifest.jsonl",
    "asr_words_fr": "speech_fr/digits_words_fr_armelle/dev/manifest.jsonl",
    "asr_asterisk_en": "speech_en/asterisk_prompts_en/dev/manifest.jsonl",
}
SENTIMENT = {
    "sentiment_reviews_fr": "sentiment/ftdataset_restaurant_fr/dev/train.jsonl",
    "sentiment_tweets_fr": "sentiment/umsab_tweets/dev/fr_train.jsonl",
    "sentiment_tweets_en": "sentiment/umsab_tweets/dev/en_train.jsonl",
}
SEARCH = {
    "search_cnil_fr": "retrieval/cnil_faq_fr",
    "search_bankfaq_en": "retrieval/bankfaq_en",
    "search_piaf_fr": "retrieval/piaf_fr",
}
REASONS = {
    "reasons_minds14_fr": "intent/minds14_text/dev/fr.jsonl",
    "reasons_banking77_en": "intent/banking77_en/dev/train.jsonl",
    "reasons_hint3_curekart": "intent/hint3_live_chatbots_en/dev/curekart.jsonl",
    "reasons_hint3_powerplay11": "intent/hint3_live_chatbots_en/dev/powerplay11.jsonl",
    "reasons_hint3_sofmattress": "intent/hint3_live_chatbots_en/dev/sofmattress.jsonl",
    "reasons_clinc150_en": "intent/clinc150_en/dev/train_val.jsonl",
}


def split(path: Path, folder: Path) -> tuple[Path, Path, str]:
    lines = path.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    if any(row.get("split") == "val" for row in rows):
        parts = {"train": ("train", "oos_train"), "test": ("val", "oos_val", "oos")}
        chosen = {
            name: [line for line, row in zip(lines, rows, strict=True) if row["split"] in splits]
            for name, splits in parts.items()
        }
        said = "published train as training, validation as test, each with its out-of-scope part"
    else:
        random.Random(0).shuffle(lines)
        chosen = {"test": lines[::5], "train": [x for i, x in enumerate(lines) if i % 5]}
        said = "a fifth of the development half as test, seed 0"
    for name, kept in chosen.items():
        (folder / f"{name}.jsonl").write_text("\n".join(kept) + "\n", "utf-8")
    return folder / "train.jsonl", folder / "test.jsonl", said


def command(name: str, data: Path, folder: Path) -> tuple[list[str], str]:
    if name in ASR:
        return ["asr", str(data / ASR[name])], "development half"
    if name in SENTIMENT:
        return ["sentiment", str(data / SENTIMENT[name])], "development half, measured only"
    if name in SEARCH:
        base = data / SEARCH[name]
        queries = base / "dev" / "queries.jsonl"
        return (
            ["search", "--corpus", str(base / "corpus.jsonl"), "--queries", str(queries)],
            "development queries",
        )
    train, test, said = split(data / REASONS[name], folder)
    return ["reasons", "--train", str(train), "--test", str(test)], said


def main() -> None:
    data = Path(sys.argv[1])
    for name in sys.argv[2:] or [*ASR, *SENTIMENT, *SEARCH, *REASONS]:
        with tempfile.TemporaryDirectory() as folder:
            arguments, said = command(name, data, Path(folder))
            done = subprocess.run(
                [sys.executable, "-m", "serving", "evaluate", *arguments, "--json"],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
        record = {
            "set": name,
            "split": said,
            "command": f"entendu evaluate {arguments[0]}",
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"processor": platform.machine(), "cores": os.cpu_count()},
            "versions": {
                package: metadata.version(package)
                for package in ("entendu", "ctranslate2", "faster-whisper", "scikit-learn", "bm25s")
            },
            "result": json.loads(done.stdout),
        }
        path = HERE / f"{name}.json"
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
        print(name, done.stdout.strip()[:300], flush=True)


if __name__ == "__main__":
    main()
