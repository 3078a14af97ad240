"""All live sessions of a service: their limits, their return after a cut, their end."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from conversation.errors import (
    BadInput,
    Conflict,
    EntenduError,
    NotFound,
    ProcessingRefused,
    TooManyRequests,
    Unavailable,
)
from serving.definitions import Definitions
from serving.live.cards import LiveCards
from serving.live.events import AlertRaised
from serving.live.facts import SessionFacts
from serving.live.insight import Follower, Mind
from serving.live.keeping import intake_of, store_session
from serving.live.left import LeftSessions, token_sha256, unknown_token
from serving.live.listener import Listener, PoolListener
from serving.live.parts import Limits, Parts
from serving.live.redaction import LiveRedactor
from serving.live.session import LiveSession
from serving.live.spool import Kept, Spool
from serving.operation.metrics import LIVE_STREAMS
from serving.store.encryption import keyring_of
from speech.live import LiveStream

if TYPE_CHECKING:
    from serving.access.visibility import Visibility
    from serving.service import Service

logger = logging.getLogger("entendu.live")

DRAIN_S = 6.0
"""How long a service that stops waits for the last words of its sessions."""

_CONCLUDING_THREADS = 2


class LiveHub:
    """Opens sessions, finds them again, and ends them with the service.

    Args:
        service: Stores their conversations.
        listener: Makes what hears, when the first call comes; blocking.
        mind: Concludes while people speak; None: nobody does.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        service: Service,
        *,
        listener: Callable[[], Listener],
        mind: Mind | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings = service.settings
        service.live = self
        self.service = service
        self.limits = Limits(
            buffer_s=settings.live_buffer_s,
            idle_s=settings.live_idle_s,
            resume_s=settings.live_resume_s,
            longest_s=settings.live_max_s,
        )
        self._make_listener = listener
        self._mind = mind
        self._clock = clock
        self._sessions: dict[str, LiveSession] = {}
        self._opening: list[str] = []
        self._listener: Listener | None = None
        self._loading = asyncio.Lock()
        self._executor = ThreadPoolExecutor(_CONCLUDING_THREADS, thread_name_prefix="live-mind")
        self._keyring = keyring_of(settings)
        self._left = LeftSessions(service, self._keyring, clock)
        self._policy = Definitions(settings).policy
        self._watching: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._is_closing = False

    @property
    def sessions(self) -> tuple[LiveSession, ...]:
        """Those that are open."""
        return tuple(self._sessions.values())

    def running(self, visibility: Visibility) -> tuple[LiveSession, ...]:
        """Return those that somebody may follow, newest first.

        Args:
            visibility: What may be seen; what is only heard, and what is only practice, is not.
        """
        seen = [one for one in self.sessions if _is_seen(one.facts, visibility)]
        return tuple(sorted(seen, key=lambda one: one.facts.started_at, reverse=True))

    def find(self, session_id: str, visibility: Visibility) -> LiveSession:
        """Return one that somebody may follow.

        Raises:
            NotFound: There is none with this id that may be seen.
        """
        session = self._sessions.get(session_id)
        if session is None or not _is_seen(session.facts, visibility):
            raise NotFound(
                f"no conversation {session_id[:64]!r} is going on",
                remedy="look at GET /v1/live/sessions, or read the stored conversation",
            )
        return session

    # Life

    async def start(self) -> None:
        """Take up what a service before this one left."""
        await self._left.load(self.limits.resume_s)
        self._watching = asyncio.get_running_loop().create_task(self._left.watch())
        if self.service.settings.warm_models:
            self._warming = asyncio.get_running_loop().create_task(self._warm())

    async def drain(self) -> None:
        """Let everybody finish the sentence, tell them where to go on, and take no more."""
        self._is_closing = True
        await asyncio.gather(*(session.drain(DRAIN_S) for session in self.sessions))

    async def close(self) -> None:
        """Drain, and let go of everything."""
        await self.drain()
        for task in (self._watching, self._warming):
            if task is not None:
                task.cancel()
        self._left.close()
        if self._listener is not None:
            await asyncio.to_thread(self._listener.close)
        self._executor.shutdown(wait=False, cancel_futures=True)

    # Sessions

    async def open(self, facts: SessionFacts) -> LiveSession:
        """Open a session.

        Args:
            facts: See :meth:`new_id` for its id.

        Raises:
            Unavailable: The disk cannot be written.
            TooManyRequests: There are as many as there may be, of this key or in all.
            BadInput: What is said of it is not as uploads would take it.
            ObjectionRecorded: The customer objects.
            ConsentMissing: It may not be kept without a consent.
            EntenduError: A model is missing.
        """
        self._check_room(facts.owner)
        self._opening.append(facts.owner)
        try:
            if facts.is_kept:
                await asyncio.to_thread(self._admit, facts)
            token = f"{facts.id}.{secrets.token_urlsafe(24)}"
            spool = await asyncio.to_thread(self._spool, facts, token) if facts.is_kept else None
            try:
                stream = await self._stream(facts)
            except BaseException:
                if spool is not None:
                    spool.erase()
                raise
        finally:
            self._opening.remove(facts.owner)
        return self._begun(facts, token, stream, spool, None)

    async def resume(self, token: str, owner: str) -> LiveSession:
        """Find a session again, in this service or in one that stopped or was killed.

        Args:
            token: Of resumption.
            owner: Who asks; only who opened it may.

        Raises:
            NotFound: There is no such session any more.
        """
        session_id = token.partition(".")[0]
        session = self._sessions.get(session_id)
        if session is not None:
            if not hmac.compare_digest(session.token.encode(), token.encode()):
                raise unknown_token()
            if session.facts.owner != owner:
                raise unknown_token()
            return session
        left = self._left.take(token, owner)
        try:
            self._check_room(owner)
            stream = await self._stream(left.kept.facts)
        except BaseException:
            self._left.put(left)
            raise
        return self._begun(left.kept.facts, token, stream, left.spool, left.kept)

    @staticmethod
    def new_id() -> str:
        """Return an id for a session, and for the conversation that it becomes."""
        return uuid.uuid4().hex

    def _begun(
        self,
        facts: SessionFacts,
        token: str,
        stream: LiveStream | None,
        spool: Spool | None,
        restored: Kept | None,
    ) -> LiveSession:
        language = None if facts.language in (None, "auto") else facts.language
        cards = LiveCards(self.service.store.database)
        parts = Parts(
            stream=stream,
            redactor=LiveRedactor(self._policy, channel=facts.channel, language=language),
            follower=self._follower(facts, cards, restored),
            spool=spool,
            store=self._store,
            notify=self._notify,
            keep_card=cards.keep,
            clock=self._clock,
            executor=self._executor,
        )
        session = LiveSession(
            facts, token, parts, self.limits, restored=restored, on_over=self._forget
        )
        self._sessions[facts.id] = session
        LIVE_STREAMS.labels(protocol=facts.protocol).inc()
        logger.info(
            "live session", extra={"facts": {"session": facts.id, "protocol": facts.protocol}}
        )
        session.start()
        return session

    def _follower(
        self, facts: SessionFacts, cards: LiveCards, restored: Kept | None
    ) -> Follower | None:
        if self._mind is None or not facts.is_followed:
            return None
        if restored is None:
            return self._mind.follow(facts)
        return self._mind.follow(facts, lambda: cards.of(facts))

    def _admit(self, facts: SessionFacts) -> None:
        intake_of(facts)
        self.service.privacy.admit(
            team=facts.team,
            purpose=facts.purpose,
            direction=facts.direction,
            customer_key=facts.customer_key,
            consent_ref=facts.consent_ref,
        )

    def _spool(self, facts: SessionFacts, token: str) -> Spool:
        try:
            return Spool.create(self.service.spool_dir, facts, token_sha256(token), self._keyring)
        except OSError as error:
            raise Unavailable(
                "the disk of the service cannot be written; nothing was begun",
                remedy="try again later, or look at the disk",
            ) from error

    def _check_room(self, owner: str) -> None:
        settings = self.service.settings
        if self._is_closing:
            raise Conflict("the service is stopping", remedy="come back when it is up again")
        owners = [one.facts.owner for one in self.sessions] + self._opening
        if len(owners) >= settings.live_max_streams:
            raise TooManyRequests(
                f"{len(owners)} live sessions are open, as many as there may be",
                remedy="try again later, or raise live_max_streams in the settings",
            )
        if owners.count(owner) >= settings.live_streams_per_key:
            raise TooManyRequests(
                f"{owners.count(owner)} live sessions are open with this key, as many as one may",
                remedy="end one, or raise live_streams_per_key in the settings",
            )

    async def warm(self) -> None:
        """Load what the first session would wait for.

        Raises:
            EntenduError: A model is missing.
        """
        async with self._loading:
            if self._listener is None:
                self._listener = await asyncio.to_thread(self._make_listener)
        if self._mind is not None:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._mind.warm)

    async def _warm(self) -> None:
        try:
            await self.warm()
        except EntenduError as error:
            facts = {"error": type(error).__name__}
            logger.warning("live sessions not warmed", extra={"facts": facts})

    async def _stream(self, facts: SessionFacts) -> LiveStream | None:
        if facts.sound is None:
            return None
        async with self._loading:
            if self._listener is None:
                self._listener = await asyncio.to_thread(self._make_listener)
        return await asyncio.to_thread(
            self._listener.open,
            facts.sound.speakers,
            sample_rate_hz=facts.sound.sample_rate_hz,
            encoding=facts.sound.encoding,
            stream_id=f"{facts.id}-{secrets.token_hex(3)}",
            language=facts.language,
        )

    def _store(self, session: LiveSession) -> str | None:
        spool = session.record.spool
        try:
            return store_session(
                self.service,
                session.facts,
                session.record.turns,
                spool,
                session.record.spans_s,
                events=session.record.events,
            )
        except (BadInput, ProcessingRefused):
            raise
        except Exception:  # the disk is full, the database away: it is tried again
            if spool is not None:
                self._left.hold(spool)
            raise

    def _notify(self, facts: SessionFacts, alert: AlertRaised) -> None:
        if facts.is_practice:
            return
        self.service.notify(
            "alert.raised",
            {"conversation_id": facts.id, "category": alert.category},
            team=facts.team,
            key=f"{facts.id}:{alert.category}",
        )

    def let_go(self, session_id: str) -> bool:
        """Forget a session that waits for its client; False where it is going on."""
        self._left.forget(session_id)
        return session_id not in self._sessions

    def _forget(self, session: LiveSession) -> None:
        if self._sessions.pop(session.facts.id, None) is not None:
            LIVE_STREAMS.labels(protocol=session.facts.protocol).dec()
            if session.facts.sound is not None and self._listener is not None:
                self._listener.release()


def hub_of(service: Service) -> LiveHub:
    """Make the hub of a service, with its models and its knowledge base."""
    from serving.live.mind import LiveMind, knowledge_of

    mind = LiveMind(
        service.settings,
        lambda: service.pool,
        knowledge=knowledge_of(service),
        clock=time.monotonic,
        definitions=lambda: service.resources.definitions,
    )
    return LiveHub(service, listener=lambda: PoolListener(service), mind=mind)


def _is_seen(facts: SessionFacts, visibility: Visibility) -> bool:
    if visibility.nothing or visibility.sampled_only or not facts.is_kept:
        return False
    if visibility.team not in (None, facts.team):
        return False
    return visibility.agent_key in (None, facts.agent_key)
