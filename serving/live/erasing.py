"""What an erasure does with live sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.live.spool import FOLDER, left_behind
from serving.privacy.copies import CopyLine, Subject, erases
from serving.store.encryption import keyring_of

if TYPE_CHECKING:
    from serving.live.facts import SessionFacts
    from serving.service import Service

_GOING_ON = "the conversation is going on; erase it when it has ended"


@erases("live sessions")
def erase_live(service: Service, subject: Subject) -> CopyLine:
    """Erase the folders of sessions that wait for their client; those going on are named."""
    removed = 0
    going_on: list[str] = []
    for spool in left_behind(service.spool_dir, keyring_of(service.settings)):
        facts = spool.facts()
        if facts is None or not _is_theirs(facts, subject):
            continue
        if service.live is not None and not service.live.let_go(facts.id):
            going_on.append(facts.id)
            continue
        spool.erase()
        removed += 1
    return CopyLine(
        "live sessions",
        FOLDER,
        removed=removed,
        kept=len(going_on),
        why=_GOING_ON if going_on else None,
        items=tuple(going_on),
    )


def _is_theirs(facts: SessionFacts, subject: Subject) -> bool:
    if facts.id in subject.conversation_ids:
        return True
    if subject.customer_key is None or facts.customer_key != subject.customer_key:
        return False
    return subject.team in (None, facts.team)
