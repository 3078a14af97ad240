"""What was wrong in the rows of a table: counted all, the first ones kept to be shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import DatasetInvalid

KEPT_ERRORS = 20
_SHOWN_CHARS = 60


class RowError(BaseModel):
    """One row that was left out.

    Attributes:
        file: Name of the file.
        line: Of the file, from 1, where the row ends.
        column: Header of the column; of several, with + between; empty for the whole row.
        got: What stands there, shortened.
        expected: What should.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int = Field(ge=1)
    column: str
    got: str
    expected: str

    def __str__(self) -> str:
        where = f", column {self.column!r}" if self.column else ""
        return f"{self.file}, line {self.line}{where}: got {self.got!r}, expected {self.expected}"


class RowErrors:
    """Collects the errors of one file.

    Args:
        path: The file.
        strict: Whether the first error refuses the file.

    Attributes:
        count: Rows that were left out.
        kept: The first :data:`KEPT_ERRORS` of them.
        by_column: How many for each column.
    """

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        self._file = path.name
        self._strict = strict
        self.count = 0
        self.kept: list[RowError] = []
        self.by_column: Counter[str] = Counter()

    def add(self, line: int, column: str, got: str, expected: str) -> None:
        """Count a row that is left out.

        Raises:
            DatasetInvalid: The file is read strictly.
        """
        shown = got if len(got) <= _SHOWN_CHARS else got[:_SHOWN_CHARS] + "…"
        error = RowError(file=self._file, line=line, column=column, got=shown, expected=expected)
        if self._strict:
            raise DatasetInvalid(
                str(error), remedy="correct the row, or leave --strict so that it is left out"
            )
        self.count += 1
        self.by_column[column] += 1
        if len(self.kept) < KEPT_ERRORS:
            self.kept.append(error)
