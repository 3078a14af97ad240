"""What takes too long for a page: computed as a job, kept with its date, shown until a newer one.

Each is made for those who see the same conversations: a team, every team, or what one analyst may
see. Where it cannot be computed (too little history, no model), the reason is kept and shown.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import delete, select

from conversation.errors import EntenduError
from serving.access.visibility import Visibility
from serving.board.scope import Narrowing
from serving.board.values import FROZEN
from serving.jobs import Priority
from serving.jobs.kinds import Kind, Stage, Work
from serving.problems import Problem, problem_of
from serving.store.tables import DEFAULT_TEAM, BoardReportRow, JobRow

if TYPE_CHECKING:
    from serving.jobs import Jobs
    from serving.store.database import Database

ReportKind = Literal["topics", "gaps", "forecast"]
REPORT_KINDS: tuple[ReportKind, ...] = get_args(ReportKind)

BOARD = "board"
"""Name of the kind of job; its payload says what is computed and for whom."""

FACTS = "facts"
MAX_AGE = timedelta(hours=24)
"""After which a report is computed anew when somebody looks at it."""

_TRY_AGAIN = timedelta(minutes=10)
_KEPT = timedelta(days=7)  # periods and filters that nobody looks at any more

Value = TypeVar("Value", bound=BaseModel)
Maker = Callable[["Audience", Callable[[float], None]], BaseModel]


class Made(BaseModel, Generic[Value]):
    """A report, or why there is none.

    Attributes:
        made_at: When it was computed; None: it was not yet.
        seconds: It took.
        updating: Whether a newer one is being computed.
        problem: Why it could not be computed the last time.
        value: The report; None while there is none.
    """

    model_config = FROZEN

    made_at: datetime | None
    seconds: float | None = Field(default=None, ge=0)
    updating: bool
    problem: Problem | None = None
    value: Value | None


class _Kept(BaseModel):
    model_config = FROZEN

    problem: Problem | None = None
    value: dict[str, object] | None = None


@dataclass(frozen=True)
class Audience:
    """Those who see the same conversations and ask about the same ones.

    Attributes:
        visibility: What they see.
        about: What they ask about.
    """

    visibility: Visibility
    about: Narrowing = field(default_factory=Narrowing)

    @property
    def team(self) -> str | None:
        """Their team; None: every one."""
        return self.visibility.team

    def id_of(self, kind: str) -> str:
        """Return the id of a report for them."""
        seen = self.visibility
        parts = [kind, seen.team or "", str(seen.sampled_only), seen.assigned_to or ""]
        parts += [f"{name}={value}" for name, value in sorted(self.about.payload().items())]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    def payload(self, kind: str) -> dict[str, str]:
        """Return what a job is asked with."""
        seen = self.visibility
        return {
            "what": kind, "team": seen.team or "", "sampled": "1" if seen.sampled_only else "",
            "assigned_to": seen.assigned_to or "",
            **self.about.payload(),
        }  # fmt: skip

    @classmethod
    def of_payload(cls, given: dict[str, str]) -> Audience:
        """Read what a job was asked with."""
        return cls(
            Visibility(
                team=given["team"] or None,
                sampled_only=bool(given["sampled"]),
                assigned_to=given["assigned_to"] or None,
            ),
            Narrowing.of_payload(given),
        )


class Reports:
    """Keeps reports, and asks for those that are old.

    Args:
        database: The store's.
        jobs: Does them.
        clock: Returns the time now.
    """

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    def get(
        self, kind: ReportKind, audience: Audience, value: type[Value], *, anew: bool = False
    ) -> Made[Value]:
        """Return a report as it is now; an old one, or one that is missing, is asked for.

        Args:
            kind: Which.
            audience: For whom.
            value: Its shape.
            anew: Ask for it however young it is.
        """
        with self._database.reading() as session:
            row = session.get(BoardReportRow, audience.id_of(kind))
            made_at = None if row is None else row.made_at
            seconds = None if row is None else row.seconds
            document = None if row is None else row.document
        kept = _read(document, value)
        if kept is None:
            made_at = seconds = None
        old = made_at is None or self._clock() - made_at > (
            MAX_AGE if kept and kept[1] is not None else _TRY_AGAIN
        )
        updating = self._under_way(kind, audience)
        if (old or anew) and not updating:
            updating = self.ask(kind, audience)
        return Made[value](  # type: ignore[valid-type]
            made_at=made_at, seconds=seconds, updating=updating,
            problem=None if kept is None else kept[0], value=None if kept is None else kept[1],
        )  # fmt: skip

    def ask(self, kind: str, audience: Audience) -> bool:
        """Ask for a report, at most once a minute; tell whether it is under way then."""
        minute = int(self._clock().timestamp() // 60)
        job = self._jobs.submit(
            BOARD, audience.payload(kind),
            Priority.NORMAL if kind == FACTS else Priority.BATCH,
            team=audience.team or DEFAULT_TEAM,
            once=f"{BOARD}:{audience.id_of(kind)}@{minute}",
        )  # fmt: skip
        return job.state in ("queued", "running")

    def keep(self, kind: str, audience: Audience, kept: _Kept, seconds: float) -> None:
        """Put a report, or why there is none, in the place of the one before."""
        now = self._clock()
        with self._database.writing() as session:
            session.execute(delete(BoardReportRow).where(BoardReportRow.made_at < now - _KEPT))
            session.merge(
                BoardReportRow(
                    id=audience.id_of(kind), team=audience.team, kind=kind,
                    made_at=now, seconds=seconds, document=kept.model_dump_json(),
                )
            )  # fmt: skip

    def _under_way(self, kind: str, audience: Audience) -> bool:
        start = f"{BOARD}:{audience.id_of(kind)}@"
        query = select(JobRow.id).where(
            JobRow.once.startswith(start, autoescape=True),
            JobRow.state.in_(("queued", "running")),
        )
        with self._database.reading() as session:
            return session.scalars(query.limit(1)).first() is not None


def board_jobs(
    reports: Callable[[], Reports],
    makers: Callable[[], dict[str, Maker]],
) -> Kind:
    """Make the kind of job that computes reports.

    Args:
        reports: Returns where they are kept.
        makers: Returns what computes each, by its name.
    """

    def make(work: Work) -> None:
        payload = work.job.payload
        kind, audience = payload["what"], Audience.of_payload(payload)
        began_s = time.monotonic()
        try:
            value = makers()[kind](audience, work.progress)
            kept = _Kept(value=value.model_dump(mode="json"))
        except EntenduError as error:
            kept = _Kept(problem=problem_of(error))
        if kind != FACTS:
            reports().keep(kind, audience, kept, time.monotonic() - began_s)

    return Kind(BOARD, (Stage("compute", make),))


def drop_reports(database: Database, conversation_ids: tuple[str, ...]) -> int:
    """Drop every report that names one of some conversations; they are computed anew.

    Args:
        database: The store's.
        conversation_ids: Whose words go.
    """
    if not conversation_ids:
        return 0
    with database.writing() as session:
        gone = [
            row.id
            for row in session.execute(select(BoardReportRow.id, BoardReportRow.document))
            if any(one in row.document for one in conversation_ids)
        ]
        if gone:
            session.execute(delete(BoardReportRow).where(BoardReportRow.id.in_(gone)))
    return len(gone)


def _read(document: str | None, value: type[Value]) -> tuple[Problem | None, Value | None] | None:
    if document is None:
        return None
    try:
        kept = _Kept.model_validate_json(document)
        return kept.problem, None if kept.value is None else value.model_validate(kept.value)
    except ValidationError:
        return None  # of another version
