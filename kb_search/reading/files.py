"""The files of a folder, found and opened so that none of them can hold up the rest."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from conversation.errors import DocumentUnreadable, NotFound
from kb_search.documents import Problem
from kb_search.reading.formats import EXTENSIONS, KNOWN
from kb_search.reading.site_list import is_site_list

_HIDDEN = (".", "~$")


def find_files(folder: Path, *, limit: int) -> tuple[list[Path], list[Problem]]:
    """Find the documents and lists of pages of a folder and of the folders in it.

    Hidden files and folders are passed over. Symbolic links are not followed, so that no loop
    and nothing outside the folder is read.

    Args:
        folder: Where to look.
        limit: Most files and most folders.

    Returns:
        The files that may be documents, in the order of their paths, and the others.

    Raises:
        DocumentUnreadable: There are more files or folders than the limit.
    """
    files: list[Path] = []
    problems: list[Problem] = []
    pending = [folder]
    n_files = n_folders = 0
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as found:
                entries = [entry for entry in found if not entry.name.startswith(_HIDDEN)]
        except OSError as problem:
            problems.append(
                Problem(
                    path=shown_path(current, folder),
                    kind="unreadable",
                    reason=f"{shown_path(current, folder)} cannot be opened ({problem.strerror}); "
                    "check its permissions",
                )
            )
            continue
        for entry in entries:
            file = current / entry.name
            if entry.is_dir(follow_symlinks=False):
                n_folders += 1
                pending.append(file)
                continue
            n_files += 1
            reason = _why_not(file, entry)
            if reason is None:
                files.append(file)
            else:
                problems.append(
                    Problem(path=shown_path(file, folder), kind="skipped", reason=reason)
                )
        if max(n_files, n_folders) > limit:
            raise DocumentUnreadable(
                f"{folder} holds more than {limit} files or folders",
                remedy="split it, or raise max_documents",
            )
    return sorted(files), problems


def shown_path(file: Path, folder: Path) -> str:
    """Return a path below a folder with ``/``; bytes that are no UTF-8 become ``xNN``."""
    path = file.relative_to(folder).as_posix()
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def check_name(path: str) -> None:
    """Check that a path can be stored and shown.

    Raises:
        DocumentUnreadable: It has control characters, or bytes that are no UTF-8.
    """
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in path):
        raise DocumentUnreadable(
            f"the name {path.encode('utf-8', 'backslashreplace').decode()!r} holds characters "
            "that are no text",
            remedy="rename it",
        )


def read_bytes(file: Path, *, limit: int) -> bytes:
    """Read a regular file, without waiting for a pipe and without more than a limit in memory.

    Args:
        file: Where it is.
        limit: Most bytes.

    Raises:
        NotFound: It does not exist.
        DocumentUnreadable: It is no regular file, may not be read, or is longer than the limit.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise DocumentUnreadable(_not_regular(file.name), remedy="give a regular file")
        # A file may be replaced by a pipe in between: opening one would wait for its writer.
        handle = os.open(
            file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        with os.fdopen(handle, "rb") as opened:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise DocumentUnreadable(_not_regular(file.name), remedy="give a regular file")
            if facts.st_size > limit:
                raise _too_large(file.name, facts.st_size, limit)
            data = opened.read(facts.st_size + 1)
    except FileNotFoundError as problem:
        raise NotFound(f"the document {file} does not exist", remedy="check the path") from problem
    except (OSError, ValueError) as problem:
        detail = getattr(problem, "strerror", None) or str(problem)
        raise DocumentUnreadable(
            f"{file.name} cannot be opened ({detail})", remedy="check its permissions"
        ) from problem
    if len(data) > facts.st_size:
        raise DocumentUnreadable(
            f"{file.name} grew while it was read", remedy="read it again when it is whole"
        )
    return data


def why_skipped(file: Path) -> str:
    """Return why a file is no document, with what is read."""
    extension = file.suffix or "no extension"
    return f"{file.name} has {extension}, which is not read; what is read: {KNOWN}"


def _why_not(file: Path, entry: os.DirEntry[str]) -> str | None:
    name = shown_path(file, file.parent)
    if entry.is_symlink():
        return f"{name} is a symbolic link; copy what it points to into the folder"
    if not entry.is_file(follow_symlinks=False):
        return _not_regular(name)
    if file.suffix.lower() in EXTENSIONS or is_site_list(file):
        return None
    return why_skipped(file.with_name(name))


def _not_regular(name: str) -> str:
    return f"{name} is a folder, pipe, socket or device, not a regular file"


def _too_large(name: str, n_bytes: int, limit: int) -> DocumentUnreadable:
    return DocumentUnreadable(
        f"{name} has {n_bytes / 2**20:.1f} MiB, the limit is {limit / 2**20:.1f} MiB",
        remedy="split it, or raise max_file_bytes",
    )
