"""How long each room takes for one conversation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from serving.analysis import Timings


@dataclass
class Stopwatch:
    """Seconds spent in each room."""

    speech_s: float = 0.0
    nlu_s: float = 0.0
    kb_search_s: float = 0.0
    quality_s: float = 0.0

    @contextmanager
    def room(self, field: str) -> Iterator[None]:
        """Add the time of the block to one of the fields."""
        began = time.perf_counter()
        try:
            yield
        finally:
            setattr(self, field, getattr(self, field) + time.perf_counter() - began)

    def timings(self) -> Timings:
        """Return what was measured, in seconds."""
        parts = (self.speech_s, self.nlu_s, self.kb_search_s, self.quality_s)
        return Timings(
            speech_s=round(self.speech_s, 3),
            nlu_s=round(self.nlu_s, 3),
            kb_search_s=round(self.kb_search_s, 3),
            quality_s=round(self.quality_s, 3),
            total_s=round(sum(parts), 3),
        )
