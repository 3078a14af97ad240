"""The figures of a running service, in the form that Prometheus reads.

Every figure begins with ``entendu_`` and says its unit. Labels come from short closed lists (a
stage, a model, a route's template): never an id, a name or a number of somebody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from conversation.errors import Conflict
from serving.version import entendu_version

CONTENT_TYPE = CONTENT_TYPE_LATEST

REGISTRY = CollectorRegistry(auto_describe=True)
"""A registry of our own: what a library registers for itself does not appear by surprise."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

# Seconds: a cached answer takes milliseconds, a long call on a small machine an hour.
_REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STAGE_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
_DELAY_BUCKETS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0)
_FACTOR_BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0)
_BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

INFO = Gauge(
    "entendu_build_info", "Always 1; the label says what runs.", ["version"], registry=REGISTRY
)
INFO.labels(version=entendu_version()).set(1)

REQUESTS = Counter(
    "entendu_requests_total",
    "HTTP requests answered, by route template and status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "entendu_request_duration_seconds",
    "Time to answer an HTTP request, the body included.",
    ["method", "route"],
    buckets=_REQUEST_BUCKETS,
    registry=REGISTRY,
)

REFUSED_KEYS = Counter(
    "entendu_refused_keys_total",
    "Keys that were not good: with a request (key), or in the sign-in form (sign_in).",
    ["door"],
    registry=REGISTRY,
)

QUEUE_DEPTH = Gauge(
    "entendu_queue_depth",
    "Jobs by state; queued is the backlog, dead needs somebody to look.",
    ["state"],
    registry=REGISTRY,
)
JOBS_FINISHED = Counter(
    "entendu_jobs_finished_total",
    "Jobs that came to an end: done, failed, cancelled.",
    ["outcome"],
    registry=REGISTRY,
)
STAGE_SECONDS = Histogram(
    "entendu_stage_duration_seconds",
    "Time that a stage of an analysis took (decode, transcribe, understand, score, index).",
    ["stage"],
    buckets=_STAGE_BUCKETS,
    registry=REGISTRY,
)
REAL_TIME_FACTOR = Histogram(
    "entendu_real_time_factor_ratio",
    "Seconds of transcription for one second of sound; below 1 is faster than speech.",
    buckets=_FACTOR_BUCKETS,
    registry=REGISTRY,
)
BATCH_SIZE = Histogram(
    "entendu_batch_size",
    "Texts or pieces of sound that a model computed at once.",
    ["model"],
    buckets=_BATCH_BUCKETS,
    registry=REGISTRY,
)

LIVE_STREAMS = Gauge(
    "entendu_live_streams", "Live streams that are open, by protocol.", ["protocol"],
    registry=REGISTRY,
)  # fmt: skip
LIVE_DELAY_SECONDS = Histogram(
    "entendu_live_delay_seconds",
    "From the end of what was said to its final text.",
    buckets=_DELAY_BUCKETS,
    registry=REGISTRY,
)

ANSWERS = Counter(
    "entendu_answers_total",
    "Questions that were answered, by surface (ask, assist, bot, chat, live).",
    ["surface"],
    registry=REGISTRY,
)
ABSTENTIONS = Counter(
    "entendu_abstentions_total",
    "Questions that were not answered because nothing supports an answer, by surface.",
    ["surface"],
    registry=REGISTRY,
)

WEBHOOK_DELIVERIES = Counter(
    "entendu_webhook_deliveries_total",
    "Attempts to deliver a webhook: delivered, retried, failed, refused, disabled.",
    ["outcome"],
    registry=REGISTRY,
)
PURGED = Counter(
    "entendu_purged_total",
    "Things that retention removed, by what they are.",
    ["kind"],
    registry=REGISTRY,
)


def render() -> bytes:
    """Write all figures in the text format of Prometheus; ``CONTENT_TYPE`` is its media type."""
    return generate_latest(REGISTRY)


@contextmanager
def exposed(host: str, port: int | None) -> Iterator[int | None]:
    """Show the figures at ``http://host:port/metrics`` while the block runs.

    Args:
        host: Address to listen on.
        port: Port; 0: any that is free; None: nothing is shown.

    Yields:
        The port.

    Raises:
        Conflict: The port is in use.
    """
    if port is None:
        yield None
        return
    try:
        server, thread = start_http_server(port, host, registry=REGISTRY)
    except OSError as error:
        raise Conflict(
            f"figures cannot be shown on {host}:{port} ({error.strerror})",
            remedy="choose another metrics_port",
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
