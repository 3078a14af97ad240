"""Stored conversations scored with another card: tried without a trace, or as a job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from conversation.errors import EntenduError, NotFound
from quality.results import Evaluation
from serving.access.visibility import EVERYTHING, Visibility
from serving.jobs.kinds import Kind, Stage, Work
from serving.score_run import ScoreRun
from serving.store.tables import EvaluationRow

if TYPE_CHECKING:
    from quality.scorecard import Scorecard
    from serving.resources import Resources

logger = logging.getLogger("entendu.rescoring")

RESCORE = "rescore"
"""Name of the kind of job."""

MAX_PREVIEWED = 20
"""Conversations that are scored while somebody waits."""

MAX_RESCORED = 5_000
"""Conversations of one job."""


class Compared(BaseModel):
    """A conversation with a card that is tried, beside the draft that there is.

    Attributes:
        conversation_id: Which.
        evaluation: With the card that is tried; None where it could not be scored.
        previous_score_100: Of the draft of its analysis; None where there is none.
        problem: Why it could not be scored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    evaluation: Evaluation | None
    previous_score_100: float | None
    problem: str | None = None


class Rescored(BaseModel):
    """What came of a job.

    Attributes:
        scored: How many conversations were scored.
        failed: Those that could not be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scored: int
    failed: tuple[str, ...]


def preview(
    resources: Resources, card: Scorecard, ids: Sequence[str], visibility: Visibility
) -> tuple[Compared, ...]:
    """Score past conversations with a card; nothing is kept and no version is used up.

    Args:
        resources: Of the service.
        card: That is tried.
        ids: The conversations.
        visibility: What may be seen.

    Raises:
        NotFound: One of them cannot be seen.
        Conflict: One of them was not analysed yet.
    """
    contacts = [resources.contacts.get(one, visibility) for one in ids]
    run = _run(resources, card, publish=False)
    compared = []
    for contact in contacts:
        result = contact.result
        previous = None if result.evaluation is None else result.evaluation.score_100
        try:
            # A version that is only tried may say something else than it once did.
            fresh = result.model_copy(update={"evaluation": None})
            evaluation = run.score_result(fresh).evaluation
        except EntenduError as error:
            compared.append(
                Compared(
                    conversation_id=contact.stored.id, evaluation=None,
                    previous_score_100=previous, problem=error.message,
                )
            )  # fmt: skip
        else:
            compared.append(
                Compared(
                    conversation_id=contact.stored.id, evaluation=evaluation,
                    previous_score_100=previous,
                )
            )  # fmt: skip
    return tuple(compared)


def rescoring(resources: Callable[[], Resources]) -> Kind:
    """Make the kind of job that scores stored conversations with a card.

    It is asked for with ``scorecard``, ``version`` and ``conversations`` (ids with commas between
    them). A job that is taken up again goes on after the conversations that it has scored.

    Args:
        resources: Returns what the service has.
    """

    def score(work: Work) -> Rescored:
        given = work.job.payload
        own = resources()
        card = own.cards.get(given["scorecard"], given["version"])
        run = _run(own, card, publish=True)
        ids = [one for one in given["conversations"].split(",") if one]
        visibility = Visibility(team=work.job.team) if work.job.team else EVERYTHING
        failed: list[str] = []
        scored = 0
        for number, conversation_id in enumerate(ids, start=1):
            if _has(own, conversation_id, card, work):
                scored += 1
            else:
                try:
                    contact = own.contacts.get(conversation_id, visibility)
                    evaluation = run.score_result(contact.result).evaluation
                    own.drafts.keep(evaluation, card, team=contact.stored.team)
                    scored += 1
                except NotFound:
                    failed.append(conversation_id)  # erased meanwhile
                except EntenduError as error:
                    failed.append(conversation_id)
                    logger.warning(
                        "a conversation could not be scored",
                        extra={
                            "facts": {
                                "conversation": conversation_id, "why": type(error).__name__,
                            }
                        },
                    )  # fmt: skip
            work.progress(number / len(ids))
        return Rescored(scored=scored, failed=tuple(failed))

    return Kind(RESCORE, (Stage("score", score),), queue="analysis")


def _run(resources: Resources, card: Scorecard, *, publish: bool) -> ScoreRun:
    base = None
    if any(item.detector.kind == "knowledge" for item in card.items):
        base = resources.bases.of_team(None).base
    return ScoreRun(
        resources.settings, card, publish=publish, encoder=resources.encoder, knowledge=base
    )


def _has(resources: Resources, conversation_id: str, card: Scorecard, work: Work) -> bool:
    """Tell whether this job scored the conversation before it was interrupted."""
    key = (conversation_id, card.name, card.version)
    with resources.database.reading() as session:
        made_at = session.scalar(
            select(EvaluationRow.created_at).where(
                EvaluationRow.conversation_id == key[0],
                EvaluationRow.scorecard == key[1],
                EvaluationRow.version == key[2],
                EvaluationRow.scorecard_sha256 == card.sha256,
            )
        )
    return made_at is not None and made_at >= work.job.created_at
