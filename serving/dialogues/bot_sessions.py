"""Conversations with the bot: kept in the database, so that a restart loses nothing."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from conversation.errors import Conflict, Forbidden, NotFound, Overloaded
from kb_search.bot import (
    Action,
    Bot,
    BotPolicy,
    ConversationFacts,
    Event,
    HandOver,
    HandOverPacket,
    Opened,
    Session,
)
from kb_search.bot.events import CustomerMessage, HumanWrote
from serving.access.principal import Principal, Role
from serving.library.bases import TeamKnowledge
from serving.redacting import card_free
from serving.self_care import NluFacts, NluReader, load_bot_policy
from serving.store.tables import DEFAULT_TEAM, BotReplyRow, BotSessionRow

if TYPE_CHECKING:
    from conversation import Conversation
    from models import Encoder
    from nlu.reason_scorer import ReasonScorer
    from serving.definitions import Definitions
    from serving.library.bases import Bases
    from serving.settings import Settings
    from serving.store.database import Database

ATTEMPTS = 5
_BY_PERSONS = frozenset({"human_joined", "human_wrote", "given_back"})
_WITH_PERSONS = ("handing_over", "with_human")
_LOCKS = 64


class Reply(BaseModel):
    """What came of an event; the same event again gets the same reply.

    Attributes:
        actions: What the bot does, in order; empty while a person has the conversation.
        state: Where the conversation stands.
        version: How many events were taken in.
        muted: Whether a person has the conversation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: tuple[Action, ...]
    state: str
    version: int
    muted: bool


@dataclass(frozen=True)
class StoredSession:
    """A session as it is kept.

    Attributes:
        session: All that the bot knows.
        team: Whose it is.
        created_at: When it was opened.
        updated_at: When it last changed.
        packet: The newest hand-over packet; None where nobody was asked for.
        satisfaction: 1 to 5; None until the customer said.
        remark: In words.
    """

    session: Session
    team: str
    created_at: datetime
    updated_at: datetime
    packet: HandOverPacket | None
    satisfaction: int | None
    remark: str | None


class BotSessions:
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
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._bases = bases
        self._settings = settings
        self._definitions = definitions
        self._encoder = encoder
        self._scorer = scorer
        self._clock = clock
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._bots: dict[str, Bot] = {}
        self._building = threading.Lock()

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
        step = self._bot(team).handle(session, Opened(id="opened", at=now))
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
            stored = _stored(row)
        return stored, _reply(step.session, step.actions)

    def take(self, principal: Principal, session_id: str, event: Event) -> Reply:
        """Take an event in.

        Args:
            principal: Who sends it.
            session_id: Of the session.
            event: What happened; sent again under the same id, it gets the same reply.

        Raises:
            NotFound: There is no such session that they may see.
            Forbidden: A customer cannot act for a person of the centre.
            Conflict: The conversation is over, or the id came with something else.
            Overloaded: Too many events came at once.
        """
        if event.kind in _BY_PERSONS and principal.role is Role.CUSTOMER:
            raise Forbidden(
                f"a customer cannot send {event.kind}", remedy="use a key of the centre"
            )
        event = self._without_cards(event)
        with self._alone(session_id):
            for _ in range(ATTEMPTS):
                reply = self._taken(principal, session_id, event)
                if reply is not None:
                    return reply
        raise Overloaded("many events came at once", remedy="send it again in a moment")

    def get(self, principal: Principal, session_id: str) -> StoredSession:
        """Return a session.

        Raises:
            NotFound: There is none that they may see.
        """
        with self._database.reading() as database:
            row = database.scalar(
                select(BotSessionRow).where(BotSessionRow.id == session_id, _seen_by(principal))
            )
            if row is None:
                raise _unknown(session_id)
            return _stored(row)

    def all(
        self,
        principal: Principal,
        *,
        limit: int,
        state: str | None = None,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[StoredSession, ...]:
        """List sessions, newest first.

        Args:
            principal: Who asks.
            limit: Most to return.
            state: Only those that stand there; None: any.
            before: Moment and id of the session that the list goes on after.
        """
        query = (
            select(BotSessionRow)
            .where(_seen_by(principal))
            .order_by(BotSessionRow.created_at.desc(), BotSessionRow.id.desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(BotSessionRow.state == state)
        if before is not None:
            query = query.where(tuple_(BotSessionRow.created_at, BotSessionRow.id) < before)
        with self._database.reading() as database:
            return tuple(_stored(row) for row in database.scalars(query))

    def replies(self, principal: Principal, session_id: str) -> tuple[Reply, ...]:
        """Return all that the bot did after the greeting.

        Raises:
            NotFound: There is no such session that they may see.
        """
        self.get(principal, session_id)
        with self._database.reading() as database:
            documents = database.scalars(
                select(BotReplyRow.document).where(BotReplyRow.session_id == session_id)
            ).all()
        return tuple(Reply.model_validate_json(document) for document in documents)

    def between(
        self, team: str | None, *, since: datetime | None, until: datetime | None
    ) -> Iterator[Session]:
        """Yield the sessions that were opened in a period, for figures."""
        query = select(BotSessionRow.document).order_by(BotSessionRow.created_at)
        if team is not None:
            query = query.where(BotSessionRow.team == team)
        if since is not None:
            query = query.where(BotSessionRow.created_at >= since)
        if until is not None:
            query = query.where(BotSessionRow.created_at < until)
        with self._database.reading() as database:
            for document in database.scalars(query.execution_options(yield_per=200)):
                yield Session.model_validate_json(document)

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

    def _taken(self, principal: Principal, session_id: str, event: Event) -> Reply | None:
        """Take an event in; None where somebody else changed the session meanwhile."""
        digest = _digest(event)
        with self._database.reading() as database:
            row = database.scalar(
                select(BotSessionRow).where(BotSessionRow.id == session_id, _seen_by(principal))
            )
            if row is None:
                raise _unknown(session_id)
            given = database.get(BotReplyRow, (session_id, event.id))
            if given is not None:
                return _given_before(given, digest)
            session = Session.model_validate_json(row.document)
            team, version = row.team, row.version
        if event.id in session.events:
            raise _other_event(event.id)
        if session.state == "closed":
            raise Conflict("the conversation is over", remedy="open another session")
        step = self._bot(team).handle(session, event)
        reply = _reply(step.session, step.actions)
        packets = [one.packet for one in step.actions if isinstance(one, HandOver)]
        values: dict[str, object] = {
            "version": step.session.version,
            "state": step.session.state,
            "updated_at": self._clock(),
            "document": step.session.model_dump_json(),
        }
        if packets:
            values["packet"] = packets[-1].model_dump_json()
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
        return reply

    def _without_cards(self, event: Event) -> Event:
        if isinstance(event, CustomerMessage | HumanWrote) and event.text:
            text = card_free(event.text, self._definitions.policy, language=None)
            return event.model_copy(update={"text": text})
        return event

    def _bot(self, team: str) -> Bot:
        with self._building:
            if team not in self._bots:
                self._bots[team] = Bot(
                    TeamKnowledge(self._bases, team),
                    NluReader(self._encoder),
                    _LaterFacts(self._new_facts),
                    self._policy,
                )
            return self._bots[team]

    def _new_facts(self) -> NluFacts:
        return NluFacts(self._encoder, self._scorer(), self._definitions.centre)

    @cached_property
    def _policy(self) -> BotPolicy | None:
        path = self._settings.bot
        return None if path is None else load_bot_policy(path)

    @contextmanager
    def _alone(self, session_id: str) -> Iterator[None]:
        """Let the events of a session wait for each other, which saves work done in vain."""
        with self._locks[hash(session_id) % _LOCKS]:
            yield


class _LaterFacts:
    """Understands conversations; made ready for the first that is handed over.

    Args:
        make: Makes what understands them.
    """

    def __init__(self, make: Callable[[], NluFacts]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: NluFacts | None = None

    def find(self, conversation: Conversation) -> ConversationFacts:
        with self._making:
            if self._made is None:
                self._made = self._make()
        return self._made.find(conversation)


def _seen_by(principal: Principal) -> ColumnElement[bool]:
    """Return the sessions that somebody may see.

    Customers their own; agents those in which a person was asked for, or that they opened; others
    those of the team.
    """
    team = BotSessionRow.team == (principal.team or DEFAULT_TEAM)
    own = BotSessionRow.owner == principal.id
    if principal.role is Role.AGENT:
        asked = BotSessionRow.packet.is_not(None) | BotSessionRow.state.in_(_WITH_PERSONS)
        return team & (own | asked)
    if principal.role is Role.CUSTOMER:
        if principal.customer_key is None:
            return team & own
        return team & (own | (BotSessionRow.customer_key == principal.customer_key))
    return BotSessionRow.id.is_not(None) if principal.team is None else team


def _stored(row: BotSessionRow) -> StoredSession:
    return StoredSession(
        session=Session.model_validate_json(row.document),
        team=row.team,
        created_at=row.created_at,
        updated_at=row.updated_at,
        packet=None if row.packet is None else HandOverPacket.model_validate_json(row.packet),
        satisfaction=row.satisfaction,
        remark=row.remark,
    )


def _reply(session: Session, actions: Sequence[Action]) -> Reply:
    return Reply(
        actions=tuple(actions), state=session.state, version=session.version, muted=session.muted
    )


def _digest(event: Event) -> str:
    said = event.model_dump_json(exclude={"at"})
    return hashlib.sha256(said.encode()).hexdigest()


def _given_before(row: BotReplyRow, digest: str) -> Reply:
    if row.request_sha256 != digest:
        raise _other_event(row.event_id)
    return Reply.model_validate_json(row.document)


def _other_event(event_id: str) -> Conflict:
    return Conflict(
        f"something else came under the id {event_id[:64]!r}",
        remedy="give every message an id of its own",
    )


def _unknown(session_id: str) -> NotFound:
    return NotFound(f"no session {session_id[:64]!r}", remedy="open one: POST /v1/bot/sessions")
