"""``entendu kpi``: results and tables in; a terminal, JSON, CSV and one page out."""

from __future__ import annotations

import csv
import io
import json
import re
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import Conversation, Participant, Turn
from conversation.errors import BadInput, DatasetInvalid, NotFound
from quality.kpi import (
    KpiData,
    KpiSettings,
    ReadingOptions,
    build_report,
    contact_of,
    load_settings_file,
)
from quality.kpi.columns import FIELDS
from serving.commands.kpi import app
from serving.kpi_page import render_kpis
from serving.kpi_sources import read_bot_sessions, read_results

sample_analysis = runpy.run_path(str(Path(__file__).with_name("analyses.py")))["sample_analysis"]
OPTIONS = ReadingOptions()


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def analysis():
    return sample_analysis()


@pytest.fixture
def results(tmp_path, analysis):
    folder = tmp_path / "results"
    folder.mkdir()
    for number in range(4):
        conversation = analysis.conversation.model_copy(
            update={
                "id": f"c{number}",
                "started_at": datetime(2026, 11, 2 + number, 9, tzinfo=UTC),
                "metadata": {"queue": "Fixe"},
            }
        )
        each = analysis.model_copy(update={"conversation": conversation})
        (folder / f"c{number}.json").write_text(each.model_dump_json(), "utf-8")
    (folder / "topics.json").write_text("{}", "utf-8")
    return folder


@pytest.fixture
def calls(tmp_path):
    rows = ["id,start,answered,ended,acw_s,queue,customer_key"]
    for number in range(30):
        start = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(hours=number)
        answered, ended = start + timedelta(seconds=15), start + timedelta(seconds=135)
        times = [moment.isoformat() for moment in (start, answered, ended)]
        rows.append(
            ",".join([f"c{number}", *times, "30", "Fixe" if number % 2 else "=Mobile", "k"])
        )
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_conversations_alone_give_what_they_can(results):
    found = run(results, "--json")
    assert found.exit_code == 0, found.output
    report = json.loads(found.stdout)
    figures = {each["kpi"]: each for each in report["figures"]}
    assert figures["contacts"]["value"] == 4
    assert figures["repeat_stated"]["value"] == 1
    assert figures["repeat_stated"]["low"] < 1
    assert "lower bound" in figures["repeat_stated"]["notes_en"][0]
    assert figures["dmc"]["approximate"]
    assert figures["complaint_rate"]["value"] == 1
    assert figures["dmt"]["value"] is None
    assert figures["csat"]["value"] is None
    assert "--surveys" in figures["csat"]["missing_en"]
    assert report["reasons"][0]["code"] == "tel.panne_fixe"


def test_calls_make_exact_what_conversations_estimate(results, calls):
    found = json.loads(run(results, "--calls", calls, "--json").stdout)
    figures = {each["kpi"]: each for each in found["figures"]}
    assert (figures["dmc"]["value"], figures["dmc"]["sources"]) == (120, ["calls"])
    assert figures["dmt"]["value"] == 150
    assert figures["complaint_rate"]["sources"] == ["conversations"]


def test_groups_join_calls_and_conversations(results, calls):
    found = run(results, "--calls", calls, "--by", "queue", "--json")
    table = json.loads(found.stdout)["tables"][0]
    assert [group["labels"] for group in table["groups"]] == [["=Mobile"], ["Fixe"]]
    assert {each["kpi"] for each in table["groups"][1]["figures"]} >= {"dmc", "complaint_rate"}


def test_a_terminal_of_80_columns_shows_formula_interval_and_n(results, calls, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    found = run(results, "--calls", calls, "--by", "queue", "--page-language", "fr")
    assert found.exit_code == 0, found.output
    assert all(len(line) <= 80 for line in found.stdout.splitlines())
    assert "décroché" in found.stdout
    assert "Σ (communication + mise en attente" in found.stdout
    assert "Par file" in found.stdout
    assert "jamais un classement" in " ".join(found.stdout.split())


def test_english_pages_hold_no_french(results, calls, tmp_path):
    page = tmp_path / "kpi.html"
    found = run(results, "--calls", calls, "--page-language", "en", "--html", page)
    assert found.exit_code == 0, found.output
    text = page.read_text("utf-8")
    assert "Answer rate" in text
    assert not any(word in text for word in ("écroché", "Réitération", "appels", "Calculé"))
    assert "<script" not in text


def test_the_page_escapes_what_the_centre_wrote(results, tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("start,queue\n" + "2026-11-02T09:00:00,<script>x\n" * 20, "utf-8")
    page = tmp_path / "kpi.html"
    assert run("--calls", path, "--by", "queue", "--html", page).exit_code == 0
    assert "<script>x" not in page.read_text("utf-8")
    assert "&lt;script&gt;x" in page.read_text("utf-8")


def test_the_csv_has_every_figure_and_no_formula_for_spreadsheets(results, calls, tmp_path):
    out = tmp_path / "kpi.csv"
    assert run(results, "--calls", calls, "--by", "queue", "--csv", out).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert {row["table"] for row in rows} == {"", "queue"}
    assert all(row["formula"] for row in rows)
    assert "'=Mobile" in {row["group"] for row in rows}


def test_alerts_are_told_for_all_and_for_groups(calls):
    alerts = ("dmt > 100 and answer_rate >= 100%", "dmt > 900", "csat < 50%")
    options = [part for alert in alerts for part in ("--alert", alert)]
    found = run("--calls", calls, "--by", "queue", "--page-language", "en", *options)
    assert found.exit_code == 0, found.output
    assert "Alert: dmt > 100 and answer_rate >= 100%\n" in found.stdout
    assert "Alert: dmt > 100 and answer_rate >= 100% · Fixe" in found.stdout
    assert "Alert without data: csat < 50%" in found.stdout
    assert "dmt > 900" not in found.stdout
    wrong = run("--calls", calls, "--alert", "__import__('os')").exception
    assert isinstance(wrong, BadInput)


def test_rejected_rows_are_counted_and_shown(calls):
    with calls.open("a", encoding="utf-8") as file:
        file.write("x,hier,,,,,\n")
    found = run("--calls", calls)
    assert found.exit_code == 0
    assert "1 of 31 rows left out" in found.stderr
    assert "line 32, column 'start': got 'hier'" in found.stderr
    assert isinstance(run("--calls", calls, "--strict").exception, DatasetInvalid)


def test_results_that_cannot_be_used_are_told_and_the_rest_counts(results):
    (results / "old.json").write_text('{"conversation": {}, "understanding": {}}', "utf-8")
    found = run(results)
    assert found.exit_code == 1
    assert "old.json: not a whole result" in found.stderr
    assert read_results([results], OPTIONS).facts.used == 4


def test_mistakes_are_told_before_anything_is_read(tmp_path, calls):
    assert isinstance(run().exception, BadInput) or run().exit_code != 0
    assert isinstance(run(tmp_path / "none").exception, NotFound)
    assert isinstance(run("--calls", calls, "--by", "colour").exception, BadInput)
    assert isinstance(run("--calls", calls, "--map", "start").exception, BadInput)
    assert isinstance(run("--calls", calls, "--time-zone", "Mars").exception, BadInput)
    assert isinstance(run("--calls", calls, "--repeat-days", "0").exception, BadInput)
    missing = tmp_path / "no" / "kpi.html"
    assert isinstance(run("--calls", calls, "--html", missing).exception, BadInput)


def test_settings_of_a_file_are_used_and_checked(calls, tmp_path):
    path = tmp_path / "kpi.yaml"
    path.write_text("repeat_days: 30\ncolumns:\n  calls: {start: answered}\n", "utf-8")
    found = json.loads(run("--calls", calls, "--settings", path, "--json").stdout)
    assert found["settings"]["repeat_days"] == 30
    assert found["sources"][0]["columns"]["start"] == "answered"
    path.write_text("opening_hours: sometimes\n", "utf-8")
    wrong = run("--calls", calls, "--settings", path).exception
    assert isinstance(wrong, BadInput)
    assert "opening_hours" in str(wrong)


def test_a_written_contact_waits_for_a_person_not_for_a_bot(analysis):
    at = datetime(2026, 11, 2, 17, 50, tzinfo=UTC)
    said = [("customer", 0), ("bot", 5), ("customer", 20), ("agent", 3600), ("agent", 9000)]
    turns = tuple(
        Turn(index=i, speaker=speaker, text="Bonjour.", at=at + timedelta(seconds=seconds))
        for i, (speaker, seconds) in enumerate(said)
    )
    chat = Conversation(
        id="chat", channel="chat", turns=turns,
        participants=(Participant(role="customer", key="k1"), Participant(role="agent", key="ag")),
    )  # fmt: skip
    contact = contact_of(chat, analysis.understanding, analysis.metrics, analysis.evaluation)
    assert (contact.customer_key, contact.agent_key, contact.started_at) == ("k1", "ag", at)
    assert (contact.reply.replied_at - contact.reply.received_at).total_seconds() == 3600


def test_replies_count_inside_opening_hours_where_they_are_declared(analysis, results):
    found = read_results([results], OPTIONS)
    at = datetime(2026, 11, 10, 17, 50, tzinfo=UTC)  # 18:50 in Paris
    chat = Conversation(
        id="chat", channel="email",
        turns=(Turn(index=0, speaker="customer", text="a", at=at),
               Turn(index=1, speaker="agent", text="b", at=at + timedelta(hours=15))),
    )  # fmt: skip
    contact = contact_of(chat, analysis.understanding, analysis.metrics)
    for hours, seconds in ((None, 54_000), ("lun-ven 9:00-19:00", 600)):
        settings = KpiSettings(opening_hours=hours)
        data = KpiData(settings, contacts=[contact], conversation_facts=found.facts)
        figure = build_report(data).figure("first_reply_mean")
        assert (figure.value, figure.n) == (seconds, 1)  # the 11th is a bank holiday
    assert "lun-ven" in figure.notes_fr[0]


def test_sessions_of_the_bot_are_read_as_they_are_stored(tmp_path):
    at = "2026-11-02T09:00:00+00:00"
    turn = {"speaker": "customer", "text": "Bonjour", "at": at}
    sessions = [
        {"id": "s1", "turns": [turn], "state": "closed", "closed_by": "goodbye", "confirmed": True},
        {"id": "s2", "turns": [turn], "state": "closed", "closed_by": "customer_left"},
        {"id": "s3", "turns": [turn], "state": "with_human", "human_at": at},
        {"id": "s4", "turns": [turn], "state": "answering"},
    ]
    path = tmp_path / "bot.jsonl"
    path.write_text("\n".join([*map(json.dumps, sessions), "{}"]) + "\n", "utf-8")
    table = read_bot_sessions(path, OPTIONS)
    assert [each.id for each in table.rows] == ["s1", "s2", "s3"]
    assert [each.handed_over for each in table.rows] == [False, False, True]
    assert [each.abandoned for each in table.rows] == [False, True, False]
    assert table.facts.rejected == 1
    found = json.loads(run("--bot-log", path, "--json").stdout)
    figures = {each["kpi"]: each["value"] for each in found["figures"]}
    assert figures["bot_contained"] == pytest.approx(1 / 3)


def test_a_page_of_nothing_but_surveys_renders(tmp_path):
    from quality.kpi import read_surveys

    path = tmp_path / "s.csv"
    path.write_text("call_id,csat\na,5\nb,2\n", "utf-8")
    report = build_report(KpiData(KpiSettings(), surveys=read_surveys(path, OPTIONS)))
    for language in ("fr", "en"):
        assert "CSAT" in render_kpis(report, language=language)


def test_staffing_of_one_interval_is_told():
    found = run("staff", "--calls", 100, "--dmt", 180, "--shrinkage", 0.3)
    assert "14 agents for 80/20" in found.stdout
    assert "20 scheduled" in found.stdout
    as_json = json.loads(run("staff", "--calls", 100, "--dmt", 180, "--json").stdout)
    assert as_json["agents"] == 14


@pytest.fixture(scope="module")
def half_year(tmp_path_factory):
    rng = np.random.default_rng(4)
    rows = ["start,answered,ended,acw_s,reason"]
    for day in range(56):
        date = datetime(2026, 8, 31) + timedelta(days=day)  # noqa: DTZ001
        n = 0 if date.weekday() == 6 else rng.poisson(60)
        for hour in np.sort(9 + 8 * rng.beta(2, 2, n)):
            start = date + timedelta(hours=float(hour))
            times = [start, start + timedelta(seconds=10), start + timedelta(seconds=250)]
            written = [f"{moment:%d/%m/%Y %H:%M:%S}" for moment in times]
            rows.append(",".join([*written, "30", rng.choice(["facture", "panne"])]))
    path = tmp_path_factory.mktemp("forecast") / "calls.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_a_forecast_is_printed_written_and_shown(half_year, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    page, table = tmp_path / "f.html", tmp_path / "f.csv"
    found = run("forecast", half_year, "--days", 3, "--shrinkage", 0.25, "--html", page,
                "--csv", table)  # fmt: skip
    assert found.exit_code == 0, found.output
    assert "plancher" in found.stdout
    lines = [line for line in found.stdout.splitlines() if str(tmp_path) not in line]
    assert all(len(line) <= 80 for line in lines)
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    # the last day of the history is a Saturday; the clock changes on the Sunday after it
    assert rows[0]["start"] == "2026-10-25T00:00:00+02:00"
    assert len(rows) == 50 + 48 + 48
    assert sum(float(row["expected"]) for row in rows) == pytest.approx(120, rel=0.25)
    assert "reason:facture" in rows[0]
    text = page.read_text("utf-8")
    monday = sum(int(row["agents"]) for row in rows if row["start"].startswith("2026-10-26")) / 2
    assert f": {monday / 0.75:.1f}".replace(".", ",") in text.replace("\u00a0", " ")
    assert "Erlang C" in text
    assert "<script" not in text


def test_a_short_history_and_unknown_queues_are_told(calls):
    assert "expected at least 42" in str(run("forecast", calls, "--dmt", 100).exception)
    assert "no call is of the queue" in str(run("forecast", calls, "--queue", "x").exception)
    assert "expected percent/seconds" in str(run("forecast", calls, "--target", "80").exception)


DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "kpi.md").read_text("utf-8")


def test_the_settings_of_the_document_are_read(tmp_path):
    (block,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    path = tmp_path / "kpi.yaml"
    path.write_text(block, "utf-8")
    settings = load_settings_file(path)
    assert settings.columns["calls"]["start"] == ("Date", "Heure")
    assert set(re.findall(r"^(\w+):", block, flags=re.MULTILINE)) == KpiSettings.model_fields.keys()


def test_the_document_names_every_field_and_every_option():
    for kind, fields in FIELDS.items():
        line = next(line for line in DOCUMENT.splitlines() if line.startswith(f"| {kind} |"))
        assert all(re.search(rf"\b{field}\b", line) for field in fields), kind
    helped = run("report", "--help").output + run("forecast", "--help").output
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", DOCUMENT)) - {"--minutes"}:
        assert option in helped, option
