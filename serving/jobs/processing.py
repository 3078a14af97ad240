"""The job that an upload becomes: decode, transcribe, understand, score, index."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlalchemy import exists, select, update

from conversation import Conversation
from conversation.errors import NotFound
from serving.jobs.kinds import Kind, Stage, Work
from serving.masking import masking_of
from serving.operation.metrics import REAL_TIME_FACTOR
from serving.privacy.redacted_copy import replace_original
from serving.problems import problem_of_status
from serving.stages.analyser import Analyser
from serving.store import Result, Store, StoredConversation
from serving.store.tables import ConversationRow, JobRow
from speech import parse_channels

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.vcon_calls import ChannelRoles

PROCESS = "process"

# Shares of the time that a recording takes; text has almost nothing to transcribe.
_WEIGHTS = {"decode": 1.0, "transcribe": 80.0, "understand": 12.0, "score": 5.0, "index": 2.0}

_STATUS = {
    "queued": "queued", "running": "running", "done": "done",
    "failed": "failed", "dead": "failed", "cancelled": "cancelled",
}  # fmt: skip


def processing(store: Store, analyser: Analyser) -> Kind:
    """Make the kind of job that analyses a conversation.

    The words that the stages keep are redacted; they are dropped when the job is done, with the
    conversation when it is erased, and else with the job.

    Args:
        store: Where conversations are.
        analyser: Does the work.
    """
    stages = _Stages(store, analyser)
    return Kind(
        PROCESS,
        (
            Stage("decode", stages.decode, _WEIGHTS["decode"]),
            Stage("transcribe", stages.transcribe, _WEIGHTS["transcribe"]),
            Stage("understand", stages.understand, _WEIGHTS["understand"]),
            Stage("score", stages.score, _WEIGHTS["score"]),
            Stage("index", stages.index, _WEIGHTS["index"]),
            *([] if store.files.originals is None else [Stage("seal", stages.seal, 2.0)]),
        ),
        queue="analysis",
        follow=show_on_conversation,
    )


def once_for(conversation_id: str) -> str:
    """Name the purpose of a conversation's first analysis, so that it has one job for it."""
    return f"{PROCESS}:{conversation_id}"


def show_on_conversation(session: Session, row: JobRow) -> None:
    """Let a conversation show how far its job is."""
    problem: dict[str, object] | None = None
    if row.state in ("failed", "dead"):
        problem = row.problem
    elif row.state == "cancelled":
        problem = problem_of_status(
            409,
            "its analysis was cancelled",
            remedy=f"POST /v1/jobs/{row.id}/retry takes it up again",
            instance=f"/v1/conversations/{row.conversation_id}",
        ).as_json()
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == row.conversation_id)
        .values(
            status=_STATUS[row.state], attempts=row.attempts, progress=row.progress,
            finished_at=row.finished_at, problem=problem,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def conversations_without_job(session: Session, limit: int) -> list[tuple[str, str, str]]:
    """Return conversations that are to be analysed and have no job, with team and priority.

    The process may have been killed between the two.
    """
    rows = session.execute(
        select(ConversationRow.id, ConversationRow.team, ConversationRow.priority)
        .where(
            ConversationRow.status.in_(("queued", "running")),
            ~exists().where(JobRow.conversation_id == ConversationRow.id),
        )
        .order_by(ConversationRow.created_at)
        .limit(limit)
    )
    return list(rows.all())


class _Stages:
    def __init__(self, store: Store, analyser: Analyser) -> None:
        self._store = store
        self._analyser = analyser

    def decode(self, work: Work) -> BaseModel:
        with self._given(work) as (given, stored):
            decoded: BaseModel = self._analyser.decode(
                given, language=stored.language, channels=_channels(stored)
            )
            return decoded

    def transcribe(self, work: Work) -> BaseModel:
        decoded = work.value("decode", self._analyser.handed_on["decode"])
        began_s = time.perf_counter()
        with self._given(work) as (given, stored):
            transcribed: BaseModel = _as_sent(
                self._analyser.transcribe(given, decoded, progress=work.progress), stored
            )
        duration_s = getattr(decoded, "duration_s", None)
        if duration_s:
            REAL_TIME_FACTOR.observe((time.perf_counter() - began_s) / duration_s)
        return transcribed

    def understand(self, work: Work) -> BaseModel:
        transcribed = work.value("transcribe", self._analyser.handed_on["transcribe"])
        understood: BaseModel = self._analyser.understand(transcribed)
        return understood

    def score(self, work: Work) -> BaseModel:
        handed_on = self._analyser.handed_on
        return self._analyser.score(
            work.value("transcribe", handed_on["transcribe"]),
            work.value("understand", handed_on["understand"]),
        )

    def index(self, work: Work) -> None:
        document = work.result("score")
        if document is None or work.job.conversation_id is None:
            raise ValueError("a job of a conversation without an analysis")
        conversation_id, head = work.job.conversation_id, _Head.model_validate_json(document)
        language = head.understanding.language
        # What can be searched holds nothing personal: who may not read it cannot guess it either.
        conversation = masking_of(head.conversation, json.loads(document)).conversation
        found_by = self._analyser.turn_vectors(conversation)
        vectors, encoder_sha = (None, None) if found_by is None else found_by

        def keep(session: Session) -> None:
            self._store.keep_analysis(session, conversation_id, _result(head, document))
            self._store.index_turns(
                conversation_id, conversation.turns, vectors, encoder_sha,
                language=language, session=session,
            )  # fmt: skip

        work.together(keep)

    def seal(self, work: Work) -> None:
        """Let a redacted copy take the place of the recording, which was only in memory."""
        document = work.result("score")
        if document is None or work.job.conversation_id is None:
            raise ValueError("a job of a conversation without an analysis")
        raw = getattr(self._analyser, "raw_format", None)
        replace_original(self._store, work.job.conversation_id, json.loads(document), raw=raw)

    @contextmanager
    def _given(self, work: Work) -> Iterator[tuple[Path | Conversation, StoredConversation]]:
        """Lend what was uploaded."""
        conversation_id = work.job.conversation_id
        if conversation_id is None:
            raise NotFound("a job to analyse no conversation", remedy="name one")
        stored, source = self._store.given(conversation_id)
        if source is not None:
            yield source, stored
            return
        if stored.recording_sha256 is None:
            raise ValueError("a conversation with neither text nor recording")
        with self._store.files.named(stored.recording_sha256, stored.name) as path:
            yield path, stored


def _as_sent(transcribed: BaseModel, stored: StoredConversation) -> BaseModel:
    """Return a transcribed conversation with what its sender said about it, who knows better."""
    said = {"direction": stored.direction, "started_at": stored.started_at}
    known = {name: value for name, value in said.items() if value is not None}
    conversation = getattr(transcribed, "conversation", None)
    if not known or not isinstance(conversation, Conversation):
        return transcribed
    return transcribed.model_copy(update={"conversation": conversation.model_copy(update=known)})


def _channels(stored: StoredConversation) -> ChannelRoles | None:
    return None if stored.channels is None else parse_channels(stored.channels)


class _Some(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Reason(_Some):
    code: str


class _Reasons(_Some):
    primary: _Reason | None


class _Sentiment(_Some):
    overall: float


class _Understanding(_Some):
    language: str | None
    reasons: _Reasons
    sentiment: _Sentiment | None = None


class _Evaluation(_Some):
    score_100: float | None


class _Match(_Some):
    category: str
    alert: bool


class _Categories(_Some):
    matches: tuple[_Match, ...]


class _Head(_Some):
    """What the store shows of an analysis without reading all of it."""

    schema_version: str
    conversation: Conversation
    understanding: _Understanding
    evaluation: _Evaluation
    categories: _Categories | None = None


def result_of(document: str) -> Result:
    """Return an analysis as the store keeps it.

    Args:
        document: The :class:`serving.analysis.Analysis` as JSON.
    """
    return _result(_Head.model_validate_json(document), document)


def _result(head: _Head, document: str) -> Result:
    primary = head.understanding.reasons.primary
    direction = head.conversation.direction
    felt = head.understanding.sentiment
    matches = () if head.categories is None else head.categories.matches
    return Result(
        document=document,
        schema_version=head.schema_version,
        channel=head.conversation.channel,
        spoken_language=head.understanding.language,
        started_at=head.conversation.started_at,
        duration_s=head.conversation.duration_s,
        reason=None if primary is None else primary.code,
        score_100=head.evaluation.score_100,
        direction=None if direction == "unknown" else direction,
        sentiment=None if felt is None else felt.overall,
        categories=tuple((one.category, one.alert) for one in matches),
    )
