"""Filters of the inbox, its jobs and its export, in a real browser."""

from __future__ import annotations

import csv
import io
import runpy
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from serving.store.tables import CategoryRow, ConversationRow

CHAT = "Agent: Bonjour\nClient: {}\n"


@pytest.fixture(scope="module")
def filled(service):
    """Return ids by name of conversations that differ in what lists filter by."""
    ids = {}
    for name, text, about in (
        ("panne", "Ma box est en panne", {"queue": "fixe", "agent_key": "a-1"}),
        ("facture", "Ma facture double", {"queue": "argent", "customer_key": "c-1"}),
        ("markup", "Livraison perdue", {"queue": "<script>alert(1)</script>"}),
        ("cassé", "BROKEN", {"queue": "fixe"}),
    ):
        answer = service.client.post(
            "/v1/conversations",
            files={"file": (f"{name}.chat.txt", CHAT.format(text), "text/plain")},
            data=about,
        )
        ids[name] = answer.json()["id"]
        service.wait_for(ids[name])
    store = service.app.state.service.store
    with store.database.writing() as session:
        for name, reason, felt, day in (
            ("panne", "tel.panne_fixe", -0.6, "2026-10-05T22:30:00Z"),
            ("facture", "tel.facture", 0.5, "2026-10-06T10:00:00Z"),
            ("markup", "tel.facture", 0.0, "2026-10-07T10:00:00Z"),
        ):
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == ids[name])
                .values(reason=reason, sentiment=felt, started_at=_moment(day))
            )
        session.add(CategoryRow(conversation_id=ids["panne"], category="churn", alert=True))
    return ids


def _moment(text):
    import datetime

    return datetime.datetime.fromisoformat(text)


@pytest.fixture
def many_more(service):
    """Conversations of a queue, more than a list shows at once; one is a chat of our own."""
    rows = runpy.run_path(str(Path(__file__).parents[1] / "board_rows.py"))
    made = [
        rows["row"](f"p{n:03}", f"2026-10-0{1 + n % 8}T10:00:00+00:00", status="cancelled",
                    queue="pages", name="chat-p000.json" if n == 0 else f"p{n:03}.wav")
        for n in range(120)
    ]  # fmt: skip
    database = service.app.state.service.store.database
    rows["store_rows"](database, made)
    yield
    with database.writing() as session:
        session.execute(delete(ConversationRow).where(ConversationRow.queue == "pages"))


@pytest.fixture
def inbox(service, filled, open_page, admin_key):
    """Return a function that opens the inbox with a query, signed in."""
    del filled

    def open_it(query: str = "", key: str = admin_key, **options):
        page = open_page(f"{service.url}/inbox{query}", **options)
        page.fill("input[name=key]", key)
        page.keyboard.press("Enter")
        page.wait_for_url("**/inbox**")
        page.locator(".received[aria-busy=false]").wait_for()
        return page

    return open_it


def names(page):
    return sorted(one.split(".")[0] for one in page.locator("td.name").all_inner_texts())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"reason": "tel"}, ["facture", "markup", "panne"]),
        ({"reason": "tel.facture"}, ["facture", "markup"]),
        ({"queue": "fixe"}, ["cassé", "panne"]),
        ({"agent_key": "a-1"}, ["panne"]),
        ({"customer_key": "c-1"}, ["facture"]),
        ({"sentiment": "negative"}, ["panne"]),
        ({"sentiment": "neutral"}, ["markup"]),
        ({"sentiment": "positive"}, ["facture"]),
        ({"category": "churn"}, ["panne"]),
        ({"text": '"facture double"'}, ["facture"]),
        ({"status": "failed"}, ["cassé"]),
        (
            {"started_from": "2026-10-06T00:00:00Z", "started_before": "2026-10-07T00:00:00Z"},
            ["facture"],
        ),
        ({"reason": "tel.facture", "sentiment": "positive"}, ["facture"]),
    ],
)
def test_the_list_can_be_narrowed_by_each_of_its_filters(service, filled, query, expected):
    answer = service.client.get("/v1/conversations", params=query)
    assert answer.status_code == 200, answer.text
    assert sorted(one["name"].split(".")[0] for one in answer.json()["data"]) == expected
    chosen = {"ids": f"{filled['panne']},{filled['markup']},unknown"}
    both = service.client.get("/v1/conversations", params=query | chosen).json()["data"]
    assert {one["id"] for one in both} <= {filled["panne"], filled["markup"]}


def test_too_many_ids_and_text_without_a_word_are_refused_with_a_remedy(service, filled):
    many = service.client.get("/v1/conversations", params={"ids": ",".join(map(str, range(300)))})
    assert many.status_code == 422
    assert many.json()["remedy"]
    wordless = service.client.get("/v1/conversations", params={"text": "?"})
    assert wordless.status_code == 422


def test_looking_for_words_is_written_down_with_what_was_found(service, filled):
    service.client.get("/v1/conversations", params={"text": "facture"})
    line = service.client.get("/v1/audit", params={"action": "conversation.search"}).json()["data"]
    assert line[0]["detail"] == {"by": "words", "found": [filled["facture"]]}


def test_a_link_with_filters_survives_the_sign_in_and_shows_them_as_chips(inbox, service):
    page = inbox("?reason=tel.facture&sentiment=positive&nothing=1&channel=telepathy")
    assert names(page) == ["facture"]
    chips = page.get_by_role("list", name="Filtres actifs")
    assert chips.locator(".chip").count() == 2
    assert "Humeur du client Positif" in " ".join(chips.inner_text().split())
    page.get_by_text(
        "ceci n'a pas été compris et ne filtre pas la liste : Canal « telepathy ».".replace(
            " »", "\u00a0»"
        )
        .replace("« ", "«\u00a0")
        .replace(" :", "\u00a0:")
    ).wait_for()
    page.get_by_role("button", name="Retirer le filtre : Humeur du client").click()
    page.locator("td.name", has_text="markup").wait_for()
    assert page.url == f"{service.url}/inbox?reason=tel.facture"
    page.get_by_role("link", name="English").click()
    page.get_by_role("list", name="Active filters").wait_for()
    assert names(page) == ["facture", "markup"]
    page.reload()
    assert names(page) == ["facture", "markup"]


def test_days_are_the_readers_days_and_the_last_one_is_included(inbox):
    paris = {"timezone_id": "Europe/Paris"}  # where the first call began on the 6th
    page = inbox("?from=2026-10-06&to=2026-10-06", **paris)
    assert names(page) == ["facture", "panne"]
    page.get_by_label("Au", exact=True).fill("2026-10-07")
    page.locator("td.name", has_text="markup").wait_for()
    assert "to=2026-10-07" in page.url


def test_a_day_is_typed_and_asked_for_once_it_is_whole(inbox):
    page = inbox("?from=2026-10-01", timezone_id="Europe/Paris")
    asked = []
    page.on("request", lambda one: "started_before" in one.url and asked.append(one.url))
    page.get_by_label("Au", exact=True).focus()
    page.keyboard.type("10102026")  # the same day wherever the month stands
    assert asked == []
    assert page.url.endswith("?from=2026-10-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**?from=2026-10-01&to=2026-10-10")
    page.get_by_text("3 affichées").wait_for()
    page.get_by_label("Au", exact=True).fill("")  # emptied, as the picker does
    page.wait_for_url("**?from=2026-10-01")


def test_words_said_and_a_queue_with_markup_are_found_by_keyboard(inbox):
    page = inbox()
    page.get_by_label("Mots prononcés").fill("livraison perdue")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=livraison+perdue**")
    page.get_by_text("1 affichée").wait_for()
    assert names(page) == ["markup"]
    assert "<script>alert(1)</script>" in page.locator("td.name").inner_text()
    page.get_by_role("button", name="Retirer le filtre : Mots prononcés").press("Enter")
    page.locator("td.name", has_text="panne").wait_for()


def test_an_empty_list_counts_in_the_singular(inbox):
    page = inbox("?queue=nulle-part")
    page.get_by_text("0 affichée", exact=True).wait_for()


def test_who_comes_back_to_a_list_finds_as_many_rows_as_they_left(inbox, many_more, service):
    page = inbox("?queue=pages")
    page.get_by_text("50 affichées, d'autres suivent").wait_for()
    page.get_by_role("button", name="Afficher plus").click()
    page.get_by_text("100 affichées, d'autres suivent").wait_for()
    page.goto(f"{service.url}/conversations/p001")
    page.go_back()
    page.get_by_text("100 affichées, d'autres suivent").wait_for()


def test_a_chat_of_our_own_has_a_name_that_is_read(inbox, many_more):
    page = inbox("?ids=p000", timezone_id="Europe/Paris")
    page.locator("td.name", has_text="Chat du 01/10/2026 12:00").wait_for()


def test_the_export_holds_what_the_list_shows(inbox):
    page = inbox("?queue=fixe")
    with page.expect_download() as got:
        page.get_by_role("link", name="Exporter la liste").click()
    rows = list(csv.DictReader(io.StringIO(got.value.path().read_text("utf-8-sig"))))
    assert {one["queue"] for one in rows} == {"fixe"}
    assert len(rows) == 2


def test_a_failed_analysis_says_why_and_what_helps_and_can_be_tried_again(inbox, service, filled):
    page = inbox("?status=failed&lang=en")
    page.get_by_role("button", name="Why cassé.chat.txt").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("This format of conversation is not known.").wait_for()
    sheet.get_by_text("Send a vCon, a JSON or a text").wait_for()
    sheet.get_by_text("the fake cannot read this").wait_for()
    before = service.client.get(f"/v1/jobs?conversation_id={filled['cassé']}").json()["data"][0]
    sheet.get_by_role("button", name="Try again").click()
    page.get_by_text("Work begun again.").wait_for()
    after = service.client.get(f"/v1/jobs/{before['id']}").json()
    assert (after["state"], after["finished_at"]) != ("failed", before["finished_at"])


def test_a_running_analysis_is_seen_with_its_stage_and_cancelled(inbox, service):
    pipeline = service.pipeline
    pipeline.begun.clear()
    pipeline.go_on.clear()
    waiting = service.send_chat("WAIT")
    assert pipeline.begun.wait(20)
    try:
        page = inbox(f"?ids={waiting}")
        page.get_by_role("button", name="Suivi").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_text("Étape : compréhension").wait_for()
        sheet.get_by_role("button", name="Annuler le traitement").click()
        sheet.get_by_role("button", name="Oui, annuler").click()
        sheet.get_by_text("Annulé", exact=True).wait_for()
    finally:
        pipeline.go_on.set()
    page.keyboard.press("Escape")
    page.locator("tbody").get_by_text("Annulée").wait_for()
    page.get_by_role("button", name="Suivi").click()
    page.get_by_role("dialog").get_by_role("button", name="Relancer").click()
    page.keyboard.press("Escape")
    page.locator("tbody").get_by_text("Terminée").wait_for()
    service.client.delete(f"/v1/conversations/{waiting}")


def test_who_may_not_export_or_manage_jobs_is_not_offered_it(inbox, service):
    with service.client_of("agent", agent_key="a-1") as agent:
        key = agent.headers["authorization"].removeprefix("Bearer ")
    page = inbox(key=key)
    assert names(page) == ["panne"]
    assert page.get_by_role("link", name="Exporter la liste").count() == 0
    assert page.get_by_role("columnheader", name="Note (brouillon)").count() == 0
    assert inbox().get_by_role("columnheader", name="Note (brouillon)").count() == 1


@pytest.mark.parametrize(
    ("role", "path"),
    [("agent", "/inbox"), ("analyst", "/inbox"), ("supervisor", "/inbox"), ("customer", "/chat")],
)
def test_the_bare_address_leads_everybody_to_a_screen_that_they_may_see(service, role, path):
    from serving.routes.screens.framing import SCREENS

    there = {one for _, one, _ in SCREENS}
    wanted = {"agent": "/desk", "analyst": "/review", "supervisor": "/board"}.get(role, path)
    with service.client_of(role) as client:
        answer = client.get("/")
    assert answer.status_code == 303
    assert answer.headers["location"] == (wanted if wanted in there else path)
