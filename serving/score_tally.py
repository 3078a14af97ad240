"""What a run of scoring found, counted as it goes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quality import Evaluation, Scorecard

if TYPE_CHECKING:
    from quality.review.event import Gate
    from serving.score_run import Failed, Scored, ScoreRun

_ANSWERS = ("1", "0.5", "0", "not_applicable", "not_assessable")


class Tally:
    """What a run found, without the evaluations themselves: they are too many to keep.

    Scores are drafts, each beside its conversation; no average is made of them, because the
    files given are no sample of anything by themselves: a team's score is estimated from what a
    rule drew (:mod:`serving.team_scores`).

    Args:
        card: That was used.

    Attributes:
        scores: One object for each conversation.
        failed: Files left out.
        proposals: Conversations with a proposed elimination.
        last: The last evaluation; None before the first.
        gates: How far each question's answer is trusted; None where no gates were given.
    """

    def __init__(self, card: Scorecard) -> None:
        self._card = card
        self._counts = [Counter[str]() for _ in card.items]
        self._english = 0
        self.scores: list[dict[str, Any]] = []
        self.failed: list[Failed] = []
        self.proposals = 0
        self.last: Evaluation | None = None
        self.gates: Mapping[str, Gate] | None = None

    def add(self, one: Scored) -> None:
        """Count an evaluation."""
        self.last, self.gates = one.evaluation, one.gates
        self.scores.append(_score(one))
        self.proposals += bool(one.evaluation.eliminatory)
        self._english += one.evaluation.language.startswith("en")
        for number, item in enumerate(one.evaluation.items):
            self._counts[number][f"{item.value:g}" if item.value is not None else item.status] += 1

    @property
    def language(self) -> str:
        """Of most conversations: ``en`` or ``fr``."""
        return "en" if 2 * self._english > len(self.scores) else "fr"

    @property
    def counts(self) -> list[dict[str, int]]:
        """How often each answer was given to each question of the card, in order."""
        return [{name: each[name] for name in _ANSWERS} for each in self._counts]

    def summary(self, run: ScoreRun, sampling: dict[str, Any] | None) -> dict[str, Any]:
        """Put a run into one JSON object.

        Args:
            run: That scored.
            sampling: The sample and the team's score; None without a rule.
        """
        card, gates = self._card, self.gates or {}
        return {
            "card": {
                "name": card.name,
                "version": card.version,
                "sha256": card.sha256,
                "published_at": run.published.published_at.isoformat() if run.published else None,
            },
            "conversations": len(self.scores),
            "encoded": {"phrases": run.phrases_encoded, "sentences": run.sentences_encoded},
            "questions": [
                {
                    "id": item.id,
                    "label_fr": item.label.fr,
                    "label_en": item.label.en,
                    "gate": gates.get(item.id),
                    **counts,
                }
                for item, counts in zip(card.items, self.counts, strict=True)
            ],
            "scores": self.scores,
            "sampling": sampling,
            "failed": [{"path": str(one.path), "message": one.message} for one in self.failed],
        }


def evaluation_line(one: Scored) -> str:
    """Return one line of ``evaluations.jsonl``: the file, the evaluation made from it, gates."""
    path, gates = json.dumps(str(one.path), ensure_ascii=False), json.dumps(one.gates)
    return f'{{"path":{path},"evaluation":{one.evaluation.model_dump_json()},"gates":{gates}}}\n'


def _score(one: Scored) -> dict[str, Any]:
    evaluation, previous = one.evaluation, one.previous
    return {
        "conversation_id": evaluation.conversation_id,
        "path": str(one.path),
        "score_100": _rounded(evaluation.score_100),
        "score_20": _rounded(evaluation.score_20),
        "coverage": _rounded(evaluation.coverage),
        "eliminatory": [proposal.item for proposal in evaluation.eliminatory],
        "status": evaluation.status,
        "previous": None
        if previous is None
        else {
            "scorecard": previous.scorecard,
            "version": previous.version,
            "score_100": _rounded(previous.score_100),
        },
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
