"""Rows as Apache Parquet, in row groups of bounded size."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from conversation.errors import DependencyMissing
from serving.interchange.tables import Cell, Column

ROW_GROUP = 5000


def to_parquet(columns: Sequence[Column], rows: Iterable[object]) -> Iterator[bytes]:
    """Write rows as Parquet.

    Moments are ``timestamp[us, tz=UTC]``, durations whole milliseconds, figures ``double``; texts
    with few values are dictionary-encoded.

    Args:
        columns: Of the table.
        rows: What the columns take their cells from; no more than a row group is held at once.

    Returns:
        Pieces of the file.

    Raises:
        DependencyMissing: pyarrow is not installed; raised at once, before the first piece.
    """
    arrow, parquet = _pyarrow()
    return _pieces(arrow, parquet, columns, iter(rows))


def _pyarrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise DependencyMissing(
            "Parquet needs the package pyarrow", remedy="pip install 'entendu[parquet]'"
        ) from error


def _pieces(
    arrow: Any,  # noqa: ANN401 - the module, imported where it is needed
    parquet: Any,  # noqa: ANN401
    columns: Sequence[Column],
    rows: Iterator[object],
) -> Iterator[bytes]:
    schema = arrow.schema([(column.name, _type(arrow, column)) for column in columns])
    sink = io.BytesIO()
    with parquet.ParquetWriter(_Drained(sink), schema, compression="zstd") as writer:
        while batch := list(islice(rows, ROW_GROUP)):
            arrays = [
                arrow.array([_utc(column.value(row)) for row in batch], type=field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(arrow.table(arrays, schema=schema), row_group_size=ROW_GROUP)
            yield _taken(sink)
    yield _taken(sink)


class _Drained(io.RawIOBase):
    """A file that is written forward and emptied meanwhile; it knows how much went through.

    Args:
        sink: Takes what is written until somebody takes it away.
    """

    def __init__(self, sink: io.BytesIO) -> None:
        self._sink = sink
        self._written = 0

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - whatever has a buffer
        """Take bytes."""
        count = self._sink.write(data)
        self._written += count
        return count

    def tell(self) -> int:
        """Return how many bytes were written so far."""
        return self._written


def _taken(sink: io.BytesIO) -> bytes:
    piece = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return piece


def _utc(cell: Cell) -> Cell:
    return cell.astimezone(UTC) if isinstance(cell, datetime) else cell


def _type(arrow: Any, column: Column) -> Any:  # noqa: ANN401 - types of a lazy module
    match column.kind:
        case "text":
            return arrow.string()
        case "enum":
            return arrow.dictionary(arrow.int32(), arrow.string())
        case "moment":
            return arrow.timestamp("us", tz="UTC")
        case "milliseconds" | "count":
            return arrow.int64()
        case "number":
            return arrow.float64()
        case "flag":
            return arrow.bool_()
