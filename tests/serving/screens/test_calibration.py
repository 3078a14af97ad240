"""A session that two people score blind and then compare, in real browsers."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def contacts(centre):
    return [centre.conversation(name=f"Contact {n} <i>ambigu</i>") for n in (1, 2)]


def opened(centre, contacts, raters=("analyst", "second")):
    body = {
        "scorecard": "inbound",
        "conversation_ids": contacts,
        "raters": [centre.id_of(one) for one in raters],
    }
    answer = centre.admin.post("/v1/calibrations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def score(centre, who, session, conversation, **other):
    answers = dict.fromkeys(session["items"], 1) | other
    answer = centre.clients[who].post(
        f"/v1/calibrations/{session['id']}/events",
        json={"kind": "session_scored", "conversation_id": conversation, "answers": answers},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def rate_by_keyboard(page, differ_at=None):
    """Answer every question with the keys, then send."""
    page.locator("fieldset.asking").first.wait_for()
    count = page.locator("fieldset.asking").count()
    for place in range(count):
        page.keyboard.press("3" if place == differ_at else "1")
    page.get_by_text(f"{count} / {count}").wait_for()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.get_by_role("button", name="Envoyer définitivement").click()


def test_a_session_is_opened_scored_blind_by_two_compared_agreed_and_closed(
    centre, signed_in, contacts
):
    boss = signed_in("supervisor", "/review/calibrations")
    boss.get_by_role("button", name="Ouvrir une séance").click()
    window = boss.get_by_role("dialog")
    window.get_by_label("Grille").select_option(label="Appels entrants 1.1")
    window.get_by_label("Contact-2").check()
    for who in window.get_by_label("analyst").all():
        who.check()
    window.get_by_role("button", name="Ouvrir la séance").click()
    boss.get_by_text("Séance à l'aveugle").wait_for()
    path = boss.url.removeprefix(centre.url).split("?")[0]

    first = signed_in("analyst", path)
    first.get_by_role("button", name="Noter").click()
    first.get_by_text("ni proposition de la machine").wait_for()
    first.locator(".transcript").get_by_text("Ma box").or_(
        first.locator(".transcript").get_by_text("ma box")
    ).wait_for()
    assert "Brouillon" not in first.locator("main").inner_text()
    rate_by_keyboard(first, differ_at=1)
    first.get_by_text("Noté", exact=True).wait_for()
    assert first.locator(".compared").count() == 0

    second = signed_in("second", path)
    second.get_by_role("button", name="Noter").click()
    rate_by_keyboard(second)
    second.get_by_text("À discuter d'abord").wait_for()

    boss.reload()
    apart = boss.locator("details.compared").first
    apart.get_by_text("Personnes en désaccord : 1 sur 1").wait_for()
    assert "Offre d'écoute" in apart.locator("summary").inner_text()
    given = apart.locator("tbody .chip").all_inner_texts()[:2]  # raters stand by their ids
    assert sorted(given) == ["Conforme", "Non conforme"]
    apart.get_by_text("Kappa entre personnes").wait_for()
    apart.get_by_role("button", name="Convenir d'une réponse").click()
    apart.get_by_label("En partie").check()
    apart.get_by_label("Pourquoi, ou comment lire").fill("L'offre vient trop tard.")
    apart.locator("form").get_by_role("button", name="Convenir d'une réponse").click()
    apart.get_by_text("L'offre vient trop tard.").wait_for()
    boss.get_by_role("button", name="Clore la séance").click()
    boss.get_by_label("Ce que le groupe retient").fill("Dans les 30 premières secondes.")
    boss.get_by_role("dialog").get_by_role("button", name="Clore la séance").click()
    boss.get_by_text("Séance close par").wait_for()
    assert boss.get_by_role("button", name="Changer").count() == 0
    boss.goto(f"{centre.url}/review/calibrations")
    boss.locator("tr", has_text="Close").first.wait_for()


def test_nobody_sees_an_answer_before_all_have_scored_and_one_can_be_excused(
    centre, signed_in, contacts
):
    session = opened(centre, contacts)
    score(centre, "analyst", session, contacts[0], **{session["items"][0]: 0})
    page = signed_in("second", f"/review/calibrations/{session['id']}")
    page.get_by_text("Séance à l'aveugle").wait_for()
    state = page.evaluate("JSON.parse(document.getElementById('state').textContent)")
    assert state["session"]["answers"] == {}
    assert state["session"]["comparison"] is None
    for conversation in contacts:
        score(centre, "second", session, conversation)
    boss = signed_in("supervisor", f"/review/calibrations/{session['id']}")
    boss.get_by_role("button", name="Dispenser").click()
    boss.get_by_label("Raison").fill("En congé.")
    boss.get_by_role("dialog").get_by_role("button", name="Dispenser").click()
    boss.get_by_text("À discuter d'abord").wait_for()


def test_answers_that_were_not_sent_are_still_there_after_a_reload(centre, signed_in, contacts):
    session = opened(centre, contacts)
    page = signed_in("analyst", f"/review/calibrations/{session['id']}/{contacts[0]}")
    page.locator("fieldset.asking").first.wait_for()
    page.keyboard.press("2")
    page.keyboard.press("4")
    page.reload()
    page.get_by_text("2 / 24").wait_for()
    page.locator("#q-1 label.chosen", has_text="Sans objet").wait_for()


def test_who_is_no_rater_is_led_to_the_session_and_agents_are_refused(centre, contacts):
    session = opened(centre, contacts)
    path = f"/review/calibrations/{session['id']}"
    led = centre.clients["supervisor"].get(f"{path}/{contacts[0]}")
    assert led.status_code == 303
    assert led.headers["location"] == path
    assert centre.clients["agent"].get(path).status_code == 403
    assert centre.clients["analyst"].get("/review/calibrations/none").status_code == 404
    assert centre.clients["analyst"].get(f"{path}/nothing").status_code == 404
    refused = centre.clients["analyst"].post(
        f"/v1/calibrations/{session['id']}/events", json={"kind": "session_closed"}
    )
    assert refused.status_code == 409
    agreement = centre.clients["analyst"].get(f"/v1/calibrations/{session['id']}/agreement")
    assert agreement.status_code == 409


def test_the_agreement_record_leads_to_the_contacts_and_counts_causes(centre, signed_in, contacts):
    session = opened(centre, contacts)
    for who in ("analyst", "second"):
        for conversation in contacts:
            score(centre, who, session, conversation, **{session["items"][5]: 0})
    shared, item = centre.shared(name="cause")
    centre.record("analyst", shared, "root_cause", item=item, cause="procedure")
    page = signed_in("analyst", "/review/agreement")
    row = page.locator("tr", has_text="Questions ouvertes puis fermées")
    row.get_by_text("Pas assez mesurée").wait_for()
    row.get_by_role("button", name="Contacts").click()
    window = page.get_by_role("dialog")
    window.get_by_text("À l'aveugle", exact=True).first.wait_for()
    links = window.get_by_role("link", name="Voir la conversation")
    hrefs = {one.get_attribute("href") for one in links.all()}
    assert {f"/conversations/{one}" for one in contacts} <= hrefs
    page.keyboard.press("Escape")
    page.locator("tr", has_text="Procédure").get_by_role("link").first.wait_for()
    assert page.get_by_role("button", name="Annoncer").count() == 0


@pytest.mark.parametrize(("theme", "lang"), [("light", "fr"), ("dark", "en")])
def test_every_page_is_accessible_and_fits_a_tablet(
    centre, signed_in, accessible, contacts, theme, lang
):
    look = f"theme={theme}&lang={lang}"
    size = {"viewport": {"width": 768, "height": 1024}}
    blind, done = opened(centre, contacts), opened(centre, contacts)
    for who in ("analyst", "second"):
        for conversation in contacts:
            score(centre, who, done, conversation, **{done["items"][0]: who == "second"})
    page = signed_in("analyst", f"/review/calibrations?{look}", **size)
    for path, ready in (
        (f"/review/calibrations?{look}", "table"),
        (f"/review/calibrations/{blind['id']}", ".contacts"),
        (f"/review/calibrations/{blind['id']}/{contacts[0]}", "fieldset.asking"),
        (f"/review/calibrations/{done['id']}", "details.compared[open] .figures"),
        ("/review/agreement", "table.agreement"),
    ):
        page.goto(f"{centre.url}{path}")
        page.locator(ready).first.wait_for()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 768, path
    assert page.evaluate("document.documentElement.lang") == lang
    boss = signed_in("supervisor", f"/review/calibrations?{look}", **size)
    boss.goto(f"{centre.url}/review/calibrations?{look}")
    boss.locator(".head button").click()
    boss.locator(".choices input").first.wait_for()
    accessible(boss)
