"""What may pass if one waits, and how long to wait for it."""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from conversation.errors import (
    DeviceUnavailable,
    EntenduError,
    ModelSourceUnavailable,
    Overloaded,
    TooManyRequests,
    Unavailable,
)

logger = logging.getLogger("entendu.jobs")

MAX_ATTEMPTS = 10
"""A job that was begun as often without an end is given up."""

FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 600.0

PATIENCE_S = 600.0
"""Seconds for which a result that is there is held until the database or the disk takes it."""

_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 10.0

_PASSING_ERRORS: tuple[type[EntenduError], ...] = (
    Unavailable, Overloaded, TooManyRequests, ModelSourceUnavailable, DeviceUnavailable,
)  # fmt: skip
_PASSING_NUMBERS = frozenset(
    (
        errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN,
        errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENETUNREACH,
        errno.EHOSTUNREACH,
    )
)  # fmt: skip

T = TypeVar("T")


class Interrupted(BaseException):
    """The service stops; not an ``Exception``, so that nothing on the way records a failure."""


def may_pass(error: Exception) -> bool:
    """Tell whether an error may be gone at the next attempt: disk, database, memory, model busy.

    Args:
        error: Any error of a stage.
    """
    if isinstance(error, EntenduError):
        return isinstance(error, _PASSING_ERRORS)
    if isinstance(error, (MemoryError, ConnectionError, TimeoutError)):
        return True
    if isinstance(error, OSError):
        return error.errno in _PASSING_NUMBERS
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return True
    # PyTorch and CTranslate2 have no common class for it, and are not imported here.
    return isinstance(error, RuntimeError) and "out of memory" in str(error).lower()


def delay_before(attempt: int) -> float:
    """Return the seconds to wait after an attempt that failed: 5, 10, 20 … at most 600.

    Args:
        attempt: Which it was, counted from 1.
    """
    return float(min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(attempt - 1, 20)))


def patiently(
    action: Callable[[], T],
    *,
    stopping: threading.Event,
    patience_s: float = PATIENCE_S,
) -> T:
    """Do something again and again while the database or the disk does not take it.

    Args:
        action: Writes one transaction, or reads.
        stopping: Ends the waiting.
        patience_s: Seconds after which the error is raised after all.

    Raises:
        Interrupted: The service stops.
    """
    give_up_at = time.monotonic() + patience_s
    wait_s = _FIRST_WAIT_S
    while True:
        try:
            return action()
        except Exception as error:
            if not may_pass(error) or time.monotonic() > give_up_at:
                raise
            logger.warning("waiting", extra={"facts": {"error": type(error).__name__}})
        if stopping.wait(wait_s):
            raise Interrupted
        wait_s = min(_LONGEST_WAIT_S, wait_s * 2)
