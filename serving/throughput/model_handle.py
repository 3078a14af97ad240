"""A model that is loaded once, when it is first needed, and let go of when it is idle."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import psutil
from pydantic import BaseModel, ConfigDict, Field

from serving.throughput.freed_memory import give_back

logger = logging.getLogger("entendu.models")

Model = TypeVar("Model")


class ModelMemory(BaseModel):
    """What a model is doing in memory.

    Attributes:
        name: As in the catalogue.
        loaded: Whether it is in memory.
        in_use: How many compute with it now.
        memory_mb: By how much the process grew when it was loaded, megabytes; None while it is
            not loaded. On a GPU only what the process itself holds.
        load_s: How long loading took, seconds; None while it is not loaded.
        loads: How many times it was loaded since the start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    loaded: bool
    in_use: int = Field(ge=0)
    memory_mb: float | None = None
    load_s: float | None = None
    loads: int = Field(ge=0)


class ModelHandle(Generic[Model]):
    """Loads a model once, whoever comes first, and counts who computes with it.

    Args:
        name: Of the model.
        load: Loads it; an error goes to whoever needed it, and the next one tries again.
        clock: Seconds.
    """

    def __init__(
        self, name: str, load: Callable[[], Model], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self._load = load
        self._clock = clock
        self._loading = threading.Lock()
        self._state = threading.Lock()
        self._model: Model | None = None
        self._in_use = 0
        self._last_used_s = 0.0
        self._loads = 0
        self._load_s: float | None = None
        self._memory_mb: float | None = None

    @contextmanager
    def use(self) -> Iterator[Model]:
        """Compute with the model in this block; it is loaded if need be, and stays meanwhile."""
        with self._state:
            self._in_use += 1
        try:
            yield self._loaded()
        finally:
            with self._state:
                self._in_use -= 1
                self._last_used_s = self._clock()

    def unload_if_idle(self, idle_s: float) -> bool:
        """Let go of the model when nobody used it for a while.

        Args:
            idle_s: How long.

        Returns:
            Whether it was let go of.
        """
        with self._state:
            idle = self._model is not None and not self._in_use
            if not idle or self._clock() - self._last_used_s < idle_s:
                return False
            self._model = self._load_s = self._memory_mb = None
        settle_memory()
        give_back()
        logger.info("model unloaded", extra={"facts": {"model": self.name}})
        return True

    @property
    def is_loaded(self) -> bool:
        """Whether it is in memory."""
        return self._model is not None

    @property
    def memory(self) -> ModelMemory:
        """What it is doing in memory."""
        with self._state:
            return ModelMemory(
                name=self.name,
                loaded=self._model is not None,
                in_use=self._in_use,
                memory_mb=self._memory_mb,
                load_s=self._load_s,
                loads=self._loads,
            )

    def _loaded(self) -> Model:
        model = self._model
        if model is not None:
            return model
        with self._loading:
            if self._model is not None:
                return self._model
            before_mb, began_s = resident_mb(), self._clock()
            model = self._load()
            with self._state:
                self._load_s = round(self._clock() - began_s, 3)
                self._memory_mb = round(max(resident_mb() - before_mb, 0.0), 1)
                self._loads += 1
                self._model = model
            settle_memory()
            facts = {"model": self.name, "memory_mb": self._memory_mb, "wall_s": self._load_s}
            logger.info("model loaded", extra={"facts": facts})
            return model


def settle_memory() -> None:
    """Collect garbage once, and leave what is alive out of the next collections.

    To look through all that models and indexes consist of takes 100 ms and more, in which no
    request goes on, and finds nothing: they stay.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def resident_mb() -> float:
    """Return how much memory this process holds, megabytes."""
    return float(psutil.Process().memory_info().rss) / 1e6
