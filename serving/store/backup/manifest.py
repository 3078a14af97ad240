"""What a backup says of itself, so that it can be checked before anything is restored."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation.errors import BadInput
from models.integrity import sha256_of

MANIFEST_FILE = "manifest.json"
DATABASE_FILE = "entendu.sqlite"
AUDIO_FOLDER = "audio"


class FileFacts(BaseModel):
    """One file of a backup.

    Attributes:
        sha256: Of its bytes, in hexadecimal.
        size_bytes: Of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: Annotated[int, Field(ge=0)]


class Manifest(BaseModel):
    """A backup.

    Attributes:
        format: Of the backup; another number is another layout.
        id: Of the backup, also in the list of backups.
        began_at: When it was begun; it holds nothing that was erased before.
        finished_at: When it was whole.
        entendu_version: Of the software that made it.
        database: What the store's database was. The backup of either is ``entendu.sqlite``, and
            can be restored to either.
        key_ids: Keys that recordings in it are encrypted with; they are not in the backup.
        missing_recordings: SHA-256 of recordings that had no file on the disk: lost, or only in
            memory until a redacted copy of them is made.
        files: Every file but this one, by its path with ``/``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    id: str
    began_at: datetime
    finished_at: datetime
    entendu_version: str
    database: Literal["sqlite", "postgresql"]
    key_ids: tuple[str, ...]
    missing_recordings: tuple[str, ...]
    files: dict[str, FileFacts]


def describe(folder: Path) -> dict[str, FileFacts]:
    """Read all files below a folder, and return their sizes and hashes."""
    return {
        path.relative_to(folder).as_posix(): FileFacts(
            sha256=sha256_of(path), size_bytes=path.stat().st_size
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST_FILE
    }


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        BadInput: There is none, or it is none of ours.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise BadInput(
            f"{folder} is no backup: it has no {MANIFEST_FILE}",
            remedy="name what `entendu backup` wrote; one that was broken off cannot be used",
        ) from error
    except ValidationError as error:
        raise BadInput(
            f"{path} is not a manifest that this version can read",
            remedy="use the version of Entendu that made the backup, or a newer one",
        ) from error
    for name in manifest.files:
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or "\\" in name or not place.parts:
            raise BadInput(f"{path} names the file {name!r}, which is outside of the backup")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Read every file of a backup and compare it with the manifest.

    Raises:
        BadInput: A file is missing, was changed, or does not belong to it.
    """
    found = describe(folder)
    for name, facts in manifest.files.items():
        if name not in found:
            raise _not_whole(folder, f"{name} is missing")
        if found[name] != facts:
            raise _not_whole(folder, f"{name} was changed or cut short")
    if extra := sorted(found.keys() - manifest.files.keys()):
        raise _not_whole(folder, f"{extra[0]} does not belong to it")


def _not_whole(folder: Path, why: str) -> BadInput:
    return BadInput(f"the backup {folder} is not whole: {why}", remedy="restore another backup")
