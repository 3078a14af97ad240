"""Trust reports, measured anew only where something was added to the log or erased from it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from quality.agreement import TrustReport, assess_trust
from serving.store.tables import ReviewEventRow

if TYPE_CHECKING:
    from quality.scorecard import Scorecard
    from serving.reviewing.sql_log import SqlEventLog
    from serving.store.database import Database

_KEPT = 32


class TrustReports:
    """Measures the trust in cards; a third of a second for 3,500 events, so once for each state.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[tuple[int, int], TrustReport]] = {}

    def of(self, log: SqlEventLog, team: str, card: Scorecard) -> TrustReport:
        """Return how far machine and people agree on a card.

        Args:
            log: Of the team.
            team: Whose.
            card: The scorecard.
        """
        asked = select(func.max(ReviewEventRow.number), func.count()).where(
            ReviewEventRow.team == team
        )
        with self._database.reading() as session:
            newest, count = session.execute(asked).one()
        state = (newest or 0, count)
        with self._lock:
            kept = self._kept.get((team, card.sha256))
        if kept is not None and kept[0] == state:
            return kept[1]
        report = assess_trust(log, card, at=datetime.now(UTC))
        with self._lock:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[team, card.sha256] = (state, report)
        return report
