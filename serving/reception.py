"""What is taken in: looked into, stored and queued in one transaction, or refused."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation import Conversation, parse_conversation, read_conversation
from conversation.errors import AudioTooLong, BadInput, ChannelsUnsupported
from conversation.reading import find_vcon
from conversation.vcon import load_vcon
from conversation.vcon_own import NOTHING_KNOWN
from models.integrity import sha256_of
from serving.inputs import is_text_file
from serving.intake import NOTHING_SAID, AskedLanguage, Intake
from serving.interchange.imported import ImportedVcons
from serving.interchange.vcon_original import without_sound
from serving.jobs import Jobs, Priority
from serving.null_text import HOLDS_NULL, NULL, REMEDY
from serving.privacy.privacy import Privacy
from serving.settings import Settings
from serving.store import Store, StoredConversation
from serving.store.tables import DEFAULT_TEAM
from speech import parse_channels, parse_raw_format, probe

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Some 80 pages; a message of an export that lost its line ends would keep every other job waiting.
MAX_TURN_CHARS = 200_000
_PRIORITIES = {"live": Priority.LIVE, "normal": Priority.NORMAL, "batch": Priority.BATCH}


class Reception(ABC):
    """The part of a service that takes conversations in.

    A conversation and the job that analyses it are committed together: whenever a process is
    killed, both are there or neither is.
    """

    settings: Settings

    @property
    @abstractmethod
    def store(self) -> Store:
        """What is stored."""

    @property
    @abstractmethod
    def jobs(self) -> Jobs:
        """What is to be done."""

    @property
    @abstractmethod
    def privacy(self) -> Privacy:
        """Says what may be taken in."""

    def accept(
        self,
        source: Path | object,
        *,
        intake: Intake = NOTHING_SAID,
        team: str | None = None,
        conversation_id: str | None = None,
    ) -> StoredConversation:
        """Store and queue a conversation, or find that this was done already.

        Args:
            source: A file below the store's folder for uploads, or decoded JSON.
            intake: What the sender says about it.
            team: Whose it becomes; None: the default team's.
            conversation_id: Id set aside for it, where the same request may come twice; None: a
                new one.

        Returns:
            The conversation, queued.

        Raises:
            BadInput: It cannot be used; nothing is stored.
            ObjectionRecorded: The customer objects.
            ConsentMissing: It may not be kept without a consent.
        """
        if conversation_id is not None and self.store.known({conversation_id}):
            found = self.store.get(conversation_id)
            self.jobs.submit_conversation(found.id, team=found.team)
            return found
        team = team or DEFAULT_TEAM
        if isinstance(source, Path):
            return self.accept_file(
                source, intake=intake, team=team, conversation_id=conversation_id
            )
        conversation = self._checked(
            parse_conversation(source, name="conversation"), name="conversation"
        )
        return self.accept_conversation(
            conversation,
            name=conversation.id,
            intake=intake,
            team=team,
            conversation_id=conversation_id,
        )

    def accept_file(
        self,
        upload: Path,
        *,
        language: AskedLanguage | None = None,
        channels: str | None = None,
        intake: Intake = NOTHING_SAID,
        team: str = DEFAULT_TEAM,
        conversation_id: str | None = None,
    ) -> StoredConversation:
        """Look into a file, and store and queue it when it can be used.

        Args:
            upload: A recording, vCon, chat or e-mail below the store's folder for uploads.
            language: ``fr``, ``en`` or ``auto``; None: the intake's.
            channels: Who is on which channel (``0=agent,1=customer``); None: the intake's, else
                found from what is said.
            intake: What the sender says about it.
            team: Whose it becomes.
            conversation_id: Id set aside for it; None: a new one.

        Returns:
            The conversation, queued.

        Raises:
            BadInput: The file cannot be used; nothing is stored.
        """
        said, intake = intake, _with(intake, language, channels)
        self._admit(intake, team)
        if upload.stat().st_size == 0:
            raise BadInput(f"{upload.name} is empty", remedy="send a file with something in it")
        is_text = is_text_file(upload)
        vcon = find_vcon(upload) if is_text else None
        if vcon is not None and vcon.conversation is not None:
            self._checked(vcon.conversation, name=upload.name)
        if vcon is not None and vcon.contact != NOTHING_KNOWN:
            intake = _with(said.completed(vcon.contact), language, channels)
            self._admit(intake, team)
        if vcon is not None and any(recording.sound for recording in vcon.recordings):
            if intake.channels is not None:
                parse_channels(intake.channels)
            original = load_vcon(upload)
            with self.jobs.telling():
                return self.store.add_recording(
                    upload,
                    sha256=sha256_of(upload),
                    intake=intake,
                    team=team,
                    conversation_id=conversation_id,
                    together=self._queued(original),
                )
        if is_text:
            if intake.channels is not None:
                raise BadInput(
                    f"channels {intake.channels!r} were given, but {upload.name} is no recording",
                    remedy="leave channels out",
                )
            return self.accept_conversation(
                self._checked(read_conversation(upload), name=upload.name),
                name=upload.name,
                intake=intake,
                team=team,
                conversation_id=conversation_id,
                original=None if vcon is None else load_vcon(upload),
            )
        sha256 = self._examined(upload, intake.channels)
        with self.jobs.telling():
            return self.store.add_recording(
                upload,
                sha256=sha256,
                intake=intake,
                team=team,
                conversation_id=conversation_id,
                together=self._queued(),
            )

    def accept_conversation(
        self,
        conversation: Conversation,
        *,
        name: str,
        language: AskedLanguage | None = None,
        intake: Intake = NOTHING_SAID,
        team: str = DEFAULT_TEAM,
        conversation_id: str | None = None,
        original: Mapping[str, Any] | None = None,
    ) -> StoredConversation:
        """Store and queue a conversation that is text already.

        Args:
            conversation: What was said.
            name: File name it came under, or its identifier.
            language: ``fr``, ``en`` or ``auto``; None: the intake's.
            intake: What the sender says about it.
            team: Whose it becomes.
            conversation_id: Id set aside for it; None: a new one.
            original: The vCon that it came as, for what is not read of it.

        Returns:
            The conversation, queued.

        Raises:
            BadInput: Nobody says anything in it, or somebody more than can be read.
        """
        intake = _with(intake, language, None)
        self._admit(intake, team)
        if not any(turn.text.strip() for turn in conversation.turns):
            raise BadInput(
                f"{name} has no turn with text", remedy="send at least one message with text"
            )
        longest = max(conversation.turns, key=lambda turn: len(turn.text))
        if len(longest.text) > MAX_TURN_CHARS:
            raise BadInput(
                f"turn {longest.index} of {name} has {len(longest.text)} characters, "
                f"expected at most {MAX_TURN_CHARS}",
                remedy="send what was said, without attachments and logs",
            )
        with self.jobs.telling():
            return self.store.add_conversation(
                conversation,
                name=name,
                intake=intake,
                team=team,
                conversation_id=conversation_id,
                together=self._queued(original),
            )

    def _admit(self, intake: Intake, team: str) -> None:
        self.privacy.admit(
            team=team,
            purpose=intake.purpose,
            direction=intake.direction,
            customer_key=intake.customer_key,
            consent_ref=intake.consent_ref,
            objection=intake.objection,
        )

    def _checked(self, conversation: Conversation, *, name: str) -> Conversation:
        """Return what was uploaded as text, when it is no longer than the settings say.

        What was written or heard here is kept however long it is.
        """
        most, turns = self.settings.max_turns, conversation.turns
        if len(turns) > most:
            raise BadInput(
                f"{name} has {len(turns)} turns, expected at most {most}",
                remedy="send each contact as one conversation, or raise max_turns in the settings",
            )
        holding = next((turn.index for turn in turns if NULL in turn.text), None)
        if holding is not None:
            raise BadInput(f"turn {holding} of {name} {HOLDS_NULL}", remedy=REMEDY)
        return conversation

    def _examined(self, upload: Path, channels: str | None) -> str:
        picked = None if channels is None else [number for number, _ in parse_channels(channels)]
        raw = None if self.settings.raw is None else parse_raw_format(self.settings.raw)
        recording = probe(upload, raw)
        limit_s = self.settings.max_duration_s
        if recording.duration_s > limit_s:
            raise AudioTooLong(
                f"{upload.name} lasts {recording.duration_s:.0f} s, "
                f"expected at most {limit_s:.0f} s",
                remedy="cut it, or raise max_duration_s in the settings",
            )
        if picked is None and recording.channels > 2:
            raise ChannelsUnsupported(
                f"{upload.name} has {recording.channels} channels, expected 1 or 2",
                remedy="convert it, or pick two with channels, such as 0=agent,3=customer",
            )
        if picked is not None and max(picked) >= recording.channels:
            raise ChannelsUnsupported(
                f"{upload.name} has {recording.channels} channels, expected a channel "
                f"{max(picked)} (they are counted from 0)",
                remedy=f"pick channels from 0 to {recording.channels - 1}",
            )
        return recording.sha256

    def _queued(
        self, original: Mapping[str, Any] | None = None
    ) -> Callable[[Session, StoredConversation], None]:
        """Return what is to be written together with a conversation: its job, and its vCon."""

        def write(session: Session, accepted: StoredConversation) -> None:
            if original is not None and not self.settings.redacted_only:
                ImportedVcons(self.store.database).keep(
                    accepted.id, without_sound(original), session
                )
            self.jobs.submit_conversation(
                accepted.id,
                team=accepted.team,
                priority=_PRIORITIES[accepted.priority],
                session=session,
            )

        return write


def _with(intake: Intake, language: AskedLanguage | None, channels: str | None) -> Intake:
    return intake.model_copy(
        update={
            "language": language or intake.language,
            "channels": channels or intake.channels,
        }
    )
