"""Recordings on disk, each under the SHA-256 of its bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class RecordingFiles:
    """The folders below the data folder that hold sound.

    ``audio/`` keeps recordings, ``incoming/`` uploads that are not accepted yet, ``work/`` the
    recordings that are being analysed, under the names that people gave them.

    Args:
        data_dir: The data folder.
    """

    def __init__(self, data_dir: Path) -> None:
        self.audio = data_dir / "audio"
        self.incoming = data_dir / "incoming"
        self.work = data_dir / "work"
        for folder in (self.audio, self.incoming, self.work):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, sha256: str) -> Path:
        """Return where the recording with this content is, or would be."""
        return self.audio / sha256[:2] / sha256

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """Make a folder for an upload; what is still in it afterwards is deleted."""
        folder = Path(tempfile.mkdtemp(dir=self.incoming))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, upload: Path, sha256: str) -> None:
        """Move an upload to where it stays, in one step that a power cut cannot halve.

        Args:
            upload: The file, on the same disk.
            sha256: Of its bytes.
        """
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with upload.open("rb") as file:
            os.fsync(file.fileno())
        upload.replace(target)
        for folder in (target.parent, self.audio):
            _sync_folder(folder)

    def erase(self, sha256: str) -> None:
        """Delete a recording; one that is gone already is fine."""
        self.path(sha256).unlink(missing_ok=True)

    @contextmanager
    def named(self, sha256: str, name: str) -> Iterator[Path]:
        """Lend a recording under the name that people know it by.

        Args:
            sha256: Of the recording.
            name: File name without folders.

        Yields:
            A path to the recording whose last part is the name; it is gone afterwards.
        """
        folder = Path(tempfile.mkdtemp(dir=self.work))
        try:
            lent = folder / name
            try:
                os.link(self.path(sha256), lent)
            except OSError:  # a disk without hard links
                shutil.copyfile(self.path(sha256), lent)
            yield lent
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, known: Iterable[str]) -> None:
        """Delete what a process that was killed left behind.

        Args:
            known: SHA-256 of the recordings to keep.
        """
        for folder in (self.incoming, self.work):
            for leftover in folder.iterdir():
                shutil.rmtree(leftover, ignore_errors=True)
        keep = set(known)
        for file in self.audio.glob("??/*"):
            if file.name not in keep:
                file.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
