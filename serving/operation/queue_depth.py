"""How much is waiting, as the database says at the moment of the question."""

from __future__ import annotations

from sqlalchemy import func, select

from serving.operation import metrics
from serving.store.database import Database
from serving.store.tables import JobRow
from serving.store.tables.jobs import JOB_STATES


def note_queue_depth(database: Database) -> None:
    """Count the jobs in each state into ``QUEUE_DEPTH``.

    Args:
        database: The store's.

    Raises:
        Unavailable: The database does not answer.
    """
    with database.reading() as session:
        counted = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all()
    counts: dict[str, int] = {row[0]: row[1] for row in counted}
    for state in JOB_STATES:
        metrics.QUEUE_DEPTH.labels(state=state).set(counts.get(state, 0))
