"""What is reported of a contact's categories."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence, Provenance
from quality.findings import both

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class CategoryMatch(BaseModel):
    """A category that a contact belongs to.

    Attributes:
        category: Its id.
        label_fr: Its name in French.
        label_en: Its name in English.
        alert: Whether it is worth showing at once.
        evidence: What was said that makes it so, in order; for something absent, where it was
            looked for; for a figure, what was said where it comes from.
    """

    model_config = _FROZEN

    category: str
    label_fr: str
    label_en: str
    alert: bool
    evidence: tuple[Evidence, ...] = Field(min_length=1)

    def label(self, language: str | None) -> str:
        """Return the name in English for ``en``, otherwise in French."""
        return both(self.label_fr, self.label_en).text(language)


class CategoryReport(BaseModel):
    """The categories of one contact.

    Attributes:
        conversation_id: Of the contact.
        matches: In the order of the definition.
        undecided: Ids of categories that could not be judged: they ask for a meaning and no
            encoder was given, for a figure that is not known, or for phrases in a language that
            has none.
        provenance: The definition by content, and the model behind the meanings.
    """

    model_config = _FROZEN

    conversation_id: str
    matches: tuple[CategoryMatch, ...]
    undecided: tuple[str, ...] = ()
    provenance: Provenance

    def match(self, category: str) -> CategoryMatch | None:
        """Return the match of one category; None when the contact does not belong to it."""
        return next((one for one in self.matches if one.category == category), None)
