"""Which part of a knowledge base a search may use."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kb_search.documents import Audience, Metadata, State
from kb_search.words import fold


class Filters(BaseModel):
    """What a passage must be to be found; every field that is empty restricts nothing.

    What is archived is never found, even when it is asked for.

    Attributes:
        audiences: Of its document, any of these.
        states: Of its document, any of these.
        products: Of its document, any of these; case, accents and space around do not count.
        languages: Its own, any of these BCP 47 tags, of which the first part counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    audiences: tuple[Audience, ...] = ()
    states: tuple[State, ...] = ()
    products: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def restrict(self) -> bool:
        """Whether any field is set."""
        return bool(self.audiences or self.states or self.products or self.languages)

    def admit(self, metadata: Metadata, language: str) -> bool:
        """Whether a passage may be found.

        Args:
            metadata: Of its document.
            language: Of the passage, a BCP 47 tag.
        """
        return (
            metadata.state != "archived"
            and (not self.audiences or metadata.audience in self.audiences)
            and (not self.states or metadata.state in self.states)
            and (not self.products or _plain(metadata.product) in map(_plain, self.products))
            and (not self.languages or _primary(language) in map(_primary, self.languages))
        )


def _plain(product: str | None) -> str:
    return " ".join(fold(product or "").split())


def _primary(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").partition("-")[0]
