from __future__ import annotations

import httpx
import pytest

from serving.access.audit import AuditFilter

TIMEOUT_S = 30


@pytest.fixture(params=["sqlite", "postgres"])
def served(request, start_service):
    """A service on each database."""
    if request.param == "sqlite":
        return start_service()
    return start_service(database_url=request.getfixturevalue("migrated_postgres_url"))


def with_key(served, key: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(served.url + "/v1/me", headers=headers, timeout=TIMEOUT_S)


def test_a_key_is_made_used_rotated_and_revoked(served):
    made = served.client.post("/v1/keys", json={"name": "CRM", "role": "agent", "agent_key": "a-1"})
    assert made.status_code == 201, made.text
    key = made.json()
    assert key["key"].startswith("ent_")
    me = with_key(served, key["key"]).json()
    assert (me["id"], me["role"], me["team"], me["agent_key"]) == (
        key["id"], "agent", "default", "a-1",
    )  # fmt: skip
    assert "keys:manage" not in me["permissions"]
    assert me["csrf_token"] is None

    shown = served.client.get(f"/v1/keys/{key['id']}").json()
    assert "key" not in shown
    assert shown["last_used_at"] is not None
    assert key["key"] not in served.client.get("/v1/keys").text

    renewed = served.client.post(f"/v1/keys/{key['id']}/rotate", json={"grace_s": 0}).json()
    assert with_key(served, key["key"]).status_code == 401
    assert with_key(served, renewed["key"]).status_code == 200

    revoked = served.client.delete(f"/v1/keys/{renewed['id']}").json()
    assert revoked["revoked_at"] is not None
    assert with_key(served, renewed["key"]).status_code == 401

    lines, _ = served.app.state.service.audit.page(AuditFilter(action="key.*"), limit=10)
    refused = [line for line in lines if line.action == "key.refused"]
    assert refused
    lines = [line for line in lines if line not in refused]
    assert [line.action for line in lines] == ["key.revoke", "key.rotate", "key.create"]
    assert {line.principal_id for line in lines} == {"settings"}
    assert all(line.request_id for line in lines)
    found = served.client.get("/v1/audit", params={"action": "key.create"}).json()
    assert found["data"][0]["object_id"] == key["id"]


def test_a_customers_token_with_a_scope_that_customers_have_not_is_refused(served):
    refused = served.client.post("/v1/keys/customer-tokens", json={"scopes": ["reasons:read"]})
    assert refused.status_code == 422
    assert "reasons:read is not among what a customer may do" in refused.text


def test_a_back_office_mints_tokens_for_the_widget_and_can_do_nothing_else(served):
    office = served.client.post(
        "/v1/keys",
        json={"name": "shop", "role": "admin", "scopes": ["customer-tokens:mint"]},
    ).json()
    as_office = {"Authorization": f"Bearer {office['key']}"}
    minted = httpx.post(
        served.url + "/v1/keys/customer-tokens",
        headers=as_office,
        json={"customer_key": "c-77", "expires_in_s": 120},
        timeout=TIMEOUT_S,
    )
    assert minted.status_code == 201, minted.text
    token = minted.json()
    me = with_key(served, token["key"]).json()
    assert (me["role"], me["customer_key"], me["team"]) == ("customer", "c-77", "default")
    assert me["permissions"] == ["bot:use", "chat:use", "knowledge:ask"]
    for method, path in (("GET", "/v1/keys"), ("GET", "/v1/audit"), ("POST", "/v1/keys")):
        refused = httpx.request(
            method, served.url + path, headers=as_office, json={}, timeout=TIMEOUT_S
        )
        assert refused.status_code == 403
    line = served.app.state.service.audit.page(AuditFilter(), limit=1)[0][0]
    assert line.action == "customer_token.create"
    assert "c-77" not in line.model_dump_json()
    served.client.delete(f"/v1/keys/{office['id']}")
    assert with_key(served, token["key"]).status_code == 401
