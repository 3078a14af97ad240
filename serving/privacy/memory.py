"""Where originals are when only what redaction leaves may reach the disk: in memory.

With ``redacted_only`` uploads, recordings that wait for their analysis and the spools of live
sessions lie in a folder of a file system in memory (tmpfs), which a kill of the service survives
and a restart of the machine does not. Swap would be a disk: it has to be off or encrypted, which
docs/privacy.md says.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from conversation.errors import DefinitionInvalid
from serving.settings import Settings

_IN_MEMORY = frozenset(("tmpfs", "ramfs"))
_MEGABYTE = 1_000_000


def memory_folder(settings: Settings) -> Path | None:
    """Return the folder of the originals, made if it is not there; None: they may lie on disk.

    Each data folder has its own, so that two services on a machine do not meet.

    Args:
        settings: ``redacted_only``, ``memory_dir``, ``memory_limit_mb`` and ``data_dir`` count.

    Raises:
        DefinitionInvalid: The folder is not in memory, or less may wait in it than one upload.
    """
    if not settings.redacted_only:
        return None
    if settings.memory_limit_mb < settings.max_upload_mb:
        raise DefinitionInvalid(
            f"memory_limit_mb is {settings.memory_limit_mb}, less than the "
            f"{settings.max_upload_mb} MB of one upload (max_upload_mb)",
            remedy="raise the one or lower the other",
        )
    name = hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:16]
    folder = settings.memory_dir / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DefinitionInvalid(
            f"memory_dir {settings.memory_dir} cannot be used ({error.strerror})",
            remedy="name a folder of a tmpfs, such as one below /dev/shm",
        ) from error
    if not is_in_memory(folder):
        raise DefinitionInvalid(
            f"memory_dir {settings.memory_dir} is not in memory, and redacted_only lets no "
            "original reach a disk",
            remedy="name a folder of a tmpfs, such as one below /dev/shm",
        )
    return folder


def refuse_workers_apart(settings: Settings) -> None:
    """Refuse to leave jobs to other processes where originals are in this machine's memory.

    Raises:
        DefinitionInvalid: ``redacted_only`` is set.
    """
    if settings.redacted_only:
        raise DefinitionInvalid(
            "with redacted_only originals are only in the memory of the machine that received "
            "them, where no worker of another machine could hear them",
            remedy="let `entendu serve` do the jobs itself (without --no-work, and without "
            "`entendu worker`), or leave redacted_only out",
        )


def memory_limit_bytes(settings: Settings) -> int:
    """Return how much may wait in memory, in bytes."""
    return settings.memory_limit_mb * _MEGABYTE


def is_in_memory(path: Path) -> bool:
    """Tell whether a folder is of a file system in memory; False where nobody knows."""
    if sys.platform != "linux":
        return False
    resolved = path.resolve()
    best, kind = -1, ""
    for line in Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines():
        _, mount, file_system, *_ = line.split(" ")
        place = Path(mount.replace("\\040", " "))
        if resolved.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), file_system
    return kind in _IN_MEMORY


def effective(settings: Settings) -> Settings:
    """Return the settings with which the service works.

    Card numbers are always removed; with ``redacted_only`` all personal data is, unless a policy
    says which.
    """
    if settings.redacted_only and settings.redact == "cards":
        return settings.model_copy(update={"redact": "default"})
    return settings
