"""Jobs that come back: at each time that a cron expression names, once, whoever is there.

DBOS has schedules, too, but they fire only while somebody runs, or fire for every time that was
missed. Here the last time that has passed is asked for with a name that only one job can have
(:attr:`serving.store.tables.JobRow.once`): a purge that should have run while the machine was off
runs when it is on again, once, however many processes look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from croniter import croniter

from conversation.errors import DefinitionInvalid


@dataclass(frozen=True)
class Schedule:
    """When a kind of job is done.

    Attributes:
        kind: Of the job.
        cron: Five fields, in UTC: minute, hour, day of the month, month, day of the week.
        priority: Of the job.
    """

    kind: str
    cron: str
    priority: int

    def __post_init__(self) -> None:
        """Refuse an expression that names no time."""
        if not croniter.is_valid(self.cron):
            raise DefinitionInvalid(
                f"{self.cron!r} is no time for {self.kind}, expected five fields such as "
                "'30 2 * * *' (each day at 02:30 UTC)",
                remedy="correct it",
            )

    def last_time(self, now: datetime) -> datetime:
        """Return the last moment of the schedule that has passed."""
        last: datetime = croniter(self.cron, now).get_prev(datetime)
        return last

    def once(self, now: datetime) -> str:
        """Name the job of the last moment that has passed."""
        return f"{self.kind}@{self.last_time(now).isoformat(timespec='minutes')}"
