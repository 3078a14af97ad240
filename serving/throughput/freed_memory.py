"""What the C library does with memory that a model gave back."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

KEPT_BYTES = 256 * 1024 * 1024
"""Most that is kept for the next batch; an unloaded model gives it back (:func:`give_back`)."""

_MAPPED_FROM_BYTES = 32 * 1024 * 1024
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_for_next_batch() -> None:
    """Let glibc keep the room of one batch for the next one.

    By default it gives most of it back to the system each time, and each page is cleared and
    mapped anew: for 16 short texts 14,000 pages, which took as long as half of the encoding.
    Other libraries than glibc are left as they are.
    """
    mallopt = _of_the_c_library("mallopt")
    if mallopt is not None:
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)


def give_back() -> None:
    """Give the system what is not in use."""
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), name, None)  # musl has neither
