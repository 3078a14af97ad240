"""All rows of one database into another, whichever of the two kinds they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text

from serving.store.tables import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ROWS = 500


def copy_rows(source: Session, target: Session) -> int:
    """Copy all rows; what the target's migrations put there is replaced.

    Args:
        source: A session that sees one state of a database with the newest schema.
        target: A transaction in a new database with the newest schema.

    Returns:
        How many rows.
    """
    for table in reversed(Base.metadata.sorted_tables):
        if target.execute(select(table).limit(1)).first() is not None:  # ledgers refuse even a try
            target.execute(table.delete())
    count = 0
    for table in Base.metadata.sorted_tables:
        rows = source.execute(select(table).execution_options(yield_per=_ROWS))
        for some in rows.partitions(_ROWS):
            target.execute(insert(table), [dict(row._mapping) for row in some])  # noqa: SLF001 - its public name
            count += len(some)
    if target.get_bind().dialect.name == "postgresql":
        _count_on(target)
    return count


def _count_on(target: Session) -> None:
    """Let the numbers that PostgreSQL gives to new rows begin after those that were copied."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence is not None:
            last = target.scalar(select(func.max(column)))
            target.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :last, :used)"),
                {"sequence": sequence, "last": last or 1, "used": last is not None},
            )
