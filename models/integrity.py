"""Whether the files of a model are what they should be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from conversation.errors import ModelCorrupt, ModelMissing
from models.progress import FetchProgress, no_progress
from models.spec import FileSpec


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_files(folder: Path, paths: Iterable[str]) -> tuple[FileSpec, ...]:
    """Return size and hash of files of a folder."""
    return tuple(
        FileSpec(
            path=path,
            size_bytes=(folder / path).stat().st_size,
            sha256=sha256_of(folder / path),
        )
        for path in paths
    )


def check_hashes(
    folder: Path,
    files: Sequence[FileSpec],
    *,
    remedy: str,
    shown: str | None = None,
    progress: FetchProgress = no_progress,
) -> None:
    """Read every file and compare its SHA-256.

    Args:
        folder: Of the model.
        files: As they should be.
        remedy: What to do when one is not.
        shown: What messages call the folder; its path when None.
        progress: Told of the bytes read, as stage ``verifying``.

    Raises:
        ModelCorrupt: A file is missing or is not as it should be; the message names each.
    """
    total = sum(file.size_bytes for file in files)
    done = 0
    problems = []
    for file in files:
        problem = size_problem(folder, file)
        if problem is None and (got := sha256_of(folder / file.path)) != file.sha256:
            problem = f"has SHA-256 {got}, expected {file.sha256}"
        if problem is not None:
            problems.append(f"{shown or folder}/{file.path} {problem}")
        done += file.size_bytes
        progress("verifying", done, total)
    if problems:
        raise ModelCorrupt("; ".join(problems), remedy=remedy)


def size_problem(folder: Path, file: FileSpec) -> str | None:
    """Say what is wrong with a file without reading it; None when nothing is."""
    try:
        size = (folder / file.path).stat().st_size
    except OSError:
        return "is missing"
    if size != file.size_bytes:
        return f"has {size} bytes, expected {file.size_bytes}"
    return None


def nearest_edition(folder: Path, editions: Sequence[tuple[FileSpec, ...]]) -> tuple[FileSpec, ...]:
    """Return the edition with the fewest problems of size in this folder."""
    return min(
        editions,
        key=lambda edition: sum(size_problem(folder, file) is not None for file in edition),
    )


def required_files(
    folder: Path, alternatives: Iterable[tuple[str, ...]], kind: str, *, shown: str | None = None
) -> None:
    """Check that a user's own folder has what a kind of model must have.

    Args:
        folder: The folder.
        alternatives: For each thing that is needed, the files any of which will do.
        kind: What the folder should be, for the message.
        shown: What the message calls the folder; its path when None.

    Raises:
        ModelMissing: Something is not there; the message names what.
    """
    missing = [
        " or ".join(names)
        for names in alternatives
        if not any((folder / name).is_file() for name in names)
    ]
    if missing:
        raise ModelMissing(
            f"{shown or folder} is not {kind}: {', '.join(missing)} missing",
            remedy="name the folder that holds these files, or a model of the catalogue",
        )
