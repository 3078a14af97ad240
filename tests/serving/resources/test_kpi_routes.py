"""KPIs and forecasts over HTTP, each figure with its formula and the ids behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest


@pytest.fixture(scope="module")
def conversations(desk):
    return [desk.conversation(agent_key=f"a-{n % 2}", queue="fibre") for n in range(12)]


def test_every_figure_has_a_formula_and_the_conversations_behind_it(desk, conversations):
    answer = desk.admin.get("/v1/kpi")
    assert answer.status_code == 200, answer.text
    report, behind = answer.json()["report"], answer.json()["behind"]
    figures = {one["kpi"]: one for one in report["figures"] if one["value"] is not None}
    assert figures["contacts"]["value"] == len(conversations)
    for kpi in figures:
        assert report["definitions"][kpi]["formula"]["fr"]
    whole = behind[0]["figures"]
    assert sorted(whole["contacts"]["computed_from"]) == sorted(conversations)
    for kpi, one in whole.items():
        assert len(one["computed_from"]) == figures[kpi]["n"], kpi
        assert set(one["counted"]) <= set(one["computed_from"])
    complaints = figures["complaint_rate"]
    assert len(whole["complaint_rate"]["counted"]) == round(complaints["value"] * complaints["n"])


def test_groups_are_labelled_and_small_ones_are_not_shown(desk, conversations):
    answer = desk.admin.get("/v1/kpi", params={"by": ["queue", "agent"]}).json()
    queue, agents = answer["report"]["tables"]
    assert queue["groups"][0]["labels"] == ["fibre"]
    traced = next(one for one in answer["behind"] if one["by"] == ["queue"])
    assert len(traced["figures"]["contacts"]["computed_from"]) == 12
    for group in agents["groups"]:
        assert all(one["suppressed"] for one in group["figures"])
    for one in answer["behind"]:
        if one["by"] == ["agent"]:
            assert one["figures"] == {}


def test_a_period_counts_the_contacts_that_started_in_it(desk, conversations):
    none = desk.admin.get("/v1/kpi", params={"to": "2001-01-01T00:00:00Z"}).json()["report"]
    figures = {one["kpi"]: one["value"] for one in none["figures"]}
    assert not figures["contacts"]


def test_bot_sessions_are_counted(desk, conversations):
    session = desk.admin.post("/v1/bot/sessions", json={}).json()["id"]
    desk.admin.post(f"/v1/bot/sessions/{session}/close")
    report = desk.admin.get("/v1/kpi").json()["report"]
    assert "bot_log" in {one["kind"] for one in report["sources"]}


@pytest.mark.parametrize(
    "query", ["by=nothing", "by=queue,queue", "from=yesterday", "by=" + "&by=".join(["day"] * 9)]
)
def test_what_cannot_be_asked_is_refused(desk, query):
    assert desk.admin.get(f"/v1/kpi?{query}").status_code == 422


def test_agents_and_customers_see_no_figures(desk):
    for role in ("agent", "customer"):
        with desk.running.client_of(role) as client:
            assert client.get("/v1/kpi").status_code == 403


def calls(days=60):
    rows = ["start,answered,ended,acw_s,queue"]
    first = datetime(2026, 8, 3, 9)  # noqa: DTZ001 - a local time, as tables have it
    for day in range(days):
        for half_hour in range(4):
            for _ in range(3 - (day % 7 >= 5)):
                at = first + timedelta(days=day, minutes=30 * half_hour)
                rows.append(
                    f"{at},{at + timedelta(seconds=8)},{at + timedelta(seconds=250)},30,fibre"
                )
    return "\n".join(rows).encode()


def test_volumes_and_agents_are_forecast_from_calls(desk):
    answer = desk.admin.post(
        "/v1/kpi/forecast", files={"calls": ("calls.csv", calls())}, data={"days": "7"}
    )
    assert answer.status_code == 200, answer.text
    forecast = answer.json()
    assert len({one["start"][:10] for one in forecast["half_hours"]}) == 7
    assert forecast["plan"]["handling_n"] > 0
    assert max(one["staffing"]["agents"] for one in forecast["half_hours"]) >= 1
    assert forecast["backtest"]["scores"]


@pytest.mark.parametrize(
    "form", [{"days": "0"}, {"target": "eighty"}, {"shrinkage": "1"}, {"handling_s": "-1"}]
)
def test_a_forecast_that_makes_no_sense_is_refused(desk, form):
    answer = desk.admin.post(
        "/v1/kpi/forecast", files={"calls": ("calls.csv", calls(10))}, data=form
    )
    assert answer.status_code == 422


def test_too_little_history_is_said(desk, conversations):
    answer = desk.admin.post("/v1/kpi/forecast", data={"days": "7"})
    assert answer.status_code == 422
    assert "42" in answer.json()["detail"] or "days" in answer.json()["detail"]
