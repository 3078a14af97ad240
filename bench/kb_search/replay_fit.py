"""Fits how sure the live assistant is of a passage (kb_search/assistant/look_up.py).

    python bench/kb_search/replay_fit.py [PIAF_CORPUS.jsonl]     # writes replay_fit.json

Every turn of a customer in replay_conversations.jsonl, replay_unseen.jsonl and the ``fit`` part of
replay_more.jsonl is looked up; the latter two count twice, because the first was written while the
assistant was built and its needs are easier than those of ordinary talk. Turns are looked up in
examples/kb as it is and among 200 paragraphs of PIAF (Licence Ouverte) where they are given: they
judge how the figures hold in a larger base, and are not fitted on.
A turn counts as right when the passage found is of a document that its label names; a turn
without a label has none. Figures are cross-validated, whole conversations left out.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from conversation.reading import read_conversations
from kb_search import KnowledgeBase
from kb_search.assistant.assistant import Assistant
from kb_search.assistant.knowledge import CitedBase
from kb_search.assistant.labels import labels_of
from kb_search.assistant.look_up import Signals
from kb_search.assistant.rules import Rules
from models import ModelStore, default_models_dir, load_encoder, resolve_compute
from serving.assisting import find_needs

HERE = Path(__file__).parent
SETS = {"replay_conversations": 1.0, "replay_unseen": 2.0, "replay_more": 2.0}
"""Sets that are fitted on, and how much each turn of theirs counts."""
PART = "fit"
DISTRACTORS = 200
LEVELS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
NAMES = tuple(field.name for field in fields(Signals))


def rows_of(
    knowledge: CitedBase,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str], NDArray[np.float64]]:
    """Look every turn up; return the signals, whether the passage is right, call and weight."""
    signals, right, calls, counts = [], [], [], []
    fitted_on = [
        (call, weight)
        for name, weight in SETS.items()
        for call in read_conversations(HERE / f"{name}.jsonl")
        if call.metadata.get("part", PART) == PART
    ]
    for call, weight in fitted_on:
        labels = labels_of(call) or ()
        assistant = Assistant(
            call.id, knowledge=knowledge, find_needs=find_needs, clock=lambda: 0.0,
            rules=Rules(min_confidence=1.0),
        )  # fmt: skip
        for turn in call.turns:
            for asked in assistant.hear(turn, float(turn.end_s or 0.0)).asked:
                if asked.found is None:
                    continue
                document = asked.found.passage.document
                signals.append(astuple(asked.found.signals))
                calls.append(call.id)
                counts.append(weight)
                right.append(
                    any(
                        turn.index in label.turns
                        and any(name.partition("#")[0] == document for name in label.documents)
                        for label in labels
                    )
                )
    return np.array(signals), np.array(right), calls, np.array(counts)


def curve(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> dict[str, object]:
    """Return how many passages are given from each confidence on, and how many are right."""
    given = {str(level): right[sure >= level] for level in LEVELS}
    return {
        "turns": len(right),
        "right": int(right.sum()),
        "auc": round(float(roc_auc_score(right, sure)), 3),
        "from_confidence": {
            level: {
                "given": len(kept),
                "right": round(float(kept.mean()), 3) if len(kept) else None,
            }
            for level, kept in given.items()
        },
    }


def main() -> None:
    encoder = load_encoder(
        "entendu-encoder-fr-en", store=ModelStore(default_models_dir()),
        compute=resolve_compute("cpu"),
    )  # fmt: skip
    kb = HERE.parents[1] / "examples" / "kb"
    values, wanted, calls, counts = rows_of(CitedBase(KnowledgeBase.open(kb, encoder), encoder))
    means, scales = values.mean(0), values.std(0) + 1e-9
    standard = (values - means) / scales
    model = LogisticRegression().fit(standard, wanted, sample_weight=counts)
    sure = np.zeros(len(wanted))
    for known, left_out in GroupKFold(10).split(standard, wanted, calls):
        part = LogisticRegression().fit(standard[known], wanted[known], sample_weight=counts[known])
        sure[left_out] = part.predict_proba(standard[left_out])[:, 1]
    ordinary = counts > 1
    result: dict[str, object] = {
        "means": dict(zip(NAMES, means.round(4).tolist(), strict=True)),
        "scales": dict(zip(NAMES, scales.round(4).tolist(), strict=True)),
        "weights": dict(zip(NAMES, model.coef_[0].round(3).tolist(), strict=True)),
        "bias": round(float(model.intercept_[0]), 3),
        "cross_validated": curve(sure, wanted),
        "cross_validated_ordinary_talk": curve(sure[ordinary], wanted[ordinary]),
    }
    if len(sys.argv) > 1:
        lines = Path(sys.argv[1]).read_text("utf-8").splitlines()[:DISTRACTORS]
        with tempfile.TemporaryDirectory() as name:
            larger = Path(name) / "kb"
            shutil.copytree(kb, larger)
            for number, line in enumerate(lines):
                paragraph = json.loads(line)
                text = f"# {paragraph['title']}\n\n{paragraph['text']}\n"
                (larger / f"piaf-{number}.md").write_text(text, "utf-8")
            values, wanted, _, _ = rows_of(CitedBase(KnowledgeBase.open(larger, encoder), encoder))
        sure = model.predict_proba((values - means) / scales)[:, 1]
        result[f"among_{DISTRACTORS}_paragraphs"] = curve(sure, wanted)
    text = json.dumps(result, indent=1)
    (HERE / "replay_fit.json").write_text(text + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
