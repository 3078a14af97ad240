"""Folders for what is only on its way, of one process each, swept when their process is gone."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from io import FileIO
from pathlib import Path

from serving.store.lock import lock_file


class Scratch:
    """Folders below the data folder that belong to this process as long as it lives.

    Other processes may share the data folder. Each holds a lock on a file of its own; what lies in
    the folders of a process whose lock is free was left by one that was killed.

    Args:
        folders: Below each, this process gets a folder of its own.
    """

    def __init__(self, *folders: Path) -> None:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folders = folders
        self._name, self._lock = self._claimed()
        for folder in self.own:
            folder.mkdir(mode=0o700)

    @property
    def own(self) -> tuple[Path, ...]:
        """The folders of this process."""
        return tuple(folder / self._name for folder in self._folders)

    def sweep(self) -> None:
        """Delete what processes that are gone left behind."""
        names = {
            entry.name.removesuffix(".lock") for one in self._folders for entry in one.iterdir()
        }
        for name in names - {self._name}:
            lock = self._path_of_lock(name)
            try:
                file = FileIO(lock, "a")
            except OSError:
                continue
            try:
                lock_file(file)
            except OSError:
                continue  # it lives
            else:
                self._delete(name)
            finally:
                file.close()

    def close(self) -> None:
        """Delete the folders of this process."""
        if not self._lock.closed:
            self._delete(self._name)
            self._lock.close()

    def _claimed(self) -> tuple[str, FileIO]:
        while True:
            name = uuid.uuid4().hex
            file = FileIO(self._path_of_lock(name), "a")
            try:
                lock_file(file)
            except OSError:  # somebody sweeps it: take another
                file.close()
                continue
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(self._path_of_lock(name).stat(), os.fstat(file.fileno())):
                    return name, file
            file.close()

    def _path_of_lock(self, name: str) -> Path:
        return self._folders[0] / f"{name}.lock"

    def _delete(self, name: str) -> None:
        for folder in self._folders:
            leftover = folder / name
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)
        self._path_of_lock(name).unlink(missing_ok=True)
