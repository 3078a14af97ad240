from __future__ import annotations

import httpx
import pytest

TIMEOUT_S = 30


def with_key(served, key: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(served.url + "/v1/me", headers=headers, timeout=TIMEOUT_S)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x", "role": "emperor"},
        {"name": "", "role": "agent"},
        {"name": "a\x00b", "role": "agent"},
        {"name": "x", "role": "agent", "scopes": ["keys:manage"]},
        {"name": "x", "role": "agent", "scopes": ["no:such"]},
        {"name": "x", "role": "agent", "colour": "red"},
        {"name": "x", "role": "agent", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "role": "agent", "expires_at": "tomorrow"},
        {"name": "x", "role": "agent", "expires_in_s": 1e300},
        {"name": "x", "role": "agent", "expires_at": "9999-12-31T23:59:59-12:00"},
        {"name": "x", "role": "analyst", "agent_key": "a-1"},
        {"name": "x", "role": "agent", "is_token": True},
        [],
    ],
)
def test_a_bad_request_makes_no_key(service, body):
    before = len(service.client.get("/v1/keys").json()["data"])
    answer = service.client.post("/v1/keys", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(service.client.get("/v1/keys").json()["data"]) == before


@pytest.mark.parametrize("key_id", ["unknown", "%00", "x" * 40])
def test_a_key_that_is_not_there_is_not_found(service, key_id):
    assert service.client.get(f"/v1/keys/{key_id}").status_code == 404
    assert service.client.delete(f"/v1/keys/{key_id}").status_code == 404
    assert service.client.post(f"/v1/keys/{key_id}/rotate").status_code == 404


def test_an_admin_of_one_team_sees_that_team(service):
    made = service.client.post(
        "/v1/keys", json={"name": "Lyon", "role": "admin", "team": "lyon"}
    ).json()
    other = service.client.post("/v1/keys", json={"name": "x", "role": "agent"}).json()
    with service.client_of("nobody") as lyon:
        lyon.headers["Authorization"] = f"Bearer {made['key']}"
        mine = lyon.post("/v1/keys", json={"name": "y", "role": "agent"}).json()
        assert mine["team"] == "lyon"
        assert {key["id"] for key in lyon.get("/v1/keys").json()["data"]} == {
            made["id"], mine["id"],
        }  # fmt: skip
        assert lyon.get(f"/v1/keys/{other['id']}").status_code == 404
        wider = lyon.post("/v1/keys", json={"name": "z", "role": "agent", "team": "paris"})
        assert wider.status_code == 403
        assert {line["team"] for line in lyon.get("/v1/audit").json()["data"]} == {"lyon"}


def test_a_key_that_sends_too_much_is_told_when_to_go_on(service):
    made = service.client.post(
        "/v1/keys", json={"name": "x", "role": "agent", "per_minute": 2}
    ).json()
    first = with_key(service, made["key"])
    assert first.headers["ratelimit"].startswith('"key";r=1;t=')
    assert first.headers["ratelimit-policy"] == '"key";q=2;w=60'
    assert with_key(service, made["key"]).status_code == 200
    third = with_key(service, made["key"])
    assert third.status_code == 429
    assert third.json()["type"] == "urn:entendu:problem:too-many-requests"
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert third.headers["ratelimit"].startswith('"key";r=0;t=')
    assert third.headers["ratelimit-policy"] == '"key";q=2;w=60'
