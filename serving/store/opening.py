"""The store that the settings name."""

from __future__ import annotations

from serving.privacy.redacted_only import redacting
from serving.settings import Settings
from serving.store.encryption import keyring_of
from serving.store.store import Store


def database_address(settings: Settings) -> str | None:
    """Return the address of the PostgreSQL database; None: SQLite in the data folder."""
    return None if settings.database_url is None else settings.database_url.get_secret_value()


def open_store(settings: Settings) -> Store:
    """Open the store that the settings name; with SQLite, take its folder first.

    Args:
        settings: Data folder, database and keys of the recordings.

    Raises:
        Conflict: The database is none that this version can open, or recordings are encrypted
            with a key that is not given.
        DefinitionInvalid: The address or the keys cannot be read.
        Unavailable: The database does not answer.
    """
    return Store(
        settings.data_dir,
        database_url=database_address(settings),
        keyring=keyring_of(settings),
        **redacting(settings),
    )
