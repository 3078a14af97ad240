"""The conversations behind a figure that no filter of a list can say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, func, select

from conversation.errors import NotFound
from quality.kpi.behind import behind
from serving.board.kpis import kpi_data
from serving.board.questions import answer_behind
from serving.board.values import FROZEN
from serving.store.tables import ConversationRow

if TYPE_CHECKING:
    from quality.kpi import KpiSettings
    from serving.board.counted import Counted, CountedAll
    from serving.board.facts import StoredRow
    from serving.store.database import Database

Dimension = Literal["channel", "queue", "reason"]
DIMENSIONS: tuple[Dimension, ...] = ("channel", "queue", "reason")

MAX_LISTED = 200
"""Conversations of one list: as many as an address of the inbox takes."""

_ANSWERS: dict[str, tuple[object, ...]] = {
    "0": (0.0,), "0.5": (0.5,), "1": (1.0,), "na": ("na",), "none": (None,),
    "any": (0.0, 0.5, 1.0),
}  # fmt: skip


class BehindOne(BaseModel):
    """A conversation behind a figure.

    Attributes:
        id: Of the conversation.
        name: As it was received.
        started_at: When it started, or came in.
        channel: How it came.
        reason: Code of its reason; None where none was recognised.
        counted: Whether the figure counts it; all do where it is a mean.
    """

    model_config = FROZEN

    id: str
    name: str
    started_at: datetime
    channel: str | None
    reason: str | None
    counted: bool


class BehindFigure(BaseModel):
    """The conversations behind a figure, those that it counts first, then newest first.

    Attributes:
        figure: Which.
        computed_from: How many it was computed from.
        counted: How many of them it counts (complaints, transfers …).
        counts: Whether it counts some of them; false for means.
        conversations: At most 200.
    """

    model_config = FROZEN

    figure: str
    computed_from: int = Field(ge=0)
    counted: int = Field(ge=0)
    counts: bool = False
    conversations: tuple[BehindOne, ...]


def behind_figure(figure: str, counted: CountedAll, settings: KpiSettings) -> BehindFigure:
    """List the conversations behind a figure.

    Args:
        figure: ``kpi:NAME``; ``question:CARD:ITEM:ANSWER`` with an answer of 0, 0.5, 1, na, none
            or any; ``coverage:short``, ``coverage:warned``.
        counted: The conversations of the board.
        settings: How the centre computes its KPIs.

    Raises:
        NotFound: There is no such figure.
    """
    kind, _, rest = figure.partition(":")
    found = counted.found
    ids: Sequence[str]
    if kind == "kpi":
        data = kpi_data(found, settings)
        traced = behind(rest, data.contacts, data.contact_follow)
        return _listed(
            figure, found, traced.computed_from, traced.counted if traced.counts else None
        )
    if kind == "question" and rest.count(":") == 2:
        card, item, answer = rest.split(":")
        if answer in _ANSWERS:
            ids = answer_behind(found, card, item, _ANSWERS[answer])
            return _listed(figure, found, ids)
    if kind == "coverage" and rest in ("short", "warned"):
        ids = [one.stored.id for one in found if _is_noted(one, rest)]
        return _listed(figure, found, ids)
    raise NotFound(
        f"no figure {figure[:80]!r}",
        remedy="ask for kpi:NAME, question:CARD:ITEM:ANSWER, coverage:short, coverage:warned, "
        "without:channel, without:queue or without:reason",
    )


def _is_noted(one: Counted, what: str) -> bool:
    coverage = one.facts.coverage
    if coverage is None:
        return False
    return coverage.is_short if what == "short" else coverage.warnings > 0


def without_value(
    database: Database, condition: ColumnElement[bool], what: Dimension
) -> BehindFigure:
    """List the conversations of which a channel, a queue or a reason is not known.

    Args:
        database: The store's.
        condition: On the conversations of the board.
        what: Which of the three.
    """
    moment = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)
    which = and_(condition, getattr(ConversationRow, what).is_(None))
    with database.reading() as session:
        n = session.scalar(select(func.count()).select_from(ConversationRow).where(which))
        rows = session.scalars(
            select(ConversationRow).where(which).order_by(moment.desc()).limit(MAX_LISTED)
        )
        shown = tuple(_one(row, counted=True) for row in rows)
    return BehindFigure(
        figure=f"without:{what}", computed_from=n or 0, counted=0, conversations=shown
    )


def _listed(
    figure: str,
    found: Sequence[Counted],
    ids: Sequence[str],
    counted: Sequence[str] | None = None,
) -> BehindFigure:
    by_id = {one.stored.id: one.stored for one in found}
    special = set(ids if counted is None else counted)
    newest_first = [by_id[one] for one in reversed(ids) if one in by_id]
    ordered = sorted(newest_first, key=lambda one: one.id not in special)
    return BehindFigure(
        figure=figure,
        computed_from=len(ids),
        counted=len(counted or ()),
        counts=counted is not None,
        conversations=tuple(_one(one, counted=one.id in special) for one in ordered[:MAX_LISTED]),
    )


def _one(row: StoredRow | ConversationRow, *, counted: bool) -> BehindOne:
    return BehindOne(
        id=row.id, name=row.name, started_at=row.started_at or row.created_at,
        channel=row.channel, reason=row.reason, counted=counted,
    )  # fmt: skip
