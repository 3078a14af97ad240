"""What docs/operations.md and docs/privacy.md say is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serving.command_line import app
from serving.operation import metrics
from serving.privacy.copies import OF_PEOPLE
from serving.privacy.retention import RetentionRules
from serving.settings import Settings
from serving.webhooks.webhooks import RETRY_AFTER_S

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text("utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def raw(name):
    return json.loads((ROOT / "bench" / name).read_text("utf-8"))


def test_every_figure_is_one_that_was_measured():
    job, live, scale = (
        raw("main_job/results.json"), raw("speech/live.json"), raw("kb_search/scale.json"),
    )  # fmt: skip
    search = scale["search"]["search, encoding included"]
    one, four = live["runs"]
    assert (one["streams"], four["streams"], live["most_streams_held"]) == (1, 4, 4)
    for said in (
        f"{job['wall_over_audio']:.3f} s of wall clock",
        f"{job['process']['peak_memory_mb']:.0f} MB at most",
        f"{one['final_s']['median']:.2f} s (median), {one['final_s']['p95']:.2f} s (p95)",
        f"{four['final_s']['median']:.2f} s (median), {four['final_s']['p95']:.2f} s (p95)",
        f"{scale['passages']:,} passages",
        f"{search['median_ms']:.1f} ms (median), {search['p95_ms']:.1f} ms (p95)",
    ):
        assert said in OPERATIONS, said


def test_the_files_that_are_quoted_are_there():
    for name in re.findall(r"`(bench/[^`]+)`", OPERATIONS):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("text", [OPERATIONS, PRIVACY], ids=["operations", "privacy"])
def test_the_commands_and_their_options_are_there(text):
    lines = [
        line for block in blocks(text, "sh") for line in block.splitlines()
        if "entendu " in line and not line.startswith("pip")
    ]  # fmt: skip
    assert lines
    for line in lines:
        words = line.partition("entendu ")[2].partition("#")[0].split()
        names = [words[0]] if words[0] not in ("remote", "models", "keys") else words[:2]
        shown = CliRunner().invoke(app, [*names, "--help"], terminal_width=200)
        assert shown.exit_code == 0, line
        for option in (word for word in words if word.startswith("--")):
            assert option in shown.output, line


@pytest.mark.parametrize("text", [OPERATIONS, PRIVACY], ids=["operations", "privacy"])
def test_the_settings_are_there(text):
    known = {f"ENTENDU_{name.upper()}" for name in Settings.model_fields}
    for name in set(re.findall(r"ENTENDU_[A-Z_]+", text)) - {"ENTENDU_SERVER", "ENTENDU_KEY"}:
        assert name in known, name


def test_the_figures_of_the_table_are_there():
    there = {one.name for family in metrics.REGISTRY.collect() for one in (family,)}
    there |= {f"{name}_total" for name in there}
    for name in re.findall(r"`((?:entendu|process)_[a-z_]+)", OPERATIONS):
        assert name in there, name


def test_the_table_of_retention_is_that_of_the_rules():
    rules = RetentionRules.load()
    rows = dict(
        re.findall(r"^\| (`[^|]+) \| (\d+ days \| \d+ days \| \d+ days)", PRIVACY, re.MULTILINE)
    )
    said = {}
    for codes, days in rows.items():
        for code in re.findall(r"`([a-z_]+)`", codes):
            said[code] = tuple(int(number) for number in re.findall(r"\d+", days))
    assert said == {
        code: (rule.audio_days, rule.transcript_days, rule.scorecard_days)
        for code, rule in rules.purposes.items()
    }


def test_the_waits_of_webhooks_are_those_that_are_waited():
    sentence = re.search(r"sent again\s+after (.*?), or when", PRIVACY, re.DOTALL).group(1)
    units = {"s": 1, "min": 60, "h": 3600}
    waits = [int(n) * units[unit] for n, unit in re.findall(r"(\d+) (s|min|h)", sentence)]
    assert tuple(waits) == RETRY_AFTER_S


def test_the_tables_that_hold_copies_are_named():
    missing = [name for name in OF_PEOPLE if name not in PRIVACY]
    assert set(missing) <= {"bot_replies", "card_events"}  # "what belongs to them"


def test_the_example_of_a_receiver_takes_what_we_sign(monkeypatch):
    from serving.webhooks.signing import sign

    [code] = blocks(PRIVACY, "python")
    names: dict = {}
    exec(code, names)
    body, at = b"{}", 1_600_000_000
    monkeypatch.setattr("serving.webhooks.signing.time.time", lambda: float(at))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": sign(names["secret"], message_id="msg_1", timestamp=at, body=body),
    }
    names["receive"](headers, body)
    with pytest.raises(Exception, match="signature"):
        names["receive"](headers, b"{ }")


def test_the_example_of_a_client_runs(service, admin_key, wav_bytes, tmp_path, monkeypatch):
    [code] = blocks(OPERATIONS, "python")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "call.wav").write_bytes(wav_bytes())
    code = code.replace("http://127.0.0.1:8000", service.url).replace("the key", admin_key)
    exec(code, {})


def test_the_notice_is_the_one_of_the_house():
    assert "Conservation : six mois. Vous pouvez vous y opposer" in PRIVACY
