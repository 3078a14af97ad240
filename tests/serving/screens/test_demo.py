"""The demonstration: full of life, here only, and nothing of it among real data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from typer.testing import CliRunner

from conversation import Conversation, Evidence
from conversation.errors import BadInput
from quality.results import verify_evidence
from serving.access.keys import Keys
from serving.command_line import app as command_line
from serving.demo.calendar import plan
from serving.demo.cast import AGENTS, customers
from serving.demo.scripts import scripts
from serving.demo.serving import check_here_only, filled
from serving.demo.speaking import AGENT, CUSTOMER, conversation_of
from serving.settings import Settings
from serving.store import open_store

WEEKS = 8


def all_of(client, path):
    found, cursor = [], None
    while True:
        page = client.get(path, params={"limit": 200} | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        found += page.json()["data"]
        cursor = page.json().get("next_cursor")
        if cursor is None:
            return found


@pytest.fixture(scope="module")
def as_person(demo_service):
    """Return a function that gives a client with the key of one of the people."""
    clients = []

    def client_of(person):
        bearer = {"Authorization": f"Bearer {person.secret}"}
        clients.append(httpx.Client(base_url=demo_service.url, timeout=30, headers=bearer))
        return clients[-1]

    yield client_of
    for client in clients:
        client.close()


# What there is


def test_the_board_is_full_at_first_sight(demo_service):
    kpis = demo_service.client.get("/v1/board/kpis").json()
    assert kpis["counted"] > 50
    assert kpis["pending"] == 0


def test_weeks_of_conversations_end_now_and_customers_come_back(demo_service):
    listed = all_of(demo_service.client, "/v1/conversations")
    done = [one for one in listed if one["status"] == "done"]
    assert len(done) > 150
    at = [datetime.fromisoformat(one["started_at"]) for one in done if one["started_at"]]
    assert demo_service.facts.made_at - max(at) < timedelta(days=4)
    assert timedelta(weeks=WEEKS - 1) < max(at) - min(at) < timedelta(weeks=WEEKS + 1)
    assert {one["channel"] for one in done} >= {"phone", "chat", "email"}
    assert len({one["agent_key"] for one in done}) >= 8
    assert len({one["queue"] for one in done}) >= 5
    calls = [one["customer_key"] for one in done]
    assert max(calls.count(key) for key in set(calls)) >= 3


def test_a_bad_week_stands_out_and_a_new_topic_rises(demo_service):
    listed = all_of(demo_service.client, "/v1/conversations")
    ends = demo_service.facts.made_at
    weeks = [0] * (WEEKS + 2)
    rising = []
    for one in listed:
        if one["status"] != "done" or one["started_at"] is None:
            continue
        ago = ends - datetime.fromisoformat(one["started_at"])
        weeks[ago // timedelta(weeks=1)] += 1
        if one["queue"] == "mobile":
            rising.append(ago)
    assert max(weeks[:WEEKS]) in weeks[2:5]
    assert sum(ago < timedelta(weeks=2) for ago in rising) > len(rising) / 2


def test_quotes_are_verbatim_in_every_replay(demo_service):
    service = demo_service.app.state.service
    checked = 0
    for one in all_of(demo_service.client, "/v1/conversations"):
        document = service.store.analysis(one["id"])
        if document is None:
            continue
        values = json.loads(document)
        conversation = Conversation.model_validate(values["conversation"])
        for quote in evidence_in(values["evaluation"]):
            verify_evidence(quote, conversation)
            checked += 1
    assert checked > 1000


def evidence_in(value):
    if isinstance(value, dict):
        if {"turn_index", "quote"} <= value.keys():
            yield Evidence.model_validate(value)
        else:
            for one in value.values():
                yield from evidence_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from evidence_in(one)


def test_names_are_those_of_who_took_the_contact_and_nobody_else(demo_service):
    service = demo_service.app.state.service
    named = {one.key: one.first_name for one in AGENTS}
    for one in all_of(demo_service.client, "/v1/conversations?channel=phone"):
        document = service.store.analysis(one["id"])
        if document is None or one["agent_key"] not in named or ".json" in one["name"]:
            continue
        turns = json.loads(document)["conversation"]["turns"]
        said = " ".join(turn["text"] for turn in turns)
        others = {name for key, name in named.items() if key != one["agent_key"]}
        assert not any(name in said.split() for name in others), one["name"]


def test_the_cast_has_names_of_one_length_so_that_positions_in_an_analysis_stay_true():
    assert {len(one.first_name) for one in AGENTS} == {len(AGENT)}
    assert {len(one.last_name) for one in customers()} == {len(CUSTOMER)}
    assert len({one.key for one in customers()}) == len(customers())


def test_every_dialogue_can_be_spoken_and_names_numbers_for_fiction_only():
    import re

    assert len(scripts()) >= 50
    for script in scripts():
        if script.sample is None:
            assert len(conversation_of(script, "one").turns) >= 1
        for number in re.findall(r"0\d(?: \d\d){4}", script.text):
            assert number.startswith(("01 99 00", "06 39 98")), number  # kept free by Arcep


def test_there_is_work_for_everybody(demo_service, as_person):
    people = demo_service.facts.people
    with as_person(people.supervisor) as supervisor:
        samples = all_of(supervisor, "/v1/samples")
        assert len(samples) >= WEEKS - 1
        why = [contact["why"] for one in samples for contact in one["sample"]["contacts"]]
        assert why
        assert all("probabilité" in one["fr"] for one in why)
        sessions = supervisor.get("/v1/calibrations").json()["data"]
        assert {one["revealed"] for one in sessions} == {True, False}
        assert supervisor.get("/v1/alerts").json()["data"]
        agreement = supervisor.get("/v1/evaluations/agreement").json()
        assert agreement
    with as_person(people.analysts[0]) as analyst:
        mine = all_of(analyst, "/v1/assignments?assignee=me")
        assert {one["completed_at"] is None for one in mine} == {True, False}
    waiting = demo_service.client.get("/v1/bot/sessions?state=handing_over").json()["data"]
    assert len(waiting) >= 1
    states = {one["state"] for one in all_of(demo_service.client, "/v1/jobs")}
    assert states >= {"done", "failed"}
    failed = next(
        one for one in all_of(demo_service.client, "/v1/jobs") if one["state"] == "failed"
    )
    assert failed["error"]["type"] == "urn:entendu:problem:audio-truncated"
    assert demo_service.client.get("/v1/consents").json()["data"]


def test_the_assistant_answered_asked_back_declined_and_handed_over(demo_service):
    bots = demo_service.app.state.service.resources.bots
    talks = list(bots.between(None, since=None, until=None))
    results = {step.result for one in talks for step in one.steps}
    assert results >= {"answered", "clarified", "declined"}
    asked_back = next(one for one in talks if one.steps[0].result == "clarified")
    assert asked_back.steps[1].result in ("answered", "confirmed"), "the choice is answered"
    assert any(one.human_at is not None for one in talks)


def test_reviews_went_all_the_way(demo_service):
    service = demo_service.app.state.service
    kinds = {one.kind for one in service.resources.desk.log("default").events()}
    assert kinds >= {
        "opened", "assigned", "confirmed", "corrected", "commented", "root_cause", "shared",
        "acknowledged", "contested", "settled", "session_scored", "session_closed",
    }  # fmt: skip


def test_gates_were_announced_and_some_changes_wait(demo_service, as_person):
    analyst = as_person(demo_service.facts.people.visitor("analyst"))
    announced = analyst.get("/v1/evaluations/agreement/announced").json()["data"]
    assert len(announced) >= 10
    cards = demo_service.client.get("/v1/board/questions").json()["cards"]
    gates = {one["gate"] for card in cards for one in card["questions"]}
    assert "auto" in gates


def test_agents_judged_the_cards_and_some_articles_are_put_away_more_than_others(demo_service):
    judged = demo_service.client.get("/v1/assist/judgements").json()["data"]
    shown = [one for one in judged if one["shown"] >= 5]
    assert len(shown) >= 5
    shares = [one["refused"] / one["shown"] for one in shown]
    assert min(shares) < 0.15 < 0.3 < max(shares)
    assert sum(one["used"] for one in judged) > 10


def test_calls_of_the_samples_have_their_sound(demo_service):
    with_sound = [
        one
        for one in all_of(demo_service.client, "/v1/conversations?status=done")
        if one["name"].endswith(".wav")
    ]
    assert with_sound
    sound = demo_service.client.get(f"/v1/conversations/{with_sound[0]['id']}/audio")
    assert sound.status_code == 200
    assert sound.content[:4] == b"RIFF"


# Who gets in


@pytest.mark.parametrize(
    ("role", "name"),
    [("agent", "Conseiller"), ("analyst", "Analyste"), ("supervisor", "Superviseur"),
     ("admin", "Administrateur")],
)  # fmt: skip
def test_visitors_look_around_in_each_role_with_a_click(demo_page, role, name):
    page = demo_page(role, "/inbox")
    assert name in page.locator(".who").inner_text()
    page.locator("tbody tr").first.wait_for()
    assert page.locator("header .brand .chip").is_visible()


def test_a_customer_is_led_to_the_chat_which_says_that_it_is_a_demonstration(
    demo_service, open_page
):
    page = open_page(f"{demo_service.url}/sign-in")
    page.get_by_text("Un client").click()
    page.wait_for_url("**/chat**")
    assert page.locator("header .chip").is_visible()


def test_only_our_own_page_signs_visitors_in(demo_service):
    with httpx.Client(base_url=demo_service.url) as client:
        for headers in ({}, {"Origin": "https://elsewhere.example"}):
            refused = client.post("/sign-in", data={"as": "admin"}, headers=headers)
            assert refused.status_code == 403, headers
        own = {"Origin": demo_service.url}
        assert client.post("/sign-in", data={"as": "admin"}, headers=own).status_code == 303
        assert client.post("/sign-in", data={"as": "root"}, headers=own).status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_it_is_refused_beyond_this_machine(host):
    with pytest.raises(BadInput, match="this machine only"):
        check_here_only(Settings(host=host))


def test_it_is_refused_behind_a_public_address():
    with pytest.raises(BadInput, match="public_url"):
        check_here_only(Settings(public_url="https://entendu.example"))


def test_the_command_says_why_it_does_not_start(tmp_path):
    told = CliRunner().invoke(
        command_line,
        ["serve", "--demo", "--host", "0.0.0.0", "--data", str(tmp_path / "data")],
    )
    assert isinstance(told.exception, BadInput)
    assert not (tmp_path / "data").exists()


# Whose data


def test_real_data_beside_it_know_nothing_of_it(demo_folder):
    centre, _ = demo_folder
    real = open_store(Settings(data_dir=centre.folder.parent))
    try:
        assert real.page(limit=10).conversations == ()
        assert Keys(real.database).page(limit=10)[0] == ()
    finally:
        real.close()


def test_started_again_it_is_as_it_was(demo_folder):
    centre, facts = demo_folder
    told = []
    assert filled(centre, lambda *what: told.append(what)) == facts
    assert told == []


def test_what_was_half_filled_or_grew_old_is_filled_anew(demo_folder, tmp_path):
    from serving.demo.centre import DemoCentre

    centre, facts = demo_folder
    later = DemoCentre(
        Settings(data_dir=centre.folder.parent), clock=lambda: facts.made_at + timedelta(days=2)
    )
    assert later.facts is None
    half = DemoCentre(Settings(data_dir=tmp_path))
    half.settings.data_dir.mkdir(parents=True)
    (half.settings.data_dir / "entendu.sqlite").write_bytes(b"half")
    assert half.facts is None
    half.clear()
    assert not half.settings.data_dir.exists()


def test_a_service_with_real_data_signs_nobody_in_with_a_click(demo_service):
    people, demo_service.app.state.demo = demo_service.app.state.demo, None
    try:
        with httpx.Client(base_url=demo_service.url) as client:
            assert 'name="as"' not in client.get("/sign-in").text
            own = {"Origin": demo_service.url}
            refused = client.post("/sign-in", data={"as": "admin"}, headers=own)
            assert refused.status_code == 401
    finally:
        demo_service.app.state.demo = people


def test_whoever_is_put_into_a_dialogue_has_a_name_of_the_same_length():
    now = datetime(2026, 11, 22, 18, tzinfo=UTC)
    for days in range(0, 28, 7):
        for replay in plan(scripts(), until=now - timedelta(days=days), size=1.2):
            if replay.script.sample is None:
                assert len(replay.agent.first_name) == len(AGENT)
                assert len(replay.customer.last_name) == len(CUSTOMER), replay.script.id
