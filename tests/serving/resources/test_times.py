"""Moments without a time zone are refused before they reach the database."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/v1/kpi?from=2026-11-01T00:00:00",
        "/v1/alerts?to=2026-11-01T00:00:00",
        "/v1/knowledge/gaps?since=2026-11-01T00:00:00",
    ],
)
def test_a_query_needs_a_zone(desk, path):
    answer = desk.admin.get(path)
    assert answer.status_code == 422
    assert "timezone" in answer.json()["detail"]
    assert desk.admin.get(f"{path}Z").status_code == 200


@pytest.mark.parametrize("path", ["/v1/samples", "/v1/evaluations/scoring"])
def test_a_body_needs_a_zone(desk, path):
    body = {"scorecard": "inbound"} if "scoring" in path else {}
    answer = desk.admin.post(path, json=body | {"since": "2026-11-01T00:00:00"})
    assert answer.status_code == 422
    assert "timezone" in answer.json()["detail"]
