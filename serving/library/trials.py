"""Bases as they would be with an article that is being written, kept between two questions."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb_search import Document, KnowledgeBase

MOST = 2
"""Trials that are kept: each holds an index of the whole base."""


class Trials:
    """Keeps the last trials by what they were made of.

    Args:
        make: Indexes the base with some documents.
    """

    def __init__(self, make: Callable[[Sequence[Document]], KnowledgeBase]) -> None:
        self._make = make
        self._kept: OrderedDict[Hashable, KnowledgeBase] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, documents: Sequence[Document], base: Hashable) -> KnowledgeBase:
        """Return the base with documents in it; who asks for the same at once waits for the first.

        Args:
            documents: In place of those of the same names.
            base: What the base is made of now; a trial of another one is made anew.
        """
        content = hashlib.sha256()
        for one in documents:
            content.update(one.model_dump_json().encode())
        key = (content.hexdigest(), base)
        with self._lock:
            mine = self._making.setdefault(key, threading.Lock())
        try:
            with mine:
                with self._lock:
                    found = self._kept.get(key)
                    if found is not None:
                        self._kept.move_to_end(key)
                        return found
                made = self._make(documents)
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > MOST:
                        self._kept.popitem(last=False)
                return made
        finally:
            with self._lock:
                self._making.pop(key, None)
