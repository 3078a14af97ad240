"""What is answered to an event, and to the same event when it comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversation.errors import Conflict
from serving.dialogues.values import Reply

if TYPE_CHECKING:
    from kb_search.bot import Action, Event, Session
    from serving.store.tables import BotReplyRow


def reply_of(session: Session, actions: Sequence[Action]) -> Reply:
    """Return what came of an event."""
    return Reply(
        actions=tuple(actions), state=session.state, version=session.version, muted=session.muted
    )


def digest_of(event: Event) -> str:
    """Return the SHA-256 of what an event says, whenever it came."""
    said = event.model_dump_json(exclude={"at"})
    return hashlib.sha256(said.encode()).hexdigest()


def given_before(row: BotReplyRow, digest: str) -> Reply:
    """Return what was answered to an event that came before.

    Raises:
        Conflict: Something else came under its id.
    """
    if row.request_sha256 != digest:
        raise other_event(row.event_id)
    return Reply.model_validate_json(row.document)


def other_event(event_id: str) -> Conflict:
    """Return what is raised where an id was used for something else."""
    return Conflict(
        f"something else came under the id {event_id[:64]!r}",
        remedy="give every message an id of its own",
    )
