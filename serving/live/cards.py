"""What agents did with the cards of a call, kept so that a useless article can be found."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from serving.dialogues.card_log import append, events_of, forget_sessions
from serving.store.tables import AssistSessionRow

if TYPE_CHECKING:
    from kb_search.assistant import CardEvent
    from serving.live.facts import SessionFacts
    from serving.store.database import Database

logger = logging.getLogger("entendu.live")


class LiveCards:
    """Keeps the events of live cards as sessions of the assistant, under the call's own id.

    They go with the conversation, and after ``assist_sessions_days`` of the retention rules. Its
    methods block.

    Args:
        database: The store's.
        clock: Tells the time.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def keep(self, facts: SessionFacts, event: CardEvent) -> None:
        """Append an event of a call that is stored in the end; a call goes on where that fails.

        Args:
            facts: Of the call; of practice and of what is only heard nothing is kept.
            event: A card that was shown, or what the agent did with one.
        """
        if not facts.is_kept:
            return
        try:
            with self._one_at_a_time, self._database.writing() as session:
                before = events_of(session, facts.id)
                if event.kind != "shown" and event.card_id not in {one.card_id for one in before}:
                    return
                if not before:
                    session.add(
                        AssistSessionRow(
                            id=facts.id,
                            team=facts.team,
                            owner=facts.owner,
                            conversation_id=facts.id,
                            created_at=facts.started_at,
                        )
                    )
                    session.flush()
                append(session, facts.id, [event], before=before, at=self._clock())
        except SQLAlchemyError:
            logger.exception("a card was not kept", extra={"facts": {"session": facts.id}})

    def of(self, facts: SessionFacts) -> list[CardEvent]:
        """Return the events of a call, in order: none where they cannot be read."""
        try:
            with self._database.reading() as session:
                return events_of(session, facts.id)
        except SQLAlchemyError:
            logger.exception("cards were not read", extra={"facts": {"session": facts.id}})
            return []

    def forget(self, facts: SessionFacts) -> None:
        """Delete the events of a call that is not stored after all."""
        with self._database.writing() as session:
            found = session.scalars(
                select(AssistSessionRow.id).where(
                    AssistSessionRow.id == facts.id, AssistSessionRow.conversation_id == facts.id
                )
            ).all()
            forget_sessions(session, found)
