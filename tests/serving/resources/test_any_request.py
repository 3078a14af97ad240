"""Requests made from the description, for things that are there, with keys of each role.

``tests/serving/http/test_schemathesis.py`` asks every route for things that are not there.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("RESOURCE_EXAMPLES", "1"))
# The queue's own threads draw random numbers while a strategy is at work.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")


@pytest.fixture
def clients(desk):
    return {
        "customer": desk.client("customer", customer_key="c-1"),
        "agent": desk.client("agent", agent_key="a-1"),
        "analyst": desk.client("analyst"),
        "admin": desk.admin,
    }


@pytest.fixture
def known(desk, clients, small_kb):
    """For the beginning of a path, what its parameters may name."""
    conversation = desk.conversation()
    raters = [desk.id_of(clients["analyst"]), desk.id_of(desk.client("analyst"))]
    desk.admin.post(
        "/v1/assignments",
        json={"conversation_ids": [conversation], "analysts": [{"key": raters[0]}]},
    )
    blind = {"scorecard": "inbound", "conversation_ids": [desk.conversation()], "raters": raters}
    article = next(small_kb.iterdir())
    files = [("files", (article.name, article.read_bytes()))]
    desk.admin.post("/v1/knowledge/documents", files=files)
    return {
        "/v1/evaluations": {"conversation_id": conversation},
        "/v1/bot": {
            "session_id": clients["customer"].post("/v1/bot/sessions", json={}).json()["id"]
        },
        "/v1/assist": {
            "session_id": clients["agent"].post("/v1/assist/sessions", json={}).json()["id"]
        },
        "/v1/calibrations": {
            "session_id": desk.admin.post("/v1/calibrations", json=blind).json()["id"]
        },
        "/v1/scorecards": {"code": "inbound"},
        "/v1/knowledge": {"path": article.name},
    }


def test_no_request_of_any_role_breaks_the_service(desk, clients, known):
    broken: list[str] = []
    asked = 0
    described = schemathesis.openapi.from_dict(desk.admin.get("/openapi.json").json())
    for result in described.get_all_operations():
        operation = result.ok()
        ids = next((v for k, v in known.items() if operation.path.startswith(k)), {})
        if any(f"{{{name}" in operation.path for name in ids):
            asked += 1
            _send(operation, desk.running.url, clients, ids, broken)
    assert broken == []
    assert asked >= 20


def _send(operation, url, clients, ids, broken):
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case):
        for name in ids.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = ids[name]
        for role, client in clients.items():
            bearer = {"Authorization": client.headers["authorization"]}
            answer = case.call(base_url=url, headers=bearer, timeout=60)
            try:
                case.validate_response(answer, checks=CHECKS, headers=bearer)
            except Exception as failure:  # noqa: BLE001 - all of them are shown together
                said = str(failure).split("Reproduce with")[0][:600]
                broken.append(f"{role}: {operation.label}: {answer.status_code} {said}")

    send()
