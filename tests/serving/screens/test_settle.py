"""From a shared evaluation to a settled contest, in real browsers over a real server."""

from __future__ import annotations

import json

import pytest

from serving.screens.settle.words import CONTESTS, MINE
from serving.screens.words import words_of

MARKUP = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def shared(centre):
    """A conversation that was shared with its agent, and the question that was marked down."""
    return centre.shared(name="Appel <b>box</b>")


def contest(centre, shared, reason="Je l'ai dit."):
    conversation, item = shared
    return centre.record("agent", conversation, "contested", item=item, reason=reason)["event_id"]


@pytest.mark.parametrize(("lang", "locale"), [("fr", "fr-FR"), ("en", "en-GB")])
def test_an_agent_contests_in_one_browser_what_a_supervisor_settles_in_another(
    centre, signed_in, lang, locale
):
    mine, contests = words_of(MINE, lang), words_of(CONTESTS, lang)
    conversation, item = centre.shared(name=f"Appel du matin {lang}")
    agent = signed_in("agent", "/review/mine", locale=locale)
    assert agent.evaluate("document.documentElement.lang") == lang
    row = agent.locator(".shared li", has_text=f"Appel-du-matin-{lang}")
    row.get_by_text(mine["unread"]).wait_for()
    row.get_by_text(mine["shared_on"].split("{")[0]).wait_for()
    row.get_by_role("link").click()
    agent.get_by_text(mine["law_people"]).wait_for()  # the right to a person's look is said
    question = agent.locator(f"#q-{item}")
    question.get_by_text("Le ton manque de chaleur.").wait_for()
    question.get_by_role("button", name=mine["contest"]).click()
    agent.get_by_label(mine["contest_why"]).fill(f"J'ai dit bonjour. {MARKUP}")
    agent.get_by_role("button", name=mine["contest_send"]).click()
    question.get_by_text(mine["contest_open"]).first.wait_for()

    boss = signed_in("supervisor", "/review/contests", locale=locale)
    waiting = boss.locator("tr", has_text=f"Appel-du-matin-{lang}")
    waiting.get_by_role("link").click()
    boss.get_by_text(MARKUP).first.wait_for()
    boss.get_by_label(contests["change"], exact=True).check()
    boss.get_by_label(contests["conform"], exact=True).check()
    boss.get_by_label(contests["settle_why"]).fill("Le prénom est dit, en effet.")
    count = boss.locator("nav a[href='/review/contests'] .count")
    before = int(count.inner_text().split()[0])
    boss.get_by_role("button", name=contests["settle"], exact=True).click()
    boss.locator("section.settle").get_by_text(contests["outcome_changed"]).wait_for()
    changed = contests["did_changed"].format(answer=contests["conform"])
    boss.locator(".history").get_by_text(changed).wait_for()
    after = count.inner_text().split()[:1] if count.count() else ["0"]
    assert after == [str(before - 1)]

    agent.reload()
    question.get_by_text("Le prénom est dit, en effet.").first.wait_for()
    question.locator("summary").get_by_text(mine["conform"]).wait_for()
    agent.get_by_label(mine["acknowledge_text"]).fill("Merci.")
    read = agent.get_by_role("button", name=mine["acknowledge"])
    read.evaluate("one => { one.click(); one.click(); }")
    agent.get_by_text(mine["acknowledged"]).first.wait_for()
    agent.goto(f"{centre.url}/review/mine")
    row.get_by_text(mine["answered_on"].split("{")[0]).wait_for()
    assert row.get_by_text(mine["unread"]).count() == 0
    state = centre.admin.get(f"/v1/evaluations/{conversation}").json()["data"][0]["review"]["state"]
    assert state["contests"][0]["verdicts"][0]["outcome"] == "changed"
    assert state["sharings"][0]["text"] == "Merci."


def test_a_quote_leads_to_its_place_and_chosen_words_go_along_with_a_contest(centre, signed_in):
    conversation, item = centre.shared(name="Appel cité")
    page = signed_in("agent", f"/review/mine/{conversation}")
    question = page.locator(f"#q-{item}")
    question.locator(".quotes button").first.click()
    page.locator(".transcript .marked").first.wait_for()
    question.get_by_role("button", name="Contester").click()
    page.locator(".transcript li").nth(2).focus()
    page.keyboard.press("x")
    question.locator(".saying q", has_text="Je suis désolée. Quel est votre nom ?").wait_for()
    page.get_by_label("Pourquoi n'êtes-vous pas d'accord ?").fill("Voyez ce passage.")
    page.get_by_role("button", name="Envoyer la contestation").click()
    question.get_by_text("Contestation en cours").first.wait_for()
    state = centre.admin.get(f"/v1/evaluations/{conversation}").json()["data"][0]["review"]["state"]
    assert state["contests"][0]["evidence"][0]["turn_index"] == 2


def test_reasons_that_were_not_sent_are_there_after_a_reload_until_they_are(centre, signed_in):
    conversation, item = centre.shared(name="Appel relu")
    page = signed_in("agent", f"/review/mine/{conversation}")
    page.locator(f"#q-{item}").get_by_role("button", name="Contester").click()
    why = page.get_by_label("Pourquoi n'êtes-vous pas d'accord ?")
    why.fill("Je l'ai dit en premier.")
    page.reload()
    why.wait_for()
    assert why.input_value() == "Je l'ai dit en premier."
    page.get_by_role("button", name="Envoyer la contestation").click()
    page.locator(f"#q-{item}").get_by_text("Contestation en cours").first.wait_for()
    assert "premier" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")


def test_personal_data_is_shown_to_nobody_by_default_and_masked_words_can_be_quoted(
    centre, signed_in
):
    conversation, item = centre.shared(name="Appel masqué")
    page = signed_in("agent", f"/review/mine/{conversation}")
    question = page.locator(f"#q-{item}")
    question.get_by_role("button", name="Contester").click()
    page.locator(".transcript li").nth(3).focus()
    page.keyboard.press("x")
    question.locator(".saying q", has_text="[TÉLÉPHONE_1]").wait_for()
    page.get_by_label("Pourquoi n'êtes-vous pas d'accord ?").fill("Le client a tout donné.")
    page.get_by_role("button", name="Envoyer la contestation").click()
    question.locator(".contested q", has_text="[TÉLÉPHONE_1]").wait_for()
    assert "06 12 34 56 78" not in page.content()
    whole = centre.admin.get(f"/v1/evaluations/{conversation}", params={"redacted": False}).json()
    state = whole["data"][0]["review"]["state"]
    assert "06 12 34 56 78" in state["contests"][0]["evidence"][0]["quote"]


def test_a_supervisor_who_unmasks_is_written_down(centre, signed_in):
    conversation, item = centre.shared(name="Appel à démasquer")
    contested = contest(centre, (conversation, item))
    page = signed_in("supervisor", f"/review/contests/{contested}")
    assert "06 12 34 56 78" not in page.content()
    page.get_by_role("button", name="Afficher les données personnelles").click()
    page.get_by_role("dialog").get_by_role("button", name="Afficher les données").click()
    page.locator(".notice.masking").wait_for()
    assert "06 12 34 56 78" in page.content()
    log = centre.admin.get("/v1/audit", params={"action": "conversation.unmask"}).json()["data"]
    assert conversation in [one["object_id"] for one in log]


def test_who_gave_the_answer_cannot_settle_it_and_an_analyst_reads_only(centre, signed_in):
    conversation = centre.conversation(name="Appel du superviseur")
    items = [one for one in centre.draft(conversation)["items"] if one["value"] == 1]
    centre.record(
        "supervisor", conversation, "corrected", item=items[0]["id"], answer=0, reason="Non."
    )
    centre.record("supervisor", conversation, "shared")
    contested = contest(centre, (conversation, items[0]["id"]))
    page = signed_in("supervisor", f"/review/contests/{contested}")
    page.get_by_text("Vous avez donné cette réponse").wait_for()
    assert page.get_by_role("button", name="Trancher").count() == 0
    page = signed_in("analyst", f"/review/contests/{contested}")
    page.get_by_text("Un superviseur la tranchera.").wait_for()


def test_a_contest_that_does_not_arrive_keeps_what_was_written(centre, signed_in):
    conversation, item = centre.shared(name="Appel en double")
    page = signed_in("agent", f"/review/mine/{conversation}")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut')); }")
    question = page.locator(f"#q-{item}")
    question.get_by_role("button", name="Contester").click()
    said = page.get_by_label("Pourquoi n'êtes-vous pas d'accord ?")
    said.fill("Mes raisons.")
    page.get_by_role("button", name="Envoyer la contestation").click()
    page.get_by_text("Le service ne répond pas").wait_for()
    assert said.input_value() == "Mes raisons."


def test_only_the_agent_of_the_contact_sees_it_and_only_once_it_is_shared(centre, shared):
    conversation, _ = shared
    draft = centre.conversation(name="Pas encore partagé")
    with centre.running.client_of("customer") as customer:
        assert customer.get("/review/mine").status_code == 403
        assert customer.get("/review/contests").status_code == 403
    agent, other = centre.clients["agent"], centre.clients["other"]
    assert agent.get(f"/review/mine/{conversation}").status_code == 200
    assert agent.get(f"/review/mine/{draft}").status_code == 404
    assert other.get(f"/review/mine/{conversation}").status_code == 404
    assert other.get("/v1/shared-evaluations").json()["data"] == []
    for path in ("/review/contests", "/review/calibrations", "/review/agreement"):
        assert agent.get(path).status_code == 403
    assert centre.clients["analyst"].get("/review/mine").status_code == 403
    assert centre.clients["supervisor"].get(f"/review/mine/{conversation}").status_code == 404
    assert centre.clients["analyst"].get("/review/contests/nothing").status_code == 404


def test_the_weeks_are_the_agents_own_and_what_cost_most_comes_first(centre):
    with centre.running.client_of("agent", agent_key="a-weeks") as agent:
        for at in ("2026-11-02T09:00:00Z", "2026-11-04T09:00:00Z", "2026-11-10T09:00:00Z"):
            centre.shared(agent_key="a-weeks", at=at, name="semaine", wrong=2)
        found = agent.get("/v1/shared-evaluations").json()
    assert [(one["monday"], one["n"]) for one in found["weeks"]] == [
        ("2026-11-02", 2), ("2026-11-09", 1),
    ]  # fmt: skip
    lost = [one["points_lost"] for one in found["questions"]]
    assert lost == sorted(lost, reverse=True)
    assert found["unread"] == 3
    assert "a-1" not in json.dumps(found)
