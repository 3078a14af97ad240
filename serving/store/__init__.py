"""The service's store: a SQLite database and recordings under one data folder."""

from serving.store.lock import FolderLock
from serving.store.store import Store
from serving.store.values import Page, Result, Status, StoredConversation

__all__ = ["FolderLock", "Page", "Result", "Status", "Store", "StoredConversation"]
