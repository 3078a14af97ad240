"""What did not go well, and what is still to be done: damaged recordings, a call in the queue."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import EntenduError
from models.integrity import sha256_of
from serving.demo.calendar import ZONE
from serving.demo.replaying import keep_sound
from serving.intake import Intake
from serving.jobs import Priority
from serving.jobs.processing import PROCESS, once_for
from serving.problems import problem_of
from serving.store.tables import ConversationRow, JobRow

if TYPE_CHECKING:
    from serving.pipeline import Pipeline
    from serving.service import Service

_KEPT_BYTES = 8_600
_CALL = "auto_repair_en.flac"
_AGO = (timedelta(days=4, hours=3), timedelta(days=1, hours=5))


def add_incidents(service: Service, pipeline: Pipeline, samples: Path, until: datetime) -> None:
    """Add recordings that broke off on their way, and a call that is analysed once it is served.

    Args:
        service: Where they came in.
        pipeline: Says what is wrong with them.
        samples: Folder of the sample conversations.
        until: The end of the story.
    """
    with service.store.files.receiving() as folder:
        for number, ago in enumerate(_AGO):
            damaged = folder / f"appel-{(until - ago).astimezone(ZONE):%y%m%d-%H%M}.flac"
            damaged.write_bytes((samples / _CALL).read_bytes()[: _KEPT_BYTES - number])
            _add_failed(service, pipeline, damaged, until - ago)
        whole = folder / _CALL
        shutil.copyfile(samples / _CALL, whole)
        service.accept(
            whole,
            intake=Intake(
                queue="assistance-box", direction="inbound", agent_key="a-0402",
                customer_key="c-31192", priority="batch",
            ),
        )  # fmt: skip


def _add_failed(service: Service, pipeline: Pipeline, damaged: Path, at: datetime) -> None:
    try:
        pipeline.analyse(damaged)
    except EntenduError as error:
        found = error
    else:
        return
    sha256 = sha256_of(damaged)
    conversation_id = hashlib.sha256(sha256.encode()).hexdigest()[:32]
    problem = problem_of(found, instance=f"/v1/conversations/{conversation_id}").as_json()
    ended = at + timedelta(seconds=6)
    name = damaged.name
    keep_sound(service.store, damaged)
    with service.store.database.writing() as session:
        session.add(
            ConversationRow(
                id=conversation_id, status="failed", name=name, created_at=at, finished_at=ended,
                attempts=1, progress=0.05, recording_sha256=sha256, problem=problem,
                agent_key="a-0403", queue="assistance-box", direction="inbound",
            )
        )  # fmt: skip
        session.flush()
        session.add(
            JobRow(
                id=hashlib.sha256(conversation_id.encode()).hexdigest()[:32], kind=PROCESS,
                conversation_id=conversation_id, payload={}, once=once_for(conversation_id),
                state="failed", stage="transcribe", stage_progress=0.0, progress=0.05,
                priority=Priority.NORMAL, attempts=1, run=1, dispatched_run=1, fence=1,
                worker="demo", problem=problem, created_at=at, started_at=at, finished_at=ended,
                told=True,
            )
        )  # fmt: skip
