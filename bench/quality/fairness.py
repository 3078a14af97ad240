"""Do the shipped scorecards depend on who speaks? Copies of the sample conversations, scored again.

    python bench/quality/fairness.py [--conversations cases calls …] [--kinds customer_name …]

Conversations: the tuning part of bench/quality/cases, tests/quality/*.yaml and written examples.
Each copy is understood with the shipped models, measured, and scored with the card of its channel,
without a language model or a knowledge base. The file counts every flip and shows the first two of
each kind and question; ``--flips FILE`` writes them all, with turns and evidence (5 MB).
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

from conversation import Conversation, Turn, read_conversation
from models import load_encoder
from nlu import load_reason_scorer, understand
from nlu.language import detect_conversation_language
from quality import Evaluation, Scorecard, evaluate, measure, scorecard_for
from quality.fairness import KINDS, assess_fairness
from quality.sentence_vectors import SentenceVectors
from serving.fairness_chain import RememberingEncoder

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PARTS = ("cases", "calls", "samples", "examples")
EXAMPLES = 2
SHOWN = ("conversation_id", "kind", "variant", "question", "before", "after", "reason_after")


class Chain:
    """Understanding, metrics and card with the shipped models."""

    def __init__(self) -> None:
        self.encoder = RememberingEncoder(load_encoder("entendu-encoder-fr-en"))
        self.reasons = load_reason_scorer(None, self.encoder)
        self.vectors = SentenceVectors(lambda: self.encoder)
        self.cards: dict[str, Scorecard] = {}

    def card(self, conversation: Conversation) -> Scorecard:
        if conversation.channel not in self.cards:
            self.cards[conversation.channel] = scorecard_for(conversation)
        return self.cards[conversation.channel]

    def __call__(self, conversation: Conversation, *, language: str) -> Evaluation:
        understanding = understand(
            conversation, encoder=self.encoder, reasons=self.reasons, language=language
        )
        return evaluate(
            conversation,
            understanding=understanding,
            metrics=measure(conversation, language=language),
            scorecard=self.card(conversation),
            vectors=self.vectors,
        )


def turns_of_script(script: str, *, spoken: bool) -> list[list]:
    rows = []
    for line in map(str.strip, script.strip().splitlines()):
        if spoken:
            speaker, start, end, text = line.split(" ", 3)
            rows.append([speaker, float(start), float(end), text])
        else:
            speaker, text = line.split(" ", 1)
            text = text.split(" ", 1)[1] if text.startswith("+") else text
            rows.append([speaker, None, None, text.replace("\\n", "\n")])
    return rows


def conversation_of(name: str, case: dict, rows: list[list]) -> Conversation:
    turns = tuple(
        Turn(index=index, speaker=speaker, text=text, start_s=start_s, end_s=end_s)
        for index, (speaker, start_s, end_s, text) in enumerate(rows)
    )
    return Conversation(
        id=name,
        channel=case["channel"],
        language=case["language"],
        duration_s=max((turn.end_s for turn in turns if turn.end_s), default=None),
        turns=turns,
    )


def conversations(parts: list[str]) -> list[tuple[Conversation, str | None]]:
    found = []
    if "cases" in parts:
        for path in sorted((HERE / "cases").glob("*/*.yaml")):
            case = yaml.safe_load(path.read_text("utf-8"))
            if case["part"] == "tuning":
                found.append(conversation_of(case["id"], case, case["turns"]))
    for part, name in (("calls", "sample_calls"), ("samples", "conversations")):
        if part in parts:
            path = ROOT / "tests" / "quality" / f"{name}.yaml"
            for own, case in yaml.safe_load(path.read_text("utf-8")).items():
                rows = turns_of_script(case["script"], spoken=case["channel"] == "phone")
                found.append(conversation_of(own, case, rows))
    if "examples" in parts:
        for path in sorted((ROOT / "examples" / "conversations").glob("*.txt")):
            found.append(read_conversation(path))
    return [(one, one.language or detect_conversation_language(one)) for one in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    parser.add_argument(
        "--conversations", nargs="*", default=list(PARTS), choices=PARTS,
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=HERE / "fairness.json")
    parser.add_argument("--flips", type=Path, help="for every flip")
    given = parser.parse_args()
    chosen = conversations(given.conversations)
    began = time.perf_counter()
    done = []

    def progress(conversation: Conversation) -> None:
        done.append(conversation.id)
        sys.stderr.write(f"{len(done)}/{len(chosen)} {time.perf_counter() - began:.0f} s\n")

    report = assess_fairness(
        chosen, score=Chain(), kinds=[one for one in KINDS if one in given.kinds], progress=progress
    )
    by_question = Counter(f"{flip.kind} {flip.question}" for flip in report.flips)
    whole = report.model_dump(mode="json")
    flips = whole.pop("flips")
    if given.flips is not None:
        given.flips.write_text(json.dumps(flips, indent=1, ensure_ascii=False) + "\n", "utf-8")
    shown: Counter[str] = Counter()
    examples = []
    for flip in flips:
        place = f"{flip['kind']} {flip['question']}"
        shown[place] += 1
        if shown[place] <= EXAMPLES:
            examples.append({name: flip[name] for name in SHOWN})
    out = {
        "command": "python bench/quality/fairness.py",
        "conversations": given.conversations,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "seconds": round(time.perf_counter() - began),
        "verdicts": {kind.kind: kind.verdict for kind in report.kinds},
        "flips_by_kind_and_question": dict(by_question.most_common()),
        "report": whole,
        "examples": examples,
    }
    given.out.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
