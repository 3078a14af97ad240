"""Requests made from the description, sent with keys of every role: no 5xx, no surprise."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
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
ROLES = ("nobody", "customer", "agent", "analyst", "supervisor", "admin")
EXAMPLES = 2
# What follows a job to its end, and what a request of a test could lock or erase for the others.
LEFT_OUT = ("/events", "/v1/privacy/purges", "/v1/privacy/erasures")
# The queue's own threads draw random numbers while a strategy is at work.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")


@pytest.fixture(scope="module")
def keys(sampled):
    more = {"agent": {"agent_key": "agent-17"}, "customer": {"customer_key": "c-1"}}
    clients = {role: sampled.client_of(role, **more.get(role, {})) for role in ROLES}
    yield {role: dict(client.headers) for role, client in clients.items()}
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def described(sampled):
    one = sampled.send_chat()
    sampled.wait_for(one)
    return schemathesis.openapi.from_dict(sampled.client.get("/openapi.json").json())


def test_no_request_of_any_role_breaks_the_service(sampled, described, keys):
    broken, asked = [], 0
    for result in described.get_all_operations():
        operation = result.ok()
        if operation.path.endswith(LEFT_OUT):
            continue
        answers = _answers(operation, sampled.url, keys, broken)
        asked += answers
    assert not broken, "\n\n".join(broken)
    assert asked > 500


def _answers(operation, url: str, keys: dict[str, dict], broken: list[str]) -> int:
    asked = 0

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
        nonlocal asked
        for role, headers in keys.items():
            bearer = {k: v for k, v in headers.items() if k.lower() == "authorization"}
            answer = case.call(base_url=url, headers=bearer, timeout=60)
            asked += 1
            try:
                case.validate_response(answer, checks=CHECKS, headers=bearer)
            except (Exception, FailureGroup) as failure:  # noqa: BLE001 - shown together
                said = str(failure).split("Reproduce with")[0][:600]
                broken.append(f"{role}: {operation.label}: {answer.status_code} {said}")

    send()
    return asked
