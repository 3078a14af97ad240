"""The bar that commands show on the error stream while they work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Advance(Protocol):
    """What a command calls to move its bar."""

    def __call__(self, done: float, total: float | None, what: str | None = None) -> None:
        """Show how far it is.

        Args:
            done: How much is done.
            total: Of how much; None where that is not known yet.
            what: What is being done now; as before when None.
        """
        ...


def progress_bars(console: Console | None = None, *, hidden: bool = False) -> Progress:
    """Make the bars of a command, gone when it ends.

    Args:
        console: Where to show them; the error stream when None.
        hidden: Show nothing. Nothing is shown either where no person looks at a terminal.
    """
    console = console or Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=hidden or not console.is_terminal,
    )


@contextmanager
def progress_bar(
    what: str, console: Console | None = None, *, hidden: bool = False
) -> Iterator[Advance]:
    """Show one bar while the block runs.

    The time left is reckoned anew whenever something else is being done.

    Args:
        what: What is being done first.
        console: As for :func:`progress_bars`.
        hidden: As for :func:`progress_bars`.
    """
    with progress_bars(console, hidden=hidden) as bars:
        task = bars.add_task(what, total=None)
        shown = what

        def advance(done: float, total: float | None, what: str | None = None) -> None:
            nonlocal shown
            if what is not None and what != shown:
                shown = what
                bars.reset(task, description=what, total=total)
            bars.update(task, completed=done, total=total)

        yield advance
