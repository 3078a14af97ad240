"""Conversations as vCons (https://datatracker.ietf.org/doc/draft-ietf-vcon-vcon-core/, 0.4.0)."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from conversation import Conversation
from conversation.vcon import parse_vcon
from conversation.vcon_own import CALL, EXTENSION
from conversation.vcon_values import text
from serving.interchange.vcon_analyses import Concluded, analyses_of, rfc3339
from serving.interchange.vcon_original import brought_up_to_date, without_ours
from serving.interchange.vcon_parties import VconObject, parties_of

CENTRE_EXTENSION = "CC"
TRANSCRIPT_EXTENSION = "wtf_transcription"
REDACTION_TYPE = "personal-data"
_MEDIA_TYPES = {
    ".wav": "audio/x-wav", ".mp3": "audio/x-mp3", ".m4a": "audio/x-mp4", ".mp4": "audio/x-mp4",
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac",
}  # fmt: skip


@dataclass(frozen=True)
class Sound:
    """The recording of a conversation, for a vCon.

    Attributes:
        name: File name.
        url: Where it can be fetched; None where it is inside.
        sha512: Of its bytes.
        content: Its bytes; None where it is outside.
    """

    name: str
    url: str | None
    sha512: bytes
    content: bytes | None = None


@dataclass(frozen=True)
class Frame:
    """What a vCon says besides the conversation.

    Attributes:
        conversation_id: Id on this service.
        created_at: When the conversation was accepted.
        updated_at: When the analysis was made.
        subject: Of the conversation; None without one.
        queue: Of the contact centre; None when unknown.
    """

    conversation_id: str
    created_at: datetime
    updated_at: datetime
    subject: str | None = None
    queue: str | None = None


def vcon_uuid(conversation_id: str, *, redacted: bool = False) -> str:
    """Return the UUID (version 8) of a conversation's vCon; the same one every time.

    Args:
        conversation_id: Id on this service.
        redacted: Whether of the redacted instance, which is a vCon of its own.
    """
    seed = hashlib.sha256(f"entendu-vcon\n{conversation_id}\n{redacted}".encode()).digest()
    number = int.from_bytes(seed[:16], "big")
    number = number & ~(0xF << 76) | (0x8 << 76)  # version
    number = number & ~(0x3 << 62) | (0x2 << 62)  # variant
    return str(uuid.UUID(int=number))


def write_vcon(
    concluded: Concluded, frame: Frame, *, sound: Sound | None = None, redacted: bool
) -> VconObject:
    """Write a conversation as a vCon.

    Args:
        concluded: The conversation, redacted already where that is asked for.
        frame: What else is said.
        sound: The recording; None leaves it out.
        redacted: Whether personal data was taken out: the vCon then refers to the whole one.
    """
    conversation = concluded.conversation
    parties, speaker_of = parties_of(conversation, redacted=redacted)
    start = conversation.started_at or frame.created_at
    if conversation.turns and not conversation.is_spoken and conversation.turns[0].at:
        start = conversation.turns[0].at
    if conversation.is_spoken or conversation.recording is not None or sound is not None:
        dialogs = [_recording_dialog(concluded.conversation, frame, start, parties, sound)]
    else:
        dialogs = _text_dialogs(conversation, frame, start, speaker_of, len(parties))
    places = list(range(len(dialogs)))
    vcon: VconObject = {
        "uuid": vcon_uuid(frame.conversation_id, redacted=redacted),
        "created_at": rfc3339(frame.created_at),
        "updated_at": rfc3339(frame.updated_at),
        "extensions": [CENTRE_EXTENSION, TRANSCRIPT_EXTENSION, EXTENSION],
    }
    if redacted:
        vcon["redacted"] = {"uuid": vcon_uuid(frame.conversation_id), "type": REDACTION_TYPE}
    if frame.subject:
        vcon["subject"] = frame.subject
    vcon["parties"] = parties
    vcon["dialog"] = dialogs
    vcon["analysis"] = analyses_of(concluded, dialogs=places, speaker_of=speaker_of, start=start)
    return vcon


def extend_vcon(
    original: Mapping[str, Any], concluded: Concluded, frame: Frame, *, sound: Sound | None = None
) -> VconObject:
    """Add what was concluded to the vCon that a conversation came in as.

    Args:
        original: The unsigned form, without its sound; every member of it is kept.
        concluded: The conversation and its analysis.
        frame: What else is said; the original's own words on it win.
        sound: The recording of its first dialog that is one.
    """
    vcon = brought_up_to_date(original, received_at=frame.created_at)
    vcon["uuid"] = text(vcon.get("uuid")) or vcon_uuid(frame.conversation_id)
    vcon["updated_at"] = rfc3339(frame.updated_at)
    dialogs: list[VconObject] = vcon.setdefault("dialog", [])  # type: ignore[assignment]
    heard = [place for place, dialog in enumerate(dialogs) if dialog.get("type") == "recording"]
    if heard and sound is not None and "url" not in dialogs[heard[0]]:
        dialogs[heard[0]].update(_content(sound))
    said = [place for place, dialog in enumerate(dialogs) if dialog.get("type") == "text"]
    places = heard[:1] if heard and (concluded.conversation.is_spoken or not said) else said
    first = dialogs[places[0]] if places else {}
    start = datetime.fromisoformat(text(first.get("start")) or rfc3339(frame.created_at))
    ours = analyses_of(
        concluded,
        dialogs=places,
        speaker_of=_original_places(original, concluded.conversation),
        start=start,
    )
    if not places:
        ours = [{key: item for key, item in one.items() if key != "dialog"} for one in ours]
    others: list[VconObject] = vcon.get("analysis", [])  # type: ignore[assignment]
    vcon["analysis"] = [*without_ours(others), *ours]
    extensions: list[str] = vcon.get("extensions", [])  # type: ignore[assignment]
    vcon["extensions"] = list(dict.fromkeys([*extensions, TRANSCRIPT_EXTENSION]))
    return vcon


def _recording_dialog(
    conversation: Conversation,
    frame: Frame,
    start: datetime,
    parties: list[VconObject],
    sound: Sound | None,
) -> VconObject:
    recording = conversation.recording
    name = sound.name if sound is not None else recording.name if recording is not None else ""
    dialog: VconObject = {
        "type": "recording",
        "start": rfc3339(start),
        "duration": round(conversation.duration_s or 0.0, 3),
        "parties": _channels(conversation, len(parties)),
        "interaction_type": CALL if conversation.channel == "phone" else conversation.channel,
        "interaction_id": frame.conversation_id,
    }
    if frame.queue is not None:
        dialog["skill"] = [frame.queue]
    if name:
        dialog["filename"] = name
        suffix = PurePosixPath(name).suffix.casefold()
        dialog["mediatype"] = _MEDIA_TYPES.get(suffix, "application/octet-stream")
    if sound is not None:
        dialog |= _content(sound)
    return dialog


def _channels(conversation: Conversation, parties: int) -> list[int | None] | list[int]:
    """Return who is on which channel, as long as the recording has channels where it is known."""
    by_channel = {
        person.audio_channel: place
        for place, person in enumerate(conversation.participants)
        if person.audio_channel is not None
    }
    stored = conversation.recording.channels if conversation.recording is not None else 0
    if by_channel:
        count = max(stored, max(by_channel) + 1)
        return [by_channel.get(channel) for channel in range(count)]
    return list(range(parties))


def _content(sound: Sound) -> VconObject:
    if sound.content is not None:
        body = base64.urlsafe_b64encode(sound.content).decode().rstrip("=")
        return {"encoding": "base64url", "body": body}
    digest = base64.urlsafe_b64encode(sound.sha512).decode().rstrip("=")
    return {"url": sound.url, "content_hash": f"sha512-{digest}"}


def _text_dialogs(
    conversation: Conversation,
    frame: Frame,
    start: datetime,
    speaker_of: Mapping[int, int],
    parties: int,
) -> list[VconObject]:
    dialogs: list[VconObject] = []
    for turn in conversation.turns:
        writer = speaker_of[turn.index]
        others = [place for place in range(parties) if place != writer]
        dialog: VconObject = {
            "type": "text",
            "start": rfc3339(turn.at or start),
            "parties": [writer, *others],
            "mediatype": "text/plain",
            "encoding": "none",
            "body": turn.text,
            "application": conversation.channel,
            "interaction_type": conversation.channel,
            "interaction_id": frame.conversation_id,
        }
        if frame.queue is not None:
            dialog["skill"] = [frame.queue]
        dialogs.append(dialog)
    return dialogs


def _original_places(original: Mapping[str, Any], conversation: Conversation) -> dict[int, int]:
    """Return which party of the original says each turn, where that can be told."""
    parties = parse_vcon(dict(original), name="vcon").participants
    people = [(person.role, person.name) for person in conversation.participants]
    if people == [(party.role, party.name) for party in parties]:
        return {
            turn.index: turn.participant
            for turn in conversation.turns
            if turn.participant is not None and turn.participant < len(people)
        }
    places: dict[int, int] = {}
    for turn in conversation.turns:
        person = None
        if turn.participant is not None and turn.participant < len(conversation.participants):
            person = conversation.participants[turn.participant]
        fitting = [
            place
            for place, party in enumerate(parties)
            if party.role == turn.speaker
            and (person is None or person.name is None or party.name == person.name)
        ]
        if len(fitting) == 1:
            places[turn.index] = fitting[0]
    return places
