"""E-mails that wait for an answer, who has which, and what was answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from conversation import Conversation
from conversation.errors import ChangedMeanwhile, Conflict, NotFound
from nlu.redaction import CARDS_ONLY
from serving.redacting import card_free
from serving.store.tables import AnalysisRow, ConversationRow, ReplyRow, TurnRow
from serving.written.drafts import DraftSource

if TYPE_CHECKING:
    from nlu.redaction import RedactionPolicy
    from serving.access.principal import Principal
    from serving.store.database import Database

MOST_LISTED = 50
ANSWERED_WITHIN = timedelta(days=30)
"""Older e-mails are no longer offered: they were stored to be looked into."""

_EXCERPT = 180
_SOURCES = TypeAdapter(tuple[DraftSource, ...])


@dataclass(frozen=True)
class Reply:
    """The reply to an e-mail.

    Attributes:
        agent_id: Who has the e-mail.
        taken_at: Since when.
        version: Grows with each change.
        subject: None until it was written, as for the text.
        text: Without what redaction removes.
        sources: The articles that it stands on.
        sent_at: When the agent said that it is sent; None: it is a draft.
    """

    agent_id: str
    taken_at: datetime
    version: int
    subject: str | None
    text: str | None
    sources: tuple[DraftSource, ...]
    sent_at: datetime | None


@dataclass(frozen=True)
class ListedEmail:
    """An e-mail in a list.

    Attributes:
        id: Of the conversation.
        at: When it was written, or received where that is not known.
        subject: Without what redaction removes; None where it has none, and in lists where to
            look for names in each would take too long.
        excerpt: Its first words.
        customer_key: Of the customer; None where nobody knows them.
        reason: Code of the contact reason.
        is_mine: Whether who asks has it.
    """

    id: str
    at: datetime
    subject: str | None
    excerpt: str
    customer_key: str | None
    reason: str | None
    is_mine: bool


@dataclass(frozen=True)
class Email:
    """An e-mail with what was written to it.

    Attributes:
        listed: As in a list.
        conversation: The messages, in order, as they were analysed.
        reply: Of the person who has it; None: nobody has.
    """

    listed: ListedEmail
    conversation: Conversation
    reply: Reply | None


class Emails:
    """Lets people take e-mails, write replies, and say that they are sent.

    An e-mail without an agent belongs to the whole team until somebody takes it.

    Args:
        database: The store's.
        policy: What is removed from replies before they are kept.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        policy: RedactionPolicy,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock

    def waiting(self, principal: Principal) -> tuple[ListedEmail, ...]:
        """Return the e-mails that wait and those that somebody has, the oldest first.

        Args:
            principal: Who asks.
        """
        row, reply = ConversationRow, ReplyRow
        since = self._clock() - ANSWERED_WITHIN
        query = (
            select(row, reply.agent_id)
            .outerjoin(reply, reply.conversation_id == row.id)
            .where(
                _open_to(principal),
                row.created_at > since,
                reply.sent_at.is_(None),
                or_(reply.agent_id.is_(None), reply.agent_id == principal.id),
                _last_said_by_customer(),
            )
            .order_by(row.created_at, row.id)
            .limit(MOST_LISTED)
        )
        with self._database.reading() as session:
            found = session.execute(query).all()
            ids = [stored.id for stored, _ in found]
            words = session.execute(
                select(TurnRow.conversation_id, TurnRow.text)
                .where(TurnRow.conversation_id.in_(ids), TurnRow.speaker == "customer")
                .order_by(TurnRow.conversation_id, TurnRow.turn_index)
            )
            said = {one.conversation_id: one.text for one in words}
            quick = self._policy == CARDS_ONLY
            return tuple(
                self._listed(
                    stored, said.get(stored.id, ""), agent_id == principal.id, titled=quick
                )
                for stored, agent_id in found
            )

    def get(self, principal: Principal, conversation_id: str) -> Email:
        """Return an e-mail.

        Raises:
            NotFound: There is none that they may see.
            Conflict: It is not analysed yet, or a colleague has it.
        """
        with self._database.reading() as session:
            stored = session.scalar(
                select(ConversationRow).where(
                    ConversationRow.id == conversation_id, _open_to(principal)
                )
            )
            document = session.scalar(
                select(AnalysisRow.document).where(AnalysisRow.conversation_id == conversation_id)
            )
            if stored is None or document is None:
                raise _unknown(conversation_id)
            row = session.get(ReplyRow, conversation_id)
            reply = None if row is None else _reply(row)
            try:
                conversation = Conversation.model_validate(json.loads(document)["conversation"])
            except (ValidationError, KeyError, TypeError) as error:
                raise Conflict(
                    "the e-mail was analysed by another version", remedy="send it again"
                ) from error
            text = next(
                (turn.text for turn in reversed(conversation.turns) if turn.speaker == "customer"),
                "",
            )
            is_mine = reply is not None and reply.agent_id == principal.id
            listed = self._listed(stored, text, is_mine, titled=True)
            return Email(listed, conversation, reply)

    def take(self, principal: Principal, conversation_id: str) -> None:
        """Take an e-mail; the agent's key is written to it, so that it stays theirs.

        Raises:
            NotFound: There is none that they may see.
            Conflict: A colleague was faster.
        """
        try:
            with self._database.writing() as session:
                stored = session.scalar(
                    select(ConversationRow)
                    .where(ConversationRow.id == conversation_id, _open_to(principal))
                    .with_for_update()
                )
                if stored is None:
                    raise _unknown(conversation_id)
                row = session.get(ReplyRow, conversation_id)
                if row is None:
                    if stored.agent_key is None and principal.agent_key is not None:
                        stored.agent_key = principal.agent_key
                    session.add(
                        ReplyRow(
                            conversation_id=conversation_id, team=stored.team, version=0,
                            agent_id=principal.id, taken_at=self._clock(),
                        )
                    )  # fmt: skip
                elif row.agent_id != principal.id:
                    raise _faster()
        except IntegrityError as error:
            raise _faster() from error

    def release(self, principal: Principal, conversation_id: str) -> None:
        """Give an e-mail back to the team; what was written so far is gone.

        Raises:
            NotFound: There is none that they have.
            Conflict: It was answered.
        """
        with self._database.writing() as session:
            row = session.get(ReplyRow, conversation_id, with_for_update=True)
            if row is None or row.agent_id != principal.id:
                raise _unknown(conversation_id)
            if row.sent_at is not None:
                raise Conflict("the e-mail is answered", remedy="take another one of the queue")
            session.execute(
                update(ConversationRow)
                .where(
                    ConversationRow.id == conversation_id,
                    ConversationRow.agent_key == principal.agent_key,
                )
                .values(agent_key=None)
            )
            session.delete(row)

    def keep(
        self,
        principal: Principal,
        conversation_id: str,
        *,
        subject: str,
        text: str,
        sources: Sequence[DraftSource],
        seen: int,
        sent: bool,
    ) -> Reply:
        """Keep a reply as a draft, or as sent; nothing leaves the house.

        Args:
            principal: Who has the e-mail.
            conversation_id: Of the e-mail.
            subject: Of the reply.
            text: Of the reply.
            sources: The articles that it stands on.
            seen: Version that they had before them.
            sent: Whether they say that it is sent.

        Raises:
            NotFound: There is none that they have.
            ChangedMeanwhile: Another version was kept since.
            Conflict: It was sent.
        """
        with self._database.writing() as session:
            row = session.get(ReplyRow, conversation_id, with_for_update=True)
            if row is None or row.agent_id != principal.id:
                raise _unknown(conversation_id)
            if row.sent_at is not None:
                raise Conflict("the reply is sent already", remedy="reload the page")
            if row.version != seen:
                raise ChangedMeanwhile(
                    "the reply was changed in another window", remedy="reload, then do it again"
                )
            now = self._clock()
            row.subject = card_free(subject, self._policy, language=None)[:255]
            row.text = card_free(text, self._policy, language=None)
            row.sources = _SOURCES.dump_json(tuple(sources)).decode()
            row.changed_at, row.version = now, row.version + 1
            row.sent_at = now if sent else None
            session.flush()
            return _reply(row)

    def _listed(
        self, stored: ConversationRow, text: str, is_mine: bool, *, titled: bool
    ) -> ListedEmail:
        metadata = {} if stored.source is None else json.loads(stored.source).get("metadata", {})
        subject = metadata.get("subject")
        plain = subject.strip() if isinstance(subject, str) and titled else ""
        return ListedEmail(
            id=stored.id,
            at=stored.started_at or stored.created_at,
            subject=card_free(plain, self._policy, language=None) if plain else None,
            excerpt=" ".join(text.split())[:_EXCERPT],
            customer_key=stored.customer_key,
            reason=stored.reason,
            is_mine=is_mine,
        )


def _open_to(principal: Principal) -> ColumnElement[bool]:
    """Return the e-mails that somebody may answer: the team's without an agent, and their own."""
    row = ConversationRow
    team: ColumnElement[bool] = true() if principal.team is None else row.team == principal.team
    taken = (
        select(ReplyRow.conversation_id)
        .where(ReplyRow.conversation_id == row.id, ReplyRow.agent_id == principal.id)
        .correlate(row)
    )
    whose = or_(row.agent_key.is_(None), row.agent_key == principal.agent_key, taken.exists())
    incoming = or_(row.direction.is_(None), row.direction != "outbound")
    return and_(
        team, row.channel == "email", row.status == "done", row.content_erased_at.is_(None),
        incoming, whose,
    )  # fmt: skip


def _last_said_by_customer() -> ColumnElement[bool]:
    later = aliased(TurnRow)
    follows = select(later.id).where(
        later.conversation_id == TurnRow.conversation_id, later.turn_index > TurnRow.turn_index
    )
    by_agent = (
        select(TurnRow.id)
        .where(
            TurnRow.conversation_id == ConversationRow.id,
            TurnRow.speaker.in_(("agent", "bot", "system")),
            ~follows.exists(),
        )
        .correlate(ConversationRow)
    )
    return ~by_agent.exists()


def _reply(row: ReplyRow) -> Reply:
    return Reply(
        agent_id=row.agent_id,
        taken_at=row.taken_at,
        version=row.version,
        subject=row.subject,
        text=row.text,
        sources=() if row.sources is None else _SOURCES.validate_json(row.sources),
        sent_at=row.sent_at,
    )


def _unknown(conversation_id: str) -> NotFound:
    return NotFound(
        f"no e-mail {conversation_id[:64]!r} to be answered", remedy="take one of the queue"
    )


def _faster() -> Conflict:
    return Conflict(
        "a colleague was faster and has this e-mail", remedy="take another one of the queue"
    )
