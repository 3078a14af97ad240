"""The inbox in a real browser: files that go in, files that do not, and who may see it."""

from __future__ import annotations

import pytest

from serving.screens.inbox.words import INBOX
from serving.screens.words import words_of


@pytest.fixture
def inbox(service, open_page, admin_key):
    """Return a function that opens the inbox, signed in, with nothing in it."""
    for one in service.client.get("/v1/conversations?limit=200").json()["data"]:
        service.client.delete(f"/v1/conversations/{one['id']}")

    def open_it(query: str = "", key: str = admin_key, **options):
        page = open_page(f"{service.url}/inbox{query}", **options)
        page.fill("input[name=key]", key)
        page.keyboard.press("Enter")
        page.wait_for_url("**/inbox**")
        return page

    return open_it


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_recording_and_a_chat_go_in_and_their_reports_can_be_opened(inbox, wav_bytes, lang):
    words = words_of(INBOX, lang)
    page = inbox(f"?lang={lang}")
    page.get_by_text(words["empty"]).wait_for()
    page.locator("#files").set_input_files(
        [
            {"name": "appel.wav", "mimeType": "audio/wav", "buffer": wav_bytes(seconds=1)},
            {
                "name": "client.chat.txt",
                "mimeType": "text/plain",
                "buffer": b"Agent: Bonjour\nClient: Ma box <b>est</b> en panne.\n",
            },
        ]
    )
    page.locator("tr", has_text="appel.wav").get_by_text(words["done"]).wait_for()
    chat = page.locator("tr", has_text="client.chat.txt")
    chat.get_by_text(words["done"]).wait_for()
    report = chat.get_by_role("link", name=f"{words['report']} client.chat.txt")
    report = report.get_attribute("href")
    assert report.startswith("/v1/conversations/")
    assert report.endswith(f"/report?lang={lang}")


@pytest.mark.parametrize(
    ("locale", "words"),
    [("fr-FR", "Ce fichier ne peut pas être utilisé"), ("en-GB", "This file cannot be used")],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason_in_the_readers_language(
    inbox, browser, service, admin_key, locale, words
):
    context = browser.new_context(locale=locale)  # the browser itself logs a refused upload
    page = context.new_page()
    page.goto(f"{service.url}/inbox")
    page.fill("input[name=key]", admin_key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox")
    page.locator("#files").set_input_files(
        {"name": "vide.wav", "mimeType": "audio/wav", "buffer": b""}
    )
    page.get_by_text(words).wait_for()
    page.get_by_text("vide.wav is empty").wait_for()
    assert page.locator("tbody tr").count() == 0
    context.close()
    assert service.client.get("/v1/conversations").json()["data"] == []


def test_what_is_known_of_a_call_goes_along(inbox, service):
    page = inbox()
    page.get_by_text("Précisions (facultatif)").click()
    page.get_by_label("File ou campagne").fill("support-fixe")
    page.get_by_label("Sens").select_option("outbound")
    page.locator("#files").set_input_files(
        {
            "name": "appel.chat.txt",
            "mimeType": "text/plain",
            "buffer": b"Agent: Bonjour\nClient: Oui ?\n",
        }
    )
    page.locator("tbody tr", has_text="appel.chat.txt").wait_for()
    stored = service.client.get("/v1/conversations").json()["data"][0]
    assert (stored["queue"], stored["direction"]) == ("support-fixe", "outbound")


def test_only_one_state_can_be_shown(inbox, service):
    page = inbox()
    service.send_chat()
    page.locator("tbody tr").get_by_text("Terminée").wait_for()
    page.get_by_label("État").select_option("failed")
    page.get_by_text("Aucune conversation ne correspond à ces filtres").wait_for()
    assert "status=failed" in page.url


def test_an_agent_sees_their_own_and_a_customer_is_not_let_in(inbox, service, browser):
    service.send_chat("Appel d'un autre.", agent_key="agent-2")
    with service.client_of("agent", agent_key="agent-1") as agent:
        key = agent.headers["authorization"].removeprefix("Bearer ")
    page = inbox(key=key)
    page.get_by_text("Aucune conversation pour l'instant").wait_for()
    with service.client_of("customer") as customer:
        assert customer.get("/inbox").status_code == 403
        key = customer.headers["authorization"].removeprefix("Bearer ")
    context = browser.new_context(locale="fr-FR")
    refused = context.new_page()
    refused.goto(f"{service.url}/inbox")
    refused.fill("input[name=key]", key)
    refused.keyboard.press("Enter")
    refused.get_by_text("celle d'un client").wait_for()
    context.close()
