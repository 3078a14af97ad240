"""The service without HTTP: what is accepted is stored and queued, what is erased is gone."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, EntenduError, ModelError, NotFound
from models import ModelStore
from serving.access.access import Access
from serving.access.audit import AuditLog
from serving.access.keys import Keys
from serving.access.oidc import Oidc
from serving.access.rates import Rates
from serving.access.sessions import Sessions
from serving.board.board import Board
from serving.idempotency import Idempotency
from serving.jobs import Job, Jobs, Work
from serving.jobs.processing import PROCESS
from serving.privacy.memory import effective, memory_folder
from serving.privacy.privacy import Privacy
from serving.privacy.purge import PURGE, run_purge
from serving.reception import Reception
from serving.resources import Resources
from serving.reviewing.rescoring import rescoring
from serving.settings import Settings
from serving.store import FolderLock, Store, open_store
from serving.store.tables import DEFAULT_TEAM
from serving.webhooks.addresses import AddressGuard, parse_networks
from serving.webhooks.dispatcher import Dispatcher
from serving.webhooks.webhooks import Webhooks

if TYPE_CHECKING:
    from serving.dialogues.values import HandOverAsked
    from serving.live.hub import LiveHub
    from serving.pipeline import Analyser
    from serving.throughput import ModelPool


class Service(Reception):
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
        self._board: Board | None = None
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
            BadInput: The folder is none, or cannot be written to.
            Unavailable: The database does not answer.
        """
        if self._store is not None:
            return
        data_dir = self.settings.data_dir
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.settings.database_url is None:
                self._lock = FolderLock(data_dir)
        except OSError as error:
            raise BadInput(
                f"the data folder {data_dir} cannot be used: {error.strerror}",
                remedy="name a folder that can be written to with --data",
            ) from error
        try:
            analyser = self._pipeline
            if analyser is None:
                from serving.pipeline import Pipeline

                analyser = pipeline = Pipeline(self.settings, pool=self.pool)
                pipeline.use_knowledge(
                    lambda: self.resources.bases.of_team(None).found,
                    lambda: self.resources.bases.of_team(None).revision,
                )
                pipeline.use_definitions(lambda: self.resources.definitions)
            self._store = open_store(self.settings)
            self._access = Access.of(self.settings, self._store.database)
            self._open_privacy(self._store)
            self._idempotency = Idempotency(
                self._store.database,
                keep=timedelta(hours=self.settings.idempotency_h),
                is_alone=self.settings.database_url is None,
            )
            self._resources = Resources(
                self.settings, self._store, lambda: self.pool, person_asked=self._tell_hand_over
            )
            with suppress(EntenduError):  # who needs them is told why they cannot be read
                self._resources.in_use.look()
            self._jobs = self._new_jobs(self._store, analyser)
            self._jobs.start()
            if self.settings.warm_models:
                self.pool.warm()
                self._resources.warm()
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
        self._resources = self._board = None
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
    def board(self) -> Board:
        """What the board shows."""
        if self._board is None:
            raise RuntimeError("the service is not open")
        return self._board

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
        self._board = Board(self)
        jobs.register(self._board.job_kind())
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

    def _tell_hand_over(self, asked: HandOverAsked) -> None:
        data: dict[str, object] = {
            "session_id": asked.session_id,
            "channel": asked.channel,
            "mode": asked.mode,
            "trigger": asked.trigger,
            "urgency": asked.urgency,
        }
        key = f"{asked.session_id}:{asked.event_id}"
        self.notify("handover.requested", data, team=asked.team, key=key)

    def _purge(self, work: Work) -> None:
        now = datetime.now(UTC)
        proof = run_purge(self, now, by="schedule")
        if self.settings.audit_days > 0:
            self.audit.purge(now - timedelta(days=self.settings.audit_days))
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

    def erase(self, conversation_id: str) -> None:
        """Erase a conversation and all that was made of it.

        Raises:
            NotFound: There is none with this id.
        """
        jobs = self.jobs.ledger.of_conversation(conversation_id)
        self.store.erase(conversation_id)
        self.jobs.forget([job.id for job in jobs])
        self.resources.desk.make_nameless(conversation_id)
