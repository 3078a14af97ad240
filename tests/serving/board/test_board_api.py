"""The board's routes over HTTP, on both databases: figures counted by hand, and who sees them."""

from __future__ import annotations

import csv
import io
import time
from datetime import date

import pytest
from sqlalchemy import select

from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.access.visibility import EVERYTHING
from serving.board.newest import newest_analysed
from serving.board.reports import BOARD, Audience
from serving.board.scope import Narrowing
from serving.store.tables import JobRow

PERIOD = {"from": "2026-11-02", "to": "2026-11-15"}


@pytest.fixture
def ask(small_centre):
    """Return a function that asks the board as an admin."""

    def asked(part: str, **query):
        answer = small_centre.client.get(f"/v1/board/{part}", params=PERIOD | query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


@pytest.fixture
def listed(small_centre):
    """Return a function that gives the ids of a list of conversations."""

    def ids(**query):
        answer = small_centre.client.get("/v1/conversations", params={"limit": 200} | query)
        assert answer.status_code == 200, answer.text
        return {one["id"] for one in answer.json()["data"]}

    return ids


def test_volumes_are_those_of_local_days_beside_the_period_before(ask, small_centre):
    with small_centre.client_of("supervisor", team="default") as supervisor:
        found = supervisor.get("/v1/board/volumes", params=PERIOD).json()
    assert (found["total"], found["previous"]) == (7, 3)
    by_day = {
        day["first"]: n for day, n in zip(found["buckets"], found["counts"], strict=True) if n
    }
    assert by_day == {
        "2026-11-03": 1, "2026-11-04": 1, "2026-11-05": 1, "2026-11-10": 1, "2026-11-12": 2,
        "2026-11-13": 1,
    }  # fmt: skip
    assert {one["key"]: one["n"] for one in found["channels"]} == {
        "phone": 4, "chat": 1, "email": 1, None: 1,
    }  # fmt: skip
    reasons = {one["key"]: (one["n"], one["previous"]) for one in found["reasons"]}
    assert reasons == {
        "tel.panne_fixe": (3, 2), "tel.facture": (2, 1), "<script>alert(1)</script>": (1, 0),
        None: (1, 0),
    }  # fmt: skip
    assert found["failed"] == 1
    assert found["period"]["before_first"] == "2026-10-19"


def test_weeks_begin_on_monday_and_a_cut_one_is_named(ask):
    found = ask("volumes", step="week", **{"from": "2026-11-04"})
    weeks = [(one["first"], one["last"], one["whole"]) for one in found["buckets"]]
    assert weeks == [("2026-11-04", "2026-11-08", False), ("2026-11-09", "2026-11-15", True)]


def test_each_figure_is_the_list_that_its_filter_gives(ask, listed):
    found = ask("volumes")
    period = {
        "started_from": found["period"]["since"], "started_before": found["period"]["until"],
    }  # fmt: skip
    assert len(listed(**period)) == found["total"]
    for kind in ("channels", "queues"):
        for one in found[kind]:
            if one["key"]:
                assert len(listed(**period, **{kind[:-1]: one["key"]})) == one["n"], one
    fault = next(one for one in found["reasons"] if one["key"] == "tel.panne_fixe")
    assert len(listed(**period, reason=fault["key"])) == fault["n"] == 4  # with the other team's
    day = found["buckets"][2]
    assert listed(started_from=day["since"], started_before=day["until"]) == {"a2"}
    mood = ask("mood")["reasons"]
    negative = next(one for one in mood if one["key"] == "tel.panne_fixe")
    assert listed(**period, reason="tel.panne_fixe", sentiment="negative") == {"a1", "a2"}
    assert negative["negative"] == 2


def test_a_team_is_a_filter_for_those_who_see_several_and_no_way_into_another(
    small_centre, ask, listed
):
    assert ask("volumes", team="autre")["total"] == len(listed(team="autre")) == 1
    assert ask("kpis", team="autre")["counted"] == 1
    assert ask("volumes", team="default")["total"] == 7
    with small_centre.client_of("supervisor", team="default") as client:
        for part in ("volumes", "questions", "topics"):
            of_another = client.get(f"/v1/board/{part}", params={"team": "autre"} | PERIOD)
            assert of_another.status_code == 422
        own = client.get("/v1/board/volumes", params={"team": "default"} | PERIOD)
        assert own.json()["total"] == 7
        assert client.get("/v1/conversations", params={"team": "autre"}).json()["data"] == []


def test_filters_narrow_every_part(ask):
    assert ask("volumes", channel="phone")["total"] == 5
    assert ask("volumes", queue="mobile")["total"] == 2
    fault = ask("volumes", reason="tel.panne_fixe")
    assert {one["key"] for one in fault["reasons"]} == {"tel.panne_fixe.coupure", "tel.panne_fixe"}
    assert ask("mood", queue="mobile")["known"] == 2
    assert ask("kpis", queue="mobile")["counted"] == 2


@pytest.mark.parametrize(
    ("filters", "dated", "expected"),
    [
        ({"team": "autre"}, True, {"x1"}),
        ({}, True, {"a1", "a2", "a3", "a4", "a5", "a6", "x1"}),
        ({"channel": "chat"}, True, {"a4"}),
        ({"queue": "mobile"}, True, {"a4", "a5"}),
        ({"reason": "tel.panne_fixe"}, True, {"a1", "a2", "a3", "x1"}),
        # A forecast is made of every day, whatever the period; the other filters narrow it.
        ({"reason": "tel.facture"}, False, {"a4", "a5", "b3"}),
    ],
)  # fmt: skip
def test_reports_of_the_background_are_made_of_the_conversations_of_the_filters(
    small_centre, filters, dated, expected
):
    service = small_centre.app.state.service
    admin = Principal("k", Role.ADMIN, None, frozenset(Permission))
    period = {"first": date(2026, 11, 2), "last": date(2026, 11, 15)}
    asked = service.board.asked(admin, **period, **filters)
    audience = Audience(asked.visibility, Narrowing.of(asked.scope, dated=dated))
    assert Audience.of_payload(audience.payload("topics")) == audience
    ids, total = newest_analysed(
        service.store.database, service.board.conversations_of(audience), 100
    )
    assert (set(ids), total) == (expected, len(expected))


def test_each_filter_has_a_report_of_its_own(small_centre):
    answers = {
        query: small_centre.client.get(f"/v1/board/forecast?{query}").json()
        for query in ("", "channel=chat", "from=2026-11-02&to=2026-11-15")
    }
    assert all(one["value"] is None for one in answers.values())
    asked = {
        Audience(EVERYTHING, about).id_of("forecast")
        for about in (Narrowing(), Narrowing(channel="chat"))  # its period is always to come
    }
    with small_centre.app.state.service.store.database.reading() as session:
        once = session.scalars(select(JobRow.once).where(JobRow.kind == BOARD))
        made = {one.removeprefix("board:").split("@")[0] for one in once}
    assert asked <= made
    others = Audience(EVERYTHING, Narrowing(date(2026, 11, 2), date(2026, 11, 15)))
    assert others.id_of("forecast") not in made


def test_mood_is_told_by_reason_with_its_interval(ask):
    found = ask("mood", queue="assistance")
    (fault,) = found["reasons"]
    assert fault["n"] == 4
    assert fault["mean"] == pytest.approx(-0.225)
    # Student, three degrees of freedom: 3.182 × 0.287 / 2
    assert (fault["low"], fault["high"]) == pytest.approx((-0.6817, 0.2317), abs=1e-3)
    assert (fault["negative"], fault["neutral"], fault["positive"]) == (2, 2, 0)
    assert fault["few"] is True
    assert ask("mood")["unknown"] == 2


def kpis_of(found):
    return {one["kpi"]: one for section in found["sections"] for one in section["kpis"]}


def test_kpis_have_formula_n_interval_and_the_period_before_or_say_what_they_lack(small_centre):
    with small_centre.client_of("supervisor", team="default") as supervisor:
        found = supervisor.get("/v1/board/kpis", params=PERIOD).json()
    assert (found["counted"], found["pending"]) == (6, 0)
    kpis = kpis_of(found)
    complaints = kpis["complaint_rate"]
    assert (complaints["now"]["value"], complaints["now"]["n"]) == (pytest.approx(2 / 6), 6)
    assert complaints["now"]["low"] < 2 / 6 < complaints["now"]["high"]
    assert complaints["before"]["n"] == 3
    assert complaints["formula"]["fr"]
    assert complaints["leads"] is True
    answered = kpis["answer_rate"]
    assert answered["now"]["value"] is None
    assert answered["now"]["missing_fr"]
    assert kpis["csat"]["now"]["value"] is None


def test_the_conversations_behind_a_kpi_are_those_it_counts(small_centre, ask):
    with small_centre.client_of("supervisor", team="default") as supervisor:
        answer = supervisor.get(
            "/v1/board/behind", params=PERIOD | {"figure": "kpi:complaint_rate"}
        ).json()
        nothing = supervisor.get("/v1/board/behind", params={"figure": "kpi:nothing"} | PERIOD)
        unknown = supervisor.get("/v1/board/behind", params={"figure": "wrong"} | PERIOD)
    assert (answer["computed_from"], answer["counted"]) == (6, 2)
    counted = {one["id"] for one in answer["conversations"] if one["counted"]}
    assert counted == {"a1", "a5"}
    assert nothing.json()["computed_from"] == 0
    assert unknown.status_code == 404
    short = ask("behind", figure="coverage:short")
    assert [one["id"] for one in short["conversations"]] == ["a2"]


def test_who_counts_none_of_some_says_so_and_a_mean_counts_nothing_special(ask):
    none = ask("behind", figure="kpi:eliminatory_rate")
    assert (none["counts"], none["counted"]) == (True, 0)
    assert not any(one["counted"] for one in none["conversations"])
    mean = ask("behind", figure="kpi:dmc")
    assert (mean["counts"], mean["counted"]) == (False, 0)


@pytest.mark.parametrize(
    ("what", "ids"), [("queue", ["a7"]), ("channel", ["a7"]), ("reason", ["a7"])]
)
def test_conversations_of_which_something_is_not_known_can_be_seen(small_centre, what, ids):
    with small_centre.client_of("supervisor", team="default") as supervisor:
        asked = PERIOD | {"figure": f"without:{what}"}
        found = supervisor.get("/v1/board/behind", params=asked).json()
        narrowed = supervisor.get("/v1/board/behind", params=asked | {"queue": "assistance"}).json()
    assert [one["id"] for one in found["conversations"]] == ids
    assert found["computed_from"] == len(ids)
    assert narrowed["computed_from"] == 0


def test_quality_keeps_drafts_and_what_people_confirmed_apart(small_centre, ask):
    (card,) = ask("questions")["cards"]
    before = card["questions"][0]
    assert before["gate"] == "unmeasured"
    assert before["confirmed"]["n"] == 0
    recorded = small_centre.client.post(
        "/v1/evaluations/a1/events",
        json={
            "event": {
                "kind": "corrected", "item": before["item"], "answer": 0, "reason": "Non.",
                "evidence": [{"turn_index": 0, "quote": "Bonjour"}],
            }
        },
    )  # fmt: skip
    assert recorded.status_code == 201, recorded.text
    small_centre.app.state.service.board.forget()
    (card,) = ask("questions")["cards"]
    after = card["questions"][0]
    assert after["draft"] == before["draft"]
    assert (after["confirmed"]["value"], after["confirmed"]["n"]) == (0.0, 1)
    assert after["confirmed"]["high"] < 1
    assert card["reviewed"] == 1


def test_health_tells_the_account_of_the_transcription(ask):
    found = ask("health")
    coverage = found["coverage"]
    assert coverage["recordings"] == 2
    assert (coverage["speech_s"], coverage["covered_s"]) == (160.0, 110.0)
    assert (coverage["short"], coverage["warned"]) == (1, 1)
    assert found["pending"] == 0


def test_a_team_sees_its_own_and_an_analyst_what_was_drawn(small_centre):
    counts = {}
    for role, more in (
        ("supervisor", {"team": "default"}), ("supervisor", {"team": "autre"}),
        ("analyst", {"team": "default"}), ("admin", {}),
    ):  # fmt: skip
        with small_centre.client_of(role, **more) as client:
            found = client.get("/v1/board/volumes", params=PERIOD).json()
            kpis = client.get("/v1/board/kpis", params=PERIOD).json()
            counts[role, more.get("team")] = (found["total"], kpis["counted"])
    assert counts == {
        ("supervisor", "default"): (7, 6), ("supervisor", "autre"): (1, 1),
        ("analyst", "default"): (1, 1), ("admin", None): (8, 7),
    }  # fmt: skip


@pytest.mark.parametrize("part", ["volumes", "kpis", "topics", "tables/kpis.csv"])
def test_agents_and_customers_are_refused(small_centre, part):
    for role, more in (("agent", {"agent_key": "a-1"}), ("customer", {"customer_key": "c-1"})):
        with small_centre.client_of(role, **more) as client:
            assert client.get(f"/v1/board/{part}").status_code == 403
    with small_centre.client_of("nobody") as client:
        assert client.get(f"/v1/board/{part}").status_code == 401


@pytest.mark.parametrize(
    "query",
    [{"from": "2026-11-10", "to": "2026-11-01"}, {"from": "2020-01-01"}, {"from": "hier"},
     {"from": "0001-01-01", "to": "0001-01-02"}, {"channel": "fax"}, {"reason": "a\x00b"},
     {"queue": "a\x00b"}],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(small_centre, query):
    assert small_centre.client.get("/v1/board/volumes", params=query).status_code == 422


def test_a_table_is_a_spreadsheet_of_the_readers_country(small_centre, ask):
    answer = small_centre.client.get("/v1/board/tables/queues.csv", params=PERIOD)
    assert answer.headers["content-disposition"].startswith('attachment; filename="queues_2026')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    shown = ask("volumes")["queues"]
    assert [line[0] for line in lines[1:]] == [one["key"] or "" for one in shown]
    assert [line[2] for line in lines[1:]] == [str(one["n"]) for one in shown]
    assert "," in lines[1][3]
    english = small_centre.client.get("/v1/board/tables/queues.csv", params=PERIOD | {"lang": "en"})
    lines = list(csv.reader(io.StringIO(english.content.decode("utf-8-sig"))))
    assert float(lines[1][3]) == pytest.approx(shown[0]["share"], abs=1e-3)
    assert small_centre.client.get("/v1/board/tables/nothing.csv").status_code == 422


def test_tables_hold_words_of_the_readers_language_and_no_codes(small_centre):
    def column(table, place, **query):
        asked = PERIOD | query
        answer = small_centre.client.get(f"/v1/board/tables/{table}.csv", params=asked)
        comma = ";" if asked.get("lang") != "en" else ","
        lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=comma)
        return [line[place] for line in lines][1:]

    assert set(column("channels", 1)) == {"Appel", "Chat", "E-mail", "Non renseigné"}
    assert "Non renseigné" in column("queues", 1)
    assert "Sans motif reconnu" in column("reasons", 1)
    assert {"nombre", "part", "secondes"} <= set(column("kpis", 3))
    assert set(column("questions", 10)) == {"Accord non mesuré"}
    assert set(column("questions", 10, lang="en")) == {"Agreement not measured"}
    health = column("health", 0)
    assert "Conversations en échec en 7 jours" in health
    assert not [name for name in health if "_" in name or "." in name]


def test_a_conversation_that_is_erased_is_no_longer_counted(small_centre, rows, ask):
    database = small_centre.app.state.service.store.database
    rows.store_rows(database, [rows.row("z1", "2026-11-14T10:00:00+00:00", team="autre")])

    def counted():
        small_centre.app.state.service.board.forget()
        return ask("kpis")["counted"]

    deadline = time.monotonic() + 20
    while counted() == 7:  # nobody but the page itself asks for the facts of what is new
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert counted() == 8
    assert small_centre.client.delete("/v1/conversations/z1").status_code in (200, 204)
    assert counted() == 7
