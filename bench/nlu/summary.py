"""Facts kept by wrap-up notes, beside the conversation's first and last words.

    python bench/nlu/summary.py     # writes bench/nlu/summary.json

Two sets, both written for this project by the authors of the rules: the development set, on which
they were worked out (tests/nlu/wrap_up/contacts.jsonl), and conversations written afterwards
(summary_unseen.jsonl). The latter kept 59 of 64 facts when they were first measured (0.922); the
rules were changed once more since, so its figure in summary.json is no longer that of unseen text.
The two floors are notes of 80 words too: the first words of the conversation, and its last. No
published figure counts facts in such notes, so there is no anchor to stand beside them. Times are
CPU seconds of one thread.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

from conversation import Conversation, Evidence, Turn
from nlu.commitments import find_commitments
from nlu.entities import find_entities
from nlu.evaluation_summary import Writer, evaluate_summary
from nlu.wrap_up import MAX_WORDS, NoteLabel, NoteSentence, WrapUpNote, write_note

HERE = Path(__file__).parent
SETS = {
    "development": HERE.parents[1] / "tests" / "nlu" / "wrap_up" / "contacts.jsonl",
    "unseen": HERE / "summary_unseen.jsonl",
}
TURNS_OF_TEN_MINUTES = 120


def floor(*, last: bool) -> Writer:
    def write(conversation: Conversation, language: str, _: NoteLabel | None) -> WrapUpNote:
        sentences: list[NoteSentence] = []
        left = MAX_WORDS
        turns = reversed(conversation.turns) if last else iter(conversation.turns)
        for turn in turns:
            words = turn.text.split()
            text = " ".join(words[-left:] if last else words[:left])
            if text and left > 0:
                evidence = (Evidence.from_turn(turn),)
                sentences.append(NoteSentence(section="established", text=text, evidence=evidence))
                left -= len(text.split())
        return WrapUpNote(language="fr" if language == "fr" else "en", sentences=tuple(sentences))

    return write


def ten_minutes() -> Conversation:
    rows = [json.loads(line) for line in SETS["development"].read_text("utf-8").splitlines()]
    said = [
        (turn["speaker"], turn["text"])
        for row in rows
        if row["language"] == "fr" and row["channel"] == "phone"
        for turn in row["turns"]
    ]
    return Conversation(
        id="ten-minutes",
        channel="phone",
        language="fr",
        turns=tuple(
            Turn(index=i, speaker=said[i % len(said)][0], text=f"{said[i % len(said)][1]} ({i})")
            for i in range(TURNS_OF_TEN_MINUTES)
        ),
    )


def seconds() -> dict[str, float]:
    conversation = ten_minutes()
    started = time.process_time()
    entities = find_entities(conversation)
    then = time.process_time()
    commitments = find_commitments(conversation)
    later = time.process_time()
    write_note(conversation, entities=entities, commitments=commitments)
    return {
        "entities_cpu_s": round(then - started, 3),
        "commitments_cpu_s": round(later - then, 3),
        "note_cpu_s": round(time.process_time() - later, 3),
        "turns": len(conversation.turns),
        "words": sum(len(turn.text.split()) for turn in conversation.turns),
    }


def main() -> None:
    results: dict[str, object] = {
        "made": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "rapidfuzz": metadata.version("rapidfuzz"),
        "ten_minutes": seconds(),
    }
    for name, file in SETS.items():
        results[name] = evaluate_summary(file).model_dump(mode="json")
        for which in ("first", "last"):
            figures = evaluate_summary(file, writer=floor(last=which == "last"))
            results[f"{name}_{which}_80_words"] = figures.model_dump(
                mode="json", exclude={"conversations", "wall_s"}
            )
    (HERE / "summary.json").write_text(
        json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    for name, value in results.items():
        if isinstance(value, dict) and "facts_kept_share" in value:
            print(f"{name:30} {value['facts_kept_share']:.3f} {value['facts_unsupported']}")
        else:
            print(name, value)


if __name__ == "__main__":
    main()
