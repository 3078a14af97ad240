"""The customer's chat in a real browser, over a real server and the sample articles."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import httpx
import pytest

QUESTION = "Comment je fais pour résilier mon abonnement internet ?"


@pytest.fixture(scope="module", autouse=True)
def _the_models_are_loaded(chat_service):
    """The first question takes seconds; no test is about that."""
    client = chat_service.client_of("customer")
    client.timeout = 90
    with client:
        session = client.post("/v1/bot/sessions", json={}).json()["id"]
        for text in (QUESTION, "Je veux parler à un conseiller"):
            client.post(f"/v1/bot/sessions/{session}/messages", json={"text": text})
        client.post(f"/v1/bot/sessions/{session}/close")


def say(page, text: str) -> None:
    page.locator("body.js").wait_for()
    count = page.locator(".log li").count()
    page.fill("#text", text)
    page.keyboard.press("Enter")
    answered(page, count + 1)


def answered(page, more_than: int) -> None:
    """Wait until a reply is there, whole."""
    page.wait_for_function(
        "n => document.querySelectorAll('.log li:not([aria-hidden])').length > n"
        " && !document.querySelector('.log li[aria-hidden]')",
        arg=more_than,
    )


@pytest.mark.parametrize(
    ("locale", "assistant", "question", "heading"),
    [
        ("fr-FR", "assistant virtuel", QUESTION, "Résilier un abonnement"),
        ("en-GB", "virtual assistant", "I lost my card, how do I block it?", "Bloquer sa carte"),
    ],
)
def test_the_first_sentence_says_it_is_an_assistant_and_an_answer_opens_its_article(
    chat_service, open_page, locale, assistant, question, heading
):
    page = open_page(f"{chat_service.url}/chat", locale=locale)
    assert assistant in page.locator(".log li").first.inner_text().lower()
    say(page, question)
    with page.context.expect_page() as opened:
        page.locator(".log li.bot .source a").last.click()
    opened.value.wait_for_load_state()
    assert heading in opened.value.locator("h1").inner_text()


def test_what_somebody_writes_is_shown_as_text_and_never_run(chat_service, open_page):
    page = open_page(f"{chat_service.url}/chat")
    markup = "<script>document.title='pris'</script><img src=x onerror=alert(1)> </script>"
    say(page, markup)
    page.reload()
    shown = page.locator(".log li.customer .words").first
    assert shown.inner_text().strip() == markup.strip()
    assert page.title().endswith("Entendu")


def test_a_person_joins_writes_and_the_assistant_falls_silent(chat_service, open_page):
    page = open_page(f"{chat_service.url}/chat")
    say(page, "Bonjour")
    page.get_by_role("button", name="Parler à un conseiller").click()
    page.get_by_text("Un conseiller va vous rejoindre").wait_for()
    page.get_by_role("button", name="Parler à un conseiller").wait_for(state="detached")
    waiting = chat_service.client.get("/v1/bot/sessions", params={"state": "handing_over"}).json()
    session = f"/v1/bot/sessions/{waiting['data'][0]['id']}"
    chat_service.client.post(f"{session}/events", json={"kind": "human_joined"}).raise_for_status()
    page.get_by_text("Vous parlez maintenant avec un conseiller").wait_for()
    page.get_by_text("Un conseiller a rejoint la conversation").wait_for()
    chat_service.client.post(
        f"{session}/events", json={"kind": "human_wrote", "text": "Bonjour, Nadia à l'appareil."}
    ).raise_for_status()
    page.get_by_text("Nadia à l'appareil").wait_for()
    bot_said = page.locator(".log li.bot").count()
    page.fill("#text", QUESTION)
    page.keyboard.press("Enter")
    page.locator(".log li.customer", has_text="résilier mon abonnement").wait_for()
    assert page.locator(".log li.bot").count() == bot_said
    assert page.get_by_role("button", name="Parler à un conseiller").count() == 0


def test_the_end_asks_for_a_rating_and_offers_the_conversation(chat_service, open_page):
    page = open_page(f"{chat_service.url}/chat")
    say(page, QUESTION)
    page.get_by_role("button", name="Terminer").click()
    page.get_by_text("La conversation est terminée").wait_for()
    page.locator(".over .how:focus").wait_for()
    page.get_by_role("button", name="5, tout à fait").click()
    page.get_by_text("Merci de votre réponse").wait_for()
    page.locator(".thanks:focus").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger la conversation").click()
    kept = download.value.path().read_text("utf-8")
    assert "résilier mon abonnement" in kept
    assert kept.replace("\u00a0", " ").startswith("Heures : Europe/Paris\n")
    assert kept.rstrip().endswith("La conversation est terminée.")
    assert "Article : Résilier un abonnement" in kept.replace("\u00a0", " ")
    page.get_by_role("button", name="Nouvelle conversation").click()
    page.locator("#text:focus").wait_for()


def test_it_works_without_javascript(chat_service, open_page):
    page = open_page(f"{chat_service.url}/chat", java_script_enabled=False)
    page.fill("#text", "J'ai un souci de carte")
    page.get_by_role("button", name="Envoyer").click()
    label = page.locator(".choices button").first.inner_text()
    page.locator(".choices button").first.click()
    assert page.locator(".log li.customer .words").last.inner_text() == label
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="Nouvelle conversation").click()
    page.fill("#text", QUESTION)
    page.get_by_role("button", name="Envoyer").click()
    assert "espace client" in page.locator(".log li.bot").last.inner_text()
    assert page.locator(".source a").count() == 1
    page.get_by_role("button", name="Parler à un conseiller").click()
    assert "Un conseiller va vous rejoindre" in page.locator("main").inner_text()
    waiting = chat_service.client.get("/v1/written/queue").json()["waiting"][-1]["id"]
    chat = f"/v1/written/chats/{waiting}"
    chat_service.client.post(f"{chat}/take", json={"name": "Nadia"}).raise_for_status()
    hello = {"id": "m-1", "text": "Bonjour, je vous aide."}
    chat_service.client.post(f"{chat}/messages", json=hello).raise_for_status()
    page.get_by_role("link", name="Voir les nouveaux messages").click()
    page.reload()
    assert "Nadia a rejoint la conversation" in page.locator("main").inner_text()
    assert "je vous aide" in page.locator(".log li.agent").inner_text()
    page.get_by_role("button", name="Terminer").click()
    page.fill("#remark", "Rien à redire <b>vraiment</b>")
    page.get_by_role("button", name="4", exact=True).click()
    assert "Merci" in page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("system", "offered", "then"),
    [("dark", "Thème clair", "Thème sombre"), ("light", "Thème sombre", "Thème clair")],
)
def test_the_theme_link_offers_the_other_one_than_is_shown_without_javascript_too(
    chat_service, open_page, system, offered, then
):
    page = open_page(
        f"{chat_service.url}/chat", java_script_enabled=False, color_scheme=system,
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    assert page.get_by_role("link", name="Thème").all_inner_texts() == [offered]
    page.get_by_role("link", name=offered).click()
    assert page.get_by_role("link", name="Thème").all_inner_texts() == [then]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_state_is_accessible_on_a_phone(chat_service, open_page, accessible, language):
    page = open_page(
        f"{chat_service.url}/chat?theme=auto&lang={language}",
        viewport={"width": 390, "height": 844},
    )
    accessible(page)
    say(page, QUESTION)
    accessible(page)
    ask, end = (
        ("Parler à un conseiller", "Terminer") if language == "fr" else ("Talk to an agent", "End")
    )
    page.get_by_role("button", name=ask).click()
    page.locator(".notice").wait_for()
    accessible(page)
    page.get_by_role("button", name=end, exact=True).click()
    page.locator(".over").wait_for()
    accessible(page)
    page.goto(f"{chat_service.url}/chat/articles/telecom-plus/resiliation.md")
    accessible(page)


def test_a_small_screen_needs_no_sideways_scrolling(chat_service, open_page):
    page = open_page(f"{chat_service.url}/chat", viewport={"width": 360, "height": 640})
    say(page, QUESTION)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    assert page.locator("#text").bounding_box()["y"] < 640


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_asks_back_with_buttons_and_offers_a_person_where_it_declines(
    chat_service, open_page, lang
):
    vague, unknown, person = {
        "fr": (
            "J'ai un souci de carte",
            "Quelle est la capitale du Pérou ?",
            "Parler à un conseiller",
        ),
        "en": (
            "my card",
            "What is the weather forecast for skiing in Norway?",
            "Talk to an agent",
        ),
    }[lang]
    page = open_page(f"{chat_service.url}/chat?lang={lang}")
    say(page, vague)
    label = page.locator(".choices button").first.inner_text()
    assert label == "Bloquer sa carte bancaire et en recevoir une nouvelle"
    assert f"1. {label}" not in page.locator(".log li.bot .words").last.inner_text()
    count = page.locator(".log li").count()
    page.locator(".choices").get_by_role("button", name=label).click()
    answered(page, count + 1)
    assert page.locator(".log li.customer .words").last.inner_text() == label
    assert page.locator(".log li.bot .source a").last.inner_text().startswith(label)
    say(page, unknown)
    assert page.locator(".log li.bot").last.locator(".source").count() == 0
    page.locator(".talk > .row").get_by_role("button", name=person).click()
    page.locator(".notice", has_text="conseiller" if lang == "fr" else "agent").wait_for()


def test_an_answer_comes_sentence_by_sentence_and_is_told_to_screen_readers_once(
    chat_service, open_page
):
    page = open_page(f"{chat_service.url}/chat")
    page.locator("body.js").wait_for()
    page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => {"
        " const one = document.querySelector('.log li.bot[aria-hidden] .words');"
        " const text = one?.textContent ?? '';"
        " if (text && window.seen.at(-1) !== text) window.seen.push(text);"
        "}).observe(document.querySelector('.log'), {subtree: true, childList: true,"
        " characterData: true}); }"
    )
    say(page, QUESTION)
    seen = [text for text in page.evaluate("window.seen") if "cherche" not in text]
    assert len(seen) >= 2
    assert all(later.startswith(before) for before, later in pairwise(seen))
    whole = page.locator(".log li.bot").last
    assert whole.get_attribute("aria-hidden") is None
    assert " ".join(seen[-1].split()) == " ".join(whole.locator(".words").inner_text().split())


def test_a_delay_without_anybody_is_told(chat_service, open_page, monkeypatch):
    policy = chat_service.app.state.service.resources.bots.policy
    monkeypatch.setattr("serving.routes.screens.chat._PASS_EVERY_S", 0.2)
    page = open_page(f"{chat_service.url}/chat")
    say(page, "Bonjour")
    page.get_by_role("button", name="Parler à un conseiller").click()
    page.locator(".notice").wait_for()
    count = page.locator(".log li.bot").count()
    monkeypatch.setitem(policy.__dict__, "hand_over_after_s", 0.1)
    page.locator(".log li.bot").nth(count).wait_for()


def test_a_visitor_sees_nothing_of_another(chat_service):
    with (
        httpx.Client(base_url=chat_service.url) as first,
        httpx.Client(base_url=chat_service.url) as second,
    ):
        for client, text in ((first, "Ma carte est perdue."), (second, "Autre chose")):
            client.get("/chat")
            token = client.cookies["entendu_visitor"]
            sent = client.post(
                "/chat/messages",
                json={"id": "message-1", "text": text},
                headers={"X-Entendu-Visitor": token},
            )
            assert sent.status_code == 200
        assert "carte est perdue" in first.get("/chat").text
        assert "carte est perdue" not in second.get("/chat").text
        assert "carte est perdue" not in second.get("/chat/transcript.txt").text


def test_another_site_cannot_write_in_a_visitors_name(chat_service):
    with httpx.Client(base_url=chat_service.url) as client:
        client.get("/chat")
        refused = client.post("/chat", data={"text": "Résiliez tout", "action": "send"})
        assert refused.status_code == 403
        refused = client.post("/chat/messages", json={"id": "message-1", "text": "Résiliez tout"})
        assert refused.status_code == 403
        assert "Résiliez tout" not in client.get("/chat").text


def test_an_article_that_is_not_public_is_not_shown(chat_service, tmp_path):
    text = "---\naudience: internal\n---\n# Marge interne\n\nLa marge est de trente pour cent.\n"
    sent = chat_service.client.post(
        "/v1/knowledge/documents",
        files={"files": ("interne.md", text.encode(), "text/markdown")},
    )
    assert sent.status_code < 300, sent.text
    with httpx.Client(base_url=chat_service.url) as client:
        hidden = client.get("/chat/articles/interne.md")
        missing = client.get("/chat/articles/absent.md")
    assert hidden.status_code == missing.status_code == 404
    assert "trente" not in hidden.text


def test_one_script_tag_puts_the_chat_on_another_site_that_is_named(
    browser, chat_service, other_site
):
    folder, site = other_site
    (folder / "index.html").write_text(
        "<!doctype html><title>Boutique</title><h1>Boutique</h1>"
        f'<script src="{chat_service.url}/static/chat/widget.js" data-colour="#663399"></script>',
        "utf-8",
    )
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(site)
    with page.expect_event("framenavigated", lambda one: "/chat/frame" in one.url) as navigated:
        page.get_by_role("button", name="Ouvrir l'assistance").click()
    frame = navigated.value
    frame.locator("body.js").wait_for()
    frame.fill("#text", QUESTION)
    frame.press("#text", "Enter")
    frame.locator(".log li.bot .source").wait_for()
    with page.expect_download() as download:  # a frame on another site has no cookie
        frame.get_by_role("button", name="Télécharger la conversation").click()
    assert "résilier mon abonnement" in download.value.path().read_text("utf-8")
    colour = "getComputedStyle(document.querySelector('.write button')).backgroundColor"
    assert frame.evaluate(colour) == "rgb(102, 51, 153)"
    frame.get_by_role("button", name="Fermer").click()
    page.wait_for_function(
        "() => document.activeElement.shadowRoot?.activeElement?.tagName === 'BUTTON'"
    )
    assert page.locator("iframe").is_hidden()
    session = chat_service.client.get("/v1/bot/sessions", params={"limit": 1}).json()["data"][0]
    events = f"/v1/bot/sessions/{session['id']}/events"
    wrote = {"kind": "human_wrote", "text": "Bonjour, Nadia."}
    chat_service.client.post(events, json=wrote).raise_for_status()
    page.locator("button b", has_text="1").wait_for()
    context.close()
    policy = httpx.get(f"{chat_service.url}/chat/frame").headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors 'self' {site}")
    whole = httpx.get(f"{chat_service.url}/chat").headers
    assert whole["content-security-policy"].endswith("frame-ancestors 'none'")
    assert whole["x-frame-options"] == "DENY"


def test_the_size_that_the_page_states_is_the_size_of_the_widget():
    from importlib import resources

    script = resources.files("serving.screens") / "static" / "chat" / "widget.js"
    stated = (Path(__file__).parents[3] / "docs" / "chat.md").read_text("utf-8")
    size = len(script.read_bytes())
    assert f"The script is {size / 1000:.1f} KB" in stated
