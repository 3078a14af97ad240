"""What reading any of the tables has in common: rows, their errors, and the facts of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from conversation.dates import dates_are_month_first
from conversation.errors import DatasetInvalid
from quality.kpi.cells import CellError, is_empty
from quality.kpi.columns import ColumnMap, Columns, TableKind, find_columns
from quality.kpi.csv_file import CsvFile
from quality.kpi.local_times import Instants, LocalClock
from quality.kpi.row_errors import RowError, RowErrors

_SAMPLED_ROWS = 500

T = TypeVar("T")

Progress = Callable[[int], None]
"""Called now and then with the number of rows read so far."""


@dataclass(frozen=True)
class ReadingOptions:
    """How tables are read.

    Attributes:
        zone: Of times without an offset.
        month_first: Whether ``03/04/2026`` is the 4th of March; None: found out from dates that
            can only be read one way, otherwise the day stands first.
        strict: Whether one wrong row refuses the file.
        columns: For each table, the headers of some fields.
        progress: Called now and then with the number of rows read.
    """

    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    month_first: bool | None = None
    strict: bool = False
    columns: Mapping[TableKind, ColumnMap] = field(default_factory=dict)
    progress: Progress | None = None


class SourceFacts(BaseModel):
    """A table or a set of conversations that figures were computed from.

    Attributes:
        kind: ``conversations`` or the table.
        name: Of the file; for conversations the folder.
        rows: How many there are.
        used: How many went in.
        rejected: Rows that were left out because of an error.
        duplicates: Rows that were left out because their identifier had come before.
        errors: The first of the errors.
        rejected_by_column: How many were rejected for each column.
        columns: For each field the header it was read from.
        unused_columns: Headers of columns that nothing was read from.
        first_at: Earliest contact; None where there is no time.
        last_at: Latest contact.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    name: str
    rows: int = Field(ge=0)
    used: int = Field(ge=0)
    rejected: int = Field(default=0, ge=0)
    duplicates: int = Field(default=0, ge=0)
    errors: tuple[RowError, ...] = ()
    rejected_by_column: dict[str, int] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    unused_columns: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None


class TableReader:
    """Reads the rows of one table.

    Args:
        path: Of the file.
        kind: What it holds.
        options: How it is read.
    """

    def __init__(self, path: Path, kind: TableKind, options: ReadingOptions) -> None:
        self._file = CsvFile(path)
        self._kind = kind
        self._options = options
        self.columns: Columns = find_columns(self._file, kind, options.columns.get(kind))
        self.errors = RowErrors(path, strict=options.strict)
        self.clock = LocalClock(options.zone, month_first=self._month_first())
        self.rows = 0
        self.duplicates = 0

    def each(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line and the cells of each row, counting them."""
        progress = self._options.progress
        for line, row in self._file.rows():
            self.rows += 1
            if progress is not None and self.rows % 5000 == 0:
                progress(self.rows)
            yield line, row

    def text(self, row: Sequence[str], name: str) -> str | None:
        """Return a field's text; None where it is empty or not in the table."""
        cell = self.columns.cell(row, name)
        return None if is_empty(cell) else cell

    def read(self, row: Sequence[str], name: str, read: Callable[[str], T]) -> T | None:
        """Read a field; None where it is empty or not in the table.

        Raises:
            FieldError: The cell does not hold what it should.
        """
        cell = self.columns.cell(row, name)
        if not cell or is_empty(cell):
            return None
        try:
            return read(cell)
        except CellError as error:
            raise FieldError(self.columns.headers[name], error.got, error.expected) from None

    def time(self, row: Sequence[str], name: str) -> Instants | None:
        """Read a field with a time; None where it is empty or not in the table.

        Raises:
            FieldError: It is no time.
        """
        return self.read(row, name, self.clock.read)

    def reject(self, line: int, error: FieldError) -> None:
        """Leave a row out."""
        self.errors.add(line, error.column, error.got, error.expected)

    def facts(
        self, used: int, *, first_at: float | None = None, last_at: float | None = None
    ) -> SourceFacts:
        """Tell what was read.

        Raises:
            DatasetInvalid: Rows are there, but not one of them can be used.
        """
        if used == 0 and self.errors.count:
            raise DatasetInvalid(
                f"none of the {self.rows} rows can be used; the first: {self.errors.kept[0]}",
                remedy="check the columns, and map them with --map FIELD=COLUMN",
            )
        return SourceFacts(
            kind=self._kind,
            name=self._file.path.name,
            rows=self.rows,
            used=used,
            rejected=self.errors.count,
            duplicates=self.duplicates,
            errors=tuple(self.errors.kept),
            rejected_by_column=dict(self.errors.by_column),
            columns=dict(self.columns.headers),
            unused_columns=self.columns.unused,
            first_at=None if first_at is None else datetime.fromtimestamp(first_at, UTC),
            last_at=None if last_at is None else datetime.fromtimestamp(last_at, UTC),
        )

    def _month_first(self) -> bool:
        if self._options.month_first is not None:
            return self._options.month_first
        dated = [name for name in ("start", "at", "opened", "date") if name in self.columns]
        sample: list[str] = []
        for number, (_, row) in enumerate(self._file.rows()):
            if number >= _SAMPLED_ROWS:
                break
            sample.extend(self.columns.cell(row, name) for name in dated)
        return dates_are_month_first(sample)


class FieldError(Exception):
    """A field of a row that cannot be used.

    Args:
        column: Header of the column.
        got: What stands there.
        expected: What should.
    """

    def __init__(self, column: str, got: str, expected: str) -> None:
        super().__init__(f"{column}: {got!r}, expected {expected}")
        self.column = column
        self.got = got
        self.expected = expected


class Names:
    """Numbers names in the order they first come: a name costs four bytes from then on."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str | None) -> int:
        """Return the number of a name; -1 for None."""
        if name is None:
            return -1
        return self._numbers.setdefault(name, len(self._numbers))

    def listed(self) -> tuple[str, ...]:
        """Return the names by their number."""
        return tuple(self._numbers)
