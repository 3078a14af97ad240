"""Stored conversations with what was concluded about them, under the ids of the store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import func, select

from conversation.errors import BadInput, Conflict, NotFound
from quality.rescoring import StoredResult
from serving.access.visibility import Visibility
from serving.store import Store, StoredConversation
from serving.store.tables import ConversationRow
from serving.store.visible import seen_by

MAX_CONVERSATIONS = 100_000
"""Conversations that one figure or sample is made of, at most."""

_ABOUT = ("understanding", "metrics", "evaluation", "redaction", "categories")


@dataclass(frozen=True)
class Contact:
    """A conversation that was analysed.

    Attributes:
        stored: As the store lists it.
        values: Its analysis as JSON values; every part names the conversation by the store's id.
    """

    stored: StoredConversation
    values: dict[str, object]

    @property
    def result(self) -> StoredResult:
        """What scoring needs of it.

        Raises:
            Conflict: Another version made it, in another shape.
        """
        try:
            return StoredResult.model_validate(self.values)
        except ValidationError as error:
            raise _other_shape(self.stored.id) from error


class Contacts:
    """Reads analysed conversations.

    Args:
        store: What is stored.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, conversation_id: str, visibility: Visibility) -> Contact:
        """Return a conversation with its analysis.

        Args:
            conversation_id: Which.
            visibility: What may be seen.

        Raises:
            NotFound: There is none that may be seen.
            Conflict: It was not analysed (yet).
        """
        stored = self._store.get(conversation_id, visibility=visibility)
        found = self._read(stored)
        if found is None:
            raise Conflict(
                f"the conversation is {stored.status}, expected done",
                remedy="send it again" if stored.status == "failed" else "ask again in a moment",
            )
        return found

    def team_of(self, conversation_id: str, visibility: Visibility) -> str:
        """Return whose a conversation is.

        Raises:
            NotFound: There is none that may be seen.
        """
        return self._store.get(conversation_id, visibility=visibility).team

    def ids(
        self,
        visibility: Visibility,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[str, ...]:
        """Return the analysed conversations of a period, oldest first.

        Args:
            visibility: What may be seen.
            since: Contacts that started then or later; where that is not known, that came in then.
            until: Contacts that started before.

        Raises:
            BadInput: There are too many.
        """
        moment = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)
        query = (
            select(ConversationRow.id)
            .where(ConversationRow.status == "done", seen_by(visibility))
            .order_by(moment, ConversationRow.id)
            .limit(MAX_CONVERSATIONS + 1)
        )
        if since is not None:
            query = query.where(moment >= since)
        if until is not None:
            query = query.where(moment < until)
        with self._store.database.reading() as session:
            found = tuple(session.scalars(query))
        if len(found) > MAX_CONVERSATIONS:
            raise BadInput(
                f"more than {MAX_CONVERSATIONS} conversations are in this period",
                remedy="ask for a shorter one",
            )
        return found

    def each(self, ids: Sequence[str], visibility: Visibility) -> Iterator[Contact]:
        """Yield conversations one after the other; those that are gone meanwhile are left out."""
        for conversation_id in ids:
            try:
                stored = self._store.get(conversation_id, visibility=visibility)
            except NotFound:
                continue
            found = self._read(stored)
            if found is not None:
                yield found

    def _read(self, stored: StoredConversation) -> Contact | None:
        document = self._store.analysis(stored.id) if stored.status == "done" else None
        if document is None:
            return None
        values = json.loads(document)
        conversation = values.get("conversation")
        if not isinstance(conversation, dict):
            raise _other_shape(stored.id)
        conversation["id"] = stored.id
        for part in _ABOUT:
            named = values.get(part)
            if isinstance(named, dict) and "conversation_id" in named:
                named["conversation_id"] = stored.id
        return Contact(stored, values)


def _other_shape(conversation_id: str) -> Conflict:
    return Conflict(
        f"the analysis of {conversation_id} was made by another version, in another shape",
        remedy="send the conversation again",
    )
