"""Putting a model's folder in place: whole or not at all, and by one process at a time."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from conversation.errors import ModelError
from models.progress import FetchProgress
from models.record import read_record

_STAGING_PREFIX = ".staging-"
_REPLACED = "replaced"
_log = logging.getLogger(__name__)


@contextmanager
def exclusive(root: Path, name: str, progress: FetchProgress) -> Iterator[None]:
    """Keep other processes from changing a model while the block runs.

    The system releases the lock when the process ends, however it ends.

    Args:
        root: Folder of the models.
        name: Of the model.
        progress: Told when another process has to be waited for, as stage ``waiting``.
    """
    import filelock

    lock = filelock.FileLock(root / f".{name}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        progress("waiting", 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def staging(root: Path, name: str) -> Iterator[Path]:
    """Make a folder to prepare a model in, on the file system of the models.

    What fetches that were killed have left behind is removed first, and a model they had moved
    aside is put back. The caller holds the lock of :func:`exclusive`.

    Args:
        root: Folder of the models.
        name: Of the model.

    Yields:
        An empty folder; it and all that is still in it are removed in the end.
    """
    prefix = f"{_STAGING_PREFIX}{name}@"  # no name has an @: none is the beginning of another
    for left in root.glob(f"{prefix}*"):
        if (left / _REPLACED).is_dir() and not (root / name).exists():
            (left / _REPLACED).rename(root / name)
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(prepared: Path, target: Path, stage: Path) -> None:
    """Move a finished folder to where models are looked for.

    Args:
        prepared: The finished folder, inside ``stage``.
        target: Where it goes; a folder that is there gives way, and is back if the move fails.
            One without a record was put there by hand: it is kept under another name.
        stage: The folder of :func:`staging`.
    """
    for path in prepared.rglob("*"):
        if path.is_file():
            _flush(path)
    for folder in (*(path for path in prepared.rglob("*") if path.is_dir()), prepared):
        _flush(folder)
    replaced = stage / _REPLACED
    if target.exists() and read_record(target) is None:
        replaced = target.with_name(f"{target.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        _log.warning("%s was not fetched by Entendu and is now %s", target, replaced)
    if target.exists():
        target.rename(replaced)
    try:
        prepared.rename(target)
    except BaseException:
        if replaced.exists():
            replaced.rename(target)
        raise
    _flush(target.parent)


def check_room(root: Path, needed_bytes: int) -> None:
    """Check that the file system has room.

    Raises:
        ModelError: It has not; the message says how much there is and how much is needed.
    """
    free = shutil.disk_usage(root).free
    if free < needed_bytes:
        raise ModelError(
            f"{root} has {free / 1e6:.0f} MB free, {needed_bytes / 1e6:.0f} MB are needed",
            remedy="make room, or choose another place with --models-dir or ENTENDU_MODELS_DIR",
        )


def _flush(path: Path) -> None:
    """Make sure that a file or folder is on the disk, where the system can promise it."""
    if os.name == "nt" and path.is_dir():
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
