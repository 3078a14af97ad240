"""The copy of a recording that takes the place of the original, which was only in memory."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, true

from conversation import Conversation
from conversation.errors import EntenduError
from models.integrity import sha256_of
from serving.store.parts import RECORDINGS
from serving.store.tables import ConversationRow, RecordingRow

if TYPE_CHECKING:
    from serving.store import Store
    from speech import RawFormat
    from speech.sound_redaction import SoundSpan

logger = logging.getLogger("entendu.privacy")


def replace_original(
    store: Store, conversation_id: str, analysis: dict[str, Any], *, raw: RawFormat | None = None
) -> None:
    """Keep a recording without what was redacted in its words; the original goes.

    Where it is not known when something was said, or the sound cannot be written again, no sound
    is kept at all. Done again after a kill, it goes on.

    Args:
        store: The store, with originals in memory; else nothing happens.
        conversation_id: Whose recording.
        analysis: The analysis as JSON, its conversation redacted.
        raw: How recordings without a header are read.
    """
    stored = store.get(conversation_id)
    sha256 = stored.recording_sha256
    if sha256 is None or not store.files.is_original(sha256):
        return
    try:
        with store.files.named(sha256, stored.name) as original, store.files.lending() as folder:
            copy = _redacted(original, folder, analysis, raw)
            new_sha256 = sha256_of(copy)
            with store.files.redacted(copy, new_sha256) as ready:
                _swap(store, conversation_id, sha256, new_sha256, copy.stat().st_size, ready)
    except EntenduError as error:
        logger.warning(
            "no sound is kept",
            extra={"facts": {"conversation": conversation_id, "error": type(error).__name__}},
        )
        store.erase_content(conversation_id, document=None, transcript=False)
    store.files.drop_original(sha256)


def forget_originals(store: Store, before: datetime, *, team: str | None = None) -> int:
    """Drop originals whose analysis failed or was cancelled before a moment; return how many.

    Until then it can be tried again; a copy without redaction is kept of none.

    Args:
        store: Has them.
        before: The moment.
        team: Of which team; None: of every one.
    """
    if store.files.originals is None:
        return 0
    with store.database.reading() as session:
        rows = session.execute(
            select(ConversationRow.id, ConversationRow.recording_sha256).where(
                ConversationRow.status.in_(("failed", "cancelled")),
                ConversationRow.finished_at < before,
                ConversationRow.recording_sha256.is_not(None),
                true() if team is None else ConversationRow.team == team,
            )
        ).all()
    dropped = 0
    for conversation_id, sha256 in rows:
        if sha256 is not None and store.files.is_original(sha256):
            store.erase_content(conversation_id, document=None, transcript=False)
            store.files.drop_original(sha256)
            dropped += 1
    return dropped


def _redacted(
    original: Path, folder: Path, analysis: dict[str, Any], raw: RawFormat | None
) -> Path:
    from serving.redacting import spans_to_silence
    from speech.audio_file import read_header
    from speech.sound_redaction import SoundSpan, redact_sound, sound_suffix

    header = read_header(original, raw)
    conversation = Conversation.model_validate(analysis["conversation"])
    spans: list[SoundSpan] = [*spans_to_silence(conversation)]
    # What the recogniser left out was said by somebody, too, and nobody looked at it.
    for left_out in (analysis.get("transcription") or {}).get("dropped", ()):
        spans.append(SoundSpan(start_s=left_out["start_s"], end_s=left_out["end_s"]))
    target = folder / f"copy{sound_suffix(header)}"
    redact_sound(original, target, spans, raw=raw)
    return target


def _swap(
    store: Store,
    conversation_id: str,
    old: str,
    new: str,
    size_bytes: int,
    ready: Path,
) -> None:
    database = store.database
    with database.writing() as session:
        database.lock(session, RECORDINGS)
        row = session.get(ConversationRow, conversation_id, with_for_update=True)
        if row is None:  # erased meanwhile
            return
        if session.get(RecordingRow, new) is None:
            key_id = store.files.keep_on_disk(ready, new)  # before its row, as others sweep
            session.add(
                RecordingRow(
                    sha256=new, size_bytes=size_bytes, created_at=row.created_at, key_id=key_id
                )
            )
            session.flush()
        row.recording_sha256, row.redacted = new, True
        session.flush()
        users = select(func.count()).where(ConversationRow.recording_sha256 == old)
        if old != new and not session.scalar(users):
            session.delete(session.get_one(RecordingRow, old))
