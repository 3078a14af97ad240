"""Replays go into the store: each with its own id, moment and people."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation import Conversation
from models.integrity import sha256_of
from serving.demo.analysing import Analysed, Progress
from serving.demo.calendar import ZONE, Replay
from serving.demo.speaking import AGENT, CUSTOMER
from serving.jobs import Priority
from serving.jobs.processing import PROCESS, once_for, result_of
from serving.masking import masking_of
from serving.store.tables import ConversationRow, JobRow, JobStageRow, RecordingRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.store import Store

_TOGETHER = 60
_NAMES = re.compile(rf"\b({AGENT}|{CUSTOMER})\b")
_STAGES = ("decode", "transcribe", "understand", "score", "index")
_WORKER = "demo"
_CALLED = {
    "phone": "appel", "chat": "chat", "email": "courriel", "sms": "sms", "social": "message",
}  # fmt: skip


def store_replays(
    store: Store,
    replays: Sequence[Replay],
    analysed: Mapping[str, Analysed],
    progress: Progress,
    *,
    seed: int = 8,
) -> dict[str, Replay]:
    """Store conversations that are analysed already.

    Args:
        store: Where.
        replays: What was said, when and by whom.
        analysed: The analysis of each dialogue, by the dialogue's id.
        progress: Told how far it is.
        seed: Of ids and of the time that analyses took.

    Returns:
        The replays by the ids of their conversations.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    for one in analysed.values():
        if one.recording is not None:
            keep_sound(store, one.recording)
    found: dict[str, Replay] = {}
    for first in range(0, len(replays), _TOGETHER):
        progress("conversations", first, len(replays))
        with store.database.writing() as session:
            for replay in replays[first : first + _TOGETHER]:
                conversation_id = f"{chance.getrandbits(128):032x}"
                found[conversation_id] = replay
                _store(store, session, conversation_id, replay, analysed[replay.script.id])
    progress("conversations", len(replays), len(replays))
    return found


def keep_sound(store: Store, recording: Path) -> None:
    """Put a recording's sound where recordings are.

    Args:
        store: Where.
        recording: The file; it stays.
    """
    sha256 = sha256_of(recording)
    upload = store.files.incoming / f"{sha256}.part"
    shutil.copyfile(recording, upload)
    prepared = store.files.prepare(upload, sha256)
    with store.database.writing() as session:
        key_id = store.files.keep(prepared, sha256)
        session.add(
            RecordingRow(
                sha256=sha256, size_bytes=recording.stat().st_size, key_id=key_id,
                created_at=datetime.now(UTC),
            )
        )  # fmt: skip


def _store(
    store: Store, session: Session, conversation_id: str, replay: Replay, analysed: Analysed
) -> None:
    document = _document(conversation_id, replay, analysed)
    values = json.loads(document)
    conversation = Conversation.model_validate(values["conversation"])
    ended = replay.at + timedelta(seconds=conversation.duration_s or 0.0)
    accepted = ended + timedelta(seconds=40)
    finished = accepted + timedelta(seconds=analysed.analysis.timings.total_s + 2.0)
    row = _row(conversation_id, replay, conversation, accepted, finished)
    if analysed.recording is not None:
        row.source, row.name = None, analysed.recording.name
        row.recording_sha256 = analysed.analysis.source.sha256
    session.add(row)
    session.flush()
    store.keep_analysis(session, conversation_id, result_of(document))
    searched = masking_of(conversation, values).conversation
    store.index_turns(
        conversation_id, searched.turns, analysed.vectors, analysed.encoder_sha,
        language=conversation.language, session=session,
    )  # fmt: skip
    add_job(session, conversation_id, accepted, finished, analysed)


def _row(
    conversation_id: str,
    replay: Replay,
    conversation: Conversation,
    accepted: datetime,
    finished: datetime,
) -> ConversationRow:
    called = _CALLED.get(conversation.channel, conversation.channel)
    local = replay.at.astimezone(ZONE)
    return ConversationRow(
        id=conversation_id,
        status="done",
        name=f"{called}-{local:%y%m%d-%H%M}",
        created_at=accepted,
        finished_at=finished,
        attempts=1,
        progress=1.0,
        source=conversation.model_dump_json(),
        channel=conversation.channel,
        started_at=replay.at,
        agent_key=replay.agent.key,
        customer_key=replay.customer.key,
        queue=replay.script.queue,
        direction=replay.script.direction,
    )


def add_job(
    session: Session,
    conversation_id: str,
    accepted: datetime,
    finished: datetime,
    analysed: Analysed,
) -> None:
    """Add the job that analysed a conversation, with the time that its dialogue took."""
    timings = analysed.analysis.timings
    seconds = dict(
        zip(
            _STAGES,
            (0.01, timings.speech_s, timings.nlu_s + timings.kb_search_s, timings.quality_s, 0.05),
            strict=True,
        )
    )
    job_id = hashlib.sha256(conversation_id.encode()).hexdigest()[:32]
    session.add(
        JobRow(
            id=job_id, kind=PROCESS, conversation_id=conversation_id, payload={},
            once=once_for(conversation_id), state="done", stage="index", stage_progress=1.0,
            progress=1.0, priority=Priority.NORMAL, attempts=1, run=1, dispatched_run=1,
            fence=1, worker=_WORKER, created_at=accepted, started_at=accepted, finished_at=finished,
            told=True,
        )
    )  # fmt: skip
    session.flush()
    for stage, taken in seconds.items():
        session.add(
            JobStageRow(
                job_id=job_id, stage=stage, fence=1, worker=_WORKER, seconds=taken,
                created_at=finished,
            )
        )  # fmt: skip


def _document(conversation_id: str, replay: Replay, analysed: Analysed) -> str:
    """Return the analysis of a dialogue with a replay's names, id and moments in it.

    All names are equally long, so that whatever counts letters in it stays true.
    """
    names = {AGENT: replay.agent.first_name, CUSTOMER: replay.customer.last_name}
    base = analysed.analysis.conversation
    text = analysed.document
    if replay.script.sample is None:
        text = _NAMES.sub(lambda found: names[found[1]], text)
    values: dict[str, Any] = json.loads(text.replace(f'"{base.id}"', f'"{conversation_id}"'))
    conversation = values["conversation"]
    began = base.started_at or next((turn.at for turn in base.turns if turn.at), replay.at)
    for turn in conversation["turns"]:
        if turn["at"] is not None:
            moved = replay.at + (datetime.fromisoformat(turn["at"]) - began)
            turn["at"] = moved.isoformat()
    conversation["started_at"] = replay.at.isoformat()
    for participant in conversation["participants"]:
        if participant["role"] == "agent":
            participant["key"] = replay.agent.key
        elif participant["role"] == "customer":
            participant["key"] = replay.customer.key
    values["created_at"] = replay.at.isoformat()
    return json.dumps(values, ensure_ascii=False)
