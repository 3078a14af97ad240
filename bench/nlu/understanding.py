"""How long a call of ten minutes takes to be understood, once it is transcribed.

    python bench/nlu/understanding.py RESULTS

RESULTS is what `entendu process examples/conversations --out RESULTS` wrote. The spoken samples
are joined until they last ten minutes, each copy with words of its own, so that no text is encoded
for free. Personal data is found and redacted, everything is understood; models are loaded before.
Writes bench/nlu/understanding.json.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

from conversation import Conversation
from models import load_encoder, resolve_compute
from nlu import load_routing_table, load_taxonomy, scorer_for, understand
from serving.redacting import redact_text

LENGTH_S = 600.0
REPEATS = 7


def ten_minutes(folder: Path) -> Conversation:
    """Join the calls of a folder of results."""
    calls = [
        Conversation.model_validate(json.loads(path.read_text("utf-8"))["conversation"])
        for path in sorted(folder.glob("*.json"))
    ]
    calls = [call for call in calls if call.is_spoken]
    turns, at_s, copy = [], 0.0, 0
    while at_s < LENGTH_S:
        call = calls[copy % len(calls)]
        for turn in call.turns:
            if at_s + turn.end_s > LENGTH_S:
                break
            text = f"{turn.text} {copy}" if copy >= len(calls) else turn.text
            words = tuple(
                word.model_copy(update={"start_s": word.start_s + at_s, "end_s": word.end_s + at_s})
                for word in turn.words
            )
            turns.append(
                turn.model_copy(
                    update={
                        "index": len(turns),
                        "participant": None,
                        "text": text,
                        "words": words,
                        "start_s": turn.start_s + at_s,
                        "end_s": turn.end_s + at_s,
                    }
                )
            )
        at_s += call.duration_s + 1.0
        copy += 1
    return Conversation(
        id="ten-minutes", channel="phone", language="fr", duration_s=LENGTH_S, turns=tuple(turns)
    )


def main() -> None:
    """Measure and write the result."""
    call = ten_minutes(Path(sys.argv[1]))
    encoder = load_encoder(compute=resolve_compute("cpu", threads=2))
    reasons = scorer_for(load_taxonomy("telecom"), encoder)
    routing = load_routing_table("telecom")
    wall_s, cpu_s = [], []
    for _ in range(REPEATS):
        began, busy = time.perf_counter(), time.process_time()
        redacted = redact_text(call).conversation
        understand(redacted, encoder=encoder, reasons=reasons, routing=routing)
        wall_s.append(round(time.perf_counter() - began, 3))
        cpu_s.append(round(time.process_time() - busy, 3))
    result = {
        "machine": f"{platform.machine()}, 2 cores, no GPU",
        "versions": {name: version(name) for name in ("entendu", "ctranslate2", "numpy")},
        "turns": len(call.turns),
        "words": sum(len(turn.text.split()) for turn in call.turns),
        "length_s": LENGTH_S,
        "wall_s": wall_s,
        "wall_s_median": statistics.median(wall_s),
        "cpu_s": cpu_s,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
