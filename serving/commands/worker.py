"""``entendu worker``: a process that does jobs and answers nobody."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conversation.errors import DefinitionInvalid
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
from serving.settings import load_settings

if TYPE_CHECKING:
    from serving.service import Service

GRACE_S = 10.0


def worker(
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Folder of the sound, the same for all processes."
        ),
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
) -> None:
    """Do jobs beside a service, on this machine or another; Ctrl-C stops it.

    All processes need the same PostgreSQL database (ENTENDU_DATABASE_URL) and the same data
    folder. What a worker had begun when it died is taken up by another one.
    """
    settings = load_settings(
        data_dir=data, kb=kb, reasons=reasons, routing=routing, centre=centre, redact=redact,
        scorecard=scorecard, language=language, transcription_model=model, device=device,
        compute_type=compute_type, threads=threads, vocabulary=vocabulary,
    )  # fmt: skip
    if settings.database_url is None:
        raise DefinitionInvalid(
            "there is no database that a worker could share with a service",
            remedy="set ENTENDU_DATABASE_URL to a PostgreSQL database, for the service too; "
            "without one `entendu serve` does the work itself",
        )
    refuse_workers_apart(settings)
    from serving.logs import configure_logging
    from serving.service import Service

    refuse_what_is_not_there(settings)
    configure_logging()
    work(Service(settings))


def work(service: Service) -> None:
    """Do jobs until Ctrl-C or a termination signal, and leave nothing half done.

    Args:
        service: It is opened and closed here.

    Raises:
        Conflict: ``metrics_port`` is in use.
    """
    from serving.operation.metrics import exposed

    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with exposed(service.settings.host, service.settings.metrics_port):
        service.open()
        typer.echo(f"Worker {service.jobs.workers.me} does jobs of {service.store.database.shown}")
        sys.stdout.flush()
        # a wait without an end would not notice Ctrl-C on Windows
        while not asked_to_stop.wait(1.0):
            pass
    clean = service.close(grace_s=GRACE_S)
    typer.echo("Stopped; what was begun is taken up by another worker, or at the next start.")
    sys.stdout.flush()
    if not clean:
        # A model still computes in a thread that nothing can stop; what it does is done again.
        logging.shutdown()
        os._exit(0)
