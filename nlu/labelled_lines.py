"""Lines of a JSONL file with labels, so that every error can name its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conversation.errors import DatasetInvalid


def labelled_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield number, from 1, and text of the lines that are not empty.

    Args:
        file: In UTF-8; read as it is asked for.

    Raises:
        DatasetInvalid: A line is not UTF-8.
    """
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            try:
                line = raw.decode("utf-8").strip()
            except UnicodeDecodeError as error:
                raise DatasetInvalid(
                    f"{file.name} line {number} is not UTF-8: {error.reason}",
                    remedy="save the file as UTF-8",
                ) from None
            if line:
                yield number, line


def labelled_object(place: str, line: str, *, expected: str) -> dict[str, Any]:
    """Read the JSON object on a line.

    Args:
        place: File and line, for messages.
        line: From :func:`labelled_lines`.
        expected: What should stand there, for messages.

    Raises:
        DatasetInvalid: It is no JSON, or no object.
    """
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DatasetInvalid(
            f"{place} is not JSON: {error.msg} at column {error.colno}, got {line[:60]!r}",
            remedy="write one JSON object a line",
        ) from None
    if not isinstance(row, dict):
        raise DatasetInvalid(
            f"{place} is a {type(row).__name__}, expected {expected}",
            remedy="write one JSON object a line",
        )
    return row
