"""How many requests are let through, by key and by address."""

from __future__ import annotations

import functools
import ipaddress
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import TooManyRequests
from serving.access.counters import DatabaseCounters
from serving.access.key_text import digest_of
from serving.access.principal import Principal, Role
from serving.access.windows import MemoryCounters

if TYPE_CHECKING:
    from serving.settings import Settings
    from serving.store.database import Database

WINDOW_S = 60.0
MOST_LINES = 60
"""Lines about wrong keys that the audit log takes in a minute."""
_TRUSTED_FOR_S = 3600.0
_MANY = 10_000


@dataclass(frozen=True)
class Quota:
    """What is left of a limit.

    Attributes:
        policy: Name of the limit: ``key`` or ``address``.
        limit: Requests a minute.
        remaining: Requests that are left in this window.
        reset_s: Seconds until the next window.
    """

    policy: str
    limit: int
    remaining: int
    reset_s: float

    def headers(self) -> dict[str, str]:
        """Return the header fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w=60',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset_s:.0f}',
        }


class Rates:
    """Counts requests in windows of a minute.

    With PostgreSQL the processes that share the database count together, in it; with SQLite there
    is one process, and it counts in memory.

    Args:
        settings: See :class:`serving.settings.Settings`.
        database: The store's.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._counters: MemoryCounters | DatabaseCounters = (
            DatabaseCounters(database) if database.kind == "postgresql" else MemoryCounters()
        )
        self._trusted: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._trusted_lock = threading.Lock()

    @property
    def is_quick(self) -> bool:
        """Whether counting needs no database, and so no thread of its own."""
        return isinstance(self._counters, MemoryCounters)

    def count_key(self, principal: Principal, per_minute: int | None = None) -> Quota:
        """Count a request with a key.

        Args:
            principal: Whose.
            per_minute: Limit of this key; None: that of the settings.

        Raises:
            TooManyRequests: It is one too many.
        """
        limit = self._limit_of(principal, per_minute)
        return self._count("key", limit, principal.id, f"the key may send {limit}")

    def used_up(self, principal: Principal, per_minute: int | None, reset_s: float) -> Quota:
        """Return the limit of a key of which nothing is left.

        Args:
            principal: Whose.
            per_minute: Limit of this key; None: that of the settings.
            reset_s: Seconds until the next window.
        """
        return Quota("key", self._limit_of(principal, per_minute), 0, reset_s)

    def count_address(self, address: str) -> Quota:
        """Count a request without a good key.

        Args:
            address: Where it comes from; see :func:`network_of`.

        Raises:
            TooManyRequests: It is one too many.
        """
        limit = self._settings.rate_per_address
        return self._count(
            "address", limit, address, f"an address may send {limit} without a good key"
        )

    def check_guessing(self, address: str, key: str) -> None:
        """Refuse to look at a key when too many wrong ones came from there.

        One that was good from the same address in the last hour is looked at all the same: those
        who share an address with somebody who guesses go on with their work.

        Args:
            address: Where it comes from.
            key: What is shown.

        Raises:
            TooManyRequests: Guessing has to wait.
        """
        if self._is_trusted(address, key):
            return
        most = self._settings.wrong_keys
        wrong, ends_at = self._counters.look(f"wrong/{address}")
        if wrong < most:
            return
        wait_s = max(1.0, ends_at - time.time())
        raise TooManyRequests(
            f"more than {most} wrong keys in a minute came from this address",
            remedy=f"try again in {wait_s:.0f} s",
            retry_after_s=wait_s,
        )

    def note_wrong_key(self, address: str) -> int:
        """Count a key that was not good; return how many there were in this window."""
        return self._counters.count(f"wrong/{address}", WINDOW_S)[0]

    def is_worth_a_line(self, wrong: int) -> bool:
        """Tell whether a wrong key is to be written down, and count that.

        Args:
            wrong: How many came from its address in this window.
        """
        if wrong not in (1, self._settings.wrong_keys):
            return False
        return self._counters.count("wrong lines", WINDOW_S)[0] <= MOST_LINES

    def note_good_key(self, address: str, key: str) -> None:
        """Remember that a key was good."""
        with self._trusted_lock:
            self._trusted[address, digest_of(key)] = time.monotonic() + _TRUSTED_FOR_S
            self._trusted.move_to_end((address, digest_of(key)))
            if len(self._trusted) > _MANY:
                self._trusted.popitem(last=False)

    def _limit_of(self, principal: Principal, per_minute: int | None) -> int:
        if per_minute is not None:
            return per_minute
        is_customer = principal.role is Role.CUSTOMER
        return self._settings.rate_per_customer if is_customer else self._settings.rate_per_key

    def _is_trusted(self, address: str, key: str) -> bool:
        with self._trusted_lock:
            return self._trusted.get((address, digest_of(key)), 0.0) > time.monotonic()

    def _count(self, policy: str, limit: int, whose: str, rule: str) -> Quota:
        hits, ends_at = self._counters.count(f"{policy}/{whose}", WINDOW_S)
        reset_s = max(1.0, ends_at - time.time())
        if hits > limit:
            raise TooManyRequests(
                f"{rule} requests a minute" if policy == "key" else rule + " a minute",
                remedy=f"try again in {reset_s:.0f} s",
                retry_after_s=reset_s,
            )
        return Quota(policy, limit, limit - hits, reset_s)


@functools.lru_cache(_MANY)
def network_of(client: tuple[str, int] | None) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 network of an IPv6 one.

    Args:
        client: Of the ASGI scope.
    """
    if client is None:
        return "unknown"
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0])
    except ValueError:
        return client[0][:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
