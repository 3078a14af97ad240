"""vCons with sound: finding the recording, hearing it, and saying who is who."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from conversation import Conversation, Participant, Provenance, Speaker
from conversation.errors import AudioUnreadable, BadInput
from conversation.vcon import (
    Remark,
    Vcon,
    VconRecording,
    conversation_of,
    without_remarks_on_sound,
)
from serving.memory_files import held_in_memory
from speech import Transcription, probe

ChannelRoles = tuple[tuple[int, Speaker], ...]
VERSION = "1"
"""Of the reading of vCons; goes up when its results change."""

_MOST_CHANNELS = 2


def transcribe_vcon(
    vcon: Vcon,
    *,
    beside: Path,
    channels: ChannelRoles | None,
    hear: Callable[[Path, ChannelRoles | None], Transcription],
) -> Transcription:
    """Transcribe the recording of a vCon, or take over the transcript or messages it carries.

    Args:
        vcon: What :func:`conversation.vcon.read_vcon` gave.
        beside: Folder of the vCon. A recording outside of the vCon is read only if it is there
            under its name and has the hash that the vCon states; nothing is fetched.
        channels: Which channel carries whom; as the vCon says when None.
        hear: Transcribes a recording.

    Returns:
        The transcription, with names, time and remarks of the vCon. Without readable sound it is
        the vCon's own text, with no account of channels.

    Raises:
        BadInput: There is neither readable sound nor text; the message says what is missing.
    """
    problems: list[str] = []
    for recording in vcon.recordings:
        with _sound(recording, beside, problems) as path:
            if path is None:
                continue
            try:
                facts = probe(path)
            except AudioUnreadable as error:
                problems.append(error.message)
                continue
            sides = recording.parties if len(recording.parties) == facts.channels else ()
            heard = hear(path, channels or _roles(sides, vcon))
            return _with_parties(heard, vcon, recording, sides)
    if vcon.conversation is not None:
        return _as_written(conversation_of(vcon))
    if not problems:
        conversation_of(vcon)  # says that it holds nothing
    raise BadInput(
        f"{vcon.name}: no recording can be read: {'; '.join(problems[:3])}", remedy=_remedy(vcon)
    )


@contextmanager
def _sound(recording: VconRecording, beside: Path, problems: list[str]) -> Iterator[Path | None]:
    """Give the file of a recording for as long as it is needed; None where it cannot be had."""
    if recording.sound is not None:
        with (
            tempfile.TemporaryDirectory(prefix="entendu-vcon-") as folder,
            held_in_memory(BytesIO(recording.sound), Path(folder) / recording.name) as path,
        ):
            yield path
        return
    problem = _problem_outside(recording, beside / recording.name)
    if problem is not None:
        problems.append(problem)
    yield beside / recording.name if problem is None else None


def _problem_outside(recording: VconRecording, path: Path) -> str | None:
    """Say why a file beside the vCon is not its recording; None when it is."""
    if not recording.hashes:
        what = "a content_hash that is not known here" if recording.has_unknown_hash else "no hash"
        return f"{recording.name} lies outside of the vCon with {what}, so no file can be trusted"
    if not path.is_file():
        return f"{recording.name} lies outside of the vCon and is not beside it"
    for expected in recording.hashes:
        with path.open("rb") as file:
            if hashlib.file_digest(file, expected.algorithm).digest() == expected.digest:
                return None
    return f"{recording.name} is beside the vCon, but does not have its content_hash"


def _remedy(vcon: Vcon) -> str:
    for recording in vcon.recordings:
        if recording.hashes:
            where = f" (from {recording.url.partition('?')[0]})" if recording.url else ""
            expected = recording.hashes[0]
            return (
                f"put {recording.name}{where} with {expected.algorithm} "
                f"{expected.digest.hex()[:16]}… beside {vcon.name}; addresses are not fetched"
            )
    return "export the vCon with the recording in it (body, encoding base64url)"


def _roles(sides: tuple[int | None, ...], vcon: Vcon) -> ChannelRoles | None:
    """Return who is on each channel that somebody is on; None where all is to be found out."""
    present = [
        (channel, vcon.participants[party].role)
        for channel, party in enumerate(sides)
        if party is not None and party < len(vcon.participants)
    ]
    if not present or len(sides) < _MOST_CHANNELS or len(present) > _MOST_CHANNELS:
        return None
    roles = [role for _, role in present]
    if len(set(roles)) < len(roles):
        present = [(channel, "unknown") for channel, _ in present]
    return tuple(present)


def _with_parties(
    heard: Transcription, vcon: Vcon, recording: VconRecording, sides: tuple[int | None, ...]
) -> Transcription:
    conversation = heard.conversation
    french = conversation.language == "fr"
    notes = list(without_remarks_on_sound(vcon).remarks)
    others = len(vcon.recordings) - 1
    if others:
        notes.append(
            Remark(
                f"Le vCon a {others} autre(s) enregistrement(s), qui n'ont pas été lus : "
                f"seul {recording.name} l'a été.",
                f"The vCon has {others} other recording(s), which were not read: only "
                f"{recording.name} was.",
            )
        )
    metadata = dict(conversation.metadata)
    if vcon.subject:
        metadata["subject"] = vcon.subject
    written = vcon.conversation or conversation
    is_of_bot = written.channel == "voicebot"  # which only Entendu writes
    updated = conversation.model_copy(
        update={
            "channel": written.channel if is_of_bot else conversation.channel,
            "direction": written.direction,
            "id": vcon.identifier,
            "started_at": recording.started_at or conversation.started_at,
            "participants": tuple(
                _named(person, vcon, sides) for person in conversation.participants
            ),
            "metadata": metadata,
        }
    )
    warnings = [note.french if french else note.english for note in notes]
    return heard.model_copy(
        update={"conversation": updated, "warnings": (*warnings, *heard.warnings)}
    )


def _named(person: Participant, vcon: Vcon, sides: tuple[int | None, ...]) -> Participant:
    """Give a participant the name of the party on the same channel, or with the same role."""
    party = None
    if person.audio_channel is not None and len(sides) > max(1, person.audio_channel):
        place = sides[person.audio_channel]
        if place is not None and place < len(vcon.participants):
            party = vcon.participants[place]
    else:
        same = [known for known in vcon.participants if known.role == person.role]
        if len(same) == 1 and person.role != "unknown":
            party = same[0]
    if party is None or party.name is None:
        return person
    return person.model_copy(update={"name": party.name})


def _as_written(conversation: Conversation) -> Transcription:
    remarks = conversation.metadata.get("remarks")
    return Transcription(
        conversation=conversation,
        account=(),
        warnings=tuple(map(str, remarks)) if isinstance(remarks, list) else (),
        provenance=Provenance(component="conversation.vcon", version=VERSION),
    )
