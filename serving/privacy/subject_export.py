"""What is stored of a person, in one file for them (GDPR art. 15 and 20)."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import select

from conversation import Conversation
from conversation.errors import EntenduError, NotFound
from serving.dialogues.card_log import cards_shown
from serving.privacy.erasure import conversations_of, has_anything
from serving.privacy.remarks import remarks_about_customer
from serving.store.tables import (
    AnalysisRow,
    BotSessionRow,
    ConversationRow,
    NoteRow,
    ReplyRow,
    ReviewEventRow,
)
from serving.version import entendu_version

if TYPE_CHECKING:
    from serving.privacy.consents import ConsentEntry
    from serving.service import Service

MASK = "[…]"
_CHUNK_BYTES = 1 << 16

_README = """\
Vos données personnelles

Ce fichier contient ce qui est enregistré à votre sujet : `subject.json` (toutes les informations),
`transcripts/` (ce que vous avez dit et écrit), `audio/` (le son des appels). Les comptes rendus
rédigés après vos contacts y figurent, ainsi que les remarques qui vous nomment ou vous citent. Ce
qu'ont dit les autres personnes est masqué, dans le texte et dans le son, pour respecter leurs
propres droits.
Lorsque le son d'un appel ne peut pas être séparé, il est omis, et `subject.json` le dit.

Your personal data

This file holds what is stored about you: `subject.json` (all facts), `transcripts/` (what you said
and wrote), `audio/` (the sound of calls). The notes that were written after your contacts are in
it, and the remarks that name or quote you. What others said is masked, in the text and in the
sound, to respect their own rights. Where the sound of a call cannot be separated it is left out,
and `subject.json` says so.
"""


def export_subject(service: Service, customer_key: str, *, team: str) -> Iterator[bytes]:
    """Write a ZIP of what is stored of a customer.

    Args:
        service: The service.
        customer_key: The customer.
        team: Whose customer.

    Returns:
        The ZIP in pieces; it is put together in a folder of the store that is emptied afterwards.

    Raises:
        NotFound: Nothing is stored of them, in conversations, sessions or the ledger.
    """
    entries = _ledger(service, team, customer_key)
    if not entries and not has_anything(service, team, customer_key):
        raise NotFound("nothing is stored of this customer", remedy="check the key and the team")
    with ExitStack() as keep:
        folder = keep.enter_context(service.store.files.receiving())
        path = folder / "personal-data.zip"
        facts: dict[str, object] = {
            "customer_key": customer_key,
            "made_at": datetime.now(UTC).isoformat(),
            "made_by": f"entendu {entendu_version()}",
            "retention": service.privacy.rules.model_dump(mode="json", by_alias=True),
            "ledger": [
                {
                    "number": entry.number,
                    "kind": entry.kind,
                    "conversation_id": entry.conversation_id,
                    "reference": entry.reference,
                    "at": entry.at.isoformat(),
                }
                for entry in entries
            ],
            "bot_sessions": _bot_sessions(service, team, customer_key),
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("LISEZMOI-README.txt", _README)
            facts["conversations"] = [
                _add_conversation(service, conversation_id, archive, folder)
                for conversation_id in conversations_of(service, team, customer_key)
            ]
            archive.writestr("subject.json", json.dumps(facts, ensure_ascii=False, indent=2))
        kept = keep.pop_all()
    return _pieces(path, kept)


def _ledger(service: Service, team: str, customer_key: str) -> list[ConsentEntry]:
    entries: list[ConsentEntry] = []
    cursor: str | None = None
    while True:
        page, cursor = service.privacy.consents.page(
            team=team, limit=200, cursor=cursor, customer_key=customer_key
        )
        entries += page
        if cursor is None:
            return entries


def _pieces(path: Path, keep: ExitStack) -> Iterator[bytes]:
    with keep, path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _add_conversation(
    service: Service, conversation_id: str, archive: zipfile.ZipFile, folder: Path
) -> dict[str, object]:
    with service.store.database.reading() as session:
        row = session.get(ConversationRow, conversation_id)
        if row is None:
            return {"id": conversation_id, "erased": True}
        document = session.scalar(
            select(AnalysisRow.document).where(AnalysisRow.conversation_id == conversation_id)
        )
        facts: dict[str, object] = {
            "id": row.id, "name": row.name, "purpose": row.purpose, "queue": row.queue,
            "channel": row.channel, "direction": row.direction, "language": row.spoken_language,
            "accepted_at": row.created_at.isoformat(),
            "started_at": None if row.started_at is None else row.started_at.isoformat(),
            "duration_s": row.duration_s, "reason": row.reason,
            "content_erased_at": None
            if row.content_erased_at is None
            else row.content_erased_at.isoformat(),
        }  # fmt: skip
        source, sha256, name = row.source, row.recording_sha256, row.name
        noted = session.get(NoteRow, conversation_id)
        if noted is not None and (noted.draft or noted.text):
            facts["note"] = {
                "draft": noted.draft, "text": noted.text,
                "sent_at": None if noted.sent_at is None else noted.sent_at.isoformat(),
            }  # fmt: skip
        reviewed = session.scalars(
            select(ReviewEventRow.document)
            .where(ReviewEventRow.conversation_id == conversation_id)
            .order_by(ReviewEventRow.number)
        ).all()
        facts["cards"] = [
            {"asked": card.question, "article": card.citation.document}
            for card in cards_shown(session, conversation_id)
        ]
        reply = session.get(ReplyRow, conversation_id)
        if reply is not None and reply.sent_at is not None:
            facts["reply"] = {
                "subject": reply.subject, "text": reply.text, "sent_at": reply.sent_at.isoformat(),
            }  # fmt: skip
    analysis: dict[str, Any] = {} if document is None else json.loads(document)
    spoken = analysis.get("conversation") or (None if source is None else json.loads(source))
    if spoken is not None:
        conversation = Conversation.model_validate(spoken)
        masked = _masked(conversation)
        facts["conversation"] = masked.model_dump(mode="json", exclude={"participants"})
        facts["remarks"] = remarks_about_customer(conversation, analysis, reviewed)
        facts["understanding"] = _masked_quotes(analysis.get("understanding"), conversation)
        archive.writestr(f"transcripts/{conversation_id}.txt", _text_of(masked))
        if sha256 is not None:
            facts["audio"] = _add_sound(
                service, (sha256, name), conversation, archive, folder / conversation_id
            )
    return facts


def _masked(conversation: Conversation) -> Conversation:
    """Return a conversation in which only the customer's words are left."""
    turns = tuple(
        turn if turn.speaker == "customer" else turn.model_copy(update={"text": MASK, "words": ()})
        for turn in conversation.turns
    )
    return conversation.model_copy(
        update={"turns": turns, "participants": (), "metadata": {}, "recording": None}
    )


def _masked_quotes(value: object, conversation: Conversation) -> object:
    if isinstance(value, dict):
        place = value.get("turn_index")
        masked = {name: _masked_quotes(one, conversation) for name, one in value.items()}
        if isinstance(place, int) and "quote" in value:
            turns = conversation.turns
            if not 0 <= place < len(turns) or turns[place].speaker != "customer":
                masked["quote"] = MASK
        return masked
    if isinstance(value, list):
        return [_masked_quotes(one, conversation) for one in value]
    return value


def _text_of(conversation: Conversation) -> str:
    lines = []
    for turn in conversation.turns:
        at = "" if turn.start_s is None else f"[{turn.start_s:8.1f} s] "
        lines.append(f"{at}{turn.speaker}: {turn.text}")
    return "\n".join(lines) + "\n"


def _add_sound(
    service: Service,
    recording: tuple[str, str],
    conversation: Conversation,
    archive: zipfile.ZipFile,
    folder: Path,
) -> str:
    """Add the sound with what others said silenced; return where it is, or why it is not there."""
    from speech import parse_raw_format
    from speech.audio_file import read_header
    from speech.sound_redaction import SoundSpan, redact_sound, sound_suffix

    channels = {
        participant.audio_channel
        for participant in conversation.participants
        if participant.role != "customer" and participant.audio_channel is not None
    }
    others = [turn for turn in conversation.turns if turn.speaker != "customer"]
    if any(turn.start_s is None or turn.end_s is None for turn in others):
        return "left out: it is not known who speaks when"
    spans = [SoundSpan(start_s=turn.start_s or 0.0, end_s=turn.end_s or 0.0) for turn in others]
    sha256, name = recording
    raw = None if service.settings.raw is None else parse_raw_format(service.settings.raw)
    folder.mkdir()
    try:
        with service.store.files.named(sha256, name) as original:
            header = read_header(original, raw)
            spans += [
                SoundSpan(start_s=0.0, end_s=header.known_s or 0.0, channels=(channel,))
                for channel in channels
                if channel < header.channels and header.known_s
            ]
            target = folder / f"sound{sound_suffix(header)}"
            redact_sound(original, target, spans, raw=raw)
        place = f"audio/{folder.name}{target.suffix}"
        with target.open("rb") as file, archive.open(place, "w") as member:
            _copy(file, member)
    except (EntenduError, OSError):
        return "left out: it cannot be read any more"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return place


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    shutil.copyfileobj(source, target, _CHUNK_BYTES)


def _bot_sessions(service: Service, team: str, customer_key: str) -> list[dict[str, object]]:
    with service.store.database.reading() as session:
        rows = session.scalars(
            select(BotSessionRow)
            .where(BotSessionRow.customer_key == customer_key, BotSessionRow.team == team)
            .order_by(BotSessionRow.created_at)
        ).all()
        return [
            {
                "id": row.id,
                "created_at": row.created_at.isoformat(),
                "session": json.loads(row.document),
                "satisfaction": row.satisfaction,
                "remark": row.remark,
            }
            for row in rows
        ]
