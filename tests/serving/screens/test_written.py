"""The written desk in a real browser: chats handed over, e-mails, and a customer beside it."""

from __future__ import annotations

import email
import os
import re
from pathlib import Path

import pytest

QUESTION = "Comment je fais pour résilier mon abonnement internet ?"
MARKUP = "c-<script>alert(1)</script>"
BOT = "/v1/bot/sessions"
WORDS = {
    "fr": {
        "person": "Parler à un conseiller", "take": "Prendre", "joined": "Nadia a rejoint",
        "draft": "Proposer un brouillon", "insert": "Insérer", "send": "Envoyer", "end": "Terminer",
        "over": "Le conseiller a terminé", "finish": "Valider et clore", "ask": QUESTION,
        "kept": "Conversation conservée", "name": "Votre nom", "best": "5, tout à fait",
        "writes": "Le client écrit", "unknown": "Quelle est la capitale du Pérou ?",
        "vague": "J'ai un souci de carte", "thanks": "Merci",
        "declined": "je préfère ne pas deviner",
    },
    "en": {
        "person": "Talk to an agent", "take": "Take", "joined": "Nadia joined",
        "draft": "Propose a draft", "insert": "Insert", "send": "Send", "end": "End",
        "over": "The agent ended", "finish": "Confirm and finish",
        "ask": "I lost my card, how do I block it?", "kept": "Conversation kept",
        "name": "Your name", "best": "5, very much", "writes": "The customer is typing",
        "unknown": "What is the weather forecast for skiing in Norway?", "vague": "my card",
        "thanks": "Thank you", "declined": "I can only answer questions about our products",
    },
}  # fmt: skip


PICTURES = Path(__file__).resolve().parents[3] / "docs" / "images" / "screens"
WRITES = bool(os.environ.get("ENTENDU_PICTURES"))  # before the environment is emptied


def picture(page, name: str) -> None:
    """Write a picture for the documentation, with ``ENTENDU_PICTURES=1``; it has to be there."""
    if WRITES:
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURES / f"{name}.png")
    assert (PICTURES / f"{name}.png").exists()


@pytest.fixture(scope="module", autouse=True)
def _the_models_are_loaded(chat_service):
    """The first question takes seconds; no test is about that."""
    client = chat_service.client_of("customer")
    client.timeout = 90
    with client:
        chat = client.post(BOT, json={}).json()["id"]
        for text in (QUESTION, "Je veux parler à un conseiller"):
            client.post(f"{BOT}/{chat}/messages", json={"text": text})
        client.post(f"{BOT}/{chat}/close")


@pytest.fixture(scope="module")
def agent_keys(chat_service):
    """Keys of two agents."""
    found = []
    for name in ("a-1", "a-2"):
        with chat_service.client_of("agent", agent_key=name) as client:
            found.append(client.headers["authorization"].removeprefix("Bearer "))
    return found


@pytest.fixture
def desk(chat_service, open_page, agent_keys):
    """Return a function that opens the written desk, signed in as one of the agents."""

    def open_it(query: str = "", agent: int = 0, **options):
        page = open_page(f"{chat_service.url}/desk/written{query}", **options)
        page.fill("input[name=key]", agent_keys[agent])
        page.keyboard.press("Enter")
        page.locator(".written .queue").wait_for()
        if query:
            page.goto(f"{chat_service.url}/desk/written{query}")
            page.locator(".written .queue").wait_for()
        return page

    return open_it


def handed_over(chat_service, key, *texts):
    with chat_service.client_of("customer", customer_key=key) as customer:
        chat = customer.post(BOT, json={}).json()["id"]
        for text in (*texts, "Je veux parler à un conseiller"):
            customer.post(f"{BOT}/{chat}/messages", json={"text": text}).raise_for_status()
    return chat


def say(page, text: str) -> None:
    count = page.locator(".log li").count()
    page.fill("#text", text)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('.log li:not([aria-hidden])').length > n"
        " && !document.querySelector('.log li[aria-hidden]')",
        arg=count + 1,
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_chat_goes_from_the_bot_to_a_person_at_the_desk_and_to_its_note(
    chat_service, open_page, desk, lang
):
    words = WORDS[lang]
    customer = open_page(f"{chat_service.url}/chat?lang={lang}")
    customer.locator("body.js").wait_for()
    say(customer, words["vague"])
    choice = customer.locator(".choices button").first
    chosen = choice.inner_text()
    choice.click()
    customer.locator(".log li.customer", has_text=chosen).wait_for()
    customer.locator(".source a", has_text=chosen).first.wait_for()
    customer.wait_for_function("() => !document.querySelector('.log li[aria-hidden]')")
    shown = customer.locator(".source a").count()
    say(customer, words["ask"])
    assert customer.locator(".source a").count() > shown
    say(customer, words["unknown"])
    customer.locator(".log li.bot", has_text=words["declined"]).wait_for()
    customer.get_by_role("button", name=words["person"]).last.click()
    customer.locator(".notice").first.wait_for()

    page = desk(f"?lang={lang}")
    page.get_by_label(words["name"]).fill("Nadia")
    page.locator(".item").last.click()
    page.locator(".packet").wait_for()
    assert page.locator(".said li.bot a").count() >= 1
    page.get_by_role("button", name=re.compile(f"^{words['take']}")).click()
    customer.get_by_text(words["joined"]).wait_for()
    customer.fill("#text", words["ask"])
    customer.locator("#text").press("End")
    customer.keyboard.type(" ")
    page.get_by_text(words["writes"]).wait_for()
    bot_said = customer.locator(".log li.bot").count()
    customer.keyboard.press("Enter")
    page.locator(".said li.customer", has_text=words["ask"]).last.wait_for()

    page.get_by_role("button", name=re.compile(words["draft"])).click()
    part = page.locator(".draft ol .words").last.inner_text()
    page.locator(".draft h3:focus").wait_for()
    if lang == "fr":
        picture(page, "written")
    page.locator(".draft").get_by_role("button", name=words["insert"]).last.click()
    assert part in page.locator("#w-reply").input_value()
    assert page.locator(".sources a").count() >= 1
    page.locator("#w-reply").press("End")
    page.keyboard.press("Control+Enter")
    reply = customer.locator(".log li.agent")
    reply.wait_for()
    assert "Nadia" in reply.inner_text()
    assert "<http" not in reply.inner_text()
    with customer.context.expect_page() as article:
        reply.locator(".source a").first.click()
    article.value.locator("main.reading h1").wait_for()
    article.value.close()
    if lang == "fr":
        picture(customer, "chat")
    assert customer.locator(".log li.bot").count() == bot_said

    page.get_by_role("button", name=words["end"], exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name=words["end"], exact=True).click()
    customer.get_by_text(words["over"]).wait_for()
    customer.get_by_role("button", name=words["best"]).click()
    customer.get_by_text(words["thanks"]).wait_for()
    page.locator("#w-note:focus").wait_for()
    page.locator("#w-note:enabled").fill("Bon de retour promis.")
    chat = page.url.split("#chat=")[1]
    finish = page.get_by_role("button", name=words["finish"])
    finish.evaluate("one => { one.click(); one.click(); }")  # the second is not sent: no refusal
    page.get_by_text(words["kept"]).wait_for()
    page.locator(".empty .nothing:focus").wait_for()
    stored = chat_service.wait_for(chat)
    assert (stored["channel"], stored["agent_key"]) == ("chat", "a-1")
    note = chat_service.client.get(f"/v1/conversations/{chat}/note").json()
    assert note["text"] == "Bon de retour promis."


def test_what_the_bot_handed_over_is_told_when_its_customer_calls(chat_service):
    chat = handed_over(
        chat_service, "c-calls", QUESTION, "Appelez-moi au 06 12 34 56 78, je suis Claire Martin"
    )
    path = "/v1/customers/c-calls/hand-over"
    with chat_service.client_of("supervisor") as supervisor:
        told = supervisor.get(path).json()["hand_over"]
        assert supervisor.get("/v1/customers/c-nobody/hand-over").json() == {"hand_over": None}
    assert (told["session"], told["whereabouts"]) == (chat, "waiting")
    assert told["packet"]["trigger"] == "asked"
    assert told["packet"]["steps"][0]["question"] == QUESTION
    assert "06 12" not in str(told)
    with chat_service.client_of("agent", agent_key="a-1") as agent:
        assert agent.get(path).json() == {"hand_over": None}, "the customer is with nobody"
        agent.post(f"/v1/written/chats/{chat}/take", json={}).raise_for_status()
        assert agent.get(path).json()["hand_over"]["whereabouts"] == "with_person"
        agent.post(f"/v1/written/chats/{chat}/close").raise_for_status()
    with chat_service.client_of("supervisor", team="lyon") as other:
        assert other.get(path).json() == {"hand_over": None}
    with chat_service.client_of("analyst") as analyst:
        assert analyst.get(path).status_code == 403


def test_of_two_agents_the_second_is_told_that_a_colleague_was_faster(
    chat_service, browser, desk, agent_keys
):
    chat = handed_over(chat_service, "c-race")
    first = desk()
    context = browser.new_context(locale="fr-FR")  # the browser itself logs a refused request
    context.set_default_timeout(20_000)
    second = context.new_page()
    second.goto(f"{chat_service.url}/desk/written")
    second.fill("input[name=key]", agent_keys[1])
    second.keyboard.press("Enter")
    for page in (first, second):
        page.locator(".item", has_text="c-race").click()
        page.locator(".packet").wait_for()
    held = []
    second.route("**/take", lambda route: held.append(route))
    take = second.get_by_role("button", name="Prendre")
    take.click()
    first.get_by_role("button", name="Prendre").click()
    first.locator("#w-reply").wait_for()
    held[0].continue_()
    second.get_by_text("Un collègue a été plus rapide").wait_for()
    assert second.locator("#w-reply").count() == 0
    second.locator(".item", has_text="c-race").wait_for(state="detached")
    context.close()
    first.get_by_role("button", name="Rendre à l'assistant").click()
    first.get_by_text("Rendue à l'assistant").wait_for()
    state = chat_service.client.get(f"{BOT}/{chat}").json()
    assert not state["muted"]


def test_a_chat_that_arrives_is_said_and_all_text_is_text(chat_service, desk):
    page = desk()
    handed_over(chat_service, MARKUP, "<img src=x onerror=alert(1)> Ma box est en panne")
    page.locator(".sayings", has_text="Un client attend").wait_for()
    page.locator(".item", has_text=MARKUP).click()
    page.locator(".packet").wait_for()
    assert page.locator("h2", has_text=MARKUP).count() == 1
    assert page.locator(".said li.customer", has_text="<img src=x").count() == 1
    assert page.locator("img").count() == 0


def test_the_keyboard_is_enough(chat_service, desk):
    handed_over(chat_service, "c-keys", QUESTION)
    page = desk()
    page.locator(".item", has_text="c-keys").wait_for()
    for _ in range(page.locator(".item").count()):
        page.keyboard.press("j")
        if "c-keys" in page.locator(".item.here").inner_text():
            break
    page.locator(".open h2", has_text="c-keys").wait_for()
    page.keyboard.press("t")
    page.locator("#w-reply").wait_for()
    page.wait_for_function("() => document.activeElement.id === 'w-reply'")
    page.keyboard.press("Tab")
    page.keyboard.press("d")
    page.locator(".draft h3").wait_for()
    page.keyboard.press("r")
    page.keyboard.type("Bonjour")
    page.keyboard.press("Control+Enter")
    page.locator(".said li.agent", has_text="Bonjour").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Raccourcis clavier").wait_for()


def test_nothing_typed_is_lost_when_it_cannot_be_sent(chat_service, browser, agent_keys):
    handed_over(chat_service, "c-cut")
    context = browser.new_context(locale="fr-FR")  # the browser itself logs a lost request
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{chat_service.url}/desk/written")
    page.fill("input[name=key]", agent_keys[0])
    page.keyboard.press("Enter")
    page.locator(".item", has_text="c-cut").click()
    page.get_by_role("button", name="Prendre").click()
    page.locator("#w-reply").fill("Une longue réponse")
    page.route("**/messages", lambda route: route.abort())
    page.locator("#w-reply").press("Control+Enter")
    page.get_by_text("Le service ne répond pas").wait_for()
    assert page.locator("#w-reply").input_value() == "Une longue réponse"
    context.close()


def test_two_chats_at_once_keep_what_is_typed_in_each(chat_service, desk):
    for key in ("c-left", "c-right"):
        handed_over(chat_service, key)
    page = desk()
    for key in ("c-left", "c-right"):
        page.locator(".item", has_text=key).click()
        page.locator(".open h2", has_text=key).wait_for()
        page.get_by_role("button", name="Prendre").click()
        page.locator("#w-reply").fill(f"À demi écrit pour {key}")
    page.locator(".item", has_text="c-left").click()
    page.locator(".open h2", has_text="c-left").wait_for()
    assert page.locator("#w-reply").input_value() == "À demi écrit pour c-left"
    page.locator("#w-reply").press("Control+Enter")
    page.locator(".said li.agent", has_text="À demi écrit pour c-left").wait_for()
    page.locator(".item", has_text="c-right").click()
    page.locator(".open h2", has_text="c-right").wait_for()
    assert page.locator("#w-reply").input_value() == "À demi écrit pour c-right"
    page.reload()
    page.locator("#w-reply").wait_for()
    assert page.locator("#w-reply").input_value() == "À demi écrit pour c-right"
    page.locator(".item", has_text="c-left").click()
    page.locator(".open h2", has_text="c-left").wait_for()
    assert page.locator("#w-reply").input_value() == ""


def send_mail(chat_service, subject):
    text = (
        f"From: marc@example.org\nSubject: {subject}\nDate: Tue, 03 Nov 2026 10:02:00 +0100\n\n"
        "Bonjour,\nComment résilier mon abonnement internet ?\nQuelle est la capitale du Pérou ?\n"
    )
    answer = chat_service.client.post(
        "/v1/conversations",
        files={"file": ("mail.eml", text.encode(), "message/rfc822")},
        data={"customer_key": "c-mail"},
    )
    chat_service.wait_for(answer.json()["id"])
    return answer.json()["id"]


def test_an_email_gets_a_reply_from_the_articles_that_leaves_as_a_file(chat_service, desk):
    send_mail(chat_service, "Question <b>urgente</b>")
    page = desk()
    page.locator(".item", has_text="Question <b>urgente</b>").click()
    page.get_by_role("button", name="Prendre").click()
    page.locator(".draft ol").wait_for()
    assert "Pérou" in page.locator(".draft ul").inner_text()
    page.locator(".draft").get_by_role("button", name="Insérer tout").click()
    text = page.locator("#w-email").input_value()
    assert text.startswith("Bonjour,")
    assert "Source : Résilier un abonnement" in text
    page.locator("#w-email").fill(f"{text}\nÀ bientôt")
    page.get_by_text("Entendu n'envoie pas d'e-mail").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Ouvrir dans la messagerie").click()
    sent = email.message_from_bytes(download.value.path().read_bytes())
    assert "À bientôt" in sent.get_payload(decode=True).decode()
    page.reload()
    page.locator("#w-email").wait_for()
    page.wait_for_function("() => document.getElementById('w-email').value.endsWith('À bientôt')")
    page.get_by_role("button", name="Marquer comme envoyé").click()
    page.get_by_text("Réponse marquée comme envoyée").wait_for()
    page.locator(".item", has_text="Question <b>urgente</b>").wait_for(state="detached")


def test_the_customers_earlier_contacts_stand_beside_the_chat(chat_service, desk):
    said = [{"speaker": "customer", "text": "Ma box est en panne."}]
    known = {"customer_key": "c-known", "agent_key": "a-2", "direction": "unknown"}
    sent = chat_service.client.post(
        "/v1/conversations", json={"conversation": {"messages": said}, "metadata": known}
    )
    chat_service.wait_for(sent.json()["id"])
    handed_over(chat_service, "c-known")
    page = desk()
    page.locator(".item", has_text="c-known").click()
    page.get_by_text("Vos contacts seulement").wait_for()
    page.get_by_role("button", name="Prendre").click()
    contact = page.locator(".tl-contact")
    contact.wait_for()
    assert contact.get_by_role("link").count() == 0
    assert "non identifié" not in contact.inner_text()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_state_is_accessible_and_fits_a_tablet(chat_service, desk, accessible, lang):
    key, words = f"c-axe-{lang}", WORDS[lang]
    handed_over(chat_service, key, QUESTION)
    send_mail(chat_service, f"Axe {lang}")
    page = desk(f"?theme=auto&lang={lang}", viewport={"width": 1024, "height": 768})
    accessible(page)
    page.locator(".item", has_text=key).click()
    page.locator(".packet").wait_for()
    accessible(page)
    page.get_by_role("button", name=re.compile(f"^{words['take']}")).click()
    page.get_by_role("button", name=re.compile(words["draft"])).click()
    page.locator(".draft h3").wait_for()
    page.locator("input[name=query]").fill("résilier")
    page.keyboard.press("Enter")
    page.locator(".hits li").first.wait_for()
    accessible(page)
    page.get_by_role("button", name=words["end"], exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name=words["end"], exact=True).click()
    page.locator("#w-note:enabled").wait_for()
    accessible(page)
    page.locator(".item", has_text=f"Axe {lang}").click()
    page.get_by_role("button", name=re.compile(f"^{words['take']}")).click()
    page.locator("#w-email").wait_for()
    page.locator(".draft h3").wait_for()
    accessible(page)
    for width in (1024, 768, 480):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_only_those_who_answer_are_let_in(chat_service):
    for role, status in (("agent", 200), ("supervisor", 200), ("analyst", 403), ("customer", 403)):
        with chat_service.client_of(role) as client:
            assert client.get("/desk/written").status_code == status
