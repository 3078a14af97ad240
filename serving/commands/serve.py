"""``entendu serve``: the HTTP service."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conversation.errors import BadInput, Conflict, DefinitionInvalid
from serving.commands.options import (
    CentreOption,
    ComputeTypeOption,
    DeviceOption,
    KbOption,
    LanguageOption,
    ModelOption,
    ReasonsOption,
    RedactOption,
    RoutingOption,
    ScorecardOption,
    ThreadsOption,
    VocabularyOption,
)
from serving.commands.starting import refuse_what_is_not_there
from serving.privacy.memory import refuse_workers_apart
from serving.settings import Settings, load_settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

DRAIN_S = 10
_KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep a connection that rests (httpx 5 s, nginx 60 s): who closes
first must be they, or a request meets a connection that is just going."""


def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", help="Address to listen on; 127.0.0.1 if left: this machine only."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="8000 if left; 0: any that is free."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of the store, the queue and the sound."),
    ] = None,
    kb: KbOption = None,
    reasons: ReasonsOption = None,
    routing: RoutingOption = None,
    centre: CentreOption = None,
    redact: RedactOption = None,
    scorecard: ScorecardOption = None,
    language: LanguageOption = None,
    vocabulary: VocabularyOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    compute_type: ComputeTypeOption = None,
    threads: ThreadsOption = None,
    work: Annotated[
        bool,
        typer.Option(
            "--work/--no-work",
            help="Do the jobs, too; --no-work leaves them to `entendu worker` processes.",
        ),
    ] = True,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Show an invented centre, in a folder of its own, on this machine only."
        ),
    ] = False,
) -> None:
    """Serve the HTTP API; Ctrl-C stops it.

    What was accepted and is not analysed yet goes on at the next start.
    """
    settings = load_settings(
        host=host, port=port, data_dir=data, kb=kb, reasons=reasons,
        routing=routing, centre=centre, redact=redact, scorecard=scorecard,
        language=language, transcription_model=model, device=device, compute_type=compute_type,
        threads=threads, vocabulary=vocabulary,
    )  # fmt: skip
    if demo:
        from serving.demo.serving import serve_demo

        serve_demo(settings)
        return
    if not work and settings.database_url is None:
        raise DefinitionInvalid(
            "--no-work leaves the jobs to others, and no database is set that they could share",
            remedy="set ENTENDU_DATABASE_URL to a PostgreSQL database, or leave --no-work out",
        )
    if not work:
        refuse_workers_apart(settings)
    from serving.app import create_app
    from serving.logs import configure_logging

    refuse_what_is_not_there(settings)
    listening = listen(settings.host, settings.port)
    configure_logging()
    app = create_app(settings, works=work)
    app.state.service.open()
    run(app, listening, settings)


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started.

    Args:
        host: Name or address of this machine.
        port: Port; 0: any that is free.

    Raises:
        Conflict: Another program has it.
        BadInput: The address is none of this machine, or the port is not allowed.
    """
    where = f"{host}:{port}"
    if not host:  # the system would take it for all addresses
        raise BadInput("the host is empty", remedy="correct --host, or leave it: 127.0.0.1")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        # asyncio sends small answers at once only on sockets that say that they are TCP.
        listening = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise BadInput(f"{host!r} is no address of a machine", remedy="correct --host") from error
    if sys.platform != "win32":  # there it would let two programs share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(socket.SOMAXCONN)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                f"{where} is in use by another program",
                remedy="stop that program, or choose another port with --port",
            ) from error
        raise BadInput(
            f"cannot listen on {where}: {error.strerror}", remedy="choose another --host or --port"
        ) from error
    return listening


def server_config(app: FastAPI, *, drain_s: int = DRAIN_S) -> uvicorn.Config:
    """Return how uvicorn serves the application.

    Args:
        app: See :func:`serving.app.create_app`.
        drain_s: How long what is going on may take to end when the service stops.
    """
    import uvicorn

    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # only trusted proxies are believed; see serving.access.doors
        ws_max_size=1_000_000,  # live sound comes in frames of a few kilobytes
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=drain_s,
    )


def run(app: FastAPI, listening: socket.socket, settings: Settings) -> None:
    """Serve until Ctrl-C or a termination signal, and leave nothing half done.

    Requests that are running are answered first; an analysis that is running is stopped where it
    is and done again at the next start.

    Args:
        app: See :func:`serving.app.create_app`.
        listening: See :func:`listen`.
        settings: Those of the application.
    """
    import uvicorn

    address, port = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            typer.echo(f"Entendu listens on http://{shown}:{port}")
            typer.echo(f"Screens: http://{shown}:{port}/inbox, for customers /chat")
            typer.echo(f"Documentation: http://{shown}:{port}/docs")
            typer.echo(f"Data folder: {settings.data_dir.resolve()}")
            first_key = app.state.service.keys.create_first()
            if first_key is not None:
                typer.echo(f"Admin key, shown this once: {first_key}")
            tls = (settings.public_url or "").startswith("https://")
            if not ipaddress.ip_address(address).is_loopback and not tls:
                typer.secho(
                    "Whoever can listen on the way reads keys and conversations: there is no TLS "
                    "here. Put a proxy with TLS before it and name it in trusted_proxies and "
                    "public_url, or listen on 127.0.0.1.",
                    fg="yellow",
                    err=True,
                )
            sys.stdout.flush()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Before connections are closed, so that live calls finish their sentence.
            await app.state.live.drain()
            await super().shutdown(sockets)

    server = Server(server_config(app))
    # uvicorn drains, then raises the signal again: that must not cut the end short.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listening])
    clean = app.state.stopped_clean and app.state.service.close(grace_s=0)
    typer.echo("Stopped; what is not analysed yet goes on at the next start.")
    sys.stdout.flush()
    if not clean:
        # A model still computes in a thread that nothing can stop. What it does is not lost: it
        # was never called done, and the next start does it again.
        logging.shutdown()
        os._exit(0)
