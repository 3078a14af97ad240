"""What the service keeps: conversations, their recordings and their analyses."""

from __future__ import annotations

from serving.store.accepting import Accepting
from serving.store.analysing import Analysing
from serving.store.asking import Asking
from serving.store.erasing import Erasing
from serving.store.parts import DATABASE_FILE
from serving.store.sealing import Sealing
from serving.store.searching import Searching

__all__ = ["DATABASE_FILE", "Store"]


class Store(Accepting, Asking, Searching, Analysing, Erasing, Sealing):
    """Everything the service keeps, but for the job queue.

    Methods can be called from any thread. With SQLite only one process may open a folder (see
    :class:`serving.store.lock.FolderLock`), with PostgreSQL any number.
    """
