"""The vectors of recent texts in memory, which an erasure forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.privacy.copies import CopyLine, Subject, erases

if TYPE_CHECKING:
    from serving.service import Service


@erases("vectors in memory")
def forget_vectors(service: Service, subject: Subject) -> CopyLine:
    """Forget all of them: whose text a vector was is not known.

    Other processes of the service hold theirs until newer ones take their place; they are known
    by a hash of the text and never reach the disk.
    """
    del subject
    removed = service.pool.forget_vectors()
    return CopyLine("vectors of recent texts", "memory of this process", removed=removed)
