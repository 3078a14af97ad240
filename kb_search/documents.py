"""What a knowledge base is made of: documents, their passages, and what could not be read."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["work_in_progress", "not_validated", "validated", "archived"]
Audience = Literal["internal", "partner", "public"]


class Metadata(BaseModel):
    """What a document says about itself in its front matter.

    States and audiences are those of KCS v6 (Consortium for Service Innovation, technique 5.2).

    Attributes:
        title: Of the document; None takes its first heading, or its file name.
        product: What it is about, in the user's own words.
        audience: Who may see it.
        state: How much it is to be trusted; ``archived`` documents are never searched.
        valid_from: First day it may be used; None means always.
        valid_to: Last day it may be used; None means until further notice.
        language: BCP 47 primary tag; None is found out from the words.
        url: Address under which people read it; None when it has none.
        updated: Day on which it was last changed, by its own account; None when it says nothing.
        owner: Who answers for it, in the user's own words; None when nobody is named.
        review_on: Day on which somebody is to check it again; None when none is set. It is searched
            after that day, too.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str | None = None
    product: str | None = None
    audience: Audience = "internal"
    state: State = "validated"
    valid_from: date | None = None
    valid_to: date | None = None
    language: str | None = None
    url: str | None = None
    updated: date | None = None
    owner: str | None = None
    review_on: date | None = None

    def in_force(self, today: date) -> bool:
        """Whether the document may be used on a day."""
        return (
            self.state != "archived"
            and (self.valid_from is None or self.valid_from <= today)
            and (self.valid_to is None or today <= self.valid_to)
        )


class Passage(BaseModel):
    """A part of a document, verbatim, small enough to be an answer's source.

    Attributes:
        id: ``<document path>#<number>``, stable as long as the document does not change.
        document: Path of its document, relative to the knowledge base, with ``/``.
        title: Title of its document.
        heading: Headings above it below the title, joined by ``›``; None at the top.
        text: ``document.text[start:end]``.
        start: Offset in the document's text, in characters.
        end: Offset after its last character.
        page: Page of a PDF on which it starts, from 1; None for other formats.
        language: ``fr`` or ``en``: whose words it mostly has.
        metadata: What its row of a question-and-answer table says about itself; None for every
            other passage, for which its document's metadata holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    document: str
    title: str
    heading: str | None = None
    text: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    page: int | None = Field(default=None, ge=1)
    language: str
    metadata: Metadata | None = None

    @property
    def label(self) -> str:
        """Title and headings in one line, as a reader finds the passage."""
        return self.title if self.heading is None else f"{self.title} › {self.heading}"


class Problem(BaseModel):
    """A file of the folder, or a row of one, that is not in the index, and why.

    Attributes:
        path: Relative to the knowledge base, with ``/``.
        kind: ``unreadable`` for a document that could not be parsed, ``skipped`` for a file that
            is no document.
        reason: In plain words, with what to do about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    kind: Literal["unreadable", "skipped"]
    reason: str


class Document(BaseModel):
    """A document as it was read.

    Attributes:
        path: Relative to the knowledge base, with ``/``.
        sha256: Of the file's bytes, and of what a list of pages says of it, in hexadecimal.
        title: From the front matter, the first heading or the file name.
        text: The whole normalised text; headings stand on lines of their own, a table row is one
            line with its column names.
        pages: Number of pages of a PDF; None for other formats.
        metadata: What it says about itself.
        passages: Its parts, in order.
        problems: Rows of a table, or entries of a list, that are not in the passages.
        source: A Markdown file as it was written, to be edited; None for other formats.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    title: str
    text: str
    pages: int | None = None
    metadata: Metadata = Metadata()
    passages: tuple[Passage, ...] = ()
    problems: tuple[Problem, ...] = ()
    source: str | None = None

    def metadata_of(self, passage: Passage) -> Metadata:
        """Return what holds for a passage: what its row says, else what the document says."""
        return passage.metadata or self.metadata
