"""An answer of the knowledge base as a chat message with its sources."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from kb_search import Answer, ChannelAnswer, Citation
from kb_search.words import Language, guess_language

_WORDS: dict[str, dict[Language, str]] = {
    "declined": {
        "fr": "Je n'ai pas trouvé de réponse sûre dans la base de connaissances.",
        "en": "I found no reliable answer in the knowledge base.",
    },
    "disagrees": {
        "fr": "Un autre document dit autre chose :",
        "en": "Another document says otherwise:",
    },
}


class UrlCitation(BaseModel):
    """Where a part of the message stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_index: int = Field(ge=0, description="First character of the message.")
    end_index: int = Field(ge=0, description="The one after the last.")
    title: str
    url: str = Field(description="The document's own address, or a `urn:` with its path.")


class Annotation(BaseModel):
    """A source, as OpenAI's clients read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class EntenduFacts(BaseModel):
    """What Entendu knows of its answer, beyond OpenAI's shape."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["answered", "clarify", "declined"]
    confidence: float = Field(ge=0, le=1)
    citations: tuple[Citation, ...] = ()


class KnowledgeMessage(BaseModel):
    """The message of the assistant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: tuple[Annotation, ...] = ()
    entendu: EntenduFacts


def knowledge_message(answer: Answer, written: ChannelAnswer | None) -> KnowledgeMessage:
    """Write an answer, a question back, or an honest no.

    Args:
        answer: Of the knowledge base.
        written: The answer as a chat line; None where there is none.
    """
    language = guess_language(answer.question)
    content = _Content()
    if answer.citation is not None and written is not None:
        content.add(written.text, answer.citation)
        if answer.disagreement:
            content.add(_WORDS["disagrees"][language])
            content.add(answer.other[0].quote, answer.other[0])
    elif answer.clarification is not None:
        content.add(answer.clarification.question)
        for choice in answer.clarification.choices:
            content.add(f"- {choice.label}", choice.citation)
    else:
        content.add(_WORDS["declined"][language])
    return KnowledgeMessage(
        content="\n".join(content.lines),
        annotations=tuple(content.annotations),
        entendu=EntenduFacts(
            outcome=answer.outcome,
            confidence=answer.confidence,
            citations=tuple(content.citations),
        ),
    )


def address_of(citation: Citation) -> str:
    """Return where a reader finds a document: its own address, or a name for its path."""
    return citation.link or f"urn:entendu:document:{quote(citation.document)}"


class _Content:
    """Lines of a message, and which of them stand where."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.annotations: list[Annotation] = []
        self.citations: list[Citation] = []

    def add(self, line: str, citation: Citation | None = None) -> None:
        start = sum(len(one) + 1 for one in self.lines)
        self.lines.append(line)
        if citation is None:
            return
        self.citations.append(citation)
        self.annotations.append(
            Annotation(
                url_citation=UrlCitation(
                    start_index=start,
                    end_index=start + len(line),
                    title=citation.title,
                    url=address_of(citation),
                )
            )
        )
