"""One service for each data folder."""

from __future__ import annotations

import sys
from io import FileIO
from pathlib import Path

from conversation.errors import Conflict


class FolderLock:
    """Holds a data folder until it is released or the process ends, however it ends.

    Args:
        data_dir: The data folder.

    Raises:
        Conflict: Another process holds it.
    """

    def __init__(self, data_dir: Path) -> None:
        self._file = FileIO(data_dir / "serve.lock", "a")
        try:
            lock_file(self._file)
        except OSError as error:
            self._file.close()
            raise Conflict(
                f"{data_dir} is in use by another `entendu serve`",
                remedy="stop it, or name another folder with --data",
            ) from error

    def release(self) -> None:
        """Let another process have the folder."""
        self._file.close()


if sys.platform == "win32":

    def lock_file(file: FileIO) -> None:
        """Hold a file until it is closed; an OSError where somebody else holds it."""
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def lock_file(file: FileIO) -> None:
        """Hold a file until it is closed; an OSError where somebody else holds it."""
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
