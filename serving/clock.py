"""Seconds as people read them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Write seconds as ``m:ss``, or ``h:mm:ss`` from one hour on."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"
