"""How a fetch tells what it is doing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

_INTERVAL_S = 0.2


class FetchProgress(Protocol):
    """Called now and then while a model is fetched, possibly from another thread."""

    def __call__(self, stage: str, done_bytes: int, total_bytes: int) -> None:
        """Take note of how far a stage is.

        Args:
            stage: ``waiting``, ``downloading``, ``unpacking``, ``copying``, ``verifying`` or
                ``preparing``.
            done_bytes: So far in this stage.
            total_bytes: Of this stage; 0 when it is not known.
        """
        ...


def no_progress(stage: str, done_bytes: int, total_bytes: int) -> None:
    """Take no note."""


@contextmanager
def watching(folder: Path, progress: FetchProgress, total_bytes: int) -> Iterator[None]:
    """Report how much somebody else has downloaded into a folder while the block runs.

    pip and the hub's library each have progress bars of their own, made for people; what they
    have written is the same for both, and a number.
    """
    finished = threading.Event()

    def look() -> None:
        # A file may be downloaded in one place and then copied to another: it counts once.
        largest: dict[str, int] = {}
        while not finished.wait(_INTERVAL_S):
            for place, _, names in os.walk(folder):  # passes over a folder that is gone meanwhile
                for name in names:
                    try:
                        size = Path(place, name).stat().st_size
                    except OSError:  # gone since it was listed
                        continue
                    largest[name] = max(size, largest.get(name, 0))
            progress("downloading", min(sum(largest.values()), total_bytes), total_bytes)

    thread = threading.Thread(target=look, name="watch-download", daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
