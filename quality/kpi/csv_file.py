"""Tables as centres export them: delimiters, encodings and headers found out."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from conversation.errors import DatasetInvalid, NotFound

MAX_COLUMNS = 1000
_DELIMITERS = ";,\t|"
_CHUNK_BYTES = 1 << 20
_SEP_LINE = re.compile(r'(?i)"?sep=(.)"?\s*')
_MAX_CELL_CHARS = 1 << 20


class CsvFile:
    """A table in a file, read row by row.

    Args:
        path: CSV with headers in its first line (``sep=;`` may stand above it), delimiter
            ``;``, ``,``, tab or ``|``, in UTF-8 (with or without BOM), UTF-16 with BOM or
            Windows-1252.

    Attributes:
        path: The file.
        encoding: As Python names it.
        delimiter: Between cells.
        headers: Of the columns, in order.

    Raises:
        NotFound: There is no such file.
        DatasetInvalid: It is empty, or no table.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound(f"there is no file {path}", remedy="check the path")
        self.path = path
        try:
            self.encoding = _encoding_of(path)
            self._skipped, header, delimiter = self._header()
        except OSError as error:
            raise DatasetInvalid(
                f"{path} cannot be read: {error.strerror}", remedy="check its permissions"
            ) from error
        self.delimiter = delimiter
        self.headers = tuple(
            cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), [])
        )
        if len(self.headers) > MAX_COLUMNS:
            raise DatasetInvalid(
                f"{path.name} has {len(self.headers)} columns, expected at most {MAX_COLUMNS}",
                remedy="check that it is a table",
            )

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows below the headers that are not empty.

        Yields:
            Line of the file at which the row ends, from 1, and its cells.

        Raises:
            DatasetInvalid: What follows cannot be parsed.
        """
        csv.field_size_limit(_MAX_CELL_CHARS)
        with self._open() as file:
            for _ in range(self._skipped):
                file.readline()
            reader = csv.reader(_without_nul(file), delimiter=self.delimiter)
            try:
                for row in reader:
                    if row and any(row) and any(cell.strip() for cell in row):
                        yield self._skipped + reader.line_num, row
            except csv.Error as error:
                raise DatasetInvalid(
                    f"{self.path.name}, line {self._skipped + reader.line_num}: {error}",
                    remedy="export it again as CSV; a quotation mark may not be closed",
                ) from error

    def _open(self) -> TextIO:
        # Windows-1252 leaves five bytes undefined: shown as replacement characters
        errors = "replace" if self.encoding == "cp1252" else "strict"
        return self.path.open(encoding=self.encoding, errors=errors, newline="")

    def _header(self) -> tuple[int, str, str]:
        """Return how many lines stand down to the headers, the headers' line, the delimiter."""
        stated: str | None = None
        with self._open() as file:
            for number, line in enumerate(file, start=1):
                found = _SEP_LINE.fullmatch(line)
                if number == 1 and found is not None:
                    stated = found[1]
                elif line.strip():
                    header = line.rstrip("\r\n")
                    delimiter = stated or max(_DELIMITERS, key=header.count)
                    return number, header, delimiter
        raise DatasetInvalid(
            f"{self.path.name} is empty", remedy="export it again, with headers in its first line"
        )


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") if "\0" in line else line for line in lines)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise DatasetInvalid(
                f"{path.name} is a workbook, expected CSV", remedy="save the sheet as CSV (UTF-8)"
            )
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"
