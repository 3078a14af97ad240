"""What a knowledge base gives back: passages that were found, answers, and their sources."""

from __future__ import annotations

import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb_search.documents import Passage, State

MAX_ANSWER_WORDS = 60

Outcome = Literal["answered", "clarify", "declined"]


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
        date: Day from which the document holds; None where it states none.
        link: Address under which a reader finds the document; None where it states none.
        product: What the document is about, in the user's own words; None where it states none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    title: str
    heading: str | None = None
    page: int | None = None
    passage_id: str
    quote: str = Field(min_length=1)
    state: State = "validated"
    date: datetime.date | None = None
    link: str | None = None
    product: str | None = None


class Choice(BaseModel):
    """One of the things a person may have meant.

    Attributes:
        label: As a person who knows nothing of the knowledge base understands it.
        citation: The passage that answers when it is chosen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1)
    citation: Citation


class Clarification(BaseModel):
    """One question back, where several documents come equally close.

    Attributes:
        question: In the language of the question that was asked.
        choices: Two or three, the likeliest first; their labels differ.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1)
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=3)

    @model_validator(mode="after")
    def _choices_differ(self) -> Self:
        if len({choice.label for choice in self.choices}) < len(self.choices):
            raise ValueError("two choices have the same label, nobody could tell them apart")
        return self


class Answer(BaseModel):
    """The best sentences of the knowledge base for a question, or a reason to give none.

    Attributes:
        question: As it was asked.
        outcome: ``answered``, ``clarify`` where one question back would tell, or ``declined``.
        answered: Whether the outcome is ``answered``.
        reason: In plain words, why no answer is given; None when one is given.
        confidence: Probability that the passage answers the question, 0 to 1.
        threshold: Confidence from which an answer is given.
        text: Sentences of the passage, verbatim, at most 60 words; empty when none is given.
        citation: Where the text stands; None when none is given.
        other: Further passages that come close, best first; a reader should see them too,
            because they may add to the answer or contradict it.
        disagreement: Whether ``other[0]`` says something else than the text (other amounts,
            dates or numbers, or the contrary), so that both must be shown.
        clarification: What to ask back; only for the outcome ``clarify``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    outcome: Outcome = "declined"
    answered: bool = False
    reason: str | None = None
    confidence: float = Field(ge=0, le=1)
    threshold: float = Field(ge=0, le=1)
    text: str = ""
    citation: Citation | None = None
    other: tuple[Citation, ...] = ()
    disagreement: bool = False
    clarification: Clarification | None = None

    @model_validator(mode="before")
    @classmethod
    def _outcome_and_answered_go_together(cls, data: Any) -> Any:  # noqa: ANN401, as it came
        if not isinstance(data, dict):
            return data
        if "outcome" not in data and isinstance(data.get("answered"), bool):
            return {**data, "outcome": "answered" if data["answered"] else "declined"}
        if "answered" not in data and "outcome" in data:
            return {**data, "answered": data["outcome"] == "answered"}
        return data

    @model_validator(mode="after")
    def _answer_is_its_quote(self) -> Self:
        quote = self.citation.quote if self.citation else ""
        if self.answered != (self.outcome == "answered"):
            raise ValueError(f"the outcome is {self.outcome!r}, but answered is {self.answered}")
        if self.answered != (self.citation is not None) or self.text != quote:
            raise ValueError("an answer has the text of its citation, a declined one has neither")
        if self.answered == (self.reason is not None):
            raise ValueError("a declined answer has a reason, another has none")
        if (self.outcome == "clarify") != (self.clarification is not None):
            raise ValueError("a clarification goes with the outcome 'clarify', and only with it")
        if self.disagreement and not (self.answered and self.other):
            raise ValueError("a disagreement needs an answer and the passage that disagrees")
        return self
