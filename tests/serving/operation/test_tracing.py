"""Spans say what was done for how long, and nothing that was said."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from serving.operation.tracing import carrier, continued, span


@pytest.fixture(scope="module")
def exporter():
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    return kept


@pytest.fixture
def spans(exporter):
    exporter.clear()
    return exporter.get_finished_spans


def test_a_stage_is_a_child_of_its_job_and_the_job_of_its_request(spans):
    with span("request"):
        carried = carrier()
    with continued(carried), span("job process"), span("stage transcribe", {"entendu.n": 1}):
        pass
    request, stage, job = spans()
    assert (stage.name, job.name) == ("stage transcribe", "job process")
    assert stage.parent.span_id == job.context.span_id
    assert job.parent.span_id == request.context.span_id
    assert dict(stage.attributes) == {"entendu.n": 1}


def test_an_error_is_named_by_its_class_and_its_message_is_nowhere(spans):
    with pytest.raises(ValueError, match="Dupont"), span("stage understand"):
        raise ValueError("Monsieur Dupont dit")
    [one] = spans()
    assert one.attributes["error.type"] == "ValueError"
    assert not one.status.is_ok
    assert "Dupont" not in one.to_json()


def test_requests_are_traced_without_what_was_asked(spans, service):
    service.client.get("/v1/conversations/search", params={"q": "zorglub"})
    service.wait_for(service.send_chat("zorglub"))
    text = "".join(one.to_json() for one in spans())
    names = {one.name for one in spans()}
    assert "GET /v1/conversations/search" in names
    assert "zorglub" not in text
    assert "Bearer" not in text


def test_jobs_and_stages_are_traced(spans, service):
    service.wait_for(service.send_chat())
    deadline = time.monotonic() + 10
    while "job process" not in {one.name for one in spans()} and time.monotonic() < deadline:
        time.sleep(0.02)
    by_name = {one.name: one for one in spans()}
    assert {"job process", "stage transcribe", "stage score"} <= by_name.keys()
    request, job = by_name["POST /v1/conversations"], by_name["job process"]
    assert job.context.trace_id == request.context.trace_id
    assert by_name["stage score"].parent.span_id == job.context.span_id


def test_without_the_extra_nothing_is_traced_and_nothing_fails():
    code = (
        "import sys; sys.modules['opentelemetry.sdk'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n.startswith('opentelemetry') else find(n, *a)\n"
        "from serving.operation.tracing import span, carrier\n"
        "with span('x'): print(carrier())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{}"
