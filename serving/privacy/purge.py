"""Removing what is past its time, with proof."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, literal, or_, select, true, tuple_
from sqlalchemy.orm import Session

from conversation.errors import NotFound
from serving.board.reports import drop_reports
from serving.dialogues.card_log import forget_questions
from serving.operation import metrics
from serving.privacy.copies import Subject
from serving.privacy.erasure import erase_copies
from serving.privacy.redacted_copy import forget_originals
from serving.privacy.retention import Content, due
from serving.privacy.scrubbing import without_words
from serving.reviewing.sql_log import sessions_with
from serving.store.tables import (
    AnalysisRow,
    AssistSessionRow,
    BotSessionRow,
    ConversationRow,
    EvaluationRow,
    ImportedVconRow,
    JobRow,
    JobStageRow,
    KeptScorecardRow,
    ReviewEventRow,
    UtcDateTime,
)

if TYPE_CHECKING:
    from serving.privacy.removal_log import Removal
    from serving.service import Service

logger = logging.getLogger("entendu.privacy")

PURGE = "purge"
"""The kind of job that it is."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Overdue:
    """A conversation of which something has to go.

    Attributes:
        conversation_id: Which.
        team: Whose.
        purpose: By whose rule.
        contents: What has to go; with ``scorecard``, everything.
        age_days: Whole days since the contact.
    """

    conversation_id: str
    team: str
    purpose: str
    contents: tuple[Content, ...]
    age_days: int


@dataclass(frozen=True)
class PurgePlan:
    """What a purge removes.

    Attributes:
        at: The moment it was made for.
        rules: Version of the retention rules.
        conversations: Of which something has to go.
        bot_sessions: Ids of sessions with the bot.
        assist_sessions: Ids of sessions of the assistant.
        unknown_purposes: Purposes that no rule names; nothing of theirs is removed.
    """

    at: datetime
    rules: str
    conversations: tuple[Overdue, ...]
    bot_sessions: tuple[str, ...]
    assist_sessions: tuple[str, ...]
    unknown_purposes: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Return how many of what, by purpose and content (``quality.audio``)."""
        counted: Counter[str] = Counter()
        for one in self.conversations:
            counted.update(f"{one.purpose}.{content}" for content in one.contents)
        counted["bot_sessions"] = len(self.bot_sessions)
        counted["assist_sessions"] = len(self.assist_sessions)
        return dict(sorted(counted.items()))


def plan_purge(service: Service, now: datetime, *, team: str | None = None) -> PurgePlan:
    """Find what is past its time; nothing is removed.

    Args:
        service: The service.
        now: The moment of the question.
        team: Of which team; None: of every one.
    """
    rules = service.privacy.rules
    overdue: list[Overdue] = []
    unknown: set[str] = set()
    for batch in _old_conversations(service, now - timedelta(days=rules.shortest_days), team):
        signed = service.privacy.consents.contracts(tuple(row.id for row in batch))
        for row in batch:
            rule = rules.purposes.get(row.purpose)
            if rule is None:
                unknown.add(row.purpose)
                continue
            contact_at = min(row.started_at or row.created_at, row.created_at)
            contents = _left(
                row, due(rule, contact_at=contact_at, contract_at=signed.get(row.id), now=now)
            )
            if contents:
                overdue.append(
                    Overdue(row.id, row.team, row.purpose, contents, (now - contact_at).days)
                )
    others = rules.others
    with service.store.database.reading() as session:
        bots = session.scalars(
            select(BotSessionRow.id).where(
                BotSessionRow.updated_at < now - timedelta(days=others.bot_sessions_days),
                true() if team is None else BotSessionRow.team == team,
            )
        ).all()
        assists = session.scalars(
            select(AssistSessionRow.id).where(
                AssistSessionRow.created_at < now - timedelta(days=others.assist_sessions_days),
                true() if team is None else AssistSessionRow.team == team,
            )
        ).all()
    return PurgePlan(
        now, rules.version, tuple(overdue), tuple(bots), tuple(assists), tuple(sorted(unknown))
    )


def run_purge(service: Service, now: datetime, *, by: str, team: str | None = None) -> Removal:
    """Remove what is past its time, and add the proof; done again after a kill, it goes on.

    Args:
        service: The service.
        now: The moment that counts.
        by: Id of the key that asked, or ``schedule``.
        team: Of which team; None: of every one.
    """
    plan = plan_purge(service, now, team=team)
    done: list[Overdue] = []
    for one in plan.conversations:
        if "scorecard" in one.contents:
            erase_copies(service, Subject(one.team, None, (one.conversation_id,)))
        else:
            try:
                _remove_contents(service, one, now)
            except NotFound:  # erased meanwhile
                continue
        done.append(one)
    _remove_sessions(service, plan)
    logged = service.webhooks.forget_old(
        now - timedelta(days=service.privacy.rules.others.webhook_log_days), team=team
    )
    originals = forget_originals(service.store, now - timedelta(days=1), team=team)
    service.store.database.forget_erased()
    counts = plan.counts() | {"webhook_log": logged, "failed_originals": originals}
    for kind, count in counts.items():
        metrics.PURGED.labels(kind=kind.rpartition(".")[2]).inc(count)
    receipt: dict[str, object] = {
        "at": now.isoformat(),
        "rules": plan.rules,
        "counts": counts,
        "unknown_purposes": list(plan.unknown_purposes),
        "conversations": [
            {
                "id": one.conversation_id,
                "rule": one.purpose,
                "removed": list(one.contents),
                "age_days": one.age_days,
            }
            for one in done
        ],
    }
    proof = service.privacy.removals.add("purge", receipt, team=team, by=by)
    logger.info("purged", extra={"facts": {"proof": proof.id, "conversations": len(done)}})
    return proof


@dataclass(frozen=True)
class _Old:
    id: str
    team: str
    purpose: str
    created_at: datetime
    started_at: datetime | None
    has_audio: bool
    has_words: bool
    is_waiting: bool


def _old_conversations(
    service: Service, before: datetime, team: str | None
) -> Iterator[tuple[_Old, ...]]:
    """Yield conversations from before a moment in batches, oldest first."""
    table = ConversationRow
    after: tuple[datetime, str] | None = None
    while True:
        asked = (
            select(table, select(AnalysisRow.conversation_id)
                   .where(AnalysisRow.conversation_id == table.id).exists())
            .where(or_(table.created_at < before, table.started_at < before))
            .order_by(table.created_at, table.id)
            .limit(_AT_ONCE)
        )  # fmt: skip
        if team is not None:
            asked = asked.where(table.team == team)
        if after is not None:
            asked = asked.where(
                tuple_(table.created_at, table.id)
                > tuple_(literal(after[0], UtcDateTime), literal(after[1]))
            )
        with service.store.database.reading() as session:
            batch = tuple(
                _Old(
                    row.id, row.team, row.purpose, row.created_at, row.started_at,
                    has_audio=row.recording_sha256 is not None,
                    has_words=row.source is not None or is_analysed,
                    is_waiting=row.status in ("queued", "running"),
                )
                for row, is_analysed in session.execute(asked).all()
            )  # fmt: skip
        if not batch:
            return
        yield batch
        after = (batch[-1].created_at, batch[-1].id)


def _left(row: _Old, contents: tuple[Content, ...]) -> tuple[Content, ...]:
    """Return what is still there of what has to go."""
    if "scorecard" in contents:
        return contents
    if contents and row.is_waiting:  # without its content there is nothing to analyse
        return ("audio", "transcript", "scorecard")
    return tuple(
        one
        for one in contents
        if (one == "audio" and row.has_audio) or (one == "transcript" and row.has_words)
    )


def _remove_contents(service: Service, one: Overdue, now: datetime) -> None:
    has_words = "transcript" not in one.contents
    if not has_words:
        with service.store.database.writing() as session:
            row = session.get(ConversationRow, one.conversation_id, with_for_update=True)
            if row is None:
                raise NotFound("the conversation was erased", remedy="nothing is left to do")
            _keep_scorecard(session, row, now)
            _remove_quotes(session, row)
        drop_reports(service.store.database, (one.conversation_id,))
    service.store.erase_content(one.conversation_id, document=None, transcript=not has_words)


def _keep_scorecard(session: Session, row: ConversationRow, now: datetime) -> None:
    document = session.scalar(
        select(AnalysisRow.document).where(AnalysisRow.conversation_id == row.id)
    )
    if document is None or session.get(KeptScorecardRow, row.id) is not None:
        return
    evaluation = json.loads(document).get("evaluation")
    if evaluation is not None:
        session.add(
            KeptScorecardRow(
                conversation_id=row.id,
                document=without_words(json.dumps(evaluation)),
                created_at=now,
            )
        )


def _remove_quotes(session: Session, row: ConversationRow) -> None:
    """Remove what quotes a conversation outside of its transcript, which the store erases."""
    jobs = select(JobRow.id).where(JobRow.conversation_id == row.id)
    session.execute(delete(JobStageRow).where(JobStageRow.job_id.in_(jobs)))
    session.execute(delete(ImportedVconRow).where(ImportedVconRow.conversation_id == row.id))
    forget_questions(session, row.id)
    for scored in session.scalars(
        select(EvaluationRow).where(EvaluationRow.conversation_id == row.id)
    ):
        scored.document = without_words(scored.document)
    for event in session.scalars(
        select(ReviewEventRow).where(ReviewEventRow.conversation_id == row.id)
    ):
        event.document = without_words(event.document)
    for event in session.scalars(
        select(ReviewEventRow).where(
            ReviewEventRow.stream.in_(sessions_with(row.id)),
            ReviewEventRow.kind.in_(("session_reconciled", "session_closed")),
        )
    ):
        if event.kind == "session_closed" or row.id in event.document:
            event.document = without_words(event.document)
    row.name = f"conversation-{row.id[:8]}"  # a file's name may hold a person's
    if row.problem is not None:  # its detail may quote the file
        row.problem = {name: value for name, value in row.problem.items() if name != "detail"}


def _remove_sessions(service: Service, plan: PurgePlan) -> None:
    with service.store.database.writing() as session:
        for table, ids in (
            (BotSessionRow, plan.bot_sessions),
            (AssistSessionRow, plan.assist_sessions),
        ):
            for start in range(0, len(ids), _AT_ONCE):
                session.execute(delete(table).where(table.id.in_(ids[start : start + _AT_ONCE])))
