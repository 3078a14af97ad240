"""Spans for OpenTelemetry: request, job, stage; nothing at all where the extra is not installed.

Spans hold ids, names of models and numbers, never what somebody said. Where they export to, and
how often, is set as OpenTelemetry itself defines it (``OTEL_EXPORTER_OTLP_ENDPOINT``, …).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

Attribute = str | bool | int | float

_SCOPE = "entendu"


def _is_installed() -> bool:
    return importlib.util.find_spec("opentelemetry.sdk") is not None


def is_ready() -> bool:
    """Tell whether the extra is installed."""
    return _ready


def note(attributes: Mapping[str, Attribute]) -> None:
    """Add facts to the span that is open: ids and numbers."""
    if _ready:
        from opentelemetry import trace

        trace.get_current_span().set_attributes(dict(attributes))


def rename(name: str) -> None:
    """Give the span that is open another name."""
    if _ready:
        from opentelemetry import trace

        trace.get_current_span().update_name(name)


@contextmanager
def span(
    name: str, attributes: dict[str, Attribute] | None = None, *, is_server: bool = False
) -> Iterator[None]:
    """Measure what happens inside as a span, a child of the one that is open.

    An error marks the span with its class only: messages quote what they were given.

    Args:
        name: What is done (``job analyse``, ``stage transcribe``, ``embeddings MODEL``).
        attributes: Ids and numbers; names as in OpenTelemetry's conventions where there are any
            (``gen_ai.request.model``), else ``entendu.…``.
        is_server: Whether it answers a request of somebody else.
    """
    if not _ready:
        yield
        return
    from opentelemetry import trace
    from opentelemetry.trace import SpanKind, Status, StatusCode

    with trace.get_tracer(_SCOPE).start_as_current_span(
        name,
        attributes=attributes,
        kind=SpanKind.SERVER if is_server else SpanKind.INTERNAL,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_attribute("error.type", type(error).__qualname__)
            current.set_status(Status(StatusCode.ERROR))
            raise


def carrier() -> dict[str, str]:
    """Return what a job has to carry for its spans to join those of the request that made it."""
    if not _ready:
        return {}
    from opentelemetry.propagate import inject

    carried: dict[str, str] = {}
    inject(carried)
    return carried


@contextmanager
def continued(carried: Mapping[str, str]) -> Iterator[None]:
    """Let spans inside be children of the one that :func:`carrier` was called in."""
    if not _ready or "traceparent" not in carried:
        yield
        return
    from opentelemetry import context
    from opentelemetry.propagate import extract

    token = context.attach(extract(carried))
    try:
        yield
    finally:
        context.detach(token)


_ready = _is_installed()
