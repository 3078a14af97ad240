"""Manifests of recordings: JSON lines, each naming a recording relative to the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from conversation.errors import DatasetInvalid, NotFound

Entry = TypeVar("Entry", bound=BaseModel)


def read_manifest(manifest: Path, shape: type[Entry]) -> Iterator[tuple[int, str, Entry]]:
    """Read the lines of a manifest; empty ones are passed over.

    Args:
        manifest: A UTF-8 file with one JSON object a line.
        shape: What a line holds.

    Yields:
        The number of each line, how a message names it, and what it holds.

    Raises:
        NotFound: There is no such file.
        DatasetInvalid: It is no text, or a line is not what it should be.
    """
    try:
        lines = manifest.read_text("utf-8").splitlines()
    except FileNotFoundError as error:
        raise NotFound(f"there is no manifest {manifest}", remedy="check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{manifest} cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"line {number} of {manifest.name}"
        try:
            entry = shape.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or "the line"
            raise DatasetInvalid(f"{where}: {name}: {first['msg']}") from error
        except ValueError as error:
            raise DatasetInvalid(f"{where} is not JSON: {error}") from error
        yield number, where, entry
