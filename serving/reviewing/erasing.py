"""What an erasure does to blind sessions: a contact without a name, whose answers still count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.privacy.copies import CopyLine, Subject, erases

if TYPE_CHECKING:
    from serving.service import Service


@erases("blind sessions")
def erase_from_sessions(service: Service, subject: Subject) -> CopyLine:
    """Take conversations out of the blind sessions in which they were scored."""
    desk = service.resources.desk
    changed = sum(desk.make_nameless(one) for one in subject.conversation_ids)
    return CopyLine("contacts in blind sessions", "review_events", removed=changed)
