"""Agreement of the default inbound card with conversations whose truth is written beside them.

    python bench/quality/default_card.py [--part tuning|test] [--cases DIR]

Reads bench/quality/cases/{fr,en}/*.yaml, reads the customer's sentiment with the shipped encoder
and head (nothing else of what is understood enters the card's rules), measures the conversation,
fills in the inbound card without a language model, and compares its 20 scored questions with the
written truth. Prints figures for each question, and for the tuning part with
--disagreements what they are. Writes bench/quality/default_card.json; a part that is not run keeps
what the file says of it.

Kappa is Cohen's over the values 1, 0.5, 0 and "na" of all conversations of a part. What the card
leaves "not assessable" is a value of its own, which never agrees: leaving hard cases open does
not raise the figure. The rules were tuned on the tuning part only; whole situations are in one
part. Words of the cases are spread evenly over their turn's time, one channel a voice.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata as metadata
import json
import os
import platform
import time
from collections import Counter
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import yaml

from conversation import Conversation, Provenance, Recording, Turn, Word
from models import Encoder, load_encoder
from nlu import NoteRefused, ReasonResult, SentimentResult, Understanding, score_sentiment
from nlu.axes import (
    ContactAxes,
    ContactNature,
    ContactOutcome,
    RepeatContact,
    SalesOpportunity,
    Urgency,
)
from quality import evaluate, load_scorecard, measure
from quality.results import ItemResult

HERE = Path(__file__).parent
RESULTS = HERE / "default_card.json"
OPEN = "open"
ENCODER = "entendu-encoder-fr-en"


def read_case(path: Path) -> dict:
    case = yaml.safe_load(path.read_text("utf-8"))
    turns = []
    for index, (speaker, start_s, end_s, text) in enumerate(case["turns"]):
        parts = text.split()
        step = (end_s - start_s) / max(1, len(parts))
        words = tuple(
            Word(
                text=part,
                start_s=start_s + i * step,
                end_s=start_s + (i + 1) * step,
                probability=0.9,
            )
            for i, part in enumerate(parts)
        )
        turns.append(
            Turn(
                index=index,
                speaker=speaker,
                text=text,
                start_s=start_s,
                end_s=end_s,
                words=words,
                language=case["language"],
            )
        )
    duration_s = max(turn.end_s for turn in turns)
    recording = Recording(
        name=f"{case['id']}.wav",
        sha256=hashlib.sha256(case["id"].encode()).hexdigest(),
        size_bytes=1,
        container="wav",
        codec="pcm_s16le",
        sample_rate_hz=8000,
        channels=2,
        duration_s=duration_s,
    )
    case["conversation"] = Conversation(
        id=case["id"],
        channel=case["channel"],
        language=case["language"],
        duration_s=duration_s,
        turns=tuple(turns),
        recording=recording,
    )
    return case


def word(value: object) -> str:
    return "na" if value in ("na", "not_applicable") else f"{float(value):g}"


def truth_of(case: dict, question: str) -> tuple[str, str | None]:
    said = case["truth"][question]
    return word(said["value"]), said.get("why")


def kappa(pairs: list[tuple[str, str]]) -> float | None:
    """Cohen's kappa (Cohen 1960); None when both sides only ever give one and the same value."""
    n = len(pairs)
    agreed = sum(left == right for left, right in pairs) / n
    left, right = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(left[value] * right[value] for value in left) / n**2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def figures(pairs: list[tuple[str, str]]) -> dict:
    decided = [pair for pair in pairs if pair[1] != OPEN]
    measured, measured_decided = kappa(pairs), kappa(decided) if decided else None
    return {
        "n": len(pairs),
        "prevalence": dict(sorted(Counter(truth for truth, _ in pairs).items())),
        "machine": dict(sorted(Counter(found for _, found in pairs).items())),
        "agreement": round(sum(left == right for left, right in pairs) / len(pairs), 3),
        "kappa": None if measured is None else round(measured, 3),
        "decided": len(decided),
        "kappa_decided": None if measured_decided is None else round(measured_decided, 3),
    }


class Judge:
    """Understands a conversation once and fills in the card."""

    def __init__(self, cache: Path | None) -> None:
        self.card = load_scorecard("inbound")
        self.cache = cache
        self.seconds: list[float] = []

    @cached_property
    def encoder(self) -> Encoder:
        return load_encoder(ENCODER)

    def understanding(self, conversation: Conversation) -> Understanding:
        """Give what the card's rules read of an understanding: language and sentiment."""
        key = hashlib.sha256(conversation.model_dump_json().encode()).hexdigest()
        kept = self.cache / f"{key}.sentiment.json" if self.cache else None
        if kept is not None and kept.is_file():
            sentiment = SentimentResult.model_validate_json(kept.read_text("utf-8"))
        else:
            sentiment = score_sentiment(conversation, encoder=self.encoder)
            if kept is not None and sentiment is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(sentiment.model_dump_json(), "utf-8")
        axes = ContactAxes(
            nature=ContactNature(primary=None, probability=0),
            urgency=Urgency(level=0, triggers=(), always_human=False, emergency_numbers=()),
            repeat=RepeatContact(stated=False),
            outcome=ContactOutcome(outcome=None, confidence=0),
            sales=SalesOpportunity(present=False),
            provenance=Provenance(component="nlu.axes", version="not asked"),
        )
        return Understanding(
            conversation_id=conversation.id,
            language=conversation.language,
            reasons=ReasonResult(taxonomy="telecom", primary=None, margin=0, threshold=0.5),
            axes=axes,
            routing=None,
            sentiment=sentiment,
            questions=(),
            entities=(),
            commitments=(),
            note=NoteRefused(reason="too_short", message="not asked"),
            personal_data=(),
            provenance=(),
        )

    def __call__(self, conversation: Conversation) -> dict:
        understanding = self.understanding(conversation)
        began = time.perf_counter()
        evaluation = evaluate(
            conversation,
            understanding=understanding,
            metrics=measure(conversation, language=understanding.language),
            scorecard=self.card,
        )
        self.seconds.append(time.perf_counter() - began)
        return {item.id: item for item in evaluation.items if item.points > 0}


def found_of(item: ItemResult) -> str:
    if item.status == "scored":
        return word(item.value)
    return "na" if item.status == "not_applicable" else OPEN


def run(cases: list[dict], judge: Judge) -> dict:
    judged = {case["id"]: judge(case["conversation"]) for case in cases}
    questions = [item.id for item in judge.card.items if item.points > 0]
    tables: dict[str, dict] = {}
    for language in ("all", *sorted({case["language"] for case in cases})):
        chosen = [case for case in cases if language in ("all", case["language"])]
        tables[language] = {
            question: figures(
                [
                    (truth_of(case, question)[0], found_of(judged[case["id"]][question]))
                    for case in chosen
                ]
            )
            for question in questions
        }
    differ = []
    for case in cases:
        for question in questions:
            truth, why = truth_of(case, question)
            item = judged[case["id"]][question]
            if truth != found_of(item):
                differ.append(
                    {
                        "case": case["id"],
                        "question": question,
                        "truth": truth,
                        "why": why,
                        "machine": found_of(item),
                        "reason": item.reason_en,
                        "evidence": [f"{one.turn_index}: {one.quote}" for one in item.evidence],
                    }
                )
    reached = sum((table["kappa"] or 0) >= 0.7 for table in tables["all"].values())
    return {
        "conversations": dict(Counter(case["language"] for case in cases)),
        "scenarios": len({case["scenario"] for case in cases}),
        "questions_with_kappa_0.7": reached,
        "questions": tables,
        "disagreements": differ,
    }


def show(part: str, result: dict, *, disagreements: str | None) -> None:
    print(f"{part}: {result['conversations']}, kappa ≥ 0.7 on {result['questions_with_kappa_0.7']}")
    head = " ".join(f"{language:>7}" for language in result["questions"])
    print(f"{'':6} {'n':>4} {'raw':>6} {'open':>4}   kappa {head}   prevalence")
    for question, table in result["questions"]["all"].items():
        kappas = " ".join(
            f"{'–' if tables[question]['kappa'] is None else tables[question]['kappa']:>7}"
            for tables in result["questions"].values()
        )
        print(
            f"{question:6} {table['n']:>4} {table['agreement']:>6} "
            f"{table['n'] - table['decided']:>4}         {kappas}   {table['prevalence']}"
        )
    for one in result["disagreements"] if disagreements else ():
        if disagreements in ("all", one["question"]):
            print(f"\n{one['case']} {one['question']}: truth {one['truth']} ({one['why']}), "
                  f"machine {one['machine']}: {one['reason']}")  # fmt: skip
            for line in one["evidence"]:
                print("   ", line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--part", choices=("tuning", "test"), action="append")
    parser.add_argument("--cases", type=Path, default=HERE / "cases")
    parser.add_argument("--cache", type=Path, help="keeps what is understood, for tuning")
    parser.add_argument("--disagreements", metavar="QUESTION|all", help="of the tuning part")
    parser.add_argument("--note", help="is written beside the figures")
    options = parser.parse_args()
    judge = Judge(options.cache)
    record = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    cases = [read_case(path) for path in sorted(options.cases.glob("*/*.yaml"))]
    for part in options.part or ("tuning", "test"):
        chosen = [case for case in cases if case["part"] == part]
        if not chosen:
            continue
        result = run(chosen, judge)
        shown = options.disagreements if part == "tuning" else None
        show(part, result, disagreements=shown)
        record[part] = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **({"note": options.note} if options.note else {}),
            "machine": {"processor": platform.machine(), "cores": os.cpu_count()},
            "versions": {
                package: metadata.version(package) for package in ("entendu", "ctranslate2")
            },
            "encoder": ENCODER,
            "scorecard_sha256": judge.card.sha256,
            "seconds_per_conversation": {
                "mean": round(sum(judge.seconds) / len(judge.seconds), 3),
                "longest": round(max(judge.seconds), 3),
            },
            **result,
        }
    RESULTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
