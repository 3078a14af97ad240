"""Every route and WebSocket, with a key of each role and with none, over real HTTP."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from serving.access import Permission, Role
from serving.access.public import PUBLIC_PATHS, SIGNED_PATHS
from serving.access.table import PAGE, as_markdown, doors, with_tables
from serving.app import create_app
from serving.settings import Settings

NOBODY = "nobody"
PUBLIC = frozenset(
    (
        "/healthz",
        "/readyz",
        "/docs",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/openapi.json",
        "/sign-in",
        "/sign-in/oidc",
        "/sign-in/oidc/back",
        "/static/{name:path}",
    )
)
"""What is open to everybody, besides the page on which customers write (``/chat…``)."""


@pytest.fixture(scope="module")
def all_doors(service):
    return doors(service.app)


@pytest.fixture(scope="module")
def keys(service):
    """A key of each role, and one whose scopes leave it nothing."""
    made = {}
    for role in Role:
        more = {"agent_key": "a-1"} if role is Role.AGENT else {}
        with service.client_of(role.value, per_minute=1_000_000, **more) as client:
            made[role] = client.headers["authorization"]
    with service.client_of("admin", scopes=()) as client:
        made["narrowed"] = client.headers["authorization"]
    return made


@pytest.fixture
def client(service):
    """A client that shows nothing by itself."""
    with service.client_of(NOBODY) as client:
        yield client


def filled(path: str) -> str:
    """Put an id that nothing has into each parameter of a path."""
    return re.sub(r"\{[^}]+\}", "no-such-id", path)


def opens(client, door, headers: dict[str, str]) -> int:
    """Knock, and return the status of the answer; 101 for a WebSocket that opens."""
    if door.method != "WS":
        # A body that no route takes: who is let in changes nothing.
        body = {} if door.method == "GET" else {"json": []}
        with client.stream(door.method, filled(door.path), headers=headers, **body) as answer:
            return answer.status_code
    url = str(client.base_url.copy_with(scheme="ws")).rstrip("/") + filled(door.path)
    try:
        with connect(url, additional_headers=headers, close_timeout=1) as socket:
            socket.close()
    except InvalidStatus as refused:
        return refused.response.status_code
    except ConnectionClosed:
        return 101
    return 101


def test_every_route_asks_for_a_permission_or_is_on_the_short_public_list(all_doors):
    assert len(all_doors) > 50
    unguarded = [door for door in all_doors if door.needs is None]
    assert unguarded == []
    public = {door.path for door in all_doors if door.needs == "nothing"}
    assert {path for path in public if not path.startswith("/chat")} <= PUBLIC
    assert PUBLIC_PATHS <= PUBLIC
    signed = {door.path for door in all_doors if door.needs == "a signature"}
    assert signed <= SIGNED_PATHS == {"/v1/twilio", "/v1/audiohook"}


def test_every_permission_is_asked_for_somewhere_or_is_a_reason_of_its_own(all_doors):
    asked = {door.needs for door in all_doors}
    # These widen what other routes show or take; no route asks for them alone.
    beside = {Permission.CONVERSATIONS_UNMASK, Permission.EVALUATIONS_ANSWER}
    assert set(Permission) - asked <= beside


@pytest.mark.parametrize("who", [NOBODY, "narrowed", *Role])
def test_who_gets_in_where(client, all_doors, keys, who):
    headers = {} if who == NOBODY else {"Authorization": keys[who]}
    wrong = []
    for door in all_doors:
        if door.needs == "nothing":
            continue
        status = opens(client, door, headers)
        if door.needs == "a signature" or who == NOBODY:
            good = status == 401
        elif who == "narrowed":
            good = status not in (401, 403) if door.needs == "any key" else status == 403
        elif door.opens_to(who):
            good = status not in (401, 403)
        else:
            good = status == 403
        if not good or status == 500:
            wrong.append((door.method, door.path, str(door.needs), status))
    assert wrong == []


@pytest.mark.parametrize("shown", ["Bearer ent_wrong", "Bearer unknown-key", "Basic eDp5"])
def test_a_wrong_key_gets_in_nowhere(unhurried, client, all_doors, shown):
    for door in all_doors:
        if door.needs not in ("nothing", "a signature"):
            assert opens(client, door, {"Authorization": shown}) in (401, 429), door


@pytest.fixture
def unhurried(service, monkeypatch):
    """Many wrong keys in a row are the point here, and not what slows them down."""
    monkeypatch.setattr(service.app.state.service.rates, "check_guessing", lambda *_: None)
    monkeypatch.setattr(service.app.state.service.rates, "count_address", lambda *_: None)


def test_the_page_shows_the_table_as_it_is(tmp_path):
    page = (Path(__file__).parents[3] / PAGE).read_text("utf-8")
    tables = as_markdown(doors(create_app(Settings(data_dir=tmp_path))))
    assert page == with_tables(page, tables), "run: python -m serving.access.table"


def test_the_table_tells_roles_apart(all_doors):
    def lists(role: Role) -> set[str]:
        return {door.path for door in all_doors if door.opens_to(role) and door.needs != "nothing"}

    assert lists(Role.CUSTOMER) < lists(Role.AGENT) < lists(Role.SUPERVISOR) < lists(Role.ADMIN)
    assert lists(Role.ANALYST) < lists(Role.SUPERVISOR)
    assert "/v1/keys" not in lists(Role.SUPERVISOR)
    assert "/v1/conversations" not in lists(Role.CUSTOMER)
