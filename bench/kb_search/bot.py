"""Measure the self-care bot over examples/kb, and write ``bot.json``.

    python bench/kb_search/bot.py [--only SET …]

The dialogues of ``bot_scripts/`` are those that the bot was tuned on, those of
``bot_scripts_unseen.yaml`` were written afterwards and measured once; three rules (a dispute, a
problem solved, a way to ask for a person) were mended because of what they showed, and the figures
kept are from before. Those of ``bot_scripts_more/`` are by another author: the ``fit`` files are
tuned on, the ``judge`` files are not. The command that users have,
``entendu evaluate bot``, gives the same figures.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path

from kb_search import KnowledgeBase
from kb_search.bot.evaluation import evaluate_bot
from models import ModelStore, default_models_dir, load_encoder, resolve_compute
from nlu.reason_trained import load_reason_scorer
from serving.self_care import build_bot, load_scripts
from serving.version import entendu_version

HERE = Path(__file__).resolve().parent
KB = HERE.parents[1] / "examples" / "kb"
MORE = HERE / "bot_scripts_more"
SETS = {
    "bot_scripts": [HERE / "bot_scripts"],
    "unseen": [HERE / "bot_scripts_unseen.yaml"],
    "more_fit": [MORE / "fit_fr.yaml", MORE / "fit_en.yaml"],
    "more_judge": [MORE / "judge_fr.yaml", MORE / "judge_en.yaml"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SETS, default=["bot_scripts"])
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    compute = resolve_compute("cpu", threads=arguments.threads)
    store = ModelStore(default_models_dir())
    encoder = load_encoder("entendu-encoder-fr-en", store=store, compute=compute)
    knowledge = KnowledgeBase.open(KB, encoder)
    bot = build_bot(knowledge, encoder, load_reason_scorer(None, encoder, compute=compute))
    target = HERE / "bot.json"
    results = json.loads(target.read_text(encoding="utf-8")) if target.is_file() else {}
    results |= {
        "version": entendu_version(),
        "encoder": encoder.reference.model_dump(),
        "machine": f"{platform.machine()}, {arguments.threads} thread, Python "
        f"{platform.python_version()}",
    }
    for name in arguments.only:
        began = time.perf_counter()
        found = evaluate_bot(bot, load_scripts(SETS[name]))
        seconds = round(time.perf_counter() - began, 1)
        results[name] = {"seconds": seconds, **found.model_dump(mode="json")}
        print(name, found.as_expected, found.resolution, found.false_answers)
    text = json.dumps(results, ensure_ascii=False, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
