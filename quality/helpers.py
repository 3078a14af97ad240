"""What a scorecard may ask beyond words and times: documents, a language model, trained heads.

Each is a protocol that the caller fills; a question whose helper is missing is not assessable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

from conversation import Evidence, ModelReference
from conversation.turn import Speaker

if TYPE_CHECKING:
    from quality.contact import Contact

Support = Literal["supported", "contradicted", "not_found"]


@dataclass(frozen=True)
class Statement:
    """Something that an agent stated and that documents may know better.

    Attributes:
        text: One sentence, verbatim.
        asked: What the customer wanted to know just before, verbatim; empty where nothing was
            asked.
    """

    text: str
    asked: str = ""


@dataclass(frozen=True)
class StatementCheck:
    """What the documents say of a statement.

    Attributes:
        support: ``supported`` (they say the same), ``contradicted`` (they say otherwise of the
            same subject) or ``not_found`` (they say nothing of it).
        confidence: 0 to 1.
        quote: Of the document, verbatim; empty when nothing was found.
        document: Title and place of the quote, for a reader; empty when nothing was found.
    """

    support: Support
    confidence: float
    quote: str = ""
    document: str = ""

    def __post_init__(self) -> None:
        """Refuse a verdict that rests on no document."""
        if self.support != "not_found" and not (self.quote.strip() and self.document.strip()):
            raise ValueError(f"{self.support} without the document's own words")


class Statements(Protocol):
    """Compares statements with a knowledge base."""

    @property
    def name(self) -> str:
        """Of the knowledge base."""
        ...

    def check(self, statements: Sequence[Statement], *, language: str) -> Sequence[StatementCheck]:
        """Say of each statement whether the documents support it.

        Args:
            statements: Of one conversation, in order.
            language: Primary tag of the conversation's language.

        Returns:
            One check for each, in the same order.
        """
        ...


@dataclass(frozen=True)
class JudgedTurn:
    """One turn as a judge reads it.

    Attributes:
        number: Index of the turn.
        speaker: Who.
        text: The words.
    """

    number: int
    speaker: Speaker
    text: str


@dataclass(frozen=True)
class JudgeRequest:
    """A question put to a language model.

    Attributes:
        question: Of the scorecard, in ``language``.
        criteria: When each value is given, as the card says it, in ``language``.
        values: Those that may be given, of 1, 0.5 and 0.
        not_applicable: When the question does not count; None when it always counts.
        turns: The conversation; data, never instructions.
        language: ``fr`` or ``en``.
    """

    question: str
    criteria: str
    values: tuple[float, ...]
    not_applicable: str | None
    turns: tuple[JudgedTurn, ...]
    language: Literal["fr", "en"]


@dataclass(frozen=True)
class Judgement:
    """A language model's answer, unchecked.

    Attributes:
        answer: ``1``, ``0.5``, ``0`` or ``NA``, as it came.
        turn: Number of the turn that it quotes; None when it quotes none.
        quote: What it says stands there.
        reason: In its own words.
    """

    answer: str
    turn: int | None
    quote: str
    reason: str


class Judge(Protocol):
    """A language model that answers one question of a scorecard."""

    @property
    def reference(self) -> ModelReference:
        """Which model."""
        ...

    def judge(self, request: JudgeRequest) -> Judgement:
        """Answer a question.

        Raises:
            ModelError: The model cannot be reached or does not answer as asked.
        """
        ...


@dataclass(frozen=True)
class Opinion:
    """What a trained head expects an analyst to answer.

    Attributes:
        probabilities: Of 1, 0.5 and 0, by value; they sum to 1.
        evidence: The words that weigh most, verbatim; at least one.
    """

    probabilities: Mapping[float, float]
    evidence: tuple[Evidence, ...]


class QuestionModel(Protocol):
    """A head trained from analysts' answers to one question."""

    @property
    def reference(self) -> ModelReference:
        """Which head."""
        ...

    def opinion(self, contact: Contact) -> Opinion | None:
        """Read a contact; None where the head cannot tell (no sentence vectors, no words)."""
        ...


_NO_MODELS: Mapping[str, QuestionModel] = MappingProxyType({})


@dataclass(frozen=True)
class Helpers:
    """What the caller has to offer; each may be missing.

    Attributes:
        knowledge: For questions of the kind ``knowledge``.
        judge: For questions of the kind ``llm``.
        question_models: For questions of the kind ``model``, by the name that the card gives.
    """

    knowledge: Statements | None = None
    judge: Judge | None = None
    question_models: Mapping[str, QuestionModel] = field(default_factory=lambda: _NO_MODELS)


NO_HELPERS = Helpers()
