"""Volumes and mood, counted by the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, func, select

from quality.kpi.estimates import Estimate, share
from serving.board.scope import Scope
from serving.board.values import BucketShown, Mood, PeriodShown, ReasonMood, Slice, Volumes
from serving.store.tables import ConversationRow
from serving.store.values import MARKED_MOOD
from serving.store.visible import matching, seen_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.access.visibility import Visibility
    from serving.board.names import ReasonNames
    from serving.store.database import Database

_MOMENT = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)
_ROW = ConversationRow


def period_of(scope: Scope, time_zone: str) -> PeriodShown:
    """Return a period as it is shown."""
    before = scope.before
    return PeriodShown(
        first=scope.first, last=scope.last, before_first=before.first, before_last=before.last,
        step=scope.step, time_zone=time_zone, since=scope.since, until=scope.until,
    )  # fmt: skip


def chosen(database: Database, scope: Scope, visibility: Visibility) -> ColumnElement[bool]:
    """Return the condition under which a conversation is one of a board's."""
    return and_(seen_by(visibility), matching(scope.filters, database.kind))


def count_volumes(
    database: Database,
    scope: Scope,
    visibility: Visibility,
    names: ReasonNames,
    *,
    time_zone: str,
) -> Volumes:
    """Count the conversations of a period and of the one before.

    Args:
        database: The store's.
        scope: Which.
        visibility: What may be seen.
        names: Of the reasons.
        time_zone: Name of the zone of the local days.
    """
    before = scope.before
    with database.reading() as session:
        now = _count(session, scope, chosen(database, scope, visibility))
        earlier = _count(session, before, chosen(database, before, visibility))
    statuses, channels, queues, reasons = (
        (now.by(place), earlier.by(place)) for place in range(len(_DIMENSIONS))
    )
    totals, previous = now.totals, earlier.totals
    by_level = names.level_1 if scope.reason is None else None
    return Volumes(
        period=period_of(scope, time_zone),
        buckets=tuple(
            BucketShown(
                first=one.first,
                last=one.last,
                whole=one.is_whole,
                since=one.since,
                until=one.until,
            )
            for one in scope.buckets
        ),
        total=sum(totals),
        previous=sum(previous),
        counts=tuple(totals),
        previous_counts=tuple(previous),
        previous_whole=tuple(one.is_whole for one in before.buckets),
        channels=_slices(*channels, total=sum(totals)),
        queues=_slices(*queues, total=sum(totals)),
        reasons=_slices(*reasons, total=sum(totals), names=names, level=by_level),
        waiting=sum(sum(statuses[0].get(one, ())) for one in ("queued", "running")),
        failed=sum(statuses[0].get("failed", ())),
    )


def count_mood(
    database: Database,
    scope: Scope,
    visibility: Visibility,
    names: ReasonNames,
    *,
    least: int,
) -> Mood:
    """Tell how customers felt, reason by reason.

    Args:
        database: The store's.
        scope: Which conversations.
        visibility: What may be seen.
        names: Of the reasons.
        least: Conversations below which a figure counts as one of few.
    """
    level = names.level_1 if scope.reason is None else (lambda code: code)
    with database.reading() as session:
        now = _moods(session, chosen(database, scope, visibility), level)
        before = _moods(session, chosen(database, scope.before, visibility), level)
    unknown = now.pop(_UNTOLD, _Felt()).n
    before.pop(_UNTOLD, None)
    told = sorted(now.items(), key=lambda each: (-each[1].negative, -each[1].n, each[0] or "~"))
    return Mood(
        mark=MARKED_MOOD,
        known=sum(felt.n for _, felt in told),
        unknown=unknown,
        reasons=tuple(
            _reason_mood(
                code, names, felt, before.get(code), few=felt.n < least
            )
            for code, felt in told
        ),
    )  # fmt: skip


_Counted = dict[str | None, list[int]]
_UNTOLD = "\x00"


class _Cells:
    """Conversations counted by bucket, status, channel, queue and reason together.

    One look at the table gives every figure of volume: reading it is what takes the time.
    """

    def __init__(self, cells: Sequence[Sequence[Any]], length: int) -> None:
        self._cells = cells
        self._length = length

    @property
    def totals(self) -> list[int]:
        found = [0] * self._length
        for place, *_, n in self._cells:
            found[place] += n
        return found

    def by(self, dimension: int) -> _Counted:
        found: _Counted = {}
        for cell in self._cells:
            line = found.setdefault(cell[1 + dimension], [0] * self._length)
            line[cell[0]] += cell[-1]
        return found


_DIMENSIONS = (_ROW.status, _ROW.channel, _ROW.queue, _ROW.reason)


def _count(session: Session, scope: Scope, condition: ColumnElement[bool]) -> _Cells:
    ends = [one.until for one in scope.buckets]
    place = case(*((end > _MOMENT, number) for number, end in enumerate(ends)), else_=len(ends) - 1)
    query = (
        select(place.label("place"), *_DIMENSIONS, func.count())
        .where(condition)
        .group_by("place", *_DIMENSIONS)
    )
    return _Cells(session.execute(query).all(), len(ends))


def _slices(
    now: _Counted,
    before: _Counted,
    *,
    total: int,
    names: ReasonNames | None = None,
    level: Callable[[str | None], str | None] | None = None,
) -> tuple[Slice, ...]:
    counts, previous = _at_level(now, level), _at_level(before, level)
    found = []
    for key in {**counts, **previous}:
        line = counts.get(key, [0] * len(next(iter(counts.values()), ())))
        n = sum(line)
        estimate = share(n, total) if total else Estimate(0.0, 0.0, 1.0, 0)
        found.append(
            Slice(
                key=key, label=None if names is None else names.label(key), n=n,
                share=estimate.value or 0.0, low=estimate.low or 0.0,
                high=1.0 if estimate.high is None else estimate.high,
                previous=sum(previous.get(key, ())), counts=tuple(line),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.key is None, -one.n, one.key or "")))


def _at_level(
    counted: _Counted, level: Callable[[str | None], str | None] | None
) -> dict[str | None, list[int]]:
    if level is None:
        return counted
    found: _Counted = {}
    for code, line in counted.items():
        kept = found.setdefault(level(code), [0] * len(line))
        for number, count in enumerate(line):
            kept[number] += count
    return found


class _Felt:
    """Sums over the sentiment of some conversations."""

    def __init__(self, sums: Sequence[float] = (0, 0.0, 0.0, 0, 0)) -> None:
        self.n, self.total, self.squares = int(sums[0]), float(sums[1]), float(sums[2])
        self.negative, self.positive = int(sums[3]), int(sums[4])

    def add(self, other: _Felt) -> None:
        self.n += other.n
        self.total += other.total
        self.squares += other.squares
        self.negative += other.negative
        self.positive += other.positive

    @property
    def mean(self) -> float:
        return self.total / self.n

    def interval(self) -> tuple[float, float] | tuple[None, None]:
        if self.n < 2:
            return None, None
        from scipy.special import stdtrit

        spread = max(0.0, (self.squares - self.n * self.mean**2) / (self.n - 1))
        half = float(stdtrit(self.n - 1, 0.975)) * (spread / self.n) ** 0.5
        return max(-1.0, self.mean - half), min(1.0, self.mean + half)


def _moods(
    session: Session,
    condition: ColumnElement[bool],
    level: Callable[[str | None], str | None],
) -> dict[str | None, _Felt]:
    felt = _ROW.sentiment
    query = (
        select(
            _ROW.reason, func.count(felt), func.sum(felt), func.sum(felt * felt),
            func.sum(case((felt < -MARKED_MOOD, 1), else_=0)),
            func.sum(case((felt > MARKED_MOOD, 1), else_=0)),
            func.count(),
        )
        .where(condition)
        .group_by(_ROW.reason)
    )  # fmt: skip
    found: dict[str | None, _Felt] = {_UNTOLD: _Felt()}
    for code, n, total, squares, negative, positive, everything in session.execute(query).all():
        found[_UNTOLD].n += everything - n
        if n:
            found.setdefault(level(code), _Felt()).add(
                _Felt((n, total, squares, negative, positive))
            )
    return found


def _reason_mood(
    code: str | None, names: ReasonNames, felt: _Felt, before: _Felt | None, *, few: bool
) -> ReasonMood:
    low, high = felt.interval()
    return ReasonMood(
        key=code,
        label=names.label(code),
        n=felt.n,
        mean=felt.mean,
        low=low,
        high=high,
        negative=felt.negative,
        neutral=felt.n - felt.negative - felt.positive,
        positive=felt.positive,
        previous_mean=None if before is None or not before.n else before.mean,
        few=few,
    )
