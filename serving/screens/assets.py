"""The files that pages load: scripts and styles, ours and others', all served from here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class Asset:
    """A file that a browser may load.

    Attributes:
        content: Its bytes.
        media_type: For the browser.
        digest: Of the bytes; part of its address, so that a browser keeps it for good.
    """

    content: bytes
    media_type: str
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Return every file that may be loaded, by its path below ``static`` with ``/``."""
    found: dict[str, Asset] = {}
    for file in sorted(FOLDER.rglob("*")):
        media_type = _TYPES.get(file.suffix)
        if media_type is not None:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            name = PurePosixPath(file.relative_to(FOLDER)).as_posix()
            found[name] = Asset(content, media_type, digest)
    return found


def address_of(name: str, root: str = "") -> str:
    """Return the address of a file; it changes with its content.

    Args:
        name: Path below ``static``.
        root: Path under which a proxy serves the application.

    Raises:
        KeyError: There is no such file.
    """
    return f"{root}/static/{name}?v={assets()[name].digest}"
