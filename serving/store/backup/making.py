"""Making a backup, while the service may go on."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tarfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select, update

from conversation.errors import BadInput, Conflict, NotFound
from serving.settings import Settings
from serving.store.backup.manifest import (
    AUDIO_FOLDER,
    DATABASE_FILE,
    MANIFEST_FILE,
    Manifest,
    describe,
)
from serving.store.backup.rows import copy_rows
from serving.store.database import Database
from serving.store.disk import sync_folder
from serving.store.encryption import keyring_of
from serving.store.erasing import erase_rows
from serving.store.opening import database_address
from serving.store.recordings import RecordingFiles
from serving.store.tables import BackupRow, ConversationRow, RecordingRow
from serving.version import entendu_version

# What is on its way, held by a process, or made again at need. Live streams end as conversations.
_LEFT_OUT = frozenset((AUDIO_FOLDER, "incoming", "work", "live", "kb_index"))
_SQLITE_BEGINS = b"SQLite format 3\x00"
_SQLITE_BESIDE = ("-wal", "-shm", "-journal")


def _now() -> datetime:
    return datetime.now(UTC)


def make_backup(
    settings: Settings, target: Path, *, clock: Callable[[], datetime] = _now
) -> Manifest:
    """Write a backup of the store; the service may be running.

    The database is copied as it is at one moment. Every recording that it knows then is in the
    backup; what is erased while the backup is made is not.

    Args:
        settings: Say where the store is.
        target: A folder that is not there yet or is empty, or a file that ends in ``.tar``.
        clock: Returns the time now, with its zone.

    Returns:
        What is in it.

    Raises:
        NotFound: There is no store.
        BadInput: The target is there already.
        Unavailable: The database does not answer.
    """
    address = database_address(settings)
    path = settings.data_dir / DATABASE_FILE
    if address is None and not path.is_file():
        raise NotFound(
            f"there is no store in {settings.data_dir}", remedy="name its folder with --data"
        )
    target = target.absolute()
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BadInput(f"{target} is there already", remedy="name a new folder or file")
    if target.is_relative_to(settings.data_dir.absolute()):
        raise BadInput(
            f"{target} is in the data folder", remedy="name a place outside, best on another disk"
        )
    database = Database(address or path)
    files = RecordingFiles(settings.data_dir, keyring_of(settings))
    try:
        database.migrate()
        return _Backup(settings, database, files, target, clock).made()
    finally:
        files.close()
        database.close()


class _Backup:
    def __init__(
        self,
        settings: Settings,
        database: Database,
        files: RecordingFiles,
        target: Path,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._database = database
        self._files = files
        self._target = target
        self._clock = clock
        self._id = uuid.uuid4().hex
        self._folder = target.with_name(f".{target.name}.{self._id}.partial")

    def made(self) -> Manifest:
        began_at = self._clock()
        # First of all, so that an erasure from now on knows of it, also when it is broken off.
        with self._database.writing() as session:
            session.add(BackupRow(id=self._id, path=str(self._target), began_at=began_at))
        try:
            self._folder.mkdir(parents=True, mode=0o700)
            self._copy_recordings(self._database)
            self._copy_database()
            key_ids, missing = self._settle()
            self._copy_others()
            manifest = Manifest(
                id=self._id,
                began_at=began_at,
                finished_at=self._clock(),
                entendu_version=entendu_version(),
                database=self._database.kind,
                key_ids=key_ids,
                missing_recordings=missing,
                files=describe(self._folder),
            )
            self._put_in_place(manifest)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            with contextlib.suppress(Exception), self._database.writing() as session:
                gone = update(BackupRow).where(BackupRow.id == self._id)
                session.execute(gone.values(deleted_at=self._clock()))
            raise
        with self._database.writing() as session:
            done = update(BackupRow).where(BackupRow.id == self._id)
            session.execute(done.values(finished_at=manifest.finished_at))
        return manifest

    def _copy_recordings(self, database: Database) -> tuple[set[str], list[str]]:
        """Copy the recordings that a database knows; return the paths, and those not found."""
        with database.reading() as session:
            known = session.scalars(select(RecordingRow.sha256).order_by(RecordingRow.sha256)).all()
        copied, missing = set[str](), list[str]()
        for sha256 in known:
            source = self._files.path(sha256)
            target = self._folder / AUDIO_FOLDER / source.parent.name / source.name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                try:
                    _link_or_copy(source, target)
                except FileNotFoundError:
                    missing.append(sha256)
                    continue
            copied.add(target.relative_to(self._folder).as_posix())
        return copied, missing

    def _copy_database(self) -> None:
        copy = self._folder / DATABASE_FILE
        if self._database.path is not None:
            _copy_sqlite(self._database.path, copy)
            return
        portable = Database(copy)
        portable.migrate()
        with self._database.reading() as source, portable.writing() as target:
            copy_rows(source, target)
        portable.close()

    def _settle(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Bring database and recordings of the backup in line, after what happened meanwhile."""
        copy = Database(self._folder / DATABASE_FILE)
        self._erase_again(copy)
        copied, missing = self._copy_recordings(copy)
        while missing and self._erased_since(copy):  # what is missing went between the two looks
            self._erase_again(copy)
            copied, missing = self._copy_recordings(copy)
        with copy.reading() as session:
            key_ids = set(session.scalars(select(RecordingRow.key_id).distinct())) - {None}
        _close_for_good(copy)
        for path in (self._folder / AUDIO_FOLDER).glob("??/*"):
            if path.relative_to(self._folder).as_posix() not in copied:
                path.unlink()
        return tuple(sorted(one for one in key_ids if one)), tuple(missing)

    def _erased_since(self, copy: Database) -> list[str]:
        """Return the conversations of the backup that are no longer there."""
        with copy.reading() as session:
            ids = set(session.scalars(select(ConversationRow.id)))
        with self._database.reading() as session:
            return sorted(ids - set(session.scalars(select(ConversationRow.id))))

    def _erase_again(self, copy: Database) -> None:
        """Erase from the backup what was erased since its database was copied."""
        erased = self._erased_since(copy)
        with copy.writing() as session:
            for conversation_id in erased:
                erase_rows(session, conversation_id)
            used = select(ConversationRow.recording_sha256).where(
                ConversationRow.recording_sha256.is_not(None)
            )
            session.execute(delete(RecordingRow).where(RecordingRow.sha256.not_in(used)))
        if erased:
            copy.forget_erased()

    def _copy_others(self) -> None:
        """Copy what else is below the data folder: the queue, knowledge, keys of pseudonyms."""
        data_dir = self._settings.data_dir
        key_file = self._settings.encryption_key_file
        for source in _files_below(data_dir):
            place = source.relative_to(data_dir)
            if place.parts[0] in _LEFT_OUT or place == Path(DATABASE_FILE):
                continue
            if key_file is not None and key_file.exists() and source.samefile(key_file):
                continue  # the key does not travel with what it protects
            target = self._folder / place
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileNotFoundError):  # it went away meanwhile
                if _is_sqlite(source):
                    _copy_sqlite(source, target)
                else:
                    shutil.copyfile(source, target)

    def _put_in_place(self, manifest: Manifest) -> None:
        written = self._folder / MANIFEST_FILE
        written.write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        if self._target.suffix == ".tar":
            archive = self._folder.with_suffix(".tar")
            try:
                with tarfile.open(archive, "w") as tar:
                    tar.add(self._folder, arcname=".")
                archive.chmod(0o600)
                with archive.open("rb") as file:
                    os.fsync(file.fileno())
                archive.replace(self._target)
            finally:
                archive.unlink(missing_ok=True)
            shutil.rmtree(self._folder)
        else:
            for path in self._folder.rglob("*"):
                if path.is_file():
                    with path.open("rb") as file:
                        os.fsync(file.fileno())
                else:
                    sync_folder(path)
            if self._target.exists():
                self._target.rmdir()
            self._folder.rename(self._target)
        sync_folder(self._target.parent)


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        temporary = path.name.endswith((".lock", ".partial", *_SQLITE_BESIDE))
        if not temporary and path.is_file() and not path.is_symlink():
            yield path


def _link_or_copy(source: Path, target: Path) -> None:
    """A recording is never changed in place, so a second name for it is as good as a copy."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without hard links
        shutil.copyfile(source, target)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE_BEGINS)) == _SQLITE_BEGINS


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is at one moment, whoever writes to it."""
    target.touch(mode=0o600)
    with (
        contextlib.closing(sqlite3.connect(source, timeout=30)) as live,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        try:
            live.backup(copy)
        except sqlite3.DatabaseError as error:
            raise Conflict(
                f"{source} cannot be read ({error})", remedy="look at the disk, or restore a backup"
            ) from error


def _close_for_good(database: Database) -> None:
    """Bring a SQLite database into one file, without a log beside it."""
    path = database.path
    database.close()
    if path is not None:
        with contextlib.closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            raw.execute("PRAGMA journal_mode=DELETE").fetchall()
