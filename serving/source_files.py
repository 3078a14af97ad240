"""What the files of a conversation are: names, sizes, hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from conversation.errors import NotFound
from models.integrity import sha256_of
from serving.analysis import Source


def describe_source(path: Path, second: Path | None = None) -> Source:
    """Read what a file is called, how large it is and its SHA-256.

    Args:
        path: The file.
        second: The other side's file where a call is stored as two; the SHA-256 is then that of
            both digests, as :func:`speech.audio_file.hash_recording` makes it.
    """
    if second is None:
        return Source(name=path.name, sha256=sha256_of(path), size_bytes=path.stat().st_size)
    digests = b"".join(bytes.fromhex(sha256_of(file)) for file in (path, second))
    return Source(
        name=f"{path.name} + {second.name}",
        sha256=hashlib.sha256(digests).hexdigest(),
        size_bytes=path.stat().st_size + second.stat().st_size,
    )


def sha256_of_folder(folder: Path) -> str:
    """Return one SHA-256 over the names and contents of a folder's files, hidden ones left out.

    Raises:
        NotFound: There is no such folder.
    """
    if not folder.is_dir():
        raise NotFound(f"{folder}: no such folder", remedy="give the folder of the documents")
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.is_file() and not any(part.startswith(".") for part in relative.parts):
            digest.update(f"{relative.as_posix()}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()
