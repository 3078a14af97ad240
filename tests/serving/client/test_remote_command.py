"""``entendu remote`` against a running service."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from conversation.errors import BadInput, Unauthenticated
from serving.command_line import app


@pytest.fixture
def remote(service, admin_key, monkeypatch):
    monkeypatch.setenv("ENTENDU_SERVER", service.url)
    monkeypatch.setenv("ENTENDU_KEY", admin_key)

    def run(*arguments, ok=True):
        done = CliRunner().invoke(app, ["remote", *map(str, arguments)], catch_exceptions=True)
        if not ok:
            return done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    return run


@pytest.fixture
def chat(tmp_path):
    path = tmp_path / "chat.json"
    path.write_text(
        json.dumps({"messages": [{"speaker": "customer", "text": "Une box mirobolante."}]})
    )
    return path


def test_files_are_sent_found_shown_exported_and_erased(remote, chat, tmp_path):
    done = json.loads(remote("send", chat, "--wait", "--customer", "c-7", "--queue", "q"))
    assert (done["status"], done["queue"]) == ("done", "q")
    one = done["id"]
    assert one in remote("list", "--limit", 5)
    assert one in remote("search", "mirobolante", "--by", "words")
    assert json.loads(remote("show", one))["analysis"]["conversation"]["turns"]
    assert "mirobolante" in remote("export", one, "--format", "txt")
    remote("export", one, "--out", tmp_path / "out.json")
    assert "mirobolante" in (tmp_path / "out.json").read_text("utf-8")
    remote("table", tmp_path / "all.csv")
    assert one in (tmp_path / "all.csv").read_text("utf-8")
    assert one in remote("jobs")
    assert "Receipt" in remote("erase-customer", "c-7", "--yes")
    assert one not in remote("list", "--limit", 50)


def test_a_purge_can_be_asked_for(remote):
    assert json.loads(remote("purge"))["kind"] == "purge"


def test_without_a_key_the_error_is_the_services(remote, monkeypatch):
    monkeypatch.delenv("ENTENDU_KEY")
    assert isinstance(remote("list", ok=False), Unauthenticated)


def test_a_folder_that_is_not_there_is_said_before_anything_is_fetched(remote, tmp_path):
    assert isinstance(remote("table", tmp_path / "no" / "all.csv", ok=False), BadInput)
