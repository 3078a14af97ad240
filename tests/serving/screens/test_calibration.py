"""A session that two people score blind and then compare, in real browsers."""

from __future__ import annotations

import pytest

from serving.screens.calibration.words import CALIBRATION
from serving.screens.words import words_of


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


def rate_by_keyboard(page, words, differ_at=None):
    """Answer every question with the keys, then send."""
    page.locator("fieldset.asking").first.wait_for()
    count = page.locator("fieldset.asking").count()
    for place in range(count):
        page.keyboard.press("3" if place == differ_at else "1")
    page.get_by_text(f"{count} / {count}").wait_for()
    page.get_by_role("button", name=words["send_answers"]).click()
    page.get_by_role("button", name=words["send_now"]).click()


@pytest.mark.parametrize(
    ("lang", "locale", "card", "asked"),
    [
        ("fr", "fr-FR", "Appels entrants 1.1", "Offre d'écoute"),
        ("en", "en-GB", "Inbound calls 1.1", "Offers help"),
    ],
)
def test_a_session_is_opened_scored_blind_by_two_compared_agreed_and_closed(
    centre, signed_in, contacts, lang, locale, card, asked
):
    words = words_of(CALIBRATION, lang)
    boss = signed_in("supervisor", "/review/calibrations", locale=locale)
    assert boss.evaluate("document.documentElement.lang") == lang
    boss.get_by_role("button", name=words["open"]).click()
    window = boss.get_by_role("dialog")
    window.get_by_label(words["card"]).select_option(label=card)
    window.get_by_label("Contact-2").check()
    for who in window.get_by_label("analyst").all():
        who.check()
    window.get_by_role("button", name=words["open_now"]).click()
    boss.get_by_text(words["blind_until"]).wait_for()
    path = boss.url.removeprefix(centre.url).split("?")[0]

    first = signed_in("analyst", path, locale=locale)
    first.get_by_role("button", name=words["score"]).click()
    first.get_by_text(words["blind"]).wait_for()
    first.locator(".transcript").get_by_text("Ma box").or_(
        first.locator(".transcript").get_by_text("ma box")
    ).wait_for()
    assert words["draft"] not in first.locator("main").inner_text()
    rate_by_keyboard(first, words, differ_at=1)
    first.get_by_text(words["scored"], exact=True).wait_for()
    assert first.locator(".compared").count() == 0

    second = signed_in("second", path, locale=locale)
    second.get_by_role("button", name=words["score"]).click()
    rate_by_keyboard(second, words)
    second.get_by_text(words["talk_first"]).wait_for()

    boss.reload()
    apart = boss.locator("details.compared").first
    apart.get_by_text(words["people_apart"].format(n=1, all=1)).wait_for()
    assert asked in apart.locator("summary").inner_text()
    given = apart.locator("tbody .chip").all_inner_texts()[:2]  # raters stand by their ids
    assert sorted(given) == sorted([words["conform"], words["not_conform"]])
    apart.get_by_text(words["human_kappa"]).wait_for()
    apart.get_by_role("button", name=words["agree"]).click()
    apart.get_by_label(words["partly"]).check()
    apart.get_by_label(words["agreed_why"]).fill("L'offre vient trop tard.")
    apart.locator("form").get_by_role("button", name=words["agree"]).click()
    apart.get_by_text("L'offre vient trop tard.").wait_for()
    boss.get_by_role("button", name=words["close_session"]).click()
    boss.get_by_label(words["close_note"]).fill("Dans les 30 premières secondes.")
    boss.get_by_role("dialog").get_by_role("button", name=words["close_session"]).click()
    boss.get_by_text(words["closed_by"].split("{")[0]).wait_for()
    assert boss.get_by_role("button", name=words["agree_again"]).count() == 0
    boss.goto(f"{centre.url}/review/calibrations")
    boss.locator("tr", has_text=words["closed"]).first.wait_for()


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
    page.keyboard.press("0")  # as in a review
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
