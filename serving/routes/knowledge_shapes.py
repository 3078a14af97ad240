"""Requests and answers of the routes for knowledge."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from kb_search import Answer, ChannelAnswer, Document, Filters, Hit
from kb_search.channels import AnswerChannel
from kb_search.documents import Audience, Passage, Problem, State
from kb_search.reading.front_matter import split_front_matter
from kb_search.reading.metadata import property_name
from kb_search.store.putting import ListedDocument

Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"\w"),
]
_DOCUMENT: JsonValue = {
    "path": "offres/remise.md",
    "title": "Remise après une coupure",
    "state": "validated",
    "audience": "public",
    "product": "Fibre",
    "valid_from": "2026-01-01",
    "valid_to": None,
    "in_force": True,
    "language": "fr",
    "url": "https://aide.example.com/remise",
    "updated": None,
    "owner": "Équipe support",
    "review_on": "2027-01-15",
    "to_review": False,
    "pages": None,
    "passages": 3,
    "sha256": "3f" * 32,
    "problems": [],
    "links": {"self": "/v1/knowledge/documents/offres/remise.md"},
}


class DocumentLinks(BaseModel):
    """Where to go from here, as paths on this service."""

    self: str


class DocumentSummary(BaseModel):
    """A document, without its text."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DOCUMENT]})

    path: str = Field(description="Name in the base, with `/` between folders.")
    title: str
    state: State = Field(description="How much it is to be trusted; `archived` is never searched.")
    audience: Audience = Field(description="Who may see it.")
    product: str | None = Field(description="What it is about.")
    valid_from: datetime.date | None = Field(description="First day it may be used.")
    valid_to: datetime.date | None = Field(description="Last day it may be used.")
    in_force: bool = Field(description="Whether it is searched today.")
    language: str | None = Field(description="As it states; found for each passage otherwise.")
    url: str | None = Field(description="Where people read it.")
    updated: datetime.date | None = Field(description="Day of its last change, as it states.")
    owner: str | None = Field(description="Who answers for it, as it states.")
    review_on: datetime.date | None = Field(description="Day to check it again, as it states.")
    to_review: bool = Field(description="Whether that day has come and it is not archived.")
    pages: int | None = Field(description="Of a PDF.")
    passages: int = Field(ge=0, description="How many parts it was cut into.")
    sha256: str = Field(description="Of the file that was sent.")
    problems: list[Problem] = Field(description="Rows that could not be used.")
    links: DocumentLinks


class DocumentDetail(DocumentSummary):
    """A document with its passages."""

    text: str = Field(description="The whole text as it was read.")
    parts: list[Passage] = Field(description="The passages, in order; offsets are in `text`.")
    markdown: str | None = Field(
        description="As it was written, without its front matter; null where it is no Markdown."
    )
    properties: dict[str, str] = Field(
        description="Lines of the front matter that are none of the fields above, to be kept."
    )


class DocumentPage(BaseModel):
    """Some documents, by path."""

    data: list[DocumentSummary]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class DocumentsReceived(BaseModel):
    """Documents that are in the base now; a search finds them."""

    added: list[str] = Field(description="Paths of those that are new.")
    replaced: list[str] = Field(description="Paths of those that were there before.")
    problems: list[Problem] = Field(description="Rows of tables that could not be used.")
    documents: list[DocumentSummary]


class SearchFilters(BaseModel):
    """What a passage must be to be found; an empty list restricts nothing."""

    model_config = ConfigDict(extra="forbid")

    audiences: list[Audience] = Field(default=[], max_length=3)
    states: list[Literal["work_in_progress", "not_validated", "validated"]] = Field(
        default=[], max_length=3
    )
    products: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        default=[], max_length=50
    )
    languages: list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}$")]] = Field(
        default=[], max_length=10
    )

    def filters(self) -> Filters:
        """Return them as the base takes them."""
        return Filters(
            audiences=tuple(self.audiences),
            states=tuple(self.states),
            products=tuple(self.products),
            languages=tuple(self.languages),
        )


class SearchRequest(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"query": "remise après une coupure", "k": 3, "filters": {}}]
        },
    )

    query: Question = Field(description="A question or keywords, in French or English.")
    k: int = Field(default=5, ge=1, le=50, description="Most passages.")
    filters: SearchFilters = SearchFilters()


class SearchAnswer(BaseModel):
    """Passages that were found, best first."""

    query: str
    hits: list[Hit]


class AskRequest(BaseModel):
    """A question for the knowledge base."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "Est-ce que je serai remboursé après la coupure ?",
                    "channel": "chat",
                }
            ]
        },
    )

    question: Question = Field(description="As a customer asks it.")
    context: Annotated[str, StringConstraints(max_length=2000)] = Field(
        default="", description="What was said just before; a short question leans on it."
    )
    channel: AnswerChannel | None = Field(
        default=None, description="Also write the answer as it is sent there."
    )
    filters: SearchFilters = SearchFilters()


class TrialRequest(BaseModel):
    """An article that was not saved, and a question to both bases: with it and without it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "Est-ce que je serai remboursé après la coupure ?",
                    "path": "offres/remise.md",
                    "content": "# Remise après une coupure\n\nVous êtes remboursé sous 5 jours.",
                }
            ]
        },
    )

    question: Question = Field(description="As a customer asks it.")
    path: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Of the article in the base; one that is there is replaced for the trial."
    )
    content: Annotated[str, StringConstraints(min_length=1, max_length=500_000)] = Field(
        description="Markdown with its front matter."
    )
    state: State = Field(default="validated", description="In which it is tried.")
    reader: Literal["customer", "agent"] = Field(
        default="customer",
        description="`customer`: the bot's answer, from validated articles for the public.",
    )


class Tried(BaseModel):
    """What one base answers."""

    answer: Answer
    decline: Decline | None = Field(description="Null unless the outcome is `declined`.")


class TrialAnswer(BaseModel):
    """What is answered now, and with the article; nothing of it is kept."""

    before: Tried
    after: Tried


class Decline(BaseModel):
    """Why there is no answer."""

    kind: Literal["nothing_found", "not_sure", "empty_base"] = Field(
        description="`nothing_found`: no passage is about it; `not_sure`: passages are near, but "
        "none surely answers; `empty_base`: no document is in force for this reader."
    )
    reason: str = Field(description="In plain words.")


class AskAnswer(BaseModel):
    """An answer with its source, a question back, or a reason for neither."""

    answer: Answer
    written: ChannelAnswer | None = Field(
        description="The answer in the form of the channel; null where none was named, or there "
        "is no answer."
    )
    decline: Decline | None = Field(description="Null unless the outcome is `declined`.")


def summary(document: ListedDocument | Document, today: datetime.date) -> DocumentSummary:
    """Return what a list shows of a document."""
    metadata = document.metadata
    parts = document.passages
    return DocumentSummary(
        path=document.path,
        title=document.title,
        state=metadata.state,
        audience=metadata.audience,
        product=metadata.product,
        valid_from=metadata.valid_from,
        valid_to=metadata.valid_to,
        in_force=metadata.in_force(today),
        language=metadata.language,
        url=metadata.url,
        updated=metadata.updated,
        owner=metadata.owner,
        review_on=metadata.review_on,
        to_review=metadata.state != "archived"
        and metadata.review_on is not None
        and metadata.review_on <= today,
        pages=document.pages,
        passages=parts if isinstance(parts, int) else len(parts),
        sha256=document.sha256,
        problems=list(document.problems),
        links=DocumentLinks(self=f"/v1/knowledge/documents/{quote(document.path)}"),
    )


def detail(document: Document, today: datetime.date) -> DocumentDetail:
    """Return a document with its passages."""
    properties: dict[str, object] = {}
    markdown = None
    if document.source is not None:
        properties, markdown = split_front_matter(document.source, document.path)
    others = {
        name: value
        for name, value in properties.items()
        if isinstance(value, str) and property_name(name) is None
    }
    return DocumentDetail(
        **summary(document, today).model_dump(),
        text=document.text,
        parts=list(document.passages),
        markdown=markdown,
        properties=others,
    )


def decline_of(answer: Answer, *, is_empty: bool) -> Decline | None:
    """Say why a question was declined; None where it was not."""
    if answer.outcome != "declined":
        return None
    kind: Literal["nothing_found", "not_sure", "empty_base"] = "not_sure"
    if is_empty:
        kind = "empty_base"
    elif answer.confidence == 0.0:
        kind = "nothing_found"
    return Decline(kind=kind, reason=answer.reason or "")
