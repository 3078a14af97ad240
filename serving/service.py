"""The service without HTTP: what is accepted is stored and queued, what is erased is gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conversation import Conversation, read_conversation
from conversation.errors import AudioTooLong, BadInput, ChannelsUnsupported
from conversation.reading import find_vcon
from models.integrity import sha256_of
from serving.inputs import is_text_file
from serving.jobs import Jobs
from serving.settings import Settings
from serving.store import FolderLock, Store, StoredConversation
from speech import parse_channels, parse_raw_format, probe

if TYPE_CHECKING:
    from serving.pipeline import Analyser


class Service:
    """Store, queue and pipeline behind the routes.

    Args:
        settings: See :class:`serving.settings.Settings`.
        pipeline: What analyses; None: :class:`serving.pipeline.Pipeline` with the settings.
    """

    def __init__(self, settings: Settings, pipeline: Analyser | None = None) -> None:
        self.settings = settings
        self._pipeline = pipeline
        self._lock: FolderLock | None = None
        self._store: Store | None = None
        self._jobs: Jobs | None = None

    def open(self) -> None:
        """Take the data folder, bring its database up to date, and go on with what is left.

        Does nothing when the service is open.

        Raises:
            Conflict: Another process serves the folder, or its database cannot be opened.
        """
        if self._lock is not None:
            return
        data_dir = self.settings.data_dir
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FolderLock(data_dir)
        try:
            if self._pipeline is None:
                from serving.pipeline import Pipeline

                self._pipeline = Pipeline(self.settings)
            self._store = Store(data_dir)
            jobs = Jobs(self._store, self._pipeline)
            jobs.start()
            self._jobs = jobs
        except BaseException:
            self.close(grace_s=0)
            raise

    def close(self, *, grace_s: float = 5.0) -> bool:
        """Stop working and let go of the data folder.

        Args:
            grace_s: How long to wait for the analysis that is running.

        Returns:
            Whether nothing runs any more; see :meth:`serving.jobs.Jobs.stop`.
        """
        idle = self._jobs is None or self._jobs.stop(grace_s=grace_s)
        if self._store is not None:
            self._store.close()
        if self._lock is not None:
            self._lock.release()
        self._jobs = self._store = self._lock = None
        return idle

    @property
    def store(self) -> Store:
        """What is stored."""
        if self._store is None:
            raise RuntimeError("the service is not open")
        return self._store

    def accept_file(
        self, upload: Path, *, language: str | None = None, channels: str | None = None
    ) -> StoredConversation:
        """Look into a file, and store and queue it when it can be used.

        Args:
            upload: A recording, vCon, chat or e-mail below the store's folder for uploads.
            language: ``fr``, ``en`` or ``auto``; None: the setting.
            channels: Who is on which channel (``0=agent,1=customer``); None: found from what
                is said.

        Returns:
            The conversation, queued.

        Raises:
            BadInput: The file cannot be used; nothing is stored.
        """
        if upload.stat().st_size == 0:
            raise BadInput(f"{upload.name} is empty", remedy="send a file with something in it")
        is_text = is_text_file(upload)
        vcon = find_vcon(upload) if is_text else None
        if vcon is not None and any(recording.sound for recording in vcon.recordings):
            if channels is not None:
                parse_channels(channels)
            return self._queued(
                self.store.add_recording(
                    upload, sha256=sha256_of(upload), language=language, channels=channels
                )
            )
        if is_text:
            if channels is not None:
                raise BadInput(
                    f"channels {channels!r} were given, but {upload.name} is no recording",
                    remedy="leave channels out",
                )
            return self.accept_conversation(
                read_conversation(upload), name=upload.name, language=language
            )
        sha256 = self._examined(upload, channels)
        return self._queued(
            self.store.add_recording(upload, sha256=sha256, language=language, channels=channels)
        )

    def accept_conversation(
        self, conversation: Conversation, *, name: str, language: str | None = None
    ) -> StoredConversation:
        """Store and queue a conversation that is text already.

        Args:
            conversation: What was said.
            name: File name it came under, or its identifier.
            language: ``fr``, ``en`` or ``auto``; None: the setting.

        Returns:
            The conversation, queued.

        Raises:
            BadInput: Nobody says anything in it.
        """
        if not any(turn.text.strip() for turn in conversation.turns):
            raise BadInput(
                f"{name} has no turn with text", remedy="send at least one message with text"
            )
        return self._queued(self.store.add_conversation(conversation, name=name, language=language))

    def erase(self, conversation_id: str) -> None:
        """Erase a conversation and all that was made of it.

        Raises:
            NotFound: There is none with this id.
        """
        self.store.erase(conversation_id)
        if self._jobs is not None:
            self._jobs.forget(conversation_id)

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

    def _queued(self, accepted: StoredConversation) -> StoredConversation:
        if self._jobs is None:
            raise RuntimeError("the service is not open")
        try:
            self._jobs.submit(accepted.id)
        except BaseException:
            self.store.erase(accepted.id)  # it is not acknowledged: no trace of it
            raise
        return accepted
