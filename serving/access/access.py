"""Keys, sessions, limits and the audit log of a store, opened together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from conversation.errors import NotFound
from serving.access.audit import AuditLog
from serving.access.keys import Keys
from serving.access.oidc import Oidc
from serving.access.rates import Rates
from serving.access.sessions import Sessions
from serving.store.database import Database

if TYPE_CHECKING:
    from serving.settings import Settings


@dataclass(frozen=True)
class Access:
    """What decides who gets in, and remembers who did.

    Attributes:
        keys: The keys that open the service.
        sessions: Who is signed in to the screens.
        rates: How many requests are let through.
        audit: The log of who read and changed what.
        oidc: The identity provider to sign in with; None: keys only.
    """

    keys: Keys
    sessions: Sessions
    rates: Rates
    audit: AuditLog
    oidc: Oidc | None

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Access:
        """Open it.

        Args:
            settings: See :class:`serving.settings.Settings`.
            database: The store's.

        Raises:
            DefinitionInvalid: The admin key is too easy to guess, or the settings of the identity
                provider contradict themselves.
            DependencyMissing: An identity provider is set, and Authlib is not installed.
        """
        admin_key = settings.admin_key
        keys = Keys(database, admin_key=None if admin_key is None else admin_key.get_secret_value())
        sessions = Sessions(
            database,
            keys,
            idle=timedelta(minutes=settings.session_idle_min),
            longest=timedelta(hours=settings.session_max_h),
        )
        oidc = None if settings.oidc_issuer is None else Oidc(settings, database)
        return cls(keys, sessions, Rates(settings, database), AuditLog(database), oidc)


@contextmanager
def open_access(settings: Settings) -> Iterator[Access]:
    """Open the access of a store that may be in use by a service, for a command.

    Args:
        settings: Say where the store is.

    Raises:
        NotFound: There is no store yet.
        Conflict: The store is none that this version can open.
    """
    from serving.store.store import DATABASE_FILE

    url = settings.database_url
    path = settings.data_dir / DATABASE_FILE
    if url is None and not path.is_file():
        raise NotFound(
            f"there is no store in {settings.data_dir}",
            remedy="start `entendu serve` once, name the folder with --data, or ask a server with "
            "--server",
        )
    database = Database(path if url is None else url.get_secret_value())
    try:
        database.migrate()
        yield Access.of(settings, database)
    finally:
        database.close()
