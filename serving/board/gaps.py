"""What customers ask and the knowledge base does not answer well, with draft articles."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from kb_search import Filters
from kb_search.gaps.report import Trouble, Why
from serving.board.values import FROZEN
from serving.library.gaps import gaps_of

if TYPE_CHECKING:
    from kb_search.gaps.report import Gap, Quoted
    from serving.access.visibility import Visibility
    from serving.resources import Resources

DAYS = 56
"""Days of conversations in which gaps are looked for."""

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
    """Gaps of the last weeks, most handling time first.

    Attributes:
        first_day: From which conversations were read.
        conversations: With at least one question.
        questions: All of them.
        open_questions: Those without a good answer.
        gaps: Most handling time first.
    """

    model_config = FROZEN

    first_day: date
    conversations: int = Field(ge=0)
    questions: int = Field(ge=0)
    open_questions: int = Field(ge=0)
    gaps: tuple[GapShown, ...]


def find_board_gaps(resources: Resources, visibility: Visibility) -> Gaps:
    """Look for gaps in the conversations of the last weeks.

    Args:
        resources: Of the service.
        visibility: What may be seen.

    Raises:
        BadInput: There are too many conversations.
    """
    now = datetime.now(UTC)
    since = now - timedelta(days=DAYS)
    report = gaps_of(
        resources, visibility, visibility.team, since=since, until=None,
        min_conversations=_LEAST, filters=Filters(), today=now.date(),
    )  # fmt: skip
    return Gaps(
        first_day=since.date(),
        conversations=report.conversations,
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
