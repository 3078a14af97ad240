"""Gaps as values: what is asked without a good answer, and what agents say to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence, Provenance
from kb_search.documents import Audience, State

Trouble = Literal[
    "declined", "clarified", "unsure", "thumbs_down", "not_used", "asked_again", "agent_differs",
    "contacted_again",
]  # fmt: skip
"""What was wrong with an answer: none was given (``declined``); the base had to ask back
(``clarified``); it was given with little confidence (``unsure``); the agent judged the card
(``thumbs_down``) or left it (``not_used``); the customer asked the same again in the conversation
(``asked_again``) or came back (``contacted_again``); the agent said something else than the card
(``agent_differs``)."""

OPENING_TROUBLES: frozenset[Trouble] = frozenset(
    {"declined", "clarified", "unsure", "thumbs_down", "asked_again", "agent_differs"}
)
"""A question with one of these is open. A card that was not used or a customer who came back may
have other causes: they are counted beside."""

Why = Literal["missing", "outdated", "wrong_audience", "weak"]
"""Why the base does not answer: no article; the article is archived, expired, or agents say
something else; an article exists that the readers in question may not see; an article is found
that answers too little of it."""


class Quoted(BaseModel):
    """Words of a conversation.

    Attributes:
        conversation_id: Of the conversation.
        at: When it started; None when not known.
        evidence: The words, verbatim in their turn and without personal data.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    at: datetime | None = None
    evidence: Evidence


class Statement(BaseModel):
    """Something that agents answer, as one of them said it.

    Attributes:
        quote: The words nearest to what all of them say.
        conversations: In how many conversations it was said.
        agents: By how many agents, as far as they are known.
        accepted: In how many of the conversations the customer took it well.
        general: Whether it is said of every case ("le déblocage est gratuit") and not of this
            one ("je vous envoie le code").
        contradicted_by: What agents said instead, one quote for each other version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: Quoted
    conversations: int = Field(ge=1)
    agents: int = Field(ge=1)
    accepted: int = Field(ge=0)
    general: bool
    contradicted_by: tuple[Quoted, ...] = ()


class NearestArticle(BaseModel):
    """The document of the base that comes closest to a gap.

    Attributes:
        document: Its path in the knowledge base, with ``/``.
        title: Of the document.
        heading: Headings above the passage, joined by ``›``; None at the top of a document.
        state: How much it is to be trusted.
        audience: Who may see it.
        valid_to: Last day it may be used; None means until further notice.
        confidence: Median probability that it answers the typical questions, 0 to 1; None for a
            document that is not searched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    title: str
    heading: str | None = None
    state: State
    audience: Audience
    valid_to: date | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)


class WeekCount(BaseModel):
    """Conversations of one week.

    Attributes:
        start: Its Monday (UTC).
        count: Conversations of the gap.
        total: All conversations with a question.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date
    count: int = Field(ge=0)
    total: int = Field(ge=0)


class Growth(BaseModel):
    """The share of a gap in all conversations in the last days, against the time before.

    Attributes:
        recent_days: Length of the recent window, which ends on the last day with a conversation.
        recent: Conversations of the gap in it.
        recent_total: All conversations in it.
        before: Conversations of the gap before it.
        before_total: All conversations before it.
        ratio: Recent share divided by the share before; None where there was none before.
        p_value: Of no growth, one-sided and exact (Przyborowski and Wilenski 1940).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recent_days: int = Field(ge=1)
    recent: int = Field(ge=0)
    recent_total: int = Field(ge=0)
    before: int = Field(ge=0)
    before_total: int = Field(ge=0)
    ratio: float | None
    p_value: float = Field(ge=0, le=1)


class Gap(BaseModel):
    """Something that customers ask and the knowledge base does not answer well.

    Attributes:
        rank: From 1, most handling time first.
        title: Proposed title of an article: the most typical question, in the customers' words.
        language: In which most of them ask, ``fr`` or ``en``; of the title and the draft.
        languages: Questions by language; "" for those whose language is not known.
        questions: How many questions.
        conversations: In which they were asked, in order of identifier.
        handling_s: Seconds of handling that they took: of each conversation the share of this
            question among all that were asked in it. Where a conversation's time is not known,
            the median share of all counts.
        handling_known: Of how many questions the time is known.
        troubles: Questions by what was wrong with their answer; a question may have several.
        answered_alike: Questions as close to the gap as its own that the base answered well.
        cohesion: Mean similarity of its questions, 0 to 1.
        why: Why the base does not answer.
        nearest: The document that comes closest; None where no base was given or it holds
            nothing near.
        weeks: Conversations week by week, over the span of all; empty without dates.
        growth: Of the last days; None where the dates do not span more than the window.
        wordings: Typical questions.
        statements: What agents answer, in the order in which they say it.
        draft: An article in Markdown with front matter, made of the statements; None where no
            agent's answer can be quoted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(ge=1)
    title: str
    language: Literal["fr", "en"]
    languages: dict[str, int]
    questions: int = Field(ge=1)
    conversations: tuple[str, ...]
    handling_s: float = Field(ge=0)
    handling_known: int = Field(ge=0)
    troubles: dict[Trouble, int]
    answered_alike: int = Field(ge=0)
    cohesion: float
    why: Why
    nearest: NearestArticle | None
    weeks: tuple[WeekCount, ...]
    growth: Growth | None
    wordings: tuple[Quoted, ...]
    statements: tuple[Statement, ...]
    draft: str | None

    @property
    def contradicted(self) -> bool:
        """Whether agents give different answers."""
        return any(statement.contradicted_by for statement in self.statements)


class GapReport(BaseModel):
    """Gaps of many conversations, most handling time first.

    Attributes:
        conversations: With at least one question.
        questions: All of them.
        open_questions: Those without a good answer.
        ungrouped_questions: Open ones that are in no gap: nobody else asked alike.
        left_out: Open ones beyond the number that is grouped, the oldest.
        handling_unknown: Conversations whose handling time is not known.
        gaps: In order of rank.
        provenance: What computed it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversations: int = Field(ge=0)
    questions: int = Field(ge=0)
    open_questions: int = Field(ge=0)
    ungrouped_questions: int = Field(ge=0)
    left_out: int = Field(default=0, ge=0)
    handling_unknown: int = Field(default=0, ge=0)
    gaps: tuple[Gap, ...]
    provenance: Provenance
