"""Restoring a backup into an empty place."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from sqlalchemy import inspect, select, update

from conversation.errors import BadInput, Conflict, EntenduError, NotFound
from serving.settings import Settings
from serving.store.backup.manifest import DATABASE_FILE, Manifest, check_files, read_manifest
from serving.store.backup.rows import copy_rows
from serving.store.database import Database
from serving.store.disk import sync_folder
from serving.store.encryption import keyring_of
from serving.store.lock import FolderLock
from serving.store.opening import database_address
from serving.store.parts import RESTORING_FILE
from serving.store.tables import BackupRow, Base

_AT_ONCE_BYTES = 1 << 20
_LOCK_FILE = "serve.lock"
_FILLED_AT_ONCE = frozenset(("audit_head",))  # its row comes with the table


def restore_backup(settings: Settings, source: Path) -> Manifest:
    """Restore a backup; every file is checked before anything is written.

    A restore that is broken off leaves a mark, with which no service starts; restoring again
    begins anew. A backup of SQLite can be restored to PostgreSQL and the other way round.

    Args:
        settings: Say where to: a data folder that is not there or is empty, and an empty database.
        source: A folder or ``.tar`` file that :func:`make_backup` wrote.

    Returns:
        What was in it.

    Raises:
        NotFound: There is no such backup.
        BadInput: It is none, or not whole.
        Conflict: The data folder is in use or holds something, the database is not empty, or keys
            of recordings are not given.
        Unavailable: The database does not answer.
    """
    if not source.exists():
        raise NotFound(f"there is no backup {source}", remedy="correct the path")
    data_dir = settings.data_dir
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = data_dir / RESTORING_FILE
    with _held(data_dir):
        _check_empty(data_dir)
        address = database_address(settings)
        if address is not None:
            _check_empty_database(address)
        mark.touch(mode=0o600)
        sync_folder(data_dir)
        with _unpacked(source, data_dir) as folder:
            try:
                manifest = read_manifest(folder)
                _check_keys(settings, manifest)
                check_files(folder, manifest)
            except EntenduError:
                mark.unlink()  # nothing was restored yet
                raise
            for name in sorted(manifest.files):
                target = data_dir / name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                if folder == source:
                    shutil.copyfile(folder / name, target)
                else:
                    (folder / name).replace(target)
                target.chmod(0o600)
            _finish_database(data_dir / DATABASE_FILE, address, manifest)
        mark.unlink()
        sync_folder(data_dir)
    return manifest


@contextmanager
def _held(data_dir: Path) -> Iterator[None]:
    lock = FolderLock(data_dir)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _unpacked(source: Path, data_dir: Path) -> Iterator[Path]:
    """Unpack an archive into the data folder, which has the room for it if any place has."""
    if source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=data_dir) as folder:
        try:
            with tarfile.open(source, "r:*") as tar:
                _unpack(tar, Path(folder))
        except (tarfile.TarError, EOFError, FileExistsError, NotADirectoryError) as error:
            (data_dir / RESTORING_FILE).unlink()
            raise BadInput(
                f"{source} is no backup: it cannot be unpacked ({error})",
                remedy="name what `entendu backup` wrote",
            ) from error
        yield Path(folder)


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of an archive; ``extractall`` is safe from Python 3.11.4 on only.

    Raises:
        TarError: Something in it is no file, or would be written elsewhere.
    """
    for member in tar:
        if member.isdir():
            continue
        place = PurePosixPath(member.name)
        if not member.isreg() or place.is_absolute() or ".." in place.parts:
            raise tarfile.TarError(f"{member.name[:64]!r} is no file of a backup")
        packed = tar.extractfile(member)
        if packed is None:
            raise tarfile.TarError(f"{member.name[:64]!r} has no content")
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, _AT_ONCE_BYTES)


def _check_keys(settings: Settings, manifest: Manifest) -> None:
    keyring = keyring_of(settings)
    missing = [key_id for key_id in manifest.key_ids if keyring.find(key_id) is None]
    if missing:
        raise Conflict(
            f"recordings in the backup are encrypted with the key {', '.join(missing)}, "
            "and that is not among the keys given",
            remedy="set encryption_key or encryption_key_file to the key that was used",
        )


def _check_empty(data_dir: Path) -> None:
    """Empty a folder that another restore left half filled; refuse one that holds anything."""
    if (data_dir / RESTORING_FILE).exists():
        for entry in data_dir.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name not in (_LOCK_FILE, RESTORING_FILE):
                entry.unlink()
    found = sorted(entry.name for entry in data_dir.iterdir())
    if kept := [name for name in found if name not in (_LOCK_FILE, RESTORING_FILE)]:
        raise Conflict(
            f"{data_dir} is not empty: it has {kept[0]}",
            remedy="move what is there away, or name another folder with --data",
        )


def _check_empty_database(address: str) -> None:
    """Refuse a database with rows; one whose restore was broken off has tables only."""
    database = Database(address)
    try:
        there = set(inspect(database.engine).get_table_names())
        with database.reading() as session:
            for table in Base.metadata.sorted_tables:
                if table.name not in there or table.name in _FILLED_AT_ONCE:
                    continue
                if session.execute(select(table).limit(1)).first() is not None:
                    raise Conflict(
                        f"the database is not empty: it has {table.name}",
                        remedy="make a new, empty database",
                    )
    finally:
        database.close()


def _finish_database(path: Path, address: str | None, manifest: Manifest) -> None:
    """Bring the restored database to the newest schema, and where it belongs."""
    copy = Database(path)
    try:
        copy.migrate()
        with copy.writing() as session:
            own = update(BackupRow).where(BackupRow.id == manifest.id)
            session.execute(own.values(finished_at=manifest.finished_at))
        if address is None:
            return
        database = Database(address)
        try:
            database.migrate()
            with copy.reading() as source, database.writing() as target:
                copy_rows(source, target)
        finally:
            database.close()
    finally:
        copy.close()
    if address is not None:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
