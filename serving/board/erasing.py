"""What an erasure does to the board: reports that quote a conversation go, and are made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.board.reports import drop_reports
from serving.privacy.copies import CopyLine, Subject, erases

if TYPE_CHECKING:
    from serving.service import Service


@erases("reports of the board")
def erase_from_reports(service: Service, subject: Subject) -> CopyLine:
    """Drop the reports that name a conversation of the subject."""
    removed = drop_reports(service.store.database, subject.conversation_ids)
    return CopyLine("topics and gaps with quotes", "board_reports", removed=removed)
