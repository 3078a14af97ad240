"""The version of the installed software."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def entendu_version() -> str:
    """Return the installed version, ``0+unknown`` when run from a plain folder."""
    try:
        return version("entendu")
    except PackageNotFoundError:
        return "0+unknown"
