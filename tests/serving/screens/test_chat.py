"""The customer's chat in a real browser, over a real server and the sample articles."""

from __future__ import annotations

import httpx
import pytest

QUESTION = "Comment je fais pour résilier mon abonnement internet ?"


def say(page, text: str) -> None:
    page.locator("body.js").wait_for()
    count = page.locator(".log li").count()
    page.fill("#text", text)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('.log li:not(.typing)').length > n + 1"
        " && !document.querySelector('.typing')",
        arg=count,
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
    waiting = chat_service.client.get("/v1/bot/sessions", params={"state": "handing_over"}).json()
    session = f"/v1/bot/sessions/{waiting['data'][0]['id']}"
    chat_service.client.post(f"{session}/events", json={"kind": "human_joined"}).raise_for_status()
    page.get_by_text("Vous parlez maintenant avec un conseiller").wait_for()
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
    page.get_by_role("button", name="5, tout à fait").click()
    page.get_by_text("Merci de votre réponse").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger la conversation").click()
    assert "résilier mon abonnement" in download.value.path().read_text("utf-8")
    page.get_by_role("button", name="Nouvelle conversation").click()
    page.locator("#text").wait_for()


def test_it_works_without_javascript(chat_service, open_page):
    page = open_page(f"{chat_service.url}/chat", java_script_enabled=False)
    page.fill("#text", QUESTION)
    page.get_by_role("button", name="Envoyer").click()
    assert "espace client" in page.locator(".log li.bot").last.inner_text()
    assert page.locator(".source a").count() == 1
    page.get_by_role("button", name="Parler à un conseiller").click()
    assert "Un conseiller va vous rejoindre" in page.locator("main").inner_text()
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="4", exact=True).click()
    assert "Merci" in page.locator("main").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_state_is_accessible(chat_service, open_page, accessible, theme, language):
    page = open_page(f"{chat_service.url}/chat?theme={theme}&lang={language}")
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
    page.keyboard.press("Escape")
    context.close()
    policy = httpx.get(f"{chat_service.url}/chat/frame").headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors 'self' {site}")
    whole = httpx.get(f"{chat_service.url}/chat").headers
    assert whole["content-security-policy"].endswith("frame-ancestors 'none'")
    assert whole["x-frame-options"] == "DENY"
