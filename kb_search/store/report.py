"""What a change did to a knowledge base, or why its store cannot be used."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from conversation.errors import BadInput
from kb_search.documents import Problem


class IngestReport(BaseModel):
    """What a change did, as paths of documents in the knowledge base, each list in order.

    Attributes:
        added: Documents that are new.
        updated: Documents whose content or limits of reading changed.
        unchanged: Documents of what was given that are as they were.
        removed: Documents that are gone.
        problems: Files of what was given that are not in the base, each with its reason.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the base is another one than before."""
        return bool(self.added or self.updated or self.removed)


class StoreUnusable(BadInput):
    """A folder that is no knowledge store, or one that cannot be read or written."""

    title = "The knowledge store cannot be used"
