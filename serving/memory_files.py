"""Files that must not be on a disk, for readers that take a path."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20


@contextmanager
def held_in_memory(content: BinaryIO, lent: Path) -> Iterator[Path]:
    """Lend what a stream holds under a path, its bytes in memory where the system can do that.

    Args:
        content: Read to its end.
        lent: Where it is to be found; its folder is the caller's, who removes it.

    Yields:
        ``lent``: on Linux a link to memory, elsewhere a file.
    """
    if sys.platform == "linux":
        with os.fdopen(os.memfd_create("recording"), "w+b") as memory:
            shutil.copyfileobj(content, memory, _CHUNK_BYTES)
            memory.flush()
            lent.symlink_to(f"/proc/{os.getpid()}/fd/{memory.fileno()}")
            yield lent
        return
    with lent.open("wb") as file:
        shutil.copyfileobj(content, file, _CHUNK_BYTES)
    yield lent
