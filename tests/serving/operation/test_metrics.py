"""``/metrics`` is what Prometheus reads, and names nobody."""

from __future__ import annotations

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from conversation.errors import Conflict
from serving.operation import metrics


def scraped(service):
    answer = service.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_template_and_status(service):
    before = scraped(service)
    name = (
        "entendu_requests_total",
        (("method", "GET"), ("route", "/v1/conversations/{conversation_id}"), ("status", "404")),
    )
    service.client.get("/v1/conversations/zorglub-dupont")
    service.client.request("BREW", "/v1/conversations/zorglub-dupont")
    after = scraped(service)
    assert after[name] - before.get(name, 0) == 1
    assert "zorglub" not in service.client.get("/metrics").text
    assert "BREW" not in service.client.get("/metrics").text


def test_stages_jobs_and_the_queue_are_seen(service):
    before = scraped(service)
    service.wait_for(service.send_chat())
    after = scraped(service)
    finished = ("entendu_jobs_finished_total", (("outcome", "done"),))
    assert after[finished] > before.get(finished, 0)
    for stage in ("decode", "transcribe", "understand", "score", "index"):
        name = ("entendu_stage_duration_seconds_count", (("stage", stage),))
        assert after[name] > before.get(name, 0), stage
    assert after["entendu_queue_depth", (("state", "queued"),)] == 0
    assert after["entendu_queue_depth", (("state", "done"),)] >= 1


def test_memory_and_version_are_there(service):
    names = {name for name, _ in scraped(service)}
    assert {"process_resident_memory_bytes", "entendu_build_info"} <= names


def test_only_who_may_read_them_gets_them(service):
    with service.client_of("agent", agent_key="a") as agent:
        assert agent.get("/metrics").status_code == 403
    with service.client_of("nobody") as nobody:
        assert nobody.get("/metrics").status_code == 401


@pytest.mark.parametrize("family", list(metrics.REGISTRY.collect()), ids=lambda one: one.name)
def test_every_figure_has_a_prefix_a_unit_and_a_text(family):
    if family.name.startswith(("process_", "python_")):
        return
    assert family.name.startswith("entendu_")
    assert family.documentation
    unitless = ("_info", "_depth", "_streams", "_size")
    if family.type in ("histogram", "gauge"):
        assert family.name.endswith((*unitless, "_seconds", "_bytes", "_ratio")), family.name
    for sample in family.samples:
        assert not set(sample.labels) & {"id", "conversation", "customer_key", "agent_key", "team"}


def test_a_worker_shows_its_figures_on_a_port_of_its_own():
    with metrics.exposed("127.0.0.1", None) as port:
        assert port is None
    with metrics.exposed("127.0.0.1", 0) as port:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert "entendu_stage_duration_seconds" in text
        with pytest.raises(Conflict), metrics.exposed("127.0.0.1", port):
            pass
