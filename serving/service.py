"""The service without HTTP: what is accepted is stored and queued, what is erased is gone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation import Conversation, parse_conversation, read_conversation
from conversation.errors import AudioTooLong, BadInput, ChannelsUnsupported, ModelError, NotFound
from conversation.reading import find_vcon
from conversation.vcon import load_vcon
from models import ModelStore
from models.integrity import sha256_of
from serving.access.access import Access
from serving.access.audit import AuditLog
from serving.access.keys import Keys
from serving.access.oidc import Oidc
from serving.access.rates import Rates
from serving.access.sessions import Sessions
from serving.idempotency import Idempotency
from serving.inputs import is_text_file
from serving.intake import NOTHING_SAID, AskedLanguage, Intake
from serving.interchange.imported import ImportedVcons
from serving.interchange.vcon_original import without_sound
from serving.jobs import Job, Jobs, Priority, Work
from serving.jobs.processing import PROCESS
from serving.privacy.memory import effective, memory_folder
from serving.privacy.privacy import Privacy
from serving.privacy.purge import PURGE, run_purge
from serving.resources import Resources
from serving.reviewing.rescoring import rescoring
from serving.settings import Settings
from serving.store import FolderLock, Store, StoredConversation, open_store
from serving.store.tables import DEFAULT_TEAM
from serving.webhooks.addresses import AddressGuard, parse_networks
from serving.webhooks.dispatcher import Dispatcher
from serving.webhooks.webhooks import Webhooks
from speech import parse_channels, parse_raw_format, probe

if TYPE_CHECKING:
    from serving.live.hub import LiveHub
    from serving.pipeline import Analyser
    from serving.throughput import ModelPool

_PRIORITIES = {"live": Priority.LIVE, "normal": Priority.NORMAL, "batch": Priority.BATCH}


class Service:
    """Store, queue and pipeline behind the routes.

    Args:
        settings: See :class:`serving.settings.Settings`.
        pipeline: What analyses; None: :class:`serving.pipeline.Pipeline` with the settings.
        works: Whether this process does jobs, or leaves them to other workers.
    """

    def __init__(
        self, settings: Settings, pipeline: Analyser | None = None, *, works: bool = True
    ) -> None:
        self.settings = effective(settings)
        self._works = works
        self._pipeline = pipeline
        self._lock: FolderLock | None = None
        self._store: Store | None = None
        self._jobs: Jobs | None = None
        self._pool: ModelPool | None = None
        self._making = threading.Lock()
        self._resources: Resources | None = None
        self._access: Access | None = None
        self._privacy: Privacy | None = None
        self._idempotency: Idempotency | None = None
        self._webhooks: Webhooks | None = None
        self._dispatcher: Dispatcher | None = None
        self.live: LiveHub | None = None  # it makes itself known while it runs

    def open(self) -> None:
        """Take the data folder, bring its database up to date, and go on with what is left.

        Does nothing when the service is open.

        With SQLite one service has the folder; with PostgreSQL several may share it.

        Raises:
            Conflict: Another process serves the folder, or its database cannot be opened.
            Unavailable: The database does not answer.
        """
        if self._store is not None:
            return
        data_dir = self.settings.data_dir
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.settings.database_url is None:
            self._lock = FolderLock(data_dir)
        try:
            analyser = self._pipeline
            if analyser is None:
                from serving.pipeline import Pipeline

                analyser = pipeline = Pipeline(self.settings, pool=self.pool)
                pipeline.use_knowledge(
                    lambda: self.resources.bases.of_team(None).found,
                    lambda: self.resources.bases.of_team(None).revision,
                )
            self._store = open_store(self.settings)
            self._access = Access.of(self.settings, self._store.database)
            self._open_privacy(self._store)
            self._idempotency = Idempotency(
                self._store.database,
                keep=timedelta(hours=self.settings.idempotency_h),
                is_alone=self.settings.database_url is None,
            )
            self._resources = Resources(self.settings, self._store, lambda: self.pool)
            self._jobs = self._new_jobs(self._store, analyser)
            self._jobs.start()
            if self.settings.warm_models:
                self.pool.warm()
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
        if self._resources is not None:
            self._resources.close()
        self._resources = None
        with self._making:
            if self._pool is not None and idle:
                self._pool.close()  # an analysis that still runs would take that for a failure
            self._pool = None
        if self._dispatcher is not None:
            self._dispatcher.stop(grace_s=grace_s)
        if self._store is not None:
            self._store.close()
        if self._lock is not None:
            self._lock.release()
        self._jobs = self._store = self._lock = None
        self._access = None
        self._privacy = self._webhooks = self._dispatcher = None
        return idle

    @property
    def store(self) -> Store:
        """What is stored."""
        if self._store is None:
            raise RuntimeError("the service is not open")
        return self._store

    @property
    def pool(self) -> ModelPool:
        """The models, shared by everything that the service does; loaded when they are needed."""
        with self._making:
            if self._pool is None:
                from serving.throughput import ModelPool

                self._pool = ModelPool(self.settings)
            return self._pool

    @property
    def resources(self) -> Resources:
        """What stands behind the routes for knowledge, dialogues, reviews, reasons and figures."""
        if self._resources is None:
            raise RuntimeError("the service is not open")
        return self._resources

    @property
    def jobs(self) -> Jobs:
        """What is to be done, and the worker that does it."""
        if self._jobs is None:
            raise RuntimeError("the service is not open")
        return self._jobs

    def _new_jobs(self, store: Store, analyser: Analyser) -> Jobs:
        settings = self.settings
        url = settings.database_url
        jobs = Jobs(
            store,
            analyser,
            database_url=None if url is None else url.get_secret_value(),
            works=self._works,
            lease_s=settings.worker_lease_s,
            finished=self._tell_finished,
        )
        jobs.schedule(PURGE, settings.purge_schedule, self._purge)
        jobs.register(rescoring(lambda: self.resources))
        return jobs

    @property
    def keys(self) -> Keys:
        """The keys that open the service."""
        return self._opened_access.keys

    @property
    def audit(self) -> AuditLog:
        """The log of who read and changed what."""
        return self._opened_access.audit

    @property
    def spool_dir(self) -> Path:
        """Where sessions that are going on are written down; in memory with ``redacted_only``."""
        return memory_folder(self.settings) or self.settings.data_dir

    @property
    def privacy(self) -> Privacy:
        """The ledgers of consents and removals, and the rules of retention."""
        if self._privacy is None:
            raise RuntimeError("the service is not open")
        return self._privacy

    @property
    def webhooks(self) -> Webhooks:
        """The addresses that are told of what happens."""
        if self._webhooks is None:
            raise RuntimeError("the service is not open")
        return self._webhooks

    def missing_models(self) -> tuple[str, ...]:
        """Return the names of the models that are not on this machine, without loading any."""
        if self._pipeline is not None:  # it brings its own
            return ()
        found = ModelStore(self.settings.models_dir)
        missing = []
        for name in (self.settings.transcription_model, self.settings.embedding_model):
            try:
                found.path(name)
            except (ModelError, NotFound):
                missing.append(name)
        return tuple(missing)

    @property
    def idempotency(self) -> Idempotency:
        """The requests that came with a key."""
        if self._idempotency is None:
            raise RuntimeError("the service is not open")
        return self._idempotency

    def notify(
        self,
        kind: str,
        data: dict[str, object],
        *,
        team: str | None = DEFAULT_TEAM,
        key: str | None = None,
    ) -> None:
        """Tell whoever asked for it that something happened; see :mod:`serving.webhooks`.

        Args:
            kind: One of :data:`serving.webhooks.values.EVENT_KINDS`.
            data: Ids and codes, no personal data: it leaves the house.
            team: Whose event it is; None: the default team's.
            key: What makes the event the same when it is told twice; None: each is a new one.
        """
        self.webhooks.publish(kind, data, team=team or DEFAULT_TEAM, key=key)

    def _tell_finished(self, job: Job) -> None:
        kind = {"done": "conversation.done", "failed": "conversation.failed"}.get(
            "failed" if job.state == "dead" else job.state
        )
        if job.kind == PROCESS and job.conversation_id is not None and kind is not None:
            data: dict[str, object] = {"conversation_id": job.conversation_id, "job_id": job.id}
            moment = "" if job.finished_at is None else job.finished_at.isoformat()
            self.notify(kind, data, team=job.team, key=f"{job.id}:{moment}")

    def _purge(self, work: Work) -> None:
        proof = run_purge(self, datetime.now(UTC), by="schedule")
        self.notify("purge.finished", {"proof_id": proof.id}, key=work.job.id)

    def _open_privacy(self, store: Store) -> None:
        settings = self.settings
        self._privacy = Privacy(settings, store.database)
        self._webhooks = Webhooks(
            store.database,
            self._privacy.key,
            guard=AddressGuard(parse_networks(settings.webhook_networks)),
            timeout_s=settings.webhook_timeout_s,
        )
        self._dispatcher = Dispatcher(self._webhooks)
        self._dispatcher.start()

    @property
    def sessions(self) -> Sessions:
        """Who is signed in to the screens."""
        return self._opened_access.sessions

    @property
    def rates(self) -> Rates:
        """How many requests are let through."""
        return self._opened_access.rates

    @property
    def oidc(self) -> Oidc | None:
        """The identity provider to sign in with; None: keys only."""
        return self._opened_access.oidc

    @property
    def _opened_access(self) -> Access:
        if self._access is None:
            raise RuntimeError("the service is not open")
        return self._access

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
        conversation = parse_conversation(source, name="conversation")
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
        intake = _with(intake, language, channels)
        self._admit(intake, team)
        if upload.stat().st_size == 0:
            raise BadInput(f"{upload.name} is empty", remedy="send a file with something in it")
        is_text = is_text_file(upload)
        vcon = find_vcon(upload) if is_text else None
        if vcon is not None and any(recording.sound for recording in vcon.recordings):
            if intake.channels is not None:
                parse_channels(intake.channels)
            original = load_vcon(upload)
            stored = self.store.add_recording(
                upload,
                sha256=sha256_of(upload),
                intake=intake,
                team=team,
                conversation_id=conversation_id,
            )
            return self._queued(stored, original)
        if is_text:
            if intake.channels is not None:
                raise BadInput(
                    f"channels {intake.channels!r} were given, but {upload.name} is no recording",
                    remedy="leave channels out",
                )
            return self.accept_conversation(
                read_conversation(upload),
                name=upload.name,
                intake=intake,
                team=team,
                conversation_id=conversation_id,
                original=None if vcon is None else load_vcon(upload),
            )
        sha256 = self._examined(upload, intake.channels)
        return self._queued(
            self.store.add_recording(
                upload, sha256=sha256, intake=intake, team=team, conversation_id=conversation_id
            )
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
            BadInput: Nobody says anything in it.
        """
        intake = _with(intake, language, None)
        self._admit(intake, team)
        if not any(turn.text.strip() for turn in conversation.turns):
            raise BadInput(
                f"{name} has no turn with text", remedy="send at least one message with text"
            )
        stored = self.store.add_conversation(
            conversation, name=name, intake=intake, team=team, conversation_id=conversation_id
        )
        return self._queued(stored, original)

    def _admit(self, intake: Intake, team: str) -> None:
        self.privacy.admit(
            team=team,
            purpose=intake.purpose,
            direction=intake.direction,
            customer_key=intake.customer_key,
            consent_ref=intake.consent_ref,
            objection=intake.objection,
        )

    def erase(self, conversation_id: str) -> None:
        """Erase a conversation and all that was made of it.

        Raises:
            NotFound: There is none with this id.
        """
        jobs = self.jobs.ledger.of_conversation(conversation_id)
        self.store.erase(conversation_id)
        self.jobs.forget([job.id for job in jobs])
        self.resources.desk.make_nameless(conversation_id)

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
        self, accepted: StoredConversation, original: Mapping[str, Any] | None = None
    ) -> StoredConversation:
        try:
            if original is not None and not self.settings.redacted_only:
                ImportedVcons(self.store.database).keep(accepted.id, without_sound(original))
            self.jobs.submit_conversation(
                accepted.id, team=accepted.team, priority=_PRIORITIES[accepted.priority]
            )
        except BaseException:
            self.store.erase(accepted.id)  # it is not acknowledged: no trace of it
            raise
        return accepted


def _with(intake: Intake, language: AskedLanguage | None, channels: str | None) -> Intake:
    return intake.model_copy(
        update={
            "language": language or intake.language,
            "channels": channels or intake.channels,
        }
    )
