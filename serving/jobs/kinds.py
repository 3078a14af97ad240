"""What kinds of jobs there are, and what the code of a job is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from pydantic import BaseModel

from conversation.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.jobs.values import Job
    from serving.store.tables import JobRow

Value = TypeVar("Value", bound=BaseModel)
QueueName = Literal["analysis", "tasks"]

QUEUES: tuple[QueueName, ...] = ("analysis", "tasks")
"""A worker takes one job of each at a time: what computes with the models for minutes does not
hold up the small tasks of the house, nor they it."""


class Work(Protocol):
    """A job that is being done, as the code of a stage sees it."""

    @property
    def job(self) -> Job:
        """As it was when it was taken."""
        ...

    def progress(self, share: float) -> None:
        """Say how far the stage is.

        A long stage calls it often: it is also how a job learns that it was cancelled or that the
        service stops, and it raises what ends the stage then.

        Args:
            share: Of the stage, 0 to 1.
        """
        ...

    def result(self, stage: str) -> str | None:
        """Return what an earlier stage kept."""
        ...

    def value(self, stage: str, kind: type[Value]) -> Value:
        """Return what an earlier stage kept, read as a value.

        Args:
            stage: Which.
            kind: What it is; not read again where this process made it a moment ago.
        """
        ...

    def together(self, effect: Callable[[Session], None]) -> None:
        """Do something in the transaction that keeps the stage's result: both, or neither."""
        ...


StageFunction = Callable[[Work], BaseModel | str | None]
Follower = Callable[["Session", "JobRow"], None]


@dataclass(frozen=True)
class Stage:
    """A step of a job, done once.

    Attributes:
        name: As people see it.
        run: Does it; what it returns is kept for the stages after it until the job is done.
        weight: Its share of the whole, in any unit.
    """

    name: str
    run: StageFunction
    weight: float = 1.0


@dataclass(frozen=True)
class Kind:
    """What is to be done with a kind of job.

    Attributes:
        name: As submitters name it; it stays the same from release to release.
        stages: In order. A job that is taken up by another process goes on after the last one
            that was kept.
        queue: ``analysis`` for what computes with the models, ``tasks`` for the rest.
        follow: Called whenever the row of such a job changes, in the same transaction, where
            something else shows its state, too. It must not fail.
    """

    name: str
    stages: tuple[Stage, ...]
    queue: QueueName = "tasks"
    follow: Follower | None = None

    def share_before(self, stage: str) -> tuple[float, float]:
        """Return the share of the whole that is done when a stage begins, and the stage's own."""
        whole = sum(one.weight for one in self.stages)
        before = 0.0
        for one in self.stages:
            if one.name == stage:
                return before / whole, one.weight / whole
            before += one.weight
        raise ValueError(f"{self.name} has no stage {stage!r}")


@dataclass
class Kinds:
    """The kinds of jobs that this process knows."""

    _by_name: dict[str, Kind] = field(default_factory=dict)

    def register(self, kind: Kind) -> None:
        """Add a kind; one of the same name is replaced."""
        self._by_name[kind.name] = kind

    def get(self, name: str) -> Kind:
        """Return a kind.

        Raises:
            NotFound: There is none of this name.
        """
        kind = self._by_name.get(name)
        if kind is None:
            raise NotFound(
                f"no kind of job {name[:64]!r}, expected one of {', '.join(sorted(self._by_name))}",
                remedy="use one of these",
            )
        return kind

    def find(self, name: str) -> Kind | None:
        """Return a kind; None where this process does not know it."""
        return self._by_name.get(name)


def task(name: str, function: StageFunction, *, follow: Follower | None = None) -> Kind:
    """Make a kind of one stage out of a function.

    Args:
        name: Of the kind.
        function: Does the work.
        follow: See :class:`Kind`.
    """
    return Kind(name, (Stage("run", function),), follow=follow)
