"""The service's store: a database, and recordings under a data folder."""

from serving.store.encryption import Keyring, keyring_of
from serving.store.hits import SearchHit, SearchPage, TurnHit
from serving.store.lock import FolderLock
from serving.store.opening import database_address, open_store
from serving.store.searching import QueryVector, SearchBy
from serving.store.store import Store
from serving.store.values import (
    NO_FILTERS,
    Backup,
    Erased,
    Filters,
    Page,
    Result,
    Status,
    StoredConversation,
)

__all__ = [
    "NO_FILTERS",
    "Backup",
    "Erased",
    "Filters",
    "FolderLock",
    "Keyring",
    "Page",
    "QueryVector",
    "Result",
    "SearchBy",
    "SearchHit",
    "SearchPage",
    "Status",
    "Store",
    "StoredConversation",
    "TurnHit",
    "database_address",
    "keyring_of",
    "open_store",
]
