"""``/v1/jobs``: how far the work is, and another try."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from conversation.errors import EntenduError, NotFound
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.http.conditional import check_if_match, etag_of
from serving.jobs import FINAL, Job, JobState
from serving.jobs.listing import page_of_jobs
from serving.problems import Problem, problem_of
from serving.routes.answers import problems
from serving.routes.conversations import IfMatch
from serving.routes.dependencies import ServiceInUse
from serving.routes.filters import Cursor, Limit
from serving.routes.principals import JobManager, JobReader, audit
from serving.service import Service

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

LOOK_S = 0.3
HEARTBEAT_S = 15.0
_ID = "5f0c6a0e7d1b4b0f9f7e3a2c1d0e9b88"

JobId = Annotated[str, PathParameter(description="As a list of jobs gave it.", examples=[_ID])]


class JobLinks(BaseModel):
    """Where to go from here, as paths on this service."""

    self: str = Field(description="The job.")
    events: str = Field(description="Its progress as server-sent events.")
    conversation: str | None = Field(description="The conversation it works on.")


class JobDetail(BaseModel):
    """One piece of work and how far it is."""

    id: str = Field(examples=[_ID])
    kind: str = Field(description="What is done.", examples=["process"])
    conversation_id: str | None = Field(description="The conversation it works on.")
    state: JobState = Field(
        description="`failed`: its input cannot be used as it is; `dead`: given up, somebody has "
        "to look."
    )
    stage: str | None = Field(
        description="The stage that it is at, or ended at.", examples=["transcribe"]
    )
    stage_progress: float = Field(ge=0, le=1, description="Share of the stage that is done.")
    progress: float = Field(ge=0, le=1, description="Share of the whole that is done.")
    priority: int = Field(description="1 live, 5 normal, 9 batch.", examples=[5])
    attempts: int = Field(ge=0, description="How often it was begun since it was last asked for.")
    error: Problem | None = Field(description="Why it ended, or waits for another attempt.")
    not_before: datetime | None = Field(description="When the next attempt may begin.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: JobLinks


class JobList(BaseModel):
    """Some jobs, newest first."""

    data: list[JobDetail]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


@router.get("", summary="List jobs", responses=problems(422))
def list_jobs(
    service: ServiceInUse,
    principal: JobReader,
    state: Annotated[JobState | None, Query(description="Only those in this state.")] = None,
    conversation_id: Annotated[
        str | None,
        Query(pattern=r"^[\w.-]{1,64}$", description="Only those of this conversation."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> JobList:
    """List jobs, newest first."""
    page = page_of_jobs(
        service.store.database,
        limit=limit,
        cursor=cursor,
        state=state,
        conversation_id=conversation_id,
        visibility=visible(principal),
    )
    return JobList(data=[_shown(job) for job in page.jobs], next_cursor=page.next_cursor)


@router.get("/{job_id}", summary="Get a job", responses=problems(404))
def get_job(job_id: JobId, service: ServiceInUse, principal: JobReader) -> JobDetail:
    """Return how far a job is: its state, its stage and the share that is done."""
    return _shown(_visible(service, job_id, principal))


@router.post("/{job_id}/cancel", summary="Cancel a job", responses=problems(404, 409, 412))
def cancel_job(
    job_id: JobId,
    request: Request,
    service: ServiceInUse,
    principal: JobManager,
    if_match: IfMatch = None,
) -> JobDetail:
    """Cancel a job, also one that is running: it stops at its next sign of progress."""
    job = _visible(service, job_id, principal)
    _check(request, job, if_match)
    cancelled = service.jobs.cancel(job.id)
    audit(request, service, principal, "job.cancel", job.id, kind="job")
    return _shown(cancelled)


@router.post("/{job_id}/retry", summary="Try a job again", responses=problems(404, 409, 412))
def retry_job(
    job_id: JobId,
    request: Request,
    service: ServiceInUse,
    principal: JobManager,
    if_match: IfMatch = None,
) -> JobDetail:
    """Queue a job again that ended without a result; stages that are done are not done again."""
    job = _visible(service, job_id, principal)
    _check(request, job, if_match)
    queued = service.jobs.retry(job.id)
    audit(request, service, principal, "job.retry", job.id, kind="job")
    return _shown(queued)


@router.get(
    "/{job_id}/events",
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `progress` with the job whenever it changed, `end` "
            "with its last state, after which the stream ends.",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": 'event: progress\ndata: {"state": "running", "progress": 0.4}\n\n',
                }
            },
        },
        **problems(404),
    },
)
async def follow_job(
    job_id: JobId, request: Request, service: ServiceInUse, principal: JobReader
) -> Response:
    """Follow a job as it goes on, until it ends."""
    job = await run_in_threadpool(_visible, service, job_id, principal)
    return StreamingResponse(
        _events(request, service, job, principal),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},  # a proxy that waits for more helps nobody
    )


async def _events(
    request: Request, service: Service, job: Job, principal: Principal
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    shown: str | None = None
    said_at = loop.time()
    while True:
        now = _shown(job).model_dump_json()
        if now != shown:
            shown, said_at = now, loop.time()
            yield f"event: {'end' if job.state in FINAL else 'progress'}\ndata: {now}\n\n"
        elif loop.time() - said_at >= HEARTBEAT_S:
            said_at = loop.time()
            yield ": still there\n\n"
        if job.state in FINAL:
            return
        await asyncio.sleep(LOOK_S)
        if await request.is_disconnected():
            return
        try:
            job = await run_in_threadpool(_visible, service, job.id, principal)
        except EntenduError as error:  # erased meanwhile, or no database
            problem = problem_of(error, instance=f"/v1/jobs/{job.id}")
            yield f"event: error\ndata: {json.dumps(problem.as_json())}\n\n"
            return
        except RuntimeError:  # the service stops
            return


def _visible(service: Service, job_id: str, principal: Principal) -> Job:
    """Return a job whose conversation may be seen.

    Raises:
        NotFound: There is none, or it is not visible.
    """
    missing = NotFound(f"no job {job_id[:64]!r}", remedy="GET /v1/jobs lists those there are")
    if "\x00" in job_id:
        raise missing
    job = service.jobs.ledger.get(job_id)
    visibility = visible(principal)
    if job.conversation_id is not None:
        try:
            service.store.get(job.conversation_id, visibility=visibility)
        except NotFound as error:
            raise missing from error
        return job
    narrowed = visibility.nothing or visibility.agent_key or visibility.sampled_only
    if narrowed or visibility.team not in (None, job.team):
        raise missing
    return job


def _check(request: Request, job: Job, if_match: str | None) -> None:
    if if_match is not None:
        check_if_match(request, etag_of(_shown(job).model_dump_json().encode()))


def _shown(job: Job) -> JobDetail:
    path = f"/v1/jobs/{job.id}"
    conversation = job.conversation_id
    return JobDetail(
        id=job.id,
        kind=job.kind,
        conversation_id=conversation,
        state=job.state,
        stage=job.stage,
        stage_progress=job.stage_progress,
        progress=job.progress,
        priority=job.priority,
        attempts=job.attempts,
        error=job.problem,
        not_before=job.not_before,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        links=JobLinks(
            self=path,
            events=f"{path}/events",
            conversation=None if conversation is None else f"/v1/conversations/{conversation}",
        ),
    )
