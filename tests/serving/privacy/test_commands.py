"""``entendu purge``, ``erase`` and ``export-subject`` on a folder that no service holds."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from conversation import Conversation, Turn
from serving.command_line import app
from serving.intake import Intake
from serving.store import Store

CUSTOMER = "c-9"


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "data"
    store = Store(folder)
    for days, customer in ((200, CUSTOMER), (1, CUSTOMER), (1, "other")):
        at = datetime.now(UTC) - timedelta(days=days)
        store.add_conversation(
            Conversation(
                id="c",
                channel="chat",
                turns=(Turn(index=0, speaker="customer", text="zorglub"),),
            ),
            name="chat.json",
            intake=Intake(customer_key=customer, started_at=at),
        )
    store.close()
    return folder


@pytest.fixture
def run(data_dir):
    def invoke(*arguments):
        done = CliRunner().invoke(app, [*map(str, arguments), "--data", str(data_dir)])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    return invoke


def test_a_dry_run_says_what_would_go_and_removes_nothing(run):
    for _ in range(2):
        said = run("purge", "--dry-run")
        assert "quality.scorecard: 1" in said  # not analysed yet: nothing of it can stay
        assert "Nothing was removed." in said


def test_a_purge_prints_its_proof(run):
    proof = json.loads(run("purge", "--json"))
    assert proof["receipt"]["counts"]["quality.scorecard"] == 1
    assert len(proof["hash"]) == 64
    assert "Nothing is past its time." in run("purge", "--dry-run")


def test_a_customer_is_exported_then_erased_and_the_rest_stays(run, tmp_path, data_dir):
    run("export-subject", CUSTOMER, "--out", tmp_path / "data.zip")
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        assert len(json.loads(archive.read("subject.json"))["conversations"]) == 2
    receipt = json.loads(run("erase", CUSTOMER, "--yes", "--json"))
    assert len(receipt["receipt"]["conversations"]) == 2
    store = Store(data_dir)
    assert len(store.page(limit=10).conversations) == 1
    store.close()


def test_an_erasure_asks_first(data_dir):
    done = CliRunner().invoke(app, ["erase", CUSTOMER, "--data", str(data_dir)], input="n\n")
    assert done.exit_code == 1
    store = Store(data_dir)
    assert len(store.page(limit=10).conversations) == 3
    store.close()
