"""What a board shows, as values: figures with what they were computed from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from quality.kpi.definitions import Words

FROZEN = ConfigDict(frozen=True, extra="forbid")


class PeriodShown(BaseModel):
    """The period of a board and the one that it is compared with.

    Attributes:
        first: First local day.
        last: Last local day.
        before_first: First local day of the period of the same length before.
        before_last: Last local day of it.
        step: Whether series go by day or by week.
        time_zone: Of the local days.
        since: The moment at which the period begins.
        until: The moment at which it has ended.
    """

    model_config = FROZEN

    first: date
    last: date
    before_first: date
    before_last: date
    step: Literal["day", "week"]
    time_zone: str
    since: datetime
    until: datetime


class BucketShown(BaseModel):
    """A day or a week of a series.

    Attributes:
        first: First local day.
        last: Last local day.
        whole: Whether the period cuts nothing off.
        since: The moment at which it begins.
        until: The moment at which it has ended.
    """

    model_config = FROZEN

    first: date
    last: date
    whole: bool
    since: datetime
    until: datetime


class Slice(BaseModel):
    """The conversations of one channel, queue or reason.

    Attributes:
        key: Code or name; None where it is not known.
        label: What people call it; None where its name is its key.
        n: Conversations of the period.
        share: Of all of the period, 0 to 1.
        low: Lower end of the 95 % interval of the share (Wilson).
        high: Upper end.
        previous: Conversations of the period before.
        counts: Bucket by bucket.
    """

    model_config = FROZEN

    key: str | None
    label: Words | None = None
    n: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    low: float
    high: float
    previous: int = Field(ge=0)
    counts: tuple[int, ...]


class Volumes(BaseModel):
    """How many conversations came in, and over time.

    Attributes:
        period: Which.
        buckets: Days or weeks.
        total: Conversations of the period.
        previous: Conversations of the period before.
        counts: Bucket by bucket.
        previous_counts: The same of the period before, place by place; a week that the end of the
            period cuts stands there, too.
        previous_whole: Whether the period cut nothing off those, place by place.
        channels: Largest first.
        queues: Largest first.
        reasons: Of level 1; of level 2 where one reason is asked for. Largest first.
        waiting: Of the period, not analysed yet: their channel and reason are not known.
        failed: Of the period, those whose analysis failed.
    """

    model_config = FROZEN

    period: PeriodShown
    buckets: tuple[BucketShown, ...]
    total: int = Field(ge=0)
    previous: int = Field(ge=0)
    counts: tuple[int, ...]
    previous_counts: tuple[int, ...]
    previous_whole: tuple[bool, ...]
    channels: tuple[Slice, ...]
    queues: tuple[Slice, ...]
    reasons: tuple[Slice, ...]
    waiting: int = Field(ge=0)
    failed: int = Field(ge=0)


class ReasonMood(BaseModel):
    """How customers felt who came for one reason, as their words tell.

    Attributes:
        key: Code of the reason; None where none was recognised.
        label: Its name.
        n: Conversations in which it can be told.
        mean: −1 to 1.
        low: Lower end of the 95 % interval of the mean (Student).
        high: Upper end.
        negative: Conversations below the mark.
        neutral: Between the marks.
        positive: Above the mark.
        previous_mean: Of the period before; None where there is none.
        few: Whether the centre shows no figure of so few.
    """

    model_config = FROZEN

    key: str | None
    label: Words | None
    n: int = Field(ge=0)
    mean: float
    low: float | None
    high: float | None
    negative: int = Field(ge=0)
    neutral: int = Field(ge=0)
    positive: int = Field(ge=0)
    previous_mean: float | None
    few: bool


class Mood(BaseModel):
    """Mood by reason.

    Attributes:
        mark: From here on a contact counts as positive, below its negative as negative.
        known: Conversations in which it can be told.
        unknown: Those in which it cannot: no words of a known customer.
        reasons: Most negative contacts first.
    """

    model_config = FROZEN

    mark: float
    known: int = Field(ge=0)
    unknown: int = Field(ge=0)
    reasons: tuple[ReasonMood, ...]
