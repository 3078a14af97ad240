"""Texts and recordings made into copies without personal data, for whoever asks."""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Turn
from conversation.errors import BadInput, NotFound
from nlu.language import detect_conversation_language
from nlu.redaction import RedactedItem, RedactionPolicy
from serving.hearing import transcribe_options
from serving.inputs import Input
from serving.redacting import redact_text, without_values
from serving.redactor import Redactor
from serving.speech_models import SpeechModels
from serving.vcon_calls import ChannelRoles
from speech.sound_redaction import Mode, RedactedSound

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.definitions import Definitions
    from serving.settings import Settings
    from serving.throughput import ModelPool

FOLDER = "redacted"
KEPT_S = 900.0
"""Seconds for which a redacted recording can be fetched."""

_ABOUT = "about.json"


class FoundSpan(BaseModel):
    """A place of the text that was sent where something personal stands.

    Attributes:
        type: Of the personal data.
        start: Index of its first character in the text.
        end: Index after its last.
        checked: Whether a checksum confirmed it.
        confidence: 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    checked: bool
    confidence: float = Field(ge=0, le=1)


class RedactedText(BaseModel):
    """A text without personal data.

    Attributes:
        text: With placeholders; the same value has the same one everywhere.
        language: Of the placeholders.
        spans: The placeholders, where they stand in ``text``.
        found: What was found, where it stood in the text that was sent; also what was kept.
        counts: How many were replaced, by type.
        kept: How many were found and left by the policy, by type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    language: str
    spans: tuple[RedactedItem, ...]
    found: tuple[FoundSpan, ...]
    counts: dict[str, int]
    kept: dict[str, int]


class RedactedRecording(BaseModel):
    """A recording without personal data, to be fetched for a while.

    Attributes:
        id: Of the copy.
        conversation: What was said, with placeholders and times.
        spans: The placeholders, with their times.
        counts: How many were replaced, by type.
        sound: The copy: its stretches of silence, on the clock of the recording.
        verified: Whether the copy was transcribed again and nothing was heard.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    conversation: Conversation
    spans: tuple[RedactedItem, ...]
    counts: dict[str, int]
    sound: RedactedSound
    verified: bool


class _About(BaseModel):
    owner: str
    name: str


@dataclass(frozen=True)
class SoundRequest:
    """How a recording is to be redacted.

    Attributes:
        path: The recording.
        transcript: Its transcript with word times; None: it is transcribed.
        language: ``fr``, ``en`` or ``auto``; None: the setting.
        channels: Who is on which channel; None: found from what is said.
        mode: What is heard instead.
        verify: Whether the copy is transcribed again.
        policy: What is to become of each type.
    """

    path: Path
    transcript: Path | None
    language: str | None
    channels: ChannelRoles | None
    mode: Mode
    verify: bool
    policy: RedactionPolicy


class Redaction:
    """Redacts texts and recordings; originals are not kept.

    Args:
        settings: Of the transcription, and where data are.
        definitions: The centre's own numbers and names.
        pool: The models that hear.
    """

    def __init__(self, settings: Settings, definitions: Definitions, pool: ModelPool) -> None:
        self._settings = settings
        self._definitions = definitions
        self._models = SpeechModels(settings, pool=pool)
        self._folder = settings.data_dir / FOLDER
        self._sweeping = threading.Lock()

    def policy(self, name: str, keep: Iterable[str] = ()) -> RedactionPolicy:
        """Return what is redacted.

        Args:
            name: ``default`` for all personal data, ``cards``, or ``settings``.
            keep: Types to leave as well; card data never is.

        Raises:
            BadInput: A type is not known.
        """
        source = self._settings.redact if name == "settings" else name
        policy = self._definitions.redaction(source)
        wanted = tuple(keep)
        return policy.keeping(wanted) if wanted else policy

    def text(self, text: str, policy: RedactionPolicy, *, language: str | None) -> RedactedText:
        """Redact a text."""
        turn = Turn(index=0, speaker="unknown", text=text)
        given = Conversation(id="text", channel="letter", language=language, turns=(turn,))
        known = language or detect_conversation_language(given)
        redacted = redact_text(given, policy, language=known)
        return RedactedText(
            text=redacted.conversation.turns[0].text,
            language=redacted.report.language,
            spans=redacted.report.items,
            found=tuple(
                FoundSpan(
                    type=one.type,
                    start=one.start,
                    end=one.end,
                    checked=one.checked,
                    confidence=one.confidence,
                )
                for one in redacted.found
            ),
            counts=redacted.report.counts,
            kept=redacted.report.kept,
        )

    def recording(self, principal: Principal, wanted: SoundRequest) -> RedactedRecording:
        """Redact a recording; the copy can be fetched for a while.

        Args:
            principal: Who sent it, and may fetch the copy.
            wanted: The recording and how it is to be redacted.

        Raises:
            EntenduError: It cannot be used, or a number is still heard in the copy.
        """
        self.sweep()
        item = Input(wanted.path, Path("recording"))
        if item.is_text:
            raise BadInput(
                f"{without_values(wanted.path.name)} is no recording",
                remedy="send texts to /v1/redact",
            )
        update: dict[str, object] = {"channels": wanted.channels}
        if wanted.language is not None:
            update["language"] = wanted.language
        redactor = Redactor(
            self._models,
            transcribe_options(self._settings).model_copy(update=update),
            policy=wanted.policy,
            mode=wanted.mode,
            verify=wanted.verify,
        )
        copy_id = uuid.uuid4().hex
        folder = self._folder / copy_id
        try:
            with ExitStack() as keep:
                heard = redactor.hear(item, keep, transcript=wanted.transcript)
                redacted = redactor.redact(heard.conversation)
                folder.mkdir(parents=True, mode=0o700)
                conversation, sounds, verified = redactor.write_sound(
                    heard, redacted, folder / "recording"
                )
            about = _About(owner=principal.id, name=sounds[0].name)
            (folder / _ABOUT).write_text(about.model_dump_json(), "utf-8")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return RedactedRecording(
            id=copy_id,
            conversation=conversation,
            spans=redacted.report.items,
            counts=redacted.report.counts,
            sound=sounds[0],
            verified=verified,
        )

    def sound(self, principal: Principal, copy_id: str) -> Path:
        """Return the file of a redacted recording.

        Raises:
            NotFound: There is none that they may fetch (any more).
        """
        self.sweep()
        folder = self._folder / copy_id
        if not copy_id.isalnum() or not (folder / _ABOUT).is_file():
            raise _gone(copy_id)
        about = _About.model_validate_json((folder / _ABOUT).read_text("utf-8"))
        if about.owner != principal.id:
            raise _gone(copy_id)
        return folder / about.name

    def forget(self, principal: Principal, copy_id: str) -> None:
        """Delete a redacted recording before its time.

        Raises:
            NotFound: There is none that they may fetch (any more).
        """
        shutil.rmtree(self.sound(principal, copy_id).parent)

    def sweep(self, *, older_than_s: float = KEPT_S) -> int:
        """Delete the copies whose time is over, and return how many there were."""
        gone = 0
        with self._sweeping:
            for folder in self._folder.glob("*"):
                try:
                    old = time.time() - folder.stat().st_mtime >= older_than_s
                except OSError:
                    continue
                if old:
                    shutil.rmtree(folder, ignore_errors=True)
                    gone += 1
        return gone


def _gone(copy_id: str) -> NotFound:
    return NotFound(
        f"no redacted recording {copy_id[:64]!r}",
        remedy=f"it is kept for {KEPT_S / 60:.0f} minutes: send the recording again",
    )
