"""What agents thought of the cards, article by article, so that a useless one is found."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import case, distinct, func, select

from serving.store.tables import AssistSessionRow, CardEventRow

if TYPE_CHECKING:
    from serving.store.database import Database

_COUNTED: dict[str, tuple[str, ...]] = {
    **{kind: (kind,) for kind in ("shown", "up", "down", "used", "dismissed")},
    "refused": ("down", "dismissed"),
}


class CardCounts(BaseModel):
    """Cards, each counted once for each thing that was done with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shown: int = Field(default=0, ge=0, description="Cards that agents were shown.")
    up: int = Field(default=0, ge=0, description="Found useful.")
    down: int = Field(default=0, ge=0, description="Found useless.")
    used: int = Field(default=0, ge=0, description="Copied.")
    dismissed: int = Field(default=0, ge=0, description="Put away.")
    refused: int = Field(default=0, ge=0, description="Found useless, put away, or both.")


class PassageJudgements(CardCounts):
    """What became of the cards that quote a passage."""

    passage: str


class ArticleJudgements(CardCounts):
    """What became of the cards that quote an article."""

    document: str = Field(description="Path of the article.")
    last_at: datetime = Field(description="When one of its cards was last shown or judged.")
    passages: tuple[PassageJudgements, ...] = Field(description="The most refused first.")


def judgements_by_article(
    database: Database,
    team: str | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    document: str | None = None,
    limit: int = 100,
) -> tuple[ArticleJudgements, ...]:
    """Count what agents did with cards: those of calls, and of sessions of the assistant.

    Args:
        database: The store's.
        team: Of which team; None: of every one.
        since: Not before.
        until: Before.
        document: Only of this article; None: of all.
        limit: Most articles to return.

    Returns:
        The most refused articles first, then those that were shown most.
    """
    row = CardEventRow
    card = row.session_id.concat("/").concat(row.card_id)
    counts = [
        func.count(distinct(case((row.kind.in_(kinds), card)))).label(name)
        for name, kinds in _COUNTED.items()
    ]
    query = (
        select(row.article, row.passage, func.max(row.at, type_=row.at.type), *counts)
        .join(AssistSessionRow, AssistSessionRow.id == row.session_id)
        .where(row.article.is_not(None))
        .group_by(row.article, row.passage)
    )
    if team is not None:
        query = query.where(AssistSessionRow.team == team)
    if since is not None:
        query = query.where(row.at >= since)
    if until is not None:
        query = query.where(row.at < until)
    if document is not None:
        query = query.where(row.article == document)
    passages: dict[str, list[PassageJudgements]] = defaultdict(list)
    last: dict[str, datetime] = {}
    with database.reading() as session:
        for named, passage, last_at, *numbers in session.execute(query):
            article = str(named)
            counted = dict(zip(_COUNTED, numbers, strict=True))
            passages[article].append(PassageJudgements(passage=passage, **counted))
            last[article] = max(last.get(article, last_at), last_at)
    found = [_article(name, each, last[name]) for name, each in passages.items()]
    found.sort(key=lambda one: (-one.refused, -one.shown, one.document))
    return tuple(found[:limit])


def _article(
    document: str, passages: list[PassageJudgements], last_at: datetime
) -> ArticleJudgements:
    passages.sort(key=lambda one: (-one.refused, -one.shown, one.passage))
    sums = {name: sum(getattr(one, name) for one in passages) for name in _COUNTED}
    return ArticleJudgements(document=document, last_at=last_at, passages=tuple(passages), **sums)
