"""The files that pages load: scripts and styles, ours and others', all served from here."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from markupsafe import Markup

FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_IMPORT = re.compile(
    r"""(\bfrom\s*|\bimport\s*(?P<late>\()?\s*)(["'])(?P<name>\.{1,2}/[^"']+\.js)\3"""
)


@dataclass(frozen=True)
class Asset:
    """A file that a browser may load.

    Attributes:
        content: Its bytes; a script imports others by the addresses that browsers keep.
        media_type: For the browser.
        digest: Of the bytes, for a script of those of all scripts; part of its address, so that a
            browser keeps it for good.
        imports: Names of the scripts that run before this one, each once, with those that they
            import in turn.
    """

    content: bytes
    media_type: str
    digest: str
    imports: tuple[str, ...] = ()


@cache
def assets() -> dict[str, Asset]:
    """Return every file that may be loaded, by its path below ``static`` with ``/``."""
    read = {
        PurePosixPath(file.relative_to(FOLDER)).as_posix(): file.read_bytes()
        for file in sorted(FOLDER.rglob("*"))
        if file.suffix in _TYPES
    }
    scripts = {name: text.decode() for name, text in read.items() if name.endswith(".js")}
    # an old script that imports a new one may not find in it what it looks for: one for all
    of_scripts = _digest(*scripts, *scripts.values())
    imported = {name: _imported(name, text) for name, text in scripts.items()}
    return {
        name: Asset(_addressed(scripts[name], of_scripts), _TYPES[".js"], of_scripts,
                    _all_imported(name, imported))
        if name in scripts
        else Asset(content, _TYPES[PurePosixPath(name).suffix], _digest(content.decode()))
        for name, content in read.items()
    }  # fmt: skip


def address_of(name: str, root: str = "") -> str:
    """Return the address of a file; it changes with its content.

    Args:
        name: Path below ``static``.
        root: Path under which a proxy serves the application.

    Raises:
        KeyError: There is no such file.
    """
    return f"{root}/static/{name}?v={assets()[name].digest}"


def module(name: str, root: str = "") -> Markup:
    """Return what a page needs to run a script: the browser asks for all its imports at once.

    Without that it would see the imports of a file only when the file is there, and so on.

    Args:
        name: Path below ``static``.
        root: Path under which a proxy serves the application.

    Raises:
        KeyError: There is no such file.
    """
    wanted = [
        Markup('<link rel="modulepreload" href="{}">').format(address_of(one, root))
        for one in assets()[name].imports
    ]
    run = Markup('<script type="module" src="{}"></script>').format(address_of(name, root))
    return Markup("\n").join([*wanted, run])


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _addressed(script: str, digest: str) -> bytes:
    """Write the digest into the addresses that a script imports."""
    return _IMPORT.sub(lambda found: f"{found[0][:-1]}?v={digest}{found[3]}", script).encode()


def _imported(name: str, script: str) -> tuple[str, ...]:
    """Return what a script imports before it runs, by path below ``static``."""
    folder = posixpath.dirname(name)
    return tuple(
        posixpath.normpath(posixpath.join(folder, found["name"]))
        for found in _IMPORT.finditer(script)
        if not found["late"]
    )


def _all_imported(name: str, imported: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    left = list(imported[name])
    while left:
        one = left.pop(0)
        if one not in found and one != name:
            found[one] = None
            left += imported[one]
    return tuple(found)
