"""What customers ask and the knowledge base does not answer well, with draft articles."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement

from kb_search import Filters
from kb_search.gaps.report import Trouble, Why
from serving.board.newest import newest_analysed
from serving.board.values import FROZEN
from serving.library.gaps import MAX_CONVERSATIONS, gaps_in

if TYPE_CHECKING:
    from kb_search.gaps.report import Gap, Quoted
    from serving.access.visibility import Visibility
    from serving.resources import Resources

MAX_GAPS = 20
_LEAST = 3  # conversations
_MAX_IDS = 200


class GapWords(BaseModel):
    """Words of a conversation.

    Attributes:
        conversation_id: Where.
        turn_index: Place in the conversation.
        text: Verbatim, without personal data.
    """

    model_config = FROZEN

    conversation_id: str
    turn_index: int = Field(ge=0)
    text: str


class GapShown(BaseModel):
    """One gap.

    Attributes:
        id: Stable as long as its title is.
        title: Proposed title of an article, in the customers' words.
        language: Of the title and the draft.
        questions: How many questions.
        n: Conversations in which they were asked.
        handling_s: Seconds of handling that they took.
        why: Why the base does not answer.
        troubles: Questions by what was wrong with their answer.
        nearest: Title of the document that comes closest; None where none is near.
        growing: Recent share divided by the share before, where it grew beyond chance.
        wordings: Typical questions.
        contradicted: Whether agents give different answers.
        statements: What agents answer, in the order in which they say it.
        draft: An article in Markdown; None where no agent's answer can be quoted.
        conversation_ids: Of the gap, at most 200.
    """

    model_config = FROZEN

    id: str
    title: str
    language: str
    questions: int = Field(ge=1)
    n: int = Field(ge=1)
    handling_s: float = Field(ge=0)
    why: Why
    troubles: dict[Trouble, int]
    nearest: str | None
    growing: float | None
    wordings: tuple[GapWords, ...]
    contradicted: bool
    statements: tuple[GapWords, ...]
    draft: str | None
    conversation_ids: tuple[str, ...]


class Gaps(BaseModel):
    """Gaps of a period, most handling time first.

    Attributes:
        conversations: With at least one question.
        left_out: Older conversations of the period that were not read: one search takes 5,000.
        questions: All of them.
        open_questions: Those without a good answer.
        gaps: Most handling time first.
    """

    model_config = FROZEN

    conversations: int = Field(ge=0)
    left_out: int = Field(default=0, ge=0)
    questions: int = Field(ge=0)
    open_questions: int = Field(ge=0)
    gaps: tuple[GapShown, ...]


def find_board_gaps(
    resources: Resources, visibility: Visibility, condition: ColumnElement[bool]
) -> Gaps:
    """Look for gaps in conversations.

    Args:
        resources: Of the service.
        visibility: What may be seen.
        condition: On the rows of conversations.
    """
    ids, total = newest_analysed(resources.database, condition, MAX_CONVERSATIONS)
    report = gaps_in(
        resources, ids[::-1], visibility, visibility.team,
        min_conversations=_LEAST, filters=Filters(), today=datetime.now(UTC).date(),
    )  # fmt: skip
    return Gaps(
        conversations=report.conversations,
        left_out=total - len(ids),
        questions=report.questions,
        open_questions=report.open_questions,
        gaps=tuple(_shown(one) for one in report.gaps[:MAX_GAPS]),
    )


_GROWN = 0.01  # probability of calling a gap growing when nothing changed


def _shown(gap: Gap) -> GapShown:
    growth = gap.growth
    grown = growth is not None and growth.p_value <= _GROWN
    return GapShown(
        id=hashlib.sha256(f"{gap.language}\x1f{gap.title}".encode()).hexdigest()[:16],
        title=gap.title,
        language=gap.language,
        questions=gap.questions,
        n=len(gap.conversations),
        handling_s=gap.handling_s,
        why=gap.why,
        troubles=gap.troubles,
        nearest=None if gap.nearest is None else gap.nearest.title,
        growing=growth.ratio if growth is not None and grown else None,
        wordings=tuple(_words(one) for one in gap.wordings[:3]),
        contradicted=gap.contradicted,
        statements=tuple(_words(one.quote) for one in gap.statements[:6]),
        draft=gap.draft,
        conversation_ids=gap.conversations[:_MAX_IDS],
    )


def _words(one: Quoted) -> GapWords:
    return GapWords(
        conversation_id=one.conversation_id,
        turn_index=one.evidence.turn_index,
        text=one.evidence.quote,
    )
