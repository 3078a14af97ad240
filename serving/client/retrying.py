"""When a request is sent again, and after how long."""

from __future__ import annotations

import email.utils
import random
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

_SAFE_METHODS = frozenset(("GET", "HEAD", "PUT", "DELETE"))
_BUSY = frozenset((429, 503))  # turned away at the door: nothing was done
_BROKEN = frozenset((502, 504))  # somebody on the way gave up: it may have been done


@dataclass(frozen=True)
class RetryPolicy:
    """How often a request is sent again when that may help.

    Attributes:
        attempts: Most tries in all; 1: none is repeated.
        first_wait_s: Wait after the first try, in seconds; it doubles each time, up to a quarter
            shorter or longer by chance, so that clients do not come back together.
        longest_wait_s: Most seconds to wait; a service that asks for more is not asked again.
    """

    attempts: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0

    def wait_s(
        self, tried: int, method: str, *, is_keyed: bool, outcome: httpx.Response | Exception
    ) -> float | None:
        """Return the seconds to wait before the next try; None: there is none.

        Args:
            tried: How often it was sent.
            method: Of the request.
            is_keyed: Whether it carries an idempotency key.
            outcome: The answer, or what went wrong instead.
        """
        if tried >= self.attempts:
            return None
        repeatable = is_keyed or method in _SAFE_METHODS
        asked: float | None = None
        if isinstance(outcome, httpx.Response):
            if outcome.status_code not in _BUSY and not (
                repeatable and outcome.status_code in _BROKEN
            ):
                return None
            asked = _retry_after_s(outcome.headers.get("retry-after"))
        elif isinstance(outcome, (httpx.ConnectError, httpx.ConnectTimeout)):
            pass  # it never arrived
        elif not repeatable:
            return None
        if asked is not None and asked > self.longest_wait_s:
            return None
        waited: float = self.first_wait_s * 2.0 ** (tried - 1) * random.uniform(0.75, 1.25)  # noqa: S311
        return max(asked or 0.0, min(waited, self.longest_wait_s))


def _retry_after_s(given: str | None) -> float | None:
    if given is None:
        return None
    if given.strip().isdecimal():
        return float(given)
    try:
        moment = email.utils.parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
