"""``entendu keys`` and ``entendu audit``, on a data folder and on a server."""

from __future__ import annotations

import json

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from conversation.errors import (
    BadInput,
    Conflict,
    Forbidden,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from serving.access.key_text import is_well_formed
from serving.access.keys import Keys
from serving.command_line import app
from serving.store.database import Database

TIMEOUT_S = 30


@pytest.fixture(autouse=True)
def _no_service_of_the_machine(monkeypatch):
    for name in ("ENTENDU_SERVER", "ENTENDU_KEY", "ENTENDU_DATABASE_URL", "ENTENDU_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request, tmp_path, monkeypatch):
    """Options and environment that name a store which was opened once."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if request.param == "postgres":
        url = request.getfixturevalue("migrated_postgres_url")
        monkeypatch.setenv("ENTENDU_DATABASE_URL", url)
        place = url
    else:
        place = data_dir / "entendu.sqlite"
        made = Database(place)
        made.migrate()
        made.close()
    return ["--data", str(data_dir)], place


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_key_is_made_listed_changed_and_revoked_on_the_data_folder(where):
    options, place = where
    secret = run("keys", "create", "CRM", "--role", "agent", "--agent", "a-1", *options).strip()
    assert is_well_formed(secret)
    database = Database(place)
    try:
        keys = Keys(database)
        assert keys.find(secret).agent_key == "a-1"
        listed = json.loads(run("keys", "list", "--json", *options))["keys"]
        assert [key["name"] for key in listed] == ["CRM"]
        assert secret not in json.dumps(listed)
        renewed = json.loads(run("keys", "rotate", listed[0]["id"], "--json", *options))
        run("keys", "revoke", renewed["id"], *options)
        assert json.loads(run("keys", "list", "--json", *options))["keys"] == []
        assert len(json.loads(run("keys", "list", "--ended", "--json", *options))["keys"]) == 2
        with pytest.raises(Unauthenticated):
            Keys(database).find(renewed["key"])
    finally:
        database.close()
    lines = json.loads(run("audit", "list", "--json", *options))["lines"]
    assert [line["action"] for line in lines] == ["key.revoke", "key.rotate", "key.create"]
    assert {line["principal_id"] for line in lines} == {None}
    whole = json.loads(run("audit", "verify", "--json", *options))
    assert (whole["whole"], whole["lines"]) == (True, 3)
    assert whole["head"] in run("audit", "verify", "--head", whole["head"], *options)


def test_a_log_that_was_tampered_with_is_said_so(where):
    options, place = where
    for name in ("one", "two"):
        run("keys", "create", name, "--role", "analyst", *options)
    database = Database(place)
    with database.writing() as session:
        if database.kind == "postgresql":
            session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        else:
            session.execute(text("DROP TRIGGER audit_log_is_never_shortened"))
        session.execute(text("DELETE FROM audit_log WHERE number = 1"))
    database.close()
    with pytest.raises(Conflict, match="line 1 is missing"):
        run("audit", "verify", *options)
    broken = CliRunner().invoke(app, ["audit", "verify", "--json", *options])
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["broken_at"] == 1


def test_a_folder_without_a_store_is_said_so(tmp_path):
    with pytest.raises(NotFound, match="no store"):
        run("keys", "list", "--data", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_contradicts_itself_is_refused(tmp_path):
    with pytest.raises(BadInput, match="agent_key is for agents"):
        run("keys", "create", "x", "--role", "analyst", "--agent", "a-1", "--data", str(tmp_path))


def test_the_same_on_a_server(service, admin_key, monkeypatch):
    at = ["--server", service.url]
    with pytest.raises(Unauthenticated, match="ENTENDU_KEY"):
        run("keys", "list", *at)
    monkeypatch.setenv("ENTENDU_KEY", admin_key)
    made = json.loads(run("keys", "create", "CRM", "--role", "agent", "--json", *at))
    bearer = {"Authorization": f"Bearer {made['key']}"}
    assert (
        httpx.get(service.url + "/v1/me", headers=bearer, timeout=TIMEOUT_S).json()["id"]
        == made["id"]
    )
    renewed = run("keys", "rotate", made["id"], *at).strip()
    assert httpx.get(service.url + "/v1/me", headers=bearer, timeout=TIMEOUT_S).status_code == 401
    shown = json.loads(run("keys", "list", "--role", "agent", "--json", *at))["keys"]
    run("keys", "revoke", shown[0]["id"], *at)
    monkeypatch.setenv("ENTENDU_KEY", renewed)
    with pytest.raises(Unauthenticated, match="revoked"):
        run("keys", "list", *at)


def test_what_a_server_refuses_is_the_same_error_here(service, monkeypatch):
    at = ["--server", service.url]
    with service.client_of("analyst") as analyst:
        monkeypatch.setenv("ENTENDU_KEY", analyst.headers["authorization"].split()[1])
    with pytest.raises(Forbidden, match="keys:manage"):
        run("keys", "list", *at)
    with pytest.raises(Unavailable):
        run("keys", "list", "--server", "http://127.0.0.1:9")
    with pytest.raises(BadInput, match="no address"):
        run("keys", "list", "--server", "not an address")
