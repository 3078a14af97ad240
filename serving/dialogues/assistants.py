"""The assistant beside an agent: a conversation's last turns in, at most one card out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DatabaseSession

from conversation import Conversation
from conversation.errors import BadInput, NotFound, Overloaded
from kb_search import Filters
from kb_search.assistant import Advice, Assistant, CardEvent, CitedBase, Rules
from kb_search.assistant.cards import Judgement
from nlu.redaction import CARDS_ONLY
from serving.access.principal import Principal
from serving.assisting import find_needs
from serving.dialogues.card_log import (
    AssistSession,
    append,
    assist_session,
    events_of,
    forget_sessions,
    sessions_seen_by,
)
from serving.dialogues.following import NoKnowledge, TurnsFollower
from serving.redacting import redact_text
from serving.store.tables import DEFAULT_TEAM, AssistSessionRow

if TYPE_CHECKING:
    from models import Encoder
    from nlu.redaction import RedactionPolicy
    from serving.library.bases import Bases
    from serving.store.database import Database

_Result = TypeVar("_Result")

MAX_TURNS = 16
ATTEMPTS = 5


class Assistants:
    """Follows conversations, one request at a time; what it showed is in the database.

    Args:
        database: The store's.
        bases: Knowledge of the teams.
        encoder: Of the bases.
        policy: What is removed from turns before anything is done with them.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        bases: Bases,
        encoder: Encoder,
        *,
        policy: RedactionPolicy = CARDS_ONLY,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._bases = bases
        self._encoder = encoder
        self._policy = policy
        self._clock = clock

    def advise(
        self,
        principal: Principal,
        conversation: Conversation,
        *,
        rules: Rules,
        filters: Filters | None = None,
        at_s: float | None = None,
    ) -> Advice:
        """Say what an agent may be shown at the end of a conversation's last turn.

        Args:
            principal: Who asks.
            conversation: Its last turns; only the last one is asked about.
            rules: How sure a card must be, and how often one may come.
            filters: Which part of the knowledge may be shown.
            at_s: Seconds since the conversation began at which the last turn ended; None: from
                the turns' times.

        Raises:
            BadInput: There is no turn, or too many.
        """
        conversation = self._checked(conversation)
        follower = self._follower(
            conversation, principal.team, rules=rules, filters=filters, at_s=at_s
        )
        return follower.hear()

    def open(self, principal: Principal, conversation_id: str | None) -> AssistSession:
        """Begin to follow a conversation: no card comes twice, feedback and muteness count.

        Args:
            principal: Who follows it.
            conversation_id: Of the stored conversation, so that erasing it erases this; None:
                not known.
        """
        row = AssistSessionRow(
            id=uuid.uuid4().hex,
            team=principal.team or DEFAULT_TEAM,
            owner=principal.id,
            conversation_id=conversation_id,
            created_at=self._clock(),
            heard=0,
            version=0,
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            return assist_session(row, ())

    def get(self, principal: Principal, session_id: str) -> AssistSession:
        """Return a session.

        Raises:
            NotFound: There is none that they may see.
        """
        with self._database.reading() as session:
            return self._read(session, principal, session_id)

    def follow(
        self,
        principal: Principal,
        session_id: str,
        conversation: Conversation,
        *,
        rules: Rules,
        filters: Filters | None = None,
        at_s: float | None = None,
    ) -> Advice:
        """Say what an agent may be shown now, given what they were shown before.

        Args:
            principal: Who asks.
            session_id: Of the session.
            conversation: Its last turns; only the last one is asked about.
            rules: As for :meth:`advise`.
            filters: As for :meth:`advise`.
            at_s: As for :meth:`advise`; None: the time since the session was opened.

        Raises:
            NotFound: There is no such session that they may see.
            BadInput: There is no turn, or too many.
            Overloaded: Several requests for the session came at once.
        """
        conversation = self._checked(conversation)

        def hear(before: AssistSession, record: Callable[[CardEvent], None]) -> Advice:
            now_s = at_s if at_s is not None else self._elapsed_s(before)
            follower = self._follower(
                conversation, before.team, rules=rules, filters=filters, at_s=now_s,
                first_index=before.heard, name=before.id, events=before.events, record=record,
            )  # fmt: skip
            return follower.hear()

        return self._changed(principal, session_id, hear, turns=len(conversation.turns))

    def judge(
        self, principal: Principal, session_id: str, card_id: str, judgement: Judgement
    ) -> AssistSession:
        """Keep what an agent did with a card; one that was dismissed does not come back.

        Raises:
            NotFound: There is no such session, or no such card was shown in it.
        """

        def change(before: AssistSession, record: Callable[[CardEvent], None]) -> None:
            self._silent(before, record).judge(card_id, judgement)

        self._changed(principal, session_id, change)
        return self.get(principal, session_id)

    def mute(self, principal: Principal, session_id: str, *, muted: bool) -> AssistSession:
        """Show no card from now on, or show them again.

        Raises:
            NotFound: There is no such session that they may see.
        """

        def change(before: AssistSession, record: Callable[[CardEvent], None]) -> None:
            assistant = self._silent(before, record)
            if muted:
                assistant.mute()
            else:
                assistant.unmute()

        if self.get(principal, session_id).is_muted != muted:
            self._changed(principal, session_id, change)
        return self.get(principal, session_id)

    def close(self, principal: Principal, session_id: str) -> None:
        """Forget a session with all that was shown in it.

        Raises:
            NotFound: There is no such session that they may see.
        """
        with self._database.writing() as session:
            self._read(session, principal, session_id)
            forget_sessions(session, [session_id])

    def _checked(self, conversation: Conversation) -> Conversation:
        count = len(conversation.turns)
        if not 1 <= count <= MAX_TURNS:
            raise BadInput(
                f"got {count} turns, expected 1 to {MAX_TURNS}",
                remedy="send the last ones of the conversation",
            )
        return redact_text(conversation, self._policy).conversation

    def _follower(
        self,
        conversation: Conversation,
        team: str | None,
        *,
        rules: Rules,
        filters: Filters | None,
        at_s: float | None,
        first_index: int = 0,
        name: str = "conversation",
        events: Sequence[CardEvent] = (),
        record: Callable[[CardEvent], None] | None = None,
    ) -> TurnsFollower:
        base = self._bases.of_team(team).base
        return TurnsFollower(
            conversation,
            CitedBase(base, self._encoder),
            rules=rules,
            filters=filters,
            at_s=at_s,
            first_index=first_index,
            name=name,
            events=events,
            record=record,
        )

    def _silent(self, session: AssistSession, record: Callable[[CardEvent], None]) -> Assistant:
        return Assistant(
            session.id,
            knowledge=NoKnowledge(),
            find_needs=find_needs,
            clock=lambda: self._elapsed_s(session),
            record=record,
            events=session.events,
        )

    def _elapsed_s(self, session: AssistSession) -> float:
        return max(0.0, (self._clock() - session.created_at).total_seconds())

    def _changed(
        self,
        principal: Principal,
        session_id: str,
        change: Callable[[AssistSession, Callable[[CardEvent], None]], _Result],
        *,
        turns: int = 0,
    ) -> _Result:
        """Apply a change to a session as nobody else changed it meanwhile."""
        for _ in range(ATTEMPTS):
            with self._database.reading() as session:
                before = self._read(session, principal, session_id)
                version = session.scalar(
                    select(AssistSessionRow.version).where(AssistSessionRow.id == session_id)
                )
            events: list[CardEvent] = []
            result = change(before, events.append)
            try:
                with self._database.writing() as session:
                    changed = session.scalars(
                        update(AssistSessionRow)
                        .where(
                            AssistSessionRow.id == session_id, AssistSessionRow.version == version
                        )
                        .values(
                            version=AssistSessionRow.version + 1,
                            heard=AssistSessionRow.heard + turns,
                        )
                        .returning(AssistSessionRow.id)
                    ).all()
                    if not changed:
                        continue
                    append(session, session_id, events, before=before.events, at=self._clock())
            except IntegrityError:
                continue
            return result
        raise Overloaded("several requests changed this session", remedy="send it again")

    def _read(
        self, session: DatabaseSession, principal: Principal, session_id: str
    ) -> AssistSession:
        row = session.scalar(
            select(AssistSessionRow).where(
                AssistSessionRow.id == session_id, sessions_seen_by(principal)
            )
        )
        if row is None:
            raise NotFound(
                f"no session {session_id[:64]!r}", remedy="open one: POST /v1/assist/sessions"
            )
        return assist_session(row, events_of(session, session_id))
