"""Words that Entendu writes where nobody speaks.

    python bench/speech/non_speech.py [--packages FOLDER] [--language fr]…

Ten minutes of made sounds and, with ``--packages``, recordings of instrumental music and noise
(see quiet_sounds.py). Writes bench/speech/non_speech.json.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from facts import measured, write
from quiet_sounds import SOURCES, generated, recorded, write_wav

from models import ModelStore, default_models_dir, load_transcriber, resolve_compute
from speech import TranscribeOptions, transcribe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, help="folder with the unpacked packages")
    parser.add_argument("--language", action="append", help="fr, en or auto; more than one does")
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--only", default="", help="a part of the names to measure")
    parser.add_argument("--name", default="non_speech", help="of the result file")
    arguments = parser.parse_args()
    transcriber = load_transcriber(
        arguments.model, store=ModelStore(default_models_dir()), compute=resolve_compute("cpu")
    )
    record = {"what": "words written on sound without speech", "model": arguments.model}
    record |= measured()
    if arguments.packages:
        record["sources"] = [
            {"package": source.package, "licence": source.licence, "left_out": source.left_out}
            for source in SOURCES
        ]
    rows: list[dict[str, object]] = []
    sounds = [("generated", sound) for sound in generated()]
    if arguments.packages:
        sounds += [("recorded", sound) for sound in recorded(arguments.packages)]
    with tempfile.TemporaryDirectory() as folder:
        for kind, (name, samples, rate_hz) in sounds:
            if arguments.only not in name:
                continue
            path = write_wav(Path(folder) / "sound.wav", samples, rate_hz)
            for language in arguments.language or ["auto"]:
                started = time.perf_counter()
                result = transcribe(path, transcriber, options=TranscribeOptions(language=language))
                turns = result.conversation.turns
                rows.append({
                    "name": name,
                    "kind": kind,
                    "language": language,
                    "length_s": round(samples.shape[1] / rate_hz, 2),
                    "wall_s": round(time.perf_counter() - started, 2),
                    "words": [word.text for turn in turns for word in turn.words],
                    "dropped": [
                        dropped.model_dump(mode="json", include={"text", "start_s", "reason"})
                        for dropped in result.dropped
                    ],
                    "account": [
                        channel.model_dump(mode="json", exclude={"uncovered"}, exclude_none=True)
                        for channel in result.account
                    ],
                })  # fmt: skip
                if rows[-1]["words"] or rows[-1]["dropped"]:
                    print(name, language, rows[-1]["words"], rows[-1]["dropped"], flush=True)
    record["totals"] = {
        f"{kind} {language}": total(
            [row for row in rows if (row["kind"], row["language"]) == (kind, language)]
        )
        for kind, language in sorted({(row["kind"], row["language"]) for row in rows})
    }
    record["files"] = rows
    print(record["totals"], write(arguments.name, record))


def total(rows: list[dict[str, object]]) -> dict[str, object]:
    length_s = sum(row["length_s"] for row in rows)
    words = sum(len(row["words"]) for row in rows)
    reasons = Counter(dropped["reason"] for row in rows for dropped in row["dropped"])
    return {
        "files": len(rows),
        "length_s": round(length_s, 1),
        "words": words,
        "words_per_hour": round(words / length_s * 3600, 1),
        "dropped_texts": dict(sorted(reasons.items())),
    }


if __name__ == "__main__":
    main()
