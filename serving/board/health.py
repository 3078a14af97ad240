"""How the service is doing: what waits, how long things take, what failed, what was heard."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, func, or_, select, true

from conversation.errors import EntenduError
from models import ModelStore
from serving.board.behind import MAX_LISTED
from serving.board.values import FROZEN
from serving.jobs.processing import PROCESS
from serving.store.tables import ConversationRow, JobRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from serving.access.visibility import Visibility
    from serving.board.counted import CountedAll
    from serving.service import Service

_LATEST = 500  # analyses whose time is told
_FAILED_DAYS = 7


class Delay(BaseModel):
    """How long analyses took, from acceptance to result.

    Attributes:
        n: Analyses that were looked at: the latest of the last seven days.
        median_s: Seconds; None without any.
        p90_s: Seconds within which nine of ten were done.
        waiting_since: When the oldest that still waits was accepted; None where none waits.
    """

    model_config = FROZEN

    n: int = Field(ge=0)
    median_s: float | None
    p90_s: float | None
    waiting_since: datetime | None


class CoverageShown(BaseModel):
    """Whether the transcriptions of the period left speech out.

    Attributes:
        recordings: How many have an account.
        speech_s: Seconds of speech that were found.
        covered_s: Seconds of it under words.
        short: Recordings with less than nine tenths of their speech under words.
        stretches: Stretches of more than a second of speech without words.
        warned: Recordings with a warning.
        dropped: Texts that the recogniser invented and that were left out, by reason.
    """

    model_config = FROZEN

    recordings: int = Field(ge=0)
    speech_s: float
    covered_s: float
    short: int = Field(ge=0)
    stretches: int = Field(ge=0)
    warned: int = Field(ge=0)
    dropped: dict[str, int]


class ModelShown(BaseModel):
    """A model that the settings name.

    Attributes:
        name: Of the model.
        used_for: ``embeddings`` or ``transcription``.
        present: Whether its files are on this machine.
        loaded: Whether this process has it in memory now.
        memory_mb: By how much the process grew with it.
    """

    model_config = FROZEN

    name: str
    used_for: str
    present: bool
    loaded: bool
    memory_mb: float | None


class Health(BaseModel):
    """How the service is doing.

    Attributes:
        jobs: Jobs by state, of those that may be seen.
        kinds: Jobs that are not at their end, by kind.
        failed: Conversations of the last seven days whose analysis failed.
        failed_ids: The same, the newest, at most 200.
        delay: Of analyses.
        coverage: Of the period's transcriptions.
        models: That the settings name.
        device: On which this process computes; None where that is not known yet.
        counted: Conversations of the period that figures were taken from.
        pending: Analysed conversations of the period that are not counted yet.
        left_out: Conversations of the period that another version analysed, in another shape.
    """

    model_config = FROZEN

    jobs: dict[str, int]
    kinds: dict[str, int]
    failed: int = Field(ge=0)
    failed_ids: tuple[str, ...] = ()
    delay: Delay
    coverage: CoverageShown
    models: tuple[ModelShown, ...]
    device: str | None
    counted: int = Field(ge=0)
    pending: int = Field(ge=0)
    left_out: int = Field(ge=0)


def health_of(
    service: Service, visibility: Visibility, counted: CountedAll, now: datetime
) -> Health:
    """Look at the queue, the models and the transcriptions.

    Args:
        service: The service.
        visibility: What may be seen.
        counted: The period's conversations.
        now: The time now.
    """
    mine = _seen_jobs(visibility)
    with service.store.database.reading() as session:
        states: dict[str, int] = {
            row[0]: row[1]
            for row in session.execute(
                select(JobRow.state, func.count()).where(mine).group_by(JobRow.state)
            )
        }
        kinds: dict[str, int] = {
            row[0]: row[1]
            for row in session.execute(
                select(JobRow.kind, func.count())
                .where(mine, JobRow.state.in_(("queued", "running")))
                .group_by(JobRow.kind)
            )
        }
        failed = session.scalars(
            select(ConversationRow.id)
            .where(
                seen_by(visibility),
                ConversationRow.status == "failed",
                ConversationRow.created_at >= now - timedelta(days=_FAILED_DAYS),
            )
            .order_by(ConversationRow.created_at.desc(), ConversationRow.id)
        ).all()
        waiting = session.scalar(
            select(func.min(JobRow.created_at)).where(
                mine, JobRow.kind == PROCESS, JobRow.state.in_(("queued", "running"))
            )
        )
        done = session.execute(
            select(JobRow.created_at, JobRow.finished_at)
            .where(
                mine,
                JobRow.kind == PROCESS,
                JobRow.state == "done",
                JobRow.created_at >= now - timedelta(days=_FAILED_DAYS),
            )
            .order_by(JobRow.created_at.desc())
            .limit(_LATEST)
        ).all()
    times = [(end - begin).total_seconds() for begin, end in done if end is not None]
    models, device = _models(service)
    return Health(
        jobs=states,
        kinds=kinds,
        failed=len(failed),
        failed_ids=tuple(failed[:MAX_LISTED]),
        delay=_delay(times, waiting),
        coverage=_coverage(counted),
        models=models,
        device=device,
        counted=len(counted.found),
        pending=counted.pending,
        left_out=len(counted.other_shape),
    )


def _seen_jobs(visibility: Visibility) -> ColumnElement[bool]:
    """Return the condition of the jobs that somebody may see, as their list shows them."""
    of_visible: ColumnElement[bool] = JobRow.conversation_id.in_(
        select(ConversationRow.id).where(seen_by(visibility))
    )
    if visibility.nothing or visibility.sampled_only or visibility.agent_key is not None:
        return of_visible
    if visibility.team is None:
        return true()
    return or_(of_visible, and_(JobRow.conversation_id.is_(None), JobRow.team == visibility.team))


def _delay(times: Sequence[float], waiting: datetime | None) -> Delay:
    ordered = sorted(times)
    return Delay(
        n=len(ordered),
        median_s=statistics.median(ordered) if ordered else None,
        p90_s=ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))] if ordered else None,
        waiting_since=waiting,
    )


def _coverage(counted: CountedAll) -> CoverageShown:
    accounts = [one.facts.coverage for one in counted.found if one.facts.coverage is not None]
    dropped: Counter[str] = Counter()
    for one in accounts:
        dropped.update(one.dropped)
    return CoverageShown(
        recordings=len(accounts),
        speech_s=sum(one.speech_s for one in accounts),
        covered_s=sum(one.covered_s for one in accounts),
        short=sum(one.is_short for one in accounts),
        stretches=sum(one.stretches for one in accounts),
        warned=sum(one.warnings > 0 for one in accounts),
        dropped=dict(sorted(dropped.items())),
    )


def _models(service: Service) -> tuple[tuple[ModelShown, ...], str | None]:
    settings = service.settings
    try:
        report = service.pool.report
    except EntenduError:
        report = None
    loaded = {} if report is None else {one.name: one for one in report.models if one.loaded}
    used = {
        settings.embedding_model: "embeddings", settings.transcription_model: "transcription",
    }  # fmt: skip
    present = {one.name: one.present for one in ModelStore(settings.models_dir).list()}
    found = [
        ModelShown(
            name=name, used_for=what, present=present.get(name, False), loaded=name in loaded,
            memory_mb=loaded[name].memory_mb if name in loaded else None,
        )
        for name, what in used.items()
    ]  # fmt: skip
    return tuple(found), None if report is None else report.device
