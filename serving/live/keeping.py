"""What becomes of a session that is over: a conversation that is stored and analysed."""

from __future__ import annotations

import wave
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from conversation import Turn
from conversation.errors import BadInput, ProcessingRefused
from serving.intake import AskedLanguage, Intake
from serving.live.cards import LiveCards
from serving.live.events import FinalText, Lasting, Summary
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.sound import silence_frames
from serving.live.spool import Kept, Spool
from serving.live.turns import conversation_of, lasting_events, turn_of
from serving.notes import Notes, text_of_note
from speech.live.encoding import SampleReader

if TYPE_CHECKING:
    from serving.service import Service

_SAMPLE_BYTES = 2


def store_session(
    service: Service,
    facts: SessionFacts,
    turns: Mapping[int, Turn],
    spool: Spool | None,
    spans_s: Sequence[tuple[float, float]],
    *,
    events: Sequence[Lasting] = (),
) -> str | None:
    """Store the conversation of a session and queue its analysis.

    A call is analysed from its sound, which has been silenced where card data was said: with all
    of it at hand, more is heard than while it went on. A session that was stored already, by a
    service that was killed right after, is not stored again.

    Args:
        service: Stores it.
        facts: Of the session.
        turns: What was said, redacted, by number.
        spool: With the sound; None: nothing is kept.
        spans_s: Stretches of the sound to be silenced.
        events: What was told while it went on; the note is kept as a draft.

    Returns:
        Id of the conversation; None where there is nothing to store.
    """
    if spool is None or not facts.is_kept:
        return None
    spool.close()
    try:
        if service.store.known({facts.id}):
            stored: str | None = facts.id
        elif facts.sound is None:
            stored = _store_messages(service, facts, turns)
        else:
            stored = _store_sound(service, facts, facts.sound, spool, spans_s)
    except (BadInput, ProcessingRefused):  # the customer objects by now: nothing may be kept
        LiveCards(service.store.database).forget(facts)
        spool.erase()
        raise
    if stored is None:
        LiveCards(service.store.database).forget(facts)
    else:
        notes = [text_of_note(one.note) for one in events if isinstance(one, Summary)]
        Notes(service.store.database).draft(stored, notes[-1] if notes else None)
    spool.erase()
    return stored


def store_left(service: Service, spool: Spool, kept: Kept) -> str | None:
    """Store what a service that was killed kept of a session; see :func:`store_session`."""
    events = lasting_events(kept.events)
    finals = [one for one in events if isinstance(one, FinalText)]
    turns = {final.turn: turn_of(final) for final in finals}
    return store_session(service, kept.facts, turns, spool, kept.spans_s, events=events)


def _store_messages(service: Service, facts: SessionFacts, turns: Mapping[int, Turn]) -> str | None:
    if not any(turn.text.strip() for turn in turns.values()):
        return None
    conversation = conversation_of(facts, [turns[number] for number in sorted(turns)])
    return service.accept_conversation(
        conversation,
        name=f"live-{facts.id}.json",
        intake=intake_of(facts),
        team=facts.team,
        conversation_id=facts.id,
    ).id


def _store_sound(
    service: Service,
    facts: SessionFacts,
    sound: SoundFormat,
    spool: Spool,
    spans_s: Sequence[tuple[float, float]],
) -> str | None:
    if not any(spool.sound()):
        return None
    with service.store.files.receiving() as folder:
        path = folder / f"live-{facts.id}.wav"
        write_wav(spool.sound(), sound, spans_s, path)
        return service.accept_file(
            path, intake=intake_of(facts), team=facts.team, conversation_id=facts.id
        ).id


def write_wav(
    pieces: Iterable[bytes], sound: SoundFormat, spans_s: Sequence[tuple[float, float]], path: Path
) -> None:
    """Write kept sound as a WAV file of 16-bit samples.

    Args:
        pieces: The sound, whole frames without a header.
        sound: How it was sent.
        spans_s: Stretches to be silenced, seconds.
        path: Where the file goes.
    """
    reader = SampleReader(sound.encoding)
    with wave.open(str(path), "wb") as target:
        target.setnchannels(len(sound.speakers))
        target.setsampwidth(_SAMPLE_BYTES)
        target.setframerate(sound.sample_rate_hz)
        place = 0
        for piece in pieces:
            data = bytearray(piece)
            silence_frames(sound, data, place, spans_s)
            place += len(data)
            samples = np.rint(reader.read(bytes(data)) * 32_768)
            target.writeframes(np.clip(samples, -32_768, 32_767).astype("<i2").tobytes())


def intake_of(facts: SessionFacts) -> Intake:
    """Return what an upload of the session would say about it.

    Raises:
        BadInput: Uploads would not take it.
    """
    language: AskedLanguage | None = None
    if facts.language in ("fr", "en", "auto"):
        language = facts.language  # type: ignore[assignment]
    channels = None
    if facts.sound is not None and set(facts.sound.speakers) <= {"agent", "customer", "bot"}:
        channels = ",".join(f"{at}={who}" for at, who in enumerate(facts.sound.speakers))
    try:
        return Intake(
            language=language,
            channels=channels,
            direction=facts.direction,
            queue=facts.queue,
            agent_key=facts.agent_key,
            customer_key=facts.customer_key,
            purpose=facts.purpose,
            consent_ref=facts.consent_ref,
            started_at=facts.started_at,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadInput(
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            remedy="correct what was said about the conversation",
        ) from error
