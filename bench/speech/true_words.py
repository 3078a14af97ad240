"""Words that somebody said and that the evidence of speech would drop.

    python bench/speech/true_words.py DATA SET… [--limit N]

Transcribes recordings with a reference text and lists all that was dropped, with its reason, and
the words of it that the reference holds. Writes bench/speech/true_words.json.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from facts import measured, write
from run import SETS, read_set

from models import ModelStore, default_models_dir, load_transcriber, resolve_compute
from speech import TranscribeOptions, transcribe
from speech.normalisation import normalise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)}")
    parser.add_argument("--limit", type=int, help="files of each set, drawn with seed 0")
    parser.add_argument("--model", default="whisper-base")
    arguments = parser.parse_args()
    transcriber = load_transcriber(
        arguments.model, store=ModelStore(default_models_dir()), compute=resolve_compute("cpu")
    )
    record: dict[str, object] = {
        "what": "what was dropped of recordings in which somebody speaks",
        "model": arguments.model,
        "limit": arguments.limit,
        **measured(),
        "sets": {},
    }
    for name in arguments.sets or list(SETS):
        with tempfile.TemporaryDirectory() as folder:
            items = read_set(arguments.data, name, arguments.limit, Path(folder))
        written = 0
        dropped: list[dict[str, object]] = []
        for item in items:
            result = transcribe(
                item.path, transcriber, options=TranscribeOptions(language=item.language)
            )
            written += sum(len(turn.words) for turn in result.conversation.turns)
            said = set(normalise(" ".join(item.references.values()), item.language).split())
            for text in result.dropped:
                words = normalise(text.text, item.language).split()
                dropped.append({
                    "file": item.name,
                    **text.model_dump(mode="json"),
                    "in_reference": [word for word in words if word in said],
                })  # fmt: skip
        record["sets"][name] = {
            "files": len(items),
            "words_written": written,
            "texts_dropped": len(dropped),
            "words_dropped_that_the_reference_holds": sum(
                len(text["in_reference"]) for text in dropped
            ),
            "dropped": dropped,
        }
        print(name, record["sets"][name], flush=True)
    print(write("true_words", record))


if __name__ == "__main__":
    main()
