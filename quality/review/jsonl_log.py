"""Events in a file, one JSON object a line: added at the end, whole or not at all."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from conversation.errors import BadInput, DatasetInvalid
from quality.review.events import EVENTS, AnyEvent
from quality.review.log import Check, EventIndex, without
from quality.yaml_files import describe

_LOCK_WAIT_S = 30.0


class JsonlLog:
    """A store in one file, for one machine; several processes may add to it.

    A line is written, then forced to the disk, before :meth:`append` returns. Where the machine
    stops in the middle of a line, that event was never recorded: the next reader leaves the torn
    end out, the next writer moves it to a file beside (``.torn``) so that nothing is glued to it.

    Args:
        path: The file; made with the first event.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._index = EventIndex()
        self._read_bytes = 0
        self._inode: int | None = None
        self._thread_lock = threading.RLock()

    def append(self, event: AnyEvent, *, check: Check | None = None) -> bool:
        """Add an event (see :class:`quality.review.log.EventLog`)."""
        with self._alone():
            self._mend()
            self._catch_up()
            if self._index.has(event):
                return False
            if check is not None:
                check(self._index.of(event.stream))
            line = event.model_dump_json().encode() + b"\n"
            new = not self.path.exists()
            with self.path.open("ab") as file:
                before = file.tell()
                try:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.ftruncate(file.fileno(), before)  # a full disk leaves no half line
                    raise
            if new:
                _force_folder(self.path.parent)
            self._catch_up()
            return True

    def events(self, stream: str | None = None) -> Sequence[AnyEvent]:
        """Return the events of a stream, or all (see :class:`quality.review.log.EventLog`).

        Raises:
            DatasetInvalid: A line that is not the last cannot be read; names file and line.
        """
        with self._thread_lock:
            self._catch_up()
            return self._index.of(stream)

    def forget(self, conversation_id: str) -> int:
        """Erase all events that speak of a conversation; the file is written anew, whole."""
        with self._alone():
            self._mend()
            self._catch_up()
            kept, erased = without(self._index.events, conversation_id)
            self._torn_path.unlink(missing_ok=True)
            if erased:
                content = b"".join(one.model_dump_json().encode() + b"\n" for one in kept)
                handle, name = tempfile.mkstemp(dir=self.path.parent, suffix=".partial")
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
                _force_folder(self.path.parent)
                self._catch_up()
            return erased

    @property
    def _torn_path(self) -> Path:
        return self.path.with_name(self.path.name + ".torn")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes from writing."""
        from filelock import FileLock, Timeout

        with self._thread_lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
                with lock.acquire(timeout=_LOCK_WAIT_S):
                    yield
            except Timeout:
                raise BadInput(
                    f"{self.path} is being written by another program for over {_LOCK_WAIT_S:g} s",
                    remedy="try again when it has ended",
                ) from None
            except OSError as error:
                raise BadInput(
                    f"{self.path} cannot be written: {error.strerror}",
                    remedy="name a file in a folder that you may write",
                ) from error

    def _mend(self) -> None:
        """Finish or set aside a last line that has no end."""
        if not self.path.exists():
            return
        with self.path.open("rb+") as file:
            content_end = file.seek(0, os.SEEK_END)
            tail = self._tail(file.fileno(), content_end)
            if not tail:
                return
            if _parsed(tail) is not None:
                file.write(b"\n")  # only the end of the line was lost
            else:
                with self._torn_path.open("ab") as torn:
                    torn.write(tail + b"\n")
                    torn.flush()
                    os.fsync(torn.fileno())
                file.truncate(content_end - len(tail))
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def _tail(descriptor: int, end: int) -> bytes:
        """Return what stands behind the last end of a line."""
        tail, block = b"", 65536
        while end > 0 and b"\n" not in tail:
            start = max(0, end - block)
            tail = os.pread(descriptor, end - start, start) + tail
            end = start
        return tail.rpartition(b"\n")[2]

    def _catch_up(self) -> None:
        """Read what was added since the last time."""
        try:
            with self.path.open("rb") as file:
                stat = os.fstat(file.fileno())
                if stat.st_ino != self._inode or stat.st_size < self._read_bytes:
                    self._start_over(stat.st_ino)
                file.seek(self._read_bytes)
                added = file.read()
        except FileNotFoundError:
            self._start_over(None)
            return
        except OSError as error:
            raise BadInput(
                f"{self.path} cannot be read: {error.strerror}", remedy="check the path"
            ) from error
        whole, newline, _torn = added.rpartition(b"\n")
        if not newline:
            return
        for line in whole.split(b"\n"):
            if line.strip():
                self._index.add(self._read(line))
        self._read_bytes += len(whole) + 1

    def _start_over(self, inode: int | None) -> None:
        self._index, self._read_bytes, self._inode = EventIndex(), 0, inode

    def _read(self, line: bytes) -> AnyEvent:
        try:
            return EVENTS.validate_json(line)
        except ValidationError as error:
            number = len(self._index.events) + 1
            self._start_over(None)
            raise DatasetInvalid(
                f"{self.path}, event {number}: {describe(error)}",
                remedy="bring the file back from its copy, or update Entendu if a newer version "
                "wrote it",
            ) from None


def _parsed(line: bytes) -> AnyEvent | None:
    try:
        return EVENTS.validate_json(line)
    except ValidationError:
        return None


def _force_folder(folder: Path) -> None:
    """Make the name of a new file survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
