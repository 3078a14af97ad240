"""The stage that turns sound, a file or a conversation into redacted text."""

from __future__ import annotations

import time
from pathlib import Path

from conversation import Conversation, read_conversation
from conversation.reading import find_vcon
from nlu.personal_data import PersonalData
from nlu.redaction import Redacted
from serving.analysis import Source, TranscriptionFacts
from serving.hearing import hear
from serving.redacting import redact_text, redact_transcription
from serving.stages.analyser import Progress
from serving.stages.rooms import Rooms
from serving.stages.values import Decoded, Transcribed
from speech import TranscribeOptions, Transcription


def transcribe_input(
    rooms: Rooms,
    given: Path | Conversation,
    decoded: Decoded,
    *,
    second: Path | None = None,
    progress: Progress | None = None,
) -> Transcribed:
    """Turn an input into text, and take the personal data out of it.

    Args:
        rooms: Models and definitions.
        given: The file, or a conversation that is text already.
        decoded: What the stage before said of it.
        second: The other side's file where a call is stored as two.
        progress: Called with the share done, 0 to 1.

    Raises:
        EntenduError: The file cannot be used, or a model is missing.
    """
    began_s = time.perf_counter()
    transcription: Transcription | None = None
    if isinstance(given, Conversation):
        conversation = given
    elif decoded.form == "text":
        conversation = read_conversation(given)
    else:
        transcription = _heard(rooms, given, second, decoded, progress)
        conversation = transcription.conversation
        if not transcription.account:  # a vCon whose text was taken over
            transcription = None
    heard_s = time.perf_counter()
    rooms.wait_until_prepared()  # loading is not the stage's time
    ready_s = time.perf_counter()
    asked = decoded.language or rooms.settings.language
    spoken = None if asked == "auto" else asked
    policy = rooms.definitions.policy
    if transcription is not None:
        transcription, redacted = redact_transcription(transcription, policy, language=spoken)
    else:
        redacted = redact_text(conversation, policy, language=spoken)
    name = f"{given.id}.json" if isinstance(given, Conversation) else _name(given, second)
    transcribed = Transcribed(
        source=Source(
            name=redacted.scrubber.file_name(name),
            sha256=decoded.sha256,
            size_bytes=decoded.size_bytes,
        ),
        conversation=redacted.conversation,
        facts=_facts(transcription),
        redaction=redacted.report,
        language=spoken,
        fingerprint=decoded.fingerprint,
        speech_s=heard_s - began_s,
        nlu_s=time.perf_counter() - ready_s,
    )
    return transcribed.knowing(_still_found(rooms, conversation, redacted))


def _heard(
    rooms: Rooms,
    path: Path,
    second: Path | None,
    decoded: Decoded,
    progress: Progress | None,
) -> Transcription:
    def share(done_s: float, total_s: float) -> None:
        if progress is not None and total_s > 0:
            progress(min(1.0, done_s / total_s))

    return hear(
        path,
        rooms.hearing,
        options=_options(rooms, decoded),
        vcon=find_vcon(path) if decoded.form == "vcon" else None,
        second=second,
        sha256=decoded.sha256,
        progress=share,
    )


def _options(rooms: Rooms, decoded: Decoded) -> TranscribeOptions:
    update: dict[str, object] = {"channels": decoded.channels}
    if decoded.language is not None:
        update["language"] = decoded.language
    return rooms.given_options.model_copy(update=update)


def _still_found(
    rooms: Rooms, conversation: Conversation, redacted: Redacted
) -> tuple[PersonalData, ...] | None:
    """Return the personal data that is kept, where what was found before still holds."""
    same_search = rooms.definitions.policy.search == rooms.definitions.centre.personal_data
    same_texts = all(
        old.text == new.text
        for old, new in zip(conversation.turns, redacted.conversation.turns, strict=True)
    )
    return redacted.found if same_search and same_texts else None


def _name(path: Path, second: Path | None) -> str:
    return path.name if second is None else f"{path.name} + {second.name}"


def _facts(transcription: Transcription | None) -> TranscriptionFacts | None:
    if transcription is None:
        return None
    return TranscriptionFacts(
        account=transcription.account,
        dropped=transcription.dropped,
        warnings=transcription.warnings,
        provenance=transcription.provenance,
    )
