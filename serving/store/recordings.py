"""Recordings on disk, each under the SHA-256 of its bytes or, encrypted, a name made of it."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from conversation.errors import NotFound
from serving.memory_files import held_in_memory
from serving.store.disk import sync_folder
from serving.store.encryption import NO_KEYS, Key, Keyring, SealedReader, seal
from serving.store.encryption.sealed import CHUNK_BYTES
from serving.store.scratch import Scratch


class RecordingFiles:
    """The folders below the data folder that hold sound.

    ``audio/`` keeps recordings; ``incoming/`` has uploads that are not accepted yet and ``work/``
    recordings that are being analysed, in a folder for each process.

    With a key, recordings are encrypted in ``audio/``. An upload lies in ``incoming/`` as it came
    until it is accepted or refused. What is lent to an analysis is in memory on Linux, and
    elsewhere as a file in ``work/`` for that time.

    With ``memory``, originals never reach the disk: ``incoming/``, ``work/`` and ``originals/``, in
    which recordings wait until a redacted copy takes their place, are below that folder.

    Args:
        data_dir: The data folder.
        keyring: Keys that recordings are encrypted with.
        memory: Folder of a file system in memory for the originals; None: they lie with the rest.
        room: Called with a folder to make sure that there is room in it for an upload.
    """

    def __init__(
        self,
        data_dir: Path,
        keyring: Keyring = NO_KEYS,
        *,
        memory: Path | None = None,
        room: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        self.audio = data_dir / "audio"
        self.audio.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.originals = None if memory is None else memory / "originals"
        self.keyring = keyring
        self._room = room
        base = memory or data_dir
        self._scratch = Scratch(base / "incoming", base / "work")
        self.incoming, self.work = self._scratch.own
        # Where files are made ready that are moved to ``audio/``: on the same disk.
        self._disk_scratch = None if memory is None else Scratch(data_dir / "incoming")
        self._ready = self.incoming if self._disk_scratch is None else self._disk_scratch.own[0]

    def close(self) -> None:
        """Delete what this process has on its way."""
        for scratch in self._scratches:
            scratch.close()

    def sweep_scratch(self) -> None:
        """Delete what processes that were killed had on their way."""
        for scratch in self._scratches:
            scratch.sweep()

    @property
    def _scratches(self) -> tuple[Scratch, ...]:
        disk = self._disk_scratch
        return (self._scratch,) if disk is None else (self._scratch, disk)

    def path(self, sha256: str) -> Path:
        """Return where the recording with this content is, or would be."""
        found = self._found(sha256)
        return self._path_under(self._current_id, sha256) if found is None else found[0]

    def has(self, sha256: str) -> bool:
        """Tell whether the recording with this content is there."""
        return self._found(sha256) is not None

    def size_bytes(self, sha256: str) -> int:
        """Return how long the content of a recording is.

        Raises:
            NotFound: It is not there.
        """
        with self.open(sha256) as file:
            return file.seek(0, os.SEEK_END)

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """Make a folder for an upload; what is still in it afterwards is deleted.

        Raises:
            Overloaded: There is no room for it in memory, where originals may only be there.
        """
        with self._room():
            folder = Path(tempfile.mkdtemp(dir=self.incoming))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def prepare(self, upload: Path, sha256: str) -> Path:
        """Get an upload ready to stay: encrypted, if so set, and on the disk for sure.

        Args:
            upload: The file.
            sha256: Of its bytes.

        Returns:
            The file for :meth:`keep`, in the same folder.
        """
        key = self.keyring.current
        if key is None or self.originals is not None:
            with upload.open("rb") as file:
                os.fsync(file.fileno())
            return upload
        with upload.open("rb") as plain:
            return _sealed(plain, upload.parent, key, sha256)

    @contextmanager
    def resealed(self, sha256: str) -> Iterator[Path]:
        """Encrypt a recording that is there with the current key.

        Args:
            sha256: Of the recording.

        Yields:
            The file for :meth:`keep_on_disk`; it is gone afterwards if it is still there.

        Raises:
            NotFound: It is not there.
            ValueError: There is no key.
        """
        key = self.keyring.current
        if key is None:
            raise ValueError("no key to encrypt with")
        with self._making_ready() as folder, self.open(sha256) as plain:
            yield _sealed(plain, folder, key, sha256)

    def keep(self, prepared: Path, sha256: str) -> str | None:
        """Move a file to where it stays, in one step that a power cut cannot halve.

        Args:
            prepared: From :meth:`prepare`.
            sha256: Of the content.

        Returns:
            Id of the key that it is encrypted with; None: it lies as it came.
        """
        if self.originals is not None:
            target = self._original(sha256)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            prepared.replace(target)
            return None
        return self.keep_on_disk(prepared, sha256)

    @contextmanager
    def redacted(self, copy: Path, sha256: str) -> Iterator[Path]:
        """Get the redacted copy of an original ready to stay on the disk.

        Args:
            copy: A file, in memory.
            sha256: Of its content.

        Yields:
            The file for :meth:`keep_on_disk`; it is gone afterwards if it is still there.
        """
        key = self.keyring.current
        with self._making_ready() as folder, copy.open("rb") as plain:
            if key is not None:
                yield _sealed(plain, folder, key, sha256)
                return
            prepared = folder / "copy"
            with prepared.open("wb") as file:
                shutil.copyfileobj(plain, file, CHUNK_BYTES)
                file.flush()
                os.fsync(file.fileno())
            yield prepared

    @contextmanager
    def _making_ready(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(dir=self._ready))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep_on_disk(self, prepared: Path, sha256: str) -> str | None:
        """Move a file to its place in ``audio/``; see :meth:`keep`."""
        key_id = self._current_id
        target = self._path_under(key_id, sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        prepared.replace(target)
        for folder in (target.parent, self.audio):
            sync_folder(folder)
        return key_id

    def erase(self, sha256: str) -> None:
        """Delete a recording; one that is gone already is fine."""
        for key_id in self._ids:
            self._path_under(key_id, sha256).unlink(missing_ok=True)
        if self.originals is not None:
            self._original(sha256).unlink(missing_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """Open the content of a recording; any part of it can be read.

        Args:
            sha256: Of the recording.

        Raises:
            NotFound: It is not there.
            StoreDamaged: It was changed or cut short, or its key is not here.
        """
        for _ in range(2):  # its key may be changed right now: then it is under another name
            found = self._found(sha256)
            if found is None:
                continue
            path, key_id = found
            with contextlib.suppress(FileNotFoundError):
                if key_id is None:
                    return path.open("rb")
                reader = SealedReader(path, keyring=self.keyring, sha256=sha256)
                return cast("BinaryIO", io.BufferedReader(reader, CHUNK_BYTES))
        raise NotFound("the recording is not there", remedy="it was erased, or restore a backup")

    @contextmanager
    def named(self, sha256: str, name: str) -> Iterator[Path]:
        """Lend a recording under the name that people know it by.

        Args:
            sha256: Of the recording.
            name: File name without folders.

        Yields:
            A path to the recording whose last part is the name; it is gone afterwards.

        Raises:
            NotFound: It is not there.
        """
        folder = Path(tempfile.mkdtemp(dir=self.work))
        try:
            found = self._found(sha256)
            if found is None:
                raise NotFound(
                    "the recording is not there",
                    remedy="it was erased, or was only in memory when the machine stopped: "
                    "send it again",
                )
            if found[1] is not None:
                with self._decrypted(sha256, folder / name) as lent:
                    yield lent
                return
            lent = folder / name
            try:
                os.link(self.path(sha256), lent)
            except OSError:  # a disk without hard links
                shutil.copyfile(self.path(sha256), lent)
            yield lent
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def stored(self) -> Iterator[Path]:
        """Yield the files of all recordings."""
        yield from self.audio.glob("??/*")
        if self.originals is not None:
            yield from self.originals.glob("??/*")

    @property
    def _current_id(self) -> str | None:
        return None if self.keyring.current is None else self.keyring.current.id

    @property
    def _ids(self) -> tuple[str | None, ...]:
        return (*(key.id for key in self.keyring.keys), None)

    def _path_under(self, key_id: str | None, sha256: str) -> Path:
        name = self.keyring.name_of(sha256, key_id)
        return self.audio / name[:2] / name

    def _found(self, sha256: str) -> tuple[Path, str | None] | None:
        for key_id in self._ids:
            path = self._path_under(key_id, sha256)
            if path.exists():
                return path, key_id
        if self.originals is not None and self._original(sha256).exists():
            return self._original(sha256), None
        return None

    def is_original(self, sha256: str) -> bool:
        """Tell whether the recording with this content is to be replaced by a redacted copy."""
        return self.originals is not None and not any(
            self._path_under(key_id, sha256).exists() for key_id in self._ids
        )

    def drop_original(self, sha256: str) -> None:
        """Delete an original; a copy with the same content stays."""
        if self.originals is not None:
            self._original(sha256).unlink(missing_ok=True)

    @contextmanager
    def lending(self) -> Iterator[Path]:
        """Make a folder for something on its way; it is gone afterwards."""
        folder = Path(tempfile.mkdtemp(dir=self.work))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _original(self, sha256: str) -> Path:
        if self.originals is None:
            raise ValueError("originals lie with the other recordings")
        return self.originals / sha256[:2] / sha256

    @contextmanager
    def _decrypted(self, sha256: str, lent: Path) -> Iterator[Path]:
        with self.open(sha256) as sealed, held_in_memory(sealed, lent):
            yield lent


def _sealed(plain: BinaryIO, folder: Path, key: Key, sha256: str) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix="sealed-")
    with os.fdopen(handle, "wb") as sealed:
        seal(plain, sealed, key=key, sha256=sha256)
        sealed.flush()
        os.fsync(sealed.fileno())
    return Path(name)
