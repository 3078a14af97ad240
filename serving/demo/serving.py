"""``entendu serve --demo``: fills the demonstration's folder and serves it, here only."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from conversation.errors import BadInput
from serving.demo.centre import DemoCentre
from serving.store.lock import FolderLock

if TYPE_CHECKING:
    from serving.demo.analysing import Progress
    from serving.demo.centre import DemoFacts
    from serving.service import Service
    from serving.settings import Settings


def serve_demo(settings: Settings) -> None:
    """Serve the demonstration until it is stopped.

    Args:
        settings: Of the command; the data folder gets a folder ``demo``.

    Raises:
        BadInput: It would be reached from elsewhere.
        Conflict: The demonstration runs already, or the port is taken.
    """
    from models import ModelStore
    from serving.app import create_app
    from serving.commands.serve import listen, run
    from serving.logs import configure_logging

    check_here_only(settings)
    for name in (settings.transcription_model, settings.embedding_model):
        ModelStore(settings.models_dir).path(name)
    centre = DemoCentre(settings)
    centre.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(centre.folder)
    try:
        listening = listen(settings.host, settings.port)
        _say_where(listening)
        configure_logging()
        facts = filled(centre)
        app = create_app(centre.settings)
        app.state.demo = facts.people
        app.state.service.open()
        _prepare_board(app.state.service, facts)
        run(app, listening, centre.settings)
    finally:
        lock.release()


def _prepare_board(service: Service, facts: DemoFacts) -> None:
    """Have what the board computes in the background made before somebody looks at it."""
    from serving.demo.people import principal_of

    asked = service.board.asked(principal_of(service.keys, facts.people.supervisor))
    for report in (service.board.topics, service.board.gaps, service.board.forecast):
        report(asked)


def check_here_only(settings: Settings) -> None:
    """Refuse an address that others reach: everybody may look around as everybody.

    Raises:
        BadInput: It is one.
    """
    try:
        found = {one[4][0] for one in socket.getaddrinfo(settings.host, settings.port)}
        here = bool(found) and all(ipaddress.ip_address(str(one)).is_loopback for one in found)
    except (OSError, ValueError):
        here = False
    if not here or settings.public_url is not None:
        shown = settings.host if not here else f"public_url {settings.public_url}"
        raise BadInput(
            f"the demo lets everybody in and got {shown}, expected an address of this machine only",
            remedy="leave --host and public_url out: 127.0.0.1",
        )


def filled(centre: DemoCentre, progress: Progress | None = None) -> DemoFacts:
    """Fill the folder where it is not filled, or was on another day.

    Args:
        centre: The demonstration.
        progress: Told how far it is; None: a bar on the error stream.
    """
    facts = centre.facts
    if facts is not None:
        return facts
    from serving.service import Service

    centre.clear()
    service = Service(centre.settings, works=False)
    service.open()
    try:
        from serving.pipeline import Pipeline

        pipeline = Pipeline(centre.settings, pool=service.pool)
        if progress is not None:
            return centre.fill(service, pipeline, progress)
        with _bar() as advance:
            return centre.fill(service, pipeline, advance)
    finally:
        service.close()


_WORDS = {
    "analyses": "Analysing the dialogues (once)",
    "conversations": "Storing conversations",
    "reviews": "Weeks of quality work",
    "sessions": "Sessions with the assistant",
    "figures": "Counting for the board",
}


@contextmanager
def _bar() -> Iterator[Progress]:
    from serving.commands.progress import progress_bar

    said: set[str] = set()
    with progress_bar("Filling the demo") as advance:

        def show(what: str, done: int, total: int) -> None:
            words = _WORDS.get(what, what)
            advance(done, total, words)
            if what not in said:  # where no bar is shown, a line for each part
                said.add(what)
                typer.echo(f"{words}…", err=True)

        yield show


def _say_where(listening: socket.socket) -> None:
    address, port = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    typer.echo(f"Entendu demo: http://{shown}:{port}/sign-in (everything in it is invented)")
