"""Where spans go: to the collector that the environment names, else nowhere."""

from __future__ import annotations

import os
import threading

from serving.version import entendu_version

_started = threading.Lock()


def start_exporting() -> bool:
    """Set OpenTelemetry up once for this process.

    Spans are exported over OTLP/HTTP when ``OTEL_EXPORTER_OTLP_ENDPOINT`` (or its variant for
    traces) is set, and only then. When the process has a tracer provider already, such as one of
    ``opentelemetry-instrument``, that one is used.

    Returns:
        Whether spans go anywhere.
    """
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return True
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or not (
        os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    ):
        return False
    with _started:
        if isinstance(trace.get_tracer_provider(), TracerProvider):
            return True
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(
            resource=Resource.create(
                {
                    "service.name": os.environ.get("OTEL_SERVICE_NAME", "entendu"),
                    "service.version": entendu_version(),
                }
            )
        )
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
        return True
