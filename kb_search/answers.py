"""What a knowledge base gives back: passages that were found, answers, and their sources."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb_search.documents import Passage, State

MAX_ANSWER_WORDS = 60


class Hit(BaseModel):
    """A passage that was found for a question.

    Attributes:
        rank: From 1, best first.
        passage: What was found.
        score: Fused score; it orders the passages and has no meaning of its own.
        dense: Cosine of question and passage.
        words: Share of the question's words that the passage holds, weighted by rarity, 0 to 1.
        letters: The same for runs of three and four letters, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(ge=1)
    passage: Passage
    score: float
    dense: float
    words: float
    letters: float


class Citation(BaseModel):
    """Where an answer stands.

    Attributes:
        document: Path of the document in the knowledge base, with ``/``.
        title: Of the document.
        heading: Headings above the passage, joined by ``›``; None at the top of a document.
        page: Page of a PDF, from 1; None for other formats.
        passage_id: Of the passage.
        quote: Sentences of the passage, verbatim.
        state: How much the document is to be trusted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    title: str
    heading: str | None = None
    page: int | None = None
    passage_id: str
    quote: str = Field(min_length=1)
    state: State = "validated"


class Answer(BaseModel):
    """The best sentences of the knowledge base for a question, or a reason to give none.

    Attributes:
        question: As it was asked.
        answered: Whether the confidence reaches the threshold.
        reason: In plain words, why no answer is given; None when one is given.
        confidence: Probability that the passage answers the question, 0 to 1.
        threshold: Confidence from which an answer is given.
        text: Sentences of the passage, verbatim, at most 60 words; empty when declined.
        citation: Where the text stands; None when declined.
        other: Further passages that come close, best first; a reader should see them too,
            because they may add to the answer or contradict it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answered: bool
    reason: str | None = None
    confidence: float = Field(ge=0, le=1)
    threshold: float = Field(ge=0, le=1)
    text: str = ""
    citation: Citation | None = None
    other: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _answer_is_its_quote(self) -> Self:
        quote = self.citation.quote if self.citation else ""
        if self.answered != (self.citation is not None) or self.text != quote:
            raise ValueError("an answer has the text of its citation, a declined one has neither")
        if self.answered == (self.reason is not None):
            raise ValueError("a declined answer has a reason, another has none")
        return self
