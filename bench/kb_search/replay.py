"""The live assistant over past conversations: `entendu replay` measured.

    python bench/kb_search/replay.py [RESULTS] [--only SET …]     # writes replay.json

The sets, all over examples/kb:

- ``written``: replay_conversations.jsonl, 15 French and 5 English telephone conversations written
  for this project, with labels; half of the needs are no question in form.
- ``unseen``: replay_unseen.jsonl, 6 French and 2 English conversations by the same author, which
  were measured once before anything was fitted on them (2 of 9 cards right).
- ``more_fit``: the ``fit`` part of replay_more.jsonl, 15 conversations by another author, written
  from the articles alone. The confidence is fitted on these three (replay_fit.py): their figures
  say how well it fits, not how good it is.
- ``more_judge``: the other 15 of replay_more.jsonl, fitted on by nobody: what to expect.
- ``samples``: examples/conversations as `entendu process` hears them, without labels. RESULTS is
  the folder of its --out; without it, the samples are processed first.

A card is right when its document is one that the label of its turn names; a card after a turn
without a label is wrong. Beside the assistant stands what it would do without the turns before:
each question that ``nlu.find_questions`` finds, answered by ``KnowledgeBase.answer_many`` as
`entendu process` asks it, under the same rules. Delays hold the processor seconds of one thread
(``time.process_time``), so that what else the machine does is not in them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conversation import Conversation
from conversation.reading import read_conversations
from kb_search import KnowledgeBase
from kb_search.assistant import CitedBase, Rules, figures, labels_of, replay
from kb_search.assistant.figures import label_figures
from kb_search.assistant.labels import Label
from kb_search.assistant.replay import ConversationReplay
from kb_search.bot.evaluation import Share
from kb_search.wordings import need_wordings, surest, topic_of
from models import ModelStore, default_models_dir, load_encoder, resolve_compute
from nlu import find_questions
from serving.assisting import find_needs
from serving.replaying import past_conversations

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
LABELLED = {
    "written": ("replay_conversations.jsonl", None),
    "unseen": ("replay_unseen.jsonl", None),
    "more_fit": ("replay_more.jsonl", "fit"),
    "more_judge": ("replay_more.jsonl", "judge"),
}


def alone(base: KnowledgeBase, conversations: Sequence[Conversation]) -> dict[str, object]:
    """Answer the questions found, without the turns before: at most one answer every 30 s."""
    shown = right = needs = met = 0
    for conversation in conversations:
        labels = labels_of(conversation) or ()
        needs += sum(bool(label.documents) for label in labels)
        hit: set[Label] = set()
        questions = find_questions(conversation)
        last_s, before, seen = -30.0, None, set[str]()
        for question in questions:
            earlier = [each for each in questions if each is not question]
            wordings = need_wordings(question, before=before, topic=topic_of(earlier))
            before = question
            answer = surest(base.answer_many(wordings))
            turn = conversation.turns[question.evidence.turn_index]
            now_s = float(turn.end_s or 0.0)
            if answer.citation is None or now_s - last_s < 30.0:
                continue
            if answer.citation.passage_id in seen:
                continue
            last_s = now_s
            seen.add(answer.citation.passage_id)
            shown += 1
            fit = [
                label
                for label in labels
                if turn.index in label.turns and label.answered_by(answer.citation)
            ]
            right += bool(fit)
            hit.update(fit)
        met += len(hit)
    return {
        "cards": shown,
        "precision_at_1": round(right / shown, 3) if shown else None,
        "recall": round(met / needs, 3),
    }


def most_needs(conversations: Sequence[Conversation]) -> int:
    """Count the labelled needs that could get a card at all, with one every 30 s at most."""
    rules = Rules()
    count = 0
    for conversation in conversations:
        free_s, met = 0.0, set[Label]()
        for turn in conversation.turns:
            end_s = float(turn.end_s or 0.0)
            for label in labels_of(conversation) or ():
                if turn.index not in label.turns or label in met or not label.documents:
                    continue
                shown_s = max(end_s, free_s)
                if shown_s - end_s <= rules.max_delay_s:
                    met.add(label)
                    free_s = shown_s + rules.min_gap_s
        count += len(met)
    return count


def intervals(replays: Sequence[ConversationReplay]) -> dict[str, object]:
    """Return shares with their 95 % intervals, and how many wrong cards a conversation gets."""
    labelled = label_figures(replays)
    wrong = labelled.cards - labelled.right
    return {
        "precision": Share(count=labelled.right, total=labelled.cards).model_dump(mode="json"),
        "recall": Share(count=labelled.met, total=labelled.needs).model_dump(mode="json"),
        "wrong_cards_per_conversation": round(wrong / max(1, len(replays)), 3),
    }


def read(name: str) -> list[Conversation]:
    """Read a set by the name that it has in the results."""
    file, part = LABELLED[name]
    conversations = read_conversations(HERE / file)
    return [each for each in conversations if part is None or each.metadata["part"] == part]


def sample_results() -> Path:
    folder = Path(tempfile.mkdtemp()) / "samples"
    command = [
        sys.executable, "-m", "serving", "process", str(EXAMPLES / "conversations"),
        "--out", str(folder),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live assistant.")
    parser.add_argument("results", type=Path, nargs="?", help="of `entendu process`, the samples")
    parser.add_argument("--only", nargs="+", choices=[*LABELLED, "samples"], help="other sets stay")
    arguments = parser.parse_args()
    names = arguments.only or [*LABELLED, "samples"]
    compute = resolve_compute("cpu", threads=1)
    encoder = load_encoder(
        "entendu-encoder-fr-en", store=ModelStore(default_models_dir()), compute=compute
    )
    base = KnowledgeBase.open(EXAMPLES / "kb", encoder)
    knowledge = CitedBase(base, encoder)
    knowledge.search_many(["bonjour"], k=1)
    sets = {name: read(name) for name in names if name in LABELLED}
    if "samples" in names:
        samples = arguments.results or sample_results()
        sets["samples"] = list(past_conversations([samples]).conversations)
    target = HERE / "replay.json"
    results = json.loads(target.read_text("utf-8")) if arguments.only else {}
    results |= {
        "made": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_1_min": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "encoder": encoder.reference.name,
        "passages": len(base.passages),
    }
    for name, conversations in sets.items():
        replays = [
            replay(each, knowledge, find_needs, labels=labels_of(each), stopwatch=time.process_time)
            for each in conversations
        ]
        found: dict[str, object] = figures(replays).model_dump(mode="json")
        if name != "samples":
            found["most_needs_with_a_card"] = most_needs(conversations)
            found["intervals"] = intervals(replays)
            if name != "more_judge":
                found["questions_alone"] = alone(base, conversations)
            for language in ("fr", "en"):
                some = [each for each in replays if each.language == language]
                labelled = figures(some).labels
                assert labelled is not None
                found[language] = labelled.model_dump(mode="json")
        found["shown"] = [
            {
                "conversation": each.conversation,
                "turn": card.asked_turn,
                "question": card.question,
                "passage": f"{card.citation.document}#{card.citation.heading}",
                "confidence": card.confidence,
                "delay_s": round(card.delay_s, 3),
                "right": each.is_right(card),
            }
            for each in replays
            for card in each.cards
        ]
        found["measured"] = datetime.now(UTC).strftime("%Y-%m-%d")
        results[name] = found
        print(name, json.dumps({k: v for k, v in found.items() if k != "shown"}, indent=1))
    text = json.dumps(results, ensure_ascii=False, indent=1)
    target.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
