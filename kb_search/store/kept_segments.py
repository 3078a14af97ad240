"""The index of a store: segments in memory and on disk, made from the store and made again.

The store is the truth and the segments are a cache of it. A segment never changes. Passages that
are not in any segment yet get a new one; passages that are gone are passed over; and segments are
merged when they are not much larger than what came after them, so that there are few of them and
each passage is indexed again only a few times (the log-structured merge-tree of O'Neil et al.
1996).
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kb_search.index.segment import Entry, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

INDEX_FORMAT = 3
"""Raised whenever segments are made or stored in another way."""

KEPT_FROM = 512
"""Passages of a segment that is kept on disk; a smaller one is made again in a moment."""

_MERGED_WITHIN = 4
_MOST_GONE = 0.25
_LOADED_AGAIN = 3
_ABANDONED_AFTER_S = 24 * 3600


class KeptSegments:
    """The segments of a store for one encoder.

    Args:
        folder: Of the segments; None keeps them in memory alone.
        encoder: Makes the vectors of what is indexed.
    """

    def __init__(self, folder: Path | None, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._segments: dict[str, Segment] | None = None
        self._merging: list[str] = []
        self._n_named = 0

    def lacking(self, live: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the passages that must be indexed to cover those that are live.

        Args:
            live: Numbers of passages, in ascending order.
        """
        import numpy as np

        if self._segments is None:
            self._segments = self._load()
        lacking = np.setdiff1d(live, _numbers(self._segments.values()))
        self._merging = []
        n_new = len(lacking)
        for name, segment in sorted(self._segments.items(), key=lambda pair: len(pair[1])):
            kept = segment.numbers[np.isin(segment.numbers, live)]
            outgrown = n_new > 0 and len(segment) <= _MERGED_WITHIN * n_new
            if outgrown or len(segment) - len(kept) > _MOST_GONE * len(segment):
                self._merging.append(name)
                n_new += len(kept)
                lacking = np.concatenate([lacking, kept])
        return np.sort(lacking)

    def cover(self, entries: Sequence[Entry]) -> list[Segment]:
        """Index what was lacking, and return all segments.

        Args:
            entries: The passages whose numbers :meth:`lacking` gave last.
        """
        segments = dict(self._segments or {})
        merged = [name for name in self._merging if segments.pop(name, None) is not None]
        if entries:
            made = Segment.build(entries, self._encoder)
            segments[self._keep(made)] = made
        self._drop(merged)
        self._segments, self._merging = segments, []
        return sorted(segments.values(), key=len, reverse=True)

    def _load(self) -> dict[str, Segment]:
        """Read the segments on disk; what is damaged, or is part of another one, is deleted."""
        import numpy as np

        if self._folder is None:
            return {}
        found: dict[str, Segment] = {}
        for _ in range(_LOADED_AGAIN):  # another process may merge what is being loaded
            names = {folder.name for folder in self._folder.glob("segment-*")}
            found = {name: segment for name, segment in found.items() if name in names}
            damaged = [name for name in names - set(found) if not self._load_one(name, found)]
            if not damaged:
                break
            for name in damaged:
                shutil.rmtree(self._folder / name, ignore_errors=True)
        for name, segment in sorted(found.items(), key=lambda pair: len(pair[1])):
            others = _numbers(other for key, other in found.items() if key != name)
            if np.isin(segment.numbers, others).any():  # its process was killed while merging
                del found[name]
                shutil.rmtree(self._folder / name, ignore_errors=True)
        return found

    def _load_one(self, name: str, found: dict[str, Segment]) -> bool:
        if self._folder is None:
            return False
        try:
            found[name] = Segment.load(self._folder / name)
        except (OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError):
            return False
        return True

    def _keep(self, segment: Segment) -> str:
        """Write a segment to disk where it is worth it, and return its name."""
        self._n_named += 1
        name = f"memory-{self._n_named}"
        if self._folder is None or len(segment) < KEPT_FROM:
            return name
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep(self._folder)
            fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder))
            try:
                segment.save(fresh)
                kept = fresh.rename(self._folder / f"segment-{fresh.name.removeprefix('.new-')}")
                name = kept.name
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        return name

    def _drop(self, names: Sequence[str]) -> None:
        for name in names:
            if self._folder is not None and name.startswith("segment-"):
                shutil.rmtree(self._folder / name, ignore_errors=True)

    @staticmethod
    def _sweep(folder: Path) -> None:
        """Delete what processes that were killed have left half written."""
        for rest in folder.glob(".new-*"):
            with suppress(OSError):
                if time.time() - rest.stat().st_mtime > _ABANDONED_AFTER_S:
                    shutil.rmtree(rest, ignore_errors=True)


def _numbers(segments: Iterable[Segment]) -> NDArray[np.int64]:
    import numpy as np

    return np.concatenate([np.zeros(0, np.int64), *(segment.numbers for segment in segments)])
