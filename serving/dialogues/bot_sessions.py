"""Conversations with the bot: kept in the database, so that a restart loses nothing."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from conversation.errors import Conflict, Forbidden, Overloaded
from kb_search.bot import Event, HandOver, Opened, Session
from kb_search.bot.events import CustomerMessage, HumanWrote, Tick
from serving.access.principal import Principal, Role
from serving.dialogues.bots import TeamBots
from serving.dialogues.presence import Presence
from serving.dialogues.replying import digest_of, given_before, other_event, reply_of
from serving.dialogues.seeing import sessions_seen_by
from serving.dialogues.stored_sessions import StoredSessions, unknown_session
from serving.dialogues.values import HandOverAsked, Reply, StoredSession, stored_session
from serving.redacting import card_free
from serving.store.tables import DEFAULT_TEAM, BotReplyRow, BotSessionRow

if TYPE_CHECKING:
    from kb_search.bot import BotPolicy
    from models import Encoder
    from nlu.reason_scorer import ReasonScorer
    from serving.definitions import Definitions
    from serving.library.bases import Bases
    from serving.settings import Settings
    from serving.store.database import Database

ATTEMPTS = 5
_BY_PERSONS = frozenset({"human_joined", "human_wrote", "given_back", "human_closed"})
_TAKING = frozenset({"human_joined", "human_wrote"})
_LOCKS = 64


class BotSessions(StoredSessions):
    """Opens sessions, takes events in and keeps what comes of them.

    What a customer writes is stored without card numbers. A reply is stored with the session in
    one transaction, before anybody sees it.

    Args:
        database: The store's.
        bases: Knowledge of the teams; the bot answers from what is validated and public.
        settings: Name the centre's decisions about its bot.
        definitions: Redaction and vocabulary.
        encoder: Turns texts into vectors.
        scorer: Returns what judges contact reasons.
        asked: Told when a person is asked for; again where the same event comes again.
        presence: Told of every change.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        bases: Bases,
        settings: Settings,
        definitions: Definitions,
        encoder: Encoder,
        *,
        scorer: Callable[[], ReasonScorer],
        asked: Callable[[HandOverAsked], None] = lambda _: None,
        presence: Presence | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(database)
        self._definitions = definitions
        self._bots = TeamBots(bases, settings, definitions, encoder, scorer=scorer)
        self._asked = asked
        self._presence = presence or Presence()
        self._clock = clock
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def open(self, principal: Principal, session: Session) -> tuple[StoredSession, Reply]:
        """Begin a conversation; the bot greets, and says that it is an assistant.

        Args:
            principal: Who opens it.
            session: Channel, language and what is known of the customer; its id is not used.
        """
        now = self._clock()
        session_id = uuid.uuid4().hex
        session = session.model_copy(
            update={"id": session_id, "transcript": f"/v1/bot/sessions/{session_id}"}
        )
        team = principal.team or DEFAULT_TEAM
        step = self._bots.of(team).handle(session, Opened(id="opened", at=now))
        row = BotSessionRow(
            id=session_id,
            team=team,
            owner=principal.id,
            customer_key=session.customer.key,
            version=step.session.version,
            state=step.session.state,
            created_at=now,
            updated_at=now,
            document=step.session.model_dump_json(),
        )
        with self._database.writing() as database:
            database.add(row)
            database.flush()
            stored = stored_session(row)
        self._presence.ring(session_id)
        return stored, reply_of(step.session, step.actions)

    def take(
        self,
        principal: Principal,
        session_id: str,
        event: Event,
        *,
        agent_name: str | None = None,
    ) -> Reply:
        """Take an event in.

        The first person who joins or writes has the conversation until they give it back.

        Args:
            principal: Who sends it.
            session_id: Of the session.
            event: What happened; sent again under the same id, it gets the same reply.
            agent_name: What the customer is to see of a person who joins.

        Raises:
            NotFound: There is no such session that they may see.
            Forbidden: A customer cannot act for a person of the centre.
            Conflict: The conversation is over, another person has it, or the id came with
                something else.
            Overloaded: Too many events came at once.
        """
        if event.kind in _BY_PERSONS and principal.role in (Role.CUSTOMER, Role.ANALYST):
            raise Forbidden(
                f"a {principal.role} cannot send {event.kind}", remedy="use an agent's key"
            )
        event = self._without_cards(event)
        with self._alone(session_id):
            for _ in range(ATTEMPTS):
                reply = self._taken(principal, session_id, event, agent_name)
                if reply is not None:
                    self._presence.ring(session_id)
                    return reply
        raise Overloaded("many events came at once", remedy="send it again in a moment")

    @property
    def policy(self) -> BotPolicy:
        """What the centre decides about its bot."""
        return self._bots.policy

    def pass_time(self, principal: Principal, session_id: str) -> None:
        """Let the bot say what a delay asks for: are you still there, it takes longer.

        Raises:
            NotFound: There is no such session that they may see.
        """
        session, now = self.get(principal, session_id).session, self._clock()
        policy = self._bots.policy
        since, limit_s = session.quiet_since, policy.remind_after_s
        if session.reminded:
            limit_s = policy.close_after_s
        if session.state == "handing_over":
            since = None if session.delay_told else session.handing_since
            limit_s = policy.hand_over_after_s
        if since is None or limit_s < 0 or (now - since).total_seconds() < limit_s:
            return
        self.take(principal, session_id, Tick(id=f"tick-{session.version}", at=now))

    def rate(
        self, principal: Principal, session_id: str, score: int, remark: str | None
    ) -> StoredSession:
        """Keep what the customer thinks of the conversation.

        Args:
            principal: Who says it.
            session_id: Of the session.
            score: 1 to 5.
            remark: In words; personal data are removed.

        Raises:
            NotFound: There is no such session that they may see.
        """
        stored = self.get(principal, session_id)
        language = stored.session.language
        said = (
            None
            if remark is None
            else card_free(remark, self._definitions.policy, language=language)
        )
        with self._database.writing() as database:
            database.execute(
                update(BotSessionRow)
                .where(BotSessionRow.id == session_id)
                .values(satisfaction=score, remark=said)
            )
        return self.get(principal, session_id)

    def _taken(
        self, principal: Principal, session_id: str, event: Event, agent_name: str | None
    ) -> Reply | None:
        """Take an event in; None where somebody else changed the session meanwhile."""
        digest = digest_of(event)
        with self._database.reading() as database:
            row = database.scalar(
                select(BotSessionRow).where(
                    BotSessionRow.id == session_id, sessions_seen_by(principal)
                )
            )
            if row is None:
                raise unknown_session(session_id)
            given = database.get(BotReplyRow, (session_id, event.id))
            if given is not None:
                reply = given_before(given, digest)
                earlier = Session.model_validate_json(row.document)
                self._tell(row.team, session_id, event.id, earlier.channel, reply)
                return reply
            session = Session.model_validate_json(row.document)
            team, version, agent_id = row.team, row.version, row.agent_id
        if event.kind in _BY_PERSONS and agent_id not in (None, principal.id) and session.muted:
            raise Conflict(
                "a colleague has this conversation", remedy="take another one of the queue"
            )
        if event.id in session.events:
            raise other_event(event.id)
        if session.state == "closed":
            raise Conflict("the conversation is over", remedy="open another session")
        step = self._bots.of(team).handle(session, event)
        reply = reply_of(step.session, step.actions)
        asked = [one for one in step.actions if isinstance(one, HandOver)]
        values: dict[str, object] = {
            "version": step.session.version,
            "state": step.session.state,
            "updated_at": self._clock(),
            "document": step.session.model_dump_json(),
        }
        if asked:
            values |= {
                "packet": asked[-1].packet.model_dump_json(),
                "hand_over": asked[-1].mode,
                "agent_id": None,
                "done_at": None,
            }
        if event.kind in _TAKING and (agent_id != principal.id or not session.muted):
            values |= {
                "agent_id": principal.id,
                "agent_name": agent_name,
                "taken_at": event.at,
                "done_at": None,
            }
        if event.kind == "given_back":
            values |= {"agent_id": None, "hand_over": None}
        try:
            with self._database.writing() as database:
                changed = database.scalars(
                    update(BotSessionRow)
                    .where(BotSessionRow.id == session_id, BotSessionRow.version == version)
                    .values(values)
                    .returning(BotSessionRow.id)
                ).all()
                if not changed:
                    return None
                database.add(
                    BotReplyRow(
                        session_id=session_id,
                        event_id=event.id,
                        request_sha256=digest,
                        document=reply.model_dump_json(),
                    )
                )
        except IntegrityError:
            return None  # the same event came twice at once: the next look finds its reply
        self._tell(team, session_id, event.id, session.channel, reply)
        return reply

    def _tell(self, team: str, session_id: str, event_id: str, channel: str, reply: Reply) -> None:
        for action in reply.actions:
            if isinstance(action, HandOver):
                self._asked(
                    HandOverAsked(
                        session_id=session_id,
                        event_id=event_id,
                        team=team,
                        channel=channel,
                        mode=action.mode,
                        trigger=action.packet.trigger,
                        urgency=action.packet.urgency,
                    )
                )

    def _without_cards(self, event: Event) -> Event:
        if isinstance(event, CustomerMessage | HumanWrote) and event.text:
            text = card_free(event.text, self._definitions.policy, language=None)
            return event.model_copy(update={"text": text})
        return event

    @contextmanager
    def _alone(self, session_id: str) -> Iterator[None]:
        """Let the events of a session wait for each other, which saves work done in vain."""
        with self._locks[hash(session_id) % _LOCKS]:
            yield
