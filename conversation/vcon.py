"""vCon files: what they say, and the recordings they carry or point to.

Read are unsigned, signed and gzipped vCons of 0.0.1 to 0.4.0
(https://datatracker.ietf.org/doc/draft-ietf-vcon-vcon-core/), the role of parties of the
contact-centre extension, and transcripts of the WTF extension; what Entendu wrote itself is read
back as it was. Imports are lenient, as the examples of the working group itself do not pass its
schema; what is not understood is left out.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from conversation.conversation import Conversation
from conversation.errors import ConversationUnreadable, NotFound
from conversation.identifiers import identifier_from_name
from conversation.participant import Participant
from conversation.vcon_dialogs import conversation_of_texts
from conversation.vcon_own import (
    EXTENSION,
    NOTHING_KNOWN,
    VENDOR,
    Contact,
    OwnTranscript,
    own_transcript,
)
from conversation.vcon_parties import participant_of, parties_of, with_other_side
from conversation.vcon_transcripts import conversation_of_transcripts
from conversation.vcon_values import base64url, index, mappings, moment, number, text

MAX_VCON_BYTES = 256 * 1024 * 1024
# Members of other shapes of a conversation (see conversation.json_formats).
_OTHER_SHAPES = ("turns", "messages", "transcript", "utterances", "entries")
_GZIP = b"\x1f\x8b"
_KNOWN_EXTENSIONS = frozenset({"cc", "wtf_transcription", EXTENSION})
_SOUND = re.compile(r"(?i)^(audio|video)/|^application/(wav|ogg)$")
_HASH = re.compile(r"(?i)^sha-?(256|384|512)(?:-(.*))?$", re.DOTALL)


@dataclass(frozen=True)
class Remark:
    """What a reader should know, in both languages."""

    french: str
    english: str


@dataclass(frozen=True)
class ContentHash:
    """What the bytes of a file outside of the vCon must hash to.

    Attributes:
        algorithm: As :mod:`hashlib` names it.
        digest: The hash.
    """

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class VconRecording:
    """The sound of one dialog.

    Attributes:
        name: File name without folders.
        sound: The bytes of the file; None where it lies outside of the vCon.
        url: Where it lies; nothing is fetched from there.
        hashes: Any of which the file must have; empty where none was given.
        has_unknown_hash: Whether there is a hash that cannot be computed here.
        parties: For each channel of the recording who is on it, by place among the parties; None
            for nobody. One channel may stand for everybody, so it counts only where there are
            as many channels.
        started_at: When it started; None when not known.
        duration_s: Seconds as stated; None when not known.
    """

    name: str
    sound: bytes | None
    url: str | None
    hashes: tuple[ContentHash, ...]
    has_unknown_hash: bool
    parties: tuple[int | None, ...]
    started_at: datetime | None
    duration_s: float | None


@dataclass(frozen=True)
class Vcon:
    """What is read from a vCon.

    Attributes:
        name: Of the file.
        identifier: Of the conversation.
        participants: The parties, in their order.
        recordings: The sound, in the order of the dialogs.
        conversation: What its messages or its transcripts say; None where it has neither.
        subject: As given; None without one.
        remarks: What a reader should know.
        contact: What the centre knows besides, where Entendu wrote the vCon.
    """

    name: str
    identifier: str
    participants: tuple[Participant, ...]
    recordings: tuple[VconRecording, ...]
    conversation: Conversation | None
    subject: str | None
    remarks: tuple[Remark, ...]
    contact: Contact = NOTHING_KNOWN


def looks_like_vcon(data: object) -> bool:
    """Tell whether decoded JSON is a vCon, signed and encrypted ones included."""
    if not isinstance(data, Mapping) or any(key in data for key in _OTHER_SHAPES):
        return False
    if ("payload" in data and "signatures" in data) or "ciphertext" in data or "vcon" in data:
        return True
    lists = sum(isinstance(data.get(key), list) for key in ("dialog", "analysis", "parties"))
    named = "uuid" in data or "created_at" in data or set(data) <= {"dialog", "analysis"}
    return lists > 1 or (lists == 1 and named)


def is_vcon_name(path: Path) -> bool:
    """Tell whether a file is a vCon by its name (``.vcon``, ``.vcon.json``, ``.vcon.gz``)."""
    return re.search(r"(?i)\.vcon(\.json|\.gz)?$", path.name) is not None


def read_vcon(path: Path) -> Vcon:
    """Read a vCon file.

    Args:
        path: JSON, or JSON compressed with gzip, at most 256 MB.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is too large or not a vCon, it is encrypted, or it must not be
            read without an extension that is not known here.
    """
    return parse_vcon(_document(path), name=path.name)


def load_vcon(path: Path) -> Mapping[str, Any]:
    """Return all members of a vCon file, those that are not understood as well.

    Args:
        path: As for :func:`read_vcon`.

    Returns:
        The unsigned form: of a signed vCon what was signed.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is too large or not a vCon.
    """
    return unsigned_form(_document(path), name=path.name)


def unsigned_form(data: object, *, name: str) -> Mapping[str, Any]:
    """Return what a vCon says, out of its signature where it has one.

    Args:
        data: What ``json.loads`` returned.
        name: Of the file or request, for messages.

    Raises:
        ConversationUnreadable: It is not a vCon.
    """
    if isinstance(data, Mapping) and "signatures" in data and "payload" in data:
        data = _payload(data["payload"], name)
    if not isinstance(data, Mapping):
        raise ConversationUnreadable(
            f"{name}: expected a vCon, got {type(data).__name__}", remedy="see docs/formats.md"
        )
    return data


def _document(path: Path) -> object:
    if not path.is_file():
        raise NotFound(f"{path}: no such file", remedy="check the path")
    if path.stat().st_size > MAX_VCON_BYTES:
        raise _too_large(path.name)
    return _decoded(path.read_bytes(), path.name)


def parse_vcon(data: object, *, name: str) -> Vcon:
    """Read a vCon from decoded JSON.

    Args:
        data: What ``json.loads`` returned.
        name: Of the file or request, for messages.

    Raises:
        ConversationUnreadable: As :func:`read_vcon`.
    """
    remarks: list[Remark] = []
    if isinstance(data, Mapping) and "signatures" in data and "payload" in data:
        data = _payload(data["payload"], name)
        remarks.append(
            Remark(
                "Le vCon est signé ; sa signature n'a pas été vérifiée.",
                "The vCon is signed; its signature was not verified.",
            )
        )
    if isinstance(data, Mapping) and "ciphertext" in data:
        raise ConversationUnreadable(
            f"{name}: an encrypted vCon (JWE)", remedy="decrypt it with the key of its receiver"
        )
    if not looks_like_vcon(data) or not isinstance(data, Mapping):
        found = f"keys {sorted(map(str, data))[:8]}" if isinstance(data, Mapping) else type(data)
        raise ConversationUnreadable(
            f"{name}: expected a vCon, got {found}", remedy="see docs/formats.md"
        )
    _check_critical(data, name)
    own = own_transcript(data)
    participants = _participants(data, own)
    dialogs = data.get("dialog")
    numbered = list(enumerate(dialogs)) if isinstance(dialogs, list) else []
    known = [(place, dialog) for place, dialog in numbered if isinstance(dialog, Mapping)]
    recordings = tuple(
        _recording(dialog, place)
        for place, dialog in known
        if dialog.get("type") == "recording" or _has_sound(dialog)
    )
    identifier = _identifier(data, name)
    subject = text(data.get("subject")) or None
    said = _transcribed(data, dict(known), participants, own, identifier)
    if said is None:
        texts = [
            dialog
            for _, dialog in known
            if dialog.get("type", "text") == "text" and not _has_sound(dialog)
        ]
        said = conversation_of_texts(texts, participants, identifier=identifier)
        if said is not None and own is not None:
            said = said.model_copy(
                update={"channel": own.channel or said.channel, "direction": own.direction}
            )
        if said is not None and recordings:
            remarks.append(_UNHEARD)
    elif recordings:
        remarks.append(_TRANSCRIPT_TAKEN)
    if said is not None and subject:
        said = said.model_copy(update={"metadata": said.metadata | {"subject": subject}})
    return Vcon(
        name=name,
        identifier=identifier,
        participants=participants,
        recordings=recordings,
        conversation=said,
        subject=subject,
        remarks=tuple(remarks),
        contact=NOTHING_KNOWN if own is None else own.contact,
    )


def _participants(data: Mapping[str, Any], own: OwnTranscript | None) -> tuple[Participant, ...]:
    if own is not None:
        return own.participants
    return with_other_side([participant_of(party) for party in parties_of(data)])


def _transcribed(
    data: Mapping[str, Any],
    dialogs: Mapping[int, Mapping[str, Any]],
    participants: Sequence[Participant],
    own: OwnTranscript | None,
    identifier: str,
) -> Conversation | None:
    """Return what the transcripts of a vCon say; of messages, their own words are better."""

    def best_of(analyses: Sequence[Mapping[str, Any]]) -> Conversation | None:
        return conversation_of_transcripts(analyses, dialogs, participants, identifier=identifier)

    analyses = mappings(data.get("analysis"))
    if own is None:
        return best_of(analyses)
    of_others = best_of([analysis for analysis in analyses if analysis.get("vendor") != VENDOR])
    if of_others is None:
        said = own.conversation(identifier=identifier)
        return said if said is not None or own.is_of_messages else best_of(analyses)
    return of_others if own.is_of_messages else best_of(analyses)


_UNHEARD = Remark(
    "Le vCon contient aussi un enregistrement qui n'a pas été lu.",
    "The vCon also has a recording that was not read.",
)
_TRANSCRIPT_TAKEN = Remark(
    "La transcription est celle du vCon ; l'enregistrement n'a pas été lu.",
    "The transcript is the one in the vCon; the recording was not read.",
)


def conversation_of(vcon: Vcon) -> Conversation:
    """Return what a vCon says without its sound being heard.

    Returns:
        The conversation of its messages or transcripts, with the remarks in its metadata.

    Raises:
        ConversationUnreadable: It has neither messages nor a transcript.
    """
    if vcon.conversation is None:
        sound = f"only sound ({len(vcon.recordings)} recording(s))" if vcon.recordings else "no"
        raise ConversationUnreadable(
            f"{vcon.name}: expected messages or a transcript, got a vCon with "
            + (sound if vcon.recordings else "neither, and no recording"),
            remedy="put the sound into it (`body`, base64url), send the recording itself, or give "
            "the file to `entendu process`, where the sound lies beside it"
            if vcon.recordings
            else "check the system that wrote it",
        )
    french = (vcon.conversation.language or "fr") == "fr"
    notes = [remark.french if french else remark.english for remark in vcon.remarks]
    if not notes:
        return vcon.conversation
    metadata = vcon.conversation.metadata | {"remarks": notes}
    return vcon.conversation.model_copy(update={"metadata": metadata})


def without_remarks_on_sound(vcon: Vcon) -> Vcon:
    """Return the vCon for a reader who hears its recording."""
    kept = tuple(note for note in vcon.remarks if note not in {_UNHEARD, _TRANSCRIPT_TAKEN})
    return replace(vcon, remarks=kept)


def _decoded(raw: bytes, name: str) -> object:
    if raw.startswith(_GZIP):
        raw = _unzipped(raw, name)
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConversationUnreadable(
            f"{name}: broken JSON: {error}", remedy="export it again"
        ) from error


def _unzipped(raw: bytes, name: str) -> bytes:
    decompressor = zlib.decompressobj(wbits=31)
    try:
        plain = decompressor.decompress(raw, MAX_VCON_BYTES + 1)
    except zlib.error as error:
        raise ConversationUnreadable(
            f"{name}: broken gzip: {error}", remedy="export it again"
        ) from error
    if len(plain) > MAX_VCON_BYTES:
        raise _too_large(name)
    if not decompressor.eof:
        raise ConversationUnreadable(f"{name}: gzip cut short", remedy="export it again")
    return plain


def _too_large(name: str) -> ConversationUnreadable:
    return ConversationUnreadable(
        f"{name}: more than {MAX_VCON_BYTES // 1024**2} MB, which is the most for one vCon",
        remedy="keep its recording in a file of its own beside it, with filename and content_hash",
    )


def _payload(payload: object, name: str) -> object:
    raw = base64url(payload) if isinstance(payload, str) else None
    if raw is None:
        raise ConversationUnreadable(
            f"{name}: a signed vCon whose payload is not base64url", remedy="export it again"
        )
    return _decoded(raw, name)


def _check_critical(data: Mapping[str, Any], name: str) -> None:
    """Refuse what its writer says must not be read without understanding something else."""
    given = data.get("critical") or data.get("must_support") or []
    names = given if isinstance(given, list) else [given]
    unknown = [str(item) for item in names if str(item).casefold() not in _KNOWN_EXTENSIONS]
    if unknown:
        raise ConversationUnreadable(
            f"{name}: this vCon must not be read without the extension(s) "
            f"{', '.join(unknown)[:200]!r}, which Entendu does not know",
            remedy="export it without them",
        )


def _identifier(data: Mapping[str, Any], name: str) -> str:
    given = text(data.get("uuid"))
    stem = re.sub(r"(?i)\.vcon(\.json|\.gz)?$", "", name)
    return identifier_from_name(f"{given or stem}.")


def _has_sound(dialog: Mapping[str, Any]) -> bool:
    return bool(_SOUND.match(text(dialog.get("mediatype"), dialog.get("mimetype"))))


def _recording(dialog: Mapping[str, Any], place: int) -> VconRecording:
    body = dialog.get("body")
    encoding = text(dialog.get("encoding")).casefold()
    sound = None
    if isinstance(body, str) and body.strip() and encoding in {"", "base64url", "base64"}:
        sound = base64url(body)
    url = text(dialog.get("url")) or None
    hashes, has_unknown_hash = _hashes(dialog)
    return VconRecording(
        name=_file_name(dialog, url) or f"dialog-{place}",
        sound=sound or None,
        url=url,
        hashes=hashes,
        has_unknown_hash=has_unknown_hash,
        parties=_channels(dialog.get("parties")),
        started_at=moment(dialog.get("start")),
        duration_s=number(dialog.get("duration")),
    )


def _file_name(dialog: Mapping[str, Any], url: str | None) -> str | None:
    for given in (text(dialog.get("filename")), re.split(r"[?#]", url)[0] if url else ""):
        name = PurePosixPath(given.replace("\\", "/")).name
        name = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", name)[-150:].lstrip(".")
        if name and "." in name:
            return name
    return None


def _channels(parties: object) -> tuple[int | None, ...]:
    """Return who is on each channel; several on one are nobody in particular."""
    if not isinstance(parties, list):
        place = index(parties)
        return () if place is None else (place,)
    return tuple(index(item[0] if isinstance(item, list) and len(item) == 1 else item)
                 for item in parties[:64])  # fmt: skip


def _hashes(dialog: Mapping[str, Any]) -> tuple[tuple[ContentHash, ...], bool]:
    """Return the hashes of a file outside; 0.0.1 wrote the algorithm beside the hash."""
    given = dialog.get("content_hash")
    entries = given if isinstance(given, list) else [given]
    legacy, value = text(dialog.get("alg")), text(dialog.get("signature"))
    if value:
        entries = [*entries, f"{legacy}-{value}"]
    found = []
    written = [entry for entry in entries if isinstance(entry, str) and entry.strip()]
    for entry in written:
        match = _HASH.match(entry.strip())
        digest = base64url(match[2] or "") if match else None
        if match and digest and len(digest) * 8 == int(match[1]):
            found.append(ContentHash(f"sha{match[1]}", digest))
    return tuple(found), bool(written) and not found
