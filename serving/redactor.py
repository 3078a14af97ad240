"""Files made into redacted copies: recordings, vCons, chats, e-mails."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation import Conversation, Recording, read_conversation
from conversation.errors import BadInput, ConversationUnreadable, EntenduError, NotFound
from conversation.reading import MAX_TEXT_BYTES, find_vcon
from models.integrity import sha256_of
from nlu.personal_data import find_personal_data
from nlu.redaction import (
    CARD_TYPES,
    DEFAULT_POLICY,
    Redacted,
    RedactionPolicy,
    RedactionReport,
)
from serving.hearing import hear
from serving.inputs import Input
from serving.memory_files import held_in_memory
from serving.redacting import redact_text, spans_of_dropped, spans_to_silence
from serving.vcon_calls import ChannelRoles, transcribe_vcon
from serving.version import entendu_version
from speech import DroppedText, RawFormat, TranscribeOptions, Transcription
from speech.audio_file import describe_recording, read_header, read_pair
from speech.sound_redaction import Mode, RedactedSound, redact_sound, sound_suffix

if TYPE_CHECKING:
    from conversation.vcon import Vcon
    from serving.speech_models import SpeechModels

Progress = Callable[[float, float], None]

_NAMES = ("person", "agent_name")
_LATE_S = 1.0  # containers round the length of a recording


@dataclass(frozen=True)
class Heard:
    """An input as a conversation, and the sound that it was read from.

    Attributes:
        conversation: What was said or written.
        sounds: No file for a text, one for a recording, two for a call in two files.
        raw: How the sound is read where it has no header.
        dropped: What the recogniser wrote and the transcription left out; a number that is
            dictated with the same digits over and over may be taken for an invention.
    """

    conversation: Conversation
    sounds: tuple[Path, ...] = ()
    raw: RawFormat | None = None
    dropped: tuple[DroppedText, ...] = ()


class Redactor:
    """Makes redacted copies of files.

    Args:
        models: Hear what is sound; loaded only if there is some.
        options: Of the transcription.
        policy: What is to become of each type.
        mode: What is heard instead.
        with_sound: Whether the sound is redacted as well, or the text only.
        verify: Whether redacted sound is transcribed again, to see that no number is left.
    """

    def __init__(
        self,
        models: SpeechModels,
        options: TranscribeOptions,
        *,
        policy: RedactionPolicy = DEFAULT_POLICY,
        mode: Mode = "silence",
        with_sound: bool = True,
        verify: bool = False,
    ) -> None:
        self._models = models
        self._options = options
        self._policy = policy
        self._mode: Mode = mode
        self._with_sound = with_sound
        self._verify = verify

    def hear(
        self,
        item: Input,
        keep: ExitStack,
        *,
        transcript: Path | None = None,
        progress: Progress | None = None,
    ) -> Heard:
        """Read or transcribe an input.

        Args:
            item: The input.
            keep: Holds what was unpacked for as long as it is needed.
            transcript: A transcript of the recording; it is transcribed when None.
            progress: Called with the seconds that are done and with all of them.

        Raises:
            EntenduError: The file cannot be used, or the transcript is another recording's.
        """
        for path in (item.path, item.second):
            if path is not None and not path.is_file():
                raise NotFound(f"{path}: no such file", remedy="check the path")
        if item.is_text:
            vcon = find_vcon(item.path)
            if vcon is None:
                return read_heard(item.path)
            return self._hear_vcon(vcon, item.path, keep, progress)
        sounds = (item.path,) if item.second is None else (item.path, item.second)
        if transcript is not None:
            read = read_heard(transcript)
            if self._with_sound:
                _check_match(read.conversation, sounds, transcript, self._options.raw)
            return Heard(read.conversation, sounds, self._options.raw, read.dropped)
        heard = hear(
            item.path, self._models, options=self._options, second=item.second, progress=progress
        )
        return Heard(heard.conversation, sounds, self._options.raw, heard.dropped)

    def redact(self, conversation: Conversation) -> Redacted:
        """Redact the text of a conversation."""
        asked = self._options.language
        return redact_text(conversation, self._policy, language=None if asked == "auto" else asked)

    def write_sound(
        self,
        heard: Heard,
        redacted: Redacted,
        base: Path,
        *,
        progress: Callable[[float], None] | None = None,
    ) -> tuple[Conversation, tuple[RedactedSound, ...], bool]:
        """Write the redacted sound of a call.

        Args:
            heard: The call.
            redacted: Its text.
            base: Where it goes, without an ending: ``BASE.wav`` or ``BASE.flac``, of a call in
                two files ``BASE.0`` and ``BASE.1`` with it.
            progress: Called with the share that is done, 0 to 1.

        Returns:
            The redacted conversation with the facts of the redacted recording, those of each
            file, and whether it was verified.

        Raises:
            EntenduError: The sound cannot be redacted, or a number is still heard in it; nothing
                is left written then.
        """
        if not heard.sounds or not self._with_sound:
            return redacted.conversation, (), False
        spans = (
            *spans_to_silence(redacted.conversation),
            *spans_of_dropped(heard.dropped, redacted),
        )
        base.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=base.parent, prefix=".redacting-") as folder:
            written: list[tuple[Path, Path, RedactedSound]] = []
            for number, sound in enumerate(heard.sounds):
                suffix = sound_suffix(read_header(sound, heard.raw))
                place = f".{number}" if len(heard.sounds) > 1 else ""
                target = base.with_name(f"{base.name}{place}{suffix}")
                if any(target.exists() and target.samefile(given) for given in heard.sounds):
                    raise BadInput(
                        f"the redacted sound would overwrite the recording {target.name}",
                        remedy="choose another --out",
                    )
                aside = Path(folder) / target.name
                facts = redact_sound(
                    sound, aside, spans, mode=self._mode, raw=heard.raw, progress=progress
                )
                written.append((aside, target, facts))
            sounds = [aside for aside, _, _ in written]
            if self._verify:
                self._listen_again(sounds, redacted)
            recording = _facts(sounds, redacted.conversation.recording)
            for aside, target, _ in written:
                aside.replace(target)
        conversation = redacted.conversation.model_copy(update={"recording": recording})
        return conversation, tuple(facts for _, _, facts in written), self._verify

    def _hear_vcon(
        self, vcon: Vcon, path: Path, keep: ExitStack, progress: Progress | None
    ) -> Heard:
        sounds: list[Path] = []

        def held(sound: Path) -> Path:
            """Keep sound from inside the vCon until it is redacted."""
            folder = Path(keep.enter_context(tempfile.TemporaryDirectory(prefix="entendu-vcon-")))
            with sound.open("rb") as read:
                return keep.enter_context(held_in_memory(read, folder / sound.name))

        def hear_sound(sound: Path, channels: ChannelRoles | None) -> Transcription:
            sounds.append(sound if sound.parent == path.parent else held(sound))
            # sound in a vCon is in a file with a header
            options = self._options.model_copy(update={"channels": channels, "raw": None})
            return hear(sound, self._models, options=options, progress=progress)

        heard = transcribe_vcon(
            vcon, beside=path.parent, channels=self._options.channels, hear=hear_sound
        )
        return Heard(heard.conversation, tuple(sounds), dropped=heard.dropped)

    def _listen_again(self, sounds: Sequence[Path], redacted: Redacted) -> None:
        """Transcribe redacted sound and refuse it where a number is still heard."""
        second = sounds[1] if len(sounds) > 1 else None
        options = self._options.model_copy(update={"raw": None})
        again = hear(sounds[0], self._models, options=options, second=second).conversation
        left: dict[str, float] = {}
        for data in find_personal_data(again, settings=self._policy.search):
            if self._policy.action(data.type) != "keep" and (
                data.type in CARD_TYPES or data.checked
            ):
                left.setdefault(data.type, data.start_s or 0.0)
        for turn in again.turns:
            for span in redacted.scrubber.traces(turn.text):
                if span.type not in _NAMES:
                    left.setdefault(span.type, turn.start_s or 0.0)
        if left:
            heard = ", ".join(f"{name} at {time_s:.1f} s" for name, time_s in left.items())
            raise EntenduError(
                f"after redaction this is still heard: {heard}; nothing was written",
                remedy="transcribe it with a better model (--model large-v3-turbo)",
            )


class FileRedaction(BaseModel):
    """What was redacted in one file. It holds no value.

    Attributes:
        schema_version: Of this shape.
        entendu_version: Of the software.
        source: Name of the file, redacted itself.
        counts: How many places were replaced in the turns, by type.
        text: Each place, and what was replaced beside the turns.
        sound: The redacted sound; empty where there is none or it was left out.
        verified: Whether the redacted sound was transcribed again and no number was heard.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal["1.0"] = "1.0"
    entendu_version: str = Field(default_factory=entendu_version)
    source: str
    counts: dict[str, int]
    text: RedactionReport
    sound: tuple[RedactedSound, ...]
    verified: bool


def read_heard(path: Path) -> Heard:
    """Read a conversation from a file, also from what ``entendu transcribe --format json`` wrote.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is in no format that is known.
    """
    if path.suffix.casefold() == ".json" and path.is_file():
        if path.stat().st_size > MAX_TEXT_BYTES:
            return Heard(read_conversation(path))  # says that it is too large
        try:
            data = json.loads(path.read_text("utf-8-sig"))
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and {"conversation", "account", "provenance"} <= data.keys():
            try:
                heard = Transcription.model_validate(data)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                place = ".".join(map(str, first["loc"]))
                raise ConversationUnreadable(
                    f"{path.name}: {place}: {first['msg']}", remedy="transcribe it again"
                ) from None
            return Heard(heard.conversation, dropped=heard.dropped)
    return Heard(read_conversation(path))


def _check_match(
    conversation: Conversation, sounds: Sequence[Path], transcript: Path, raw: RawFormat | None
) -> None:
    """Refuse the transcript of another recording: the wrong stretches would be silenced."""
    single = len(sounds) == 1
    header = read_header(sounds[0], raw) if single else read_pair(sounds[0], sounds[1], raw)
    if conversation.recording is not None:
        expected = conversation.recording.sha256
        actual = sha256_of(sounds[0]) if single else describe_recording(header).sha256
        if actual != expected:
            raise BadInput(
                f"{transcript.name} is the transcript of a recording with SHA-256 "
                f"{expected[:12]}…, {header.name} has {actual[:12]}…",
                remedy="give the transcript of this recording, or leave --transcript out",
            )
        return
    last_s = max((turn.end_s for turn in conversation.turns if turn.end_s is not None), default=0.0)
    if header.known_s is not None and last_s > header.known_s + _LATE_S:
        raise BadInput(
            f"{transcript.name} goes on until {last_s:.1f} s, {header.name} lasts "
            f"{header.known_s:.1f} s",
            remedy="give the transcript of this recording, or leave --transcript out",
        )


def _facts(sounds: Sequence[Path], before: Recording | None) -> Recording:
    header = read_header(sounds[0]) if len(sounds) == 1 else read_pair(sounds[0], sounds[1])
    return describe_recording(header, before.duration_s if before is not None else None)
