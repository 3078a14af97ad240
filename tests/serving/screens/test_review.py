"""A review in a real browser: from the queue to what the agent sees, by keyboard."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from serving.screens.review.words import QUEUE, REVIEW
from serving.screens.words import words_of
from serving.store.tables import AssignmentRow, ConversationRow

LOCALES = {"fr": "fr-FR", "en": "en-GB"}
start = runpy.run_path(str(Path(__file__).with_name("review_desk.py")))["ReviewDesk"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, running_service_class, fake_pipeline_class):
    """A service with people and conversations to review."""
    desk = start(tmp_path_factory.mktemp("review") / "data", running_service_class,
                 fake_pipeline_class)  # fmt: skip
    yield desk
    desk.stop()


@pytest.fixture
def signed_in(desk, open_page):
    """Return a function that opens a page as somebody."""

    def open_as(name: str, path: str, **options):
        page = open_page(f"{desk.url}{path}", **options)
        page.fill("input[name=key]", desk.keys[name])
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path.split('?', maxsplit=1)[0]}**")
        return page

    return open_as


def events_of(desk, conversation_id):
    found = desk.admin.get(f"/v1/evaluations/{conversation_id}", params={"redacted": False})
    return found.json()["data"][0]["review"]["state"]


def decision_on(desk, conversation_id, item):
    state = events_of(desk, conversation_id)
    found = next(one for one in state["items"] if one["opened"]["id"] == item)
    return found["decisions"][-1] if found["decisions"] else None


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_review_goes_from_the_queue_by_keyboard_to_what_the_agent_sees(desk, signed_in, lang):
    queue, words = words_of(QUEUE, lang), words_of(REVIEW, lang)
    reviewer = "analyst" if lang == "fr" else "other"  # whose queue is empty
    call = desk.call()
    desk.assign(call, to=reviewer, due_at=(datetime.now(UTC) - timedelta(days=1)).isoformat())
    page = signed_in(reviewer, "/review", locale=LOCALES[lang])
    assert page.evaluate("document.documentElement.lang") == lang
    page.get_by_role("heading", name=queue["title"]).wait_for()
    page.get_by_text(queue["overdue"].split("{")[0]).wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{call}**")
    page.locator(".question.now").wait_for()
    page.keyboard.press("c")
    page.locator("#question-ACC1.answered").wait_for()
    assert decision_on(desk, call, "ACC1")["how"] == "confirmed"
    page.locator("#question-ACC2.now").wait_for()
    page.keyboard.press("3")
    page.keyboard.type("L'offre d'écoute manque.")
    page.keyboard.press("Enter")
    page.locator("#question-ACC2.answered").wait_for()
    corrected = decision_on(desk, call, "ACC2")
    assert (corrected["answer"], corrected["reason"]) == (0, "L'offre d'écoute manque.")
    page.keyboard.press("r")
    page.keyboard.type(words["cause_training"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".cause .chip", has_text=words["cause_training"]).wait_for()
    page.locator(".transcript li").nth(2).focus()
    page.keyboard.press("x")
    page.keyboard.press("m")
    page.get_by_label(words["comment_text"]).fill("Beau geste.")
    page.keyboard.press("Enter")
    page.locator(".remarks li", has_text="Beau geste.").locator("q").wait_for()
    for _ in range(page.locator(".question").count()):
        now = page.locator(".question.now")
        if "answered" in now.get_attribute("class"):
            page.keyboard.press("j")
            continue
        name = now.get_attribute("id")
        page.keyboard.press("c" if now.locator(".proposal .chip.drawn").count() else "1")
        page.locator(f"#{name}.answered").wait_for()
    page.get_by_text(words["score_human"]).wait_for()
    page.keyboard.press("f")
    page.get_by_role("dialog").get_by_text(words["share_ask"]).wait_for()
    page.keyboard.press("Enter")
    page.locator(".foot").get_by_text(words["shared_at"].split("{")[0]).wait_for()
    page.locator(".foot button:focus", has_text=words["next"]).wait_for()
    state = events_of(desk, call)
    assert len(state["sharings"]) == 1
    assert [one["text"] for one in state["comments"]] == ["Beau geste."]
    assert [one["cause"] for one in state["items"][1]["root_causes"]] == ["training"]
    agent = signed_in("agent", f"/review/mine/{call}", locale=LOCALES[lang])
    agent.get_by_text("Beau geste.").first.wait_for()
    agent.get_by_text("L'offre d'écoute manque.").first.wait_for()


def test_a_long_queue_shows_its_first_page_and_the_rest_on_demand_and_by_key(desk, signed_in):
    call, boss = desk.call(), desk.id_of("supervisor")
    with desk.service.store.database.writing() as session:
        row = session.get(ConversationRow, call)
        values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        now = datetime.now(UTC)
        for place in range(120):
            more = {"id": f"copy{place}", "name": f"appel {place}", "sampled": True}
            session.add(ConversationRow(**values | more))
            session.add(
                AssignmentRow(
                    id=f"given{place}", conversation_id=f"copy{place}", scorecard="inbound",
                    version="1.1", assignee=boss, assigned_by=boss, created_at=now,
                    due_at=now + timedelta(hours=place),
                )
            )  # fmt: skip
    page = signed_in("supervisor", "/review")
    rows = page.locator("tbody tr")
    page.get_by_text("50 évaluations, les plus urgentes").wait_for()
    assert rows.count() == 50
    page.get_by_role("button", name="Afficher la suite").click()
    page.get_by_text("100 évaluations, les plus urgentes").wait_for()
    page.locator("#review-99").focus()
    page.get_by_label("Chercher dans la liste").fill("appel 11")
    page.get_by_text("La recherche porte sur les 100 évaluations affichées.").wait_for()
    page.get_by_label("Chercher dans la liste").fill("")
    page.locator("#review-99").wait_for()
    page.locator("h1").click()
    for _ in range(101):  # past the last that is there
        page.keyboard.press("j")
    page.get_by_text("120 évaluations").wait_for()
    names = [one.split("\n")[0] for one in rows.all_inner_texts()]
    assert names == [f"appel {place}" for place in range(120)]
    assert page.get_by_role("button", name="Afficher la suite").count() == 0


def test_a_passage_is_commented_on_in_the_words_that_are_shown(desk, signed_in):
    call = desk.call()
    desk.assign(call)
    page = signed_in("analyst", f"/review/{call}")
    turn = page.locator(".transcript li", has_text="[NOM_1]. Est-ce que")
    turn.wait_for()
    assert page.get_by_text("Marc Dubois").count() == 0
    turn.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.locator(".passage q", has_text="[NOM_1]. Est-ce").wait_for()
    page.keyboard.press("m")
    page.locator(".passage textarea").wait_for()
    page.keyboard.type("Le nom est <b>repris</b>.")
    page.keyboard.press("Enter")
    page.locator(".remarks li", has_text="Le nom est <b>repris</b>.").wait_for()
    page.locator(".remarks q", has_text="[NOM_1]. Est-ce").wait_for()
    quote = events_of(desk, call)["comments"][0]["evidence"][0]
    assert quote["quote"] == "Marc Dubois. Est-ce"
    assert page.locator(".transcript .w.comment").count() == 2


def test_what_was_typed_stays_when_somebody_else_wrote_meanwhile(desk, browser):
    call = desk.call()
    desk.assign(call)
    context = browser.new_context(locale="fr-FR")  # the browser itself logs what is refused
    page = context.new_page()
    page.goto(f"{desk.url}/review/{call}")
    page.fill("input[name=key]", desk.keys["analyst"])
    page.keyboard.press("Enter")
    page.locator(".question.now").wait_for()
    page.keyboard.press("3")
    page.keyboard.type("Le prénom manque.")
    other = {"event": {"kind": "commented", "text": "Je regarde aussi."}}
    assert desk.admin.post(f"/v1/evaluations/{call}/events", json=other).status_code == 201
    page.keyboard.press("Enter")
    page.get_by_text("rien de ce que vous aviez saisi n'est perdu").wait_for()
    assert page.locator("form.why textarea").input_value() == "Le prénom manque."
    page.locator(".remarks li", has_text="Je regarde aussi.").wait_for()
    page.locator("form.why textarea").press("Enter")
    page.locator("#question-ACC1.answered").wait_for()
    assert decision_on(desk, call, "ACC1")["reason"] == "Le prénom manque."
    context.close()


def test_the_last_correction_can_be_taken_back_and_the_log_keeps_both(desk, signed_in):
    call = desk.call()
    desk.assign(call)
    page = signed_in("analyst", f"/review/{call}")
    page.locator(".question.now").wait_for()
    page.keyboard.press("u")
    page.get_by_text("Rien à annuler.").wait_for()
    page.keyboard.press("3")
    page.keyboard.type("Non.")
    page.keyboard.press("Enter")
    page.locator("#question-ACC1.answered").wait_for()
    page.keyboard.press("u")
    page.get_by_text("Correction annulée").first.wait_for()
    found = events_of(desk, call)["items"][0]["decisions"]
    assert [one["answer"] for one in found] == [0, 1]


def test_a_word_is_heard_when_it_is_clicked_and_the_transcript_follows(desk, signed_in, picture):
    call = desk.call()
    page = signed_in("supervisor", f"/review/{call}")
    page.locator(".wave canvas").first.wait_for(state="attached")
    page.locator(".transcript li").nth(6).locator(".w").nth(2).click()
    page.locator(".transcript .w.said").wait_for()
    page.locator(".transcript li.speaking").wait_for()
    page.keyboard.press(" ")
    page.get_by_role("button", name="Écouter", exact=True).wait_for()
    assert page.locator(".lanes .silence").count() == 1
    page.keyboard.press("j")
    page.locator("#question-ACC2 .quotes").wait_for()
    picture(page, "review_call")


def test_a_written_conversation_has_no_player(desk, signed_in):
    chat = desk.chat()
    page = signed_in("supervisor", f"/review/{chat}")
    page.locator(".transcript li", has_text="hors forfait").wait_for()
    assert page.locator(".player").count() == 0
    assert page.get_by_text("Le son, lui").count() == 0


def test_who_scores_blind_is_shown_no_answer_and_sends_all_at_once(desk, signed_in):
    call = desk.call()
    body = {"scorecard": "inbound", "conversation_ids": [call],
            "raters": [desk.id_of("analyst"), desk.id_of("other")]}  # fmt: skip
    session = desk.admin.post("/v1/calibrations", json=body).json()["id"]
    page = signed_in("analyst", f"/review/{call}")
    page.get_by_text("Vous évaluez ce contact à l'aveugle").wait_for()
    state = page.evaluate("document.getElementById('state').textContent")
    assert 'score_100": null' in state
    assert page.locator(".proposal").count() == 0
    for _ in range(page.locator(".question").count()):
        page.keyboard.press("1")
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.get_by_text("Vos réponses sont enregistrées.").wait_for()
    waiting = desk.admin.get(f"/v1/calibrations/{session}").json()["waiting_for"]
    assert waiting == [desk.id_of("other")]


def test_a_trusted_proposal_is_prefilled_and_one_that_is_not_is_withdrawn(desk, signed_in):
    call = desk.call()
    desk.assign(call)
    desk.announce(SAV1="auto", DEC3="off")
    page = signed_in("analyst", f"/review/{call}")
    page.locator("#question-SAV1 .title").click()
    page.get_by_text("κ 0,78 [0,68 ; 0,87], n = 64").wait_for()
    page.get_by_text("préremplie, à confirmer").wait_for()
    page.locator("#question-DEC3 .title").click()
    page.get_by_text("Proposition retirée").wait_for()
    assert page.locator("#question-DEC3 .quotes").count() == 0
    page.keyboard.press("2")
    page.locator("#question-DEC3.answered").wait_for()
    page.get_by_role("button", name="Terminer et confirmer la préremplie").wait_for()


def test_what_is_still_open_is_said_and_marked_and_f_leads_to_the_first(desk, signed_in):
    call = desk.call()
    desk.assign(call)
    page = signed_in("analyst", f"/review/{call}")
    page.locator("#question-ACC1.now .todo").wait_for()
    left = page.locator(".question .todo").count()
    page.keyboard.press("c")
    page.locator("#question-ACC1.answered").wait_for()
    page.locator("#question-ACC1 .todo").wait_for(state="detached")
    page.locator(".foot").get_by_text(f"{left - 1} critères restent à répondre.").wait_for()
    for _ in range(5):
        page.keyboard.press("j")
    page.keyboard.press("f")
    page.locator("#question-ACC2.now").wait_for()
    page.get_by_role("status").get_by_text("restent à répondre").wait_for()


def test_what_was_typed_is_there_after_a_reload_until_it_is_recorded(desk, signed_in):
    call = desk.call()
    desk.assign(call)
    page = signed_in("analyst", f"/review/{call}")
    page.get_by_label("Note de synthèse").fill("Un accueil chaleureux.")
    page.locator("#question-ACC1 .title").click()
    page.keyboard.press("3")
    page.keyboard.type("Le prénom manque.")
    page.reload()
    note = page.get_by_label("Note de synthèse")
    note.wait_for()
    assert note.input_value() == "Un accueil chaleureux."
    page.keyboard.press("3")
    assert page.locator("form.why textarea").input_value() == "Le prénom manque."
    page.keyboard.press("Enter")
    page.locator("#question-ACC1.answered").wait_for()
    page.get_by_role("button", name="Ajouter la note").click()
    page.locator(".remarks li", has_text="Un accueil chaleureux.").wait_for()
    page.locator(".remarks textarea:focus").wait_for()
    kept = page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    assert "prénom" not in kept
    assert "chaleureux" not in kept


def test_confirming_again_records_nothing(desk, signed_in):
    call = desk.call()
    desk.assign(call)
    page = signed_in("analyst", f"/review/{call}")
    page.keyboard.press("c")
    for key in ("c", "1"):
        page.locator("#question-ACC2.now").wait_for()
        page.keyboard.press("k")
        page.locator("#question-ACC1.answered.now").wait_for()
        page.keyboard.press(key)
    page.locator("#question-ACC2.now").wait_for()
    page.keyboard.press("c")
    page.locator("#question-ACC2.answered").wait_for()
    items = {one["opened"]["id"]: one for one in events_of(desk, call)["items"]}
    assert len(items["ACC1"]["decisions"]) == 1
    assert len(items["ACC2"]["decisions"]) == 1


def test_agents_and_customers_are_refused(desk, browser):
    call = desk.call()
    for name in ("agent", "stranger", "customer"):
        for path in ("/review", f"/review/{call}", "/v1/reviews"):
            answer = desk.admin.get(path, headers=desk.as_(name))
            assert answer.status_code == 403, (name, path)
    unseen = desk.call(agent_key="a-9")
    assert desk.admin.get(f"/review/{unseen}", headers=desk.as_("other")).status_code == 404
