"""What people see in place of a page that cannot be shown, and programs do not."""

from __future__ import annotations

import httpx
import pytest

PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def agent(service):
    """A browser in which an agent is signed in, without scripts."""
    with service.client_of("agent", agent_key="a-1") as client:
        key = client.headers["authorization"].removeprefix("Bearer ")
    with httpx.Client(
        base_url=service.url, headers=PAGE | {"Origin": service.url}, timeout=60
    ) as browser:
        assert browser.post("/sign-in", data={"key": key}).status_code == 303
        yield browser


@pytest.mark.parametrize(
    ("path", "status", "french", "english"),
    [
        ("/board", 403, "Votre rôle n'y donne pas accès", "Your role does not open it"),
        ("/nowhere", 404, "L'adresse est fausse", "The address is wrong"),
        ("/conversations/gone", 404, "L'adresse est fausse", "The address is wrong"),
        (
            "/conversations/gone?unmasked=perhaps",
            422,
            "Un filtre ou un réglage",
            "A filter or a setting",
        ),
    ],
)
def test_a_browser_gets_a_page_in_its_readers_language(agent, path, status, french, english):
    for lang, said in (("fr", french), ("en", english)):
        answer = agent.get(path, params={"lang": lang} | dict(httpx.URL(path).params))
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert f'<html lang="{lang}"' in answer.text
        assert said in answer.text.replace("&#39;", "'")
        assert 'href="/"' in answer.text
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


def test_a_program_gets_the_problem(agent, service):
    for client in (agent, service.client):
        answer = client.get("/nowhere", headers={"Accept": "application/json"})
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 404
    with_key = service.client.get("/nowhere", headers=PAGE)
    assert with_key.headers["content-type"] == "application/problem+json"


def test_what_was_asked_for_is_text_on_the_page(agent):
    answer = agent.get("/conversations/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in agent.get("/inbox?status=<script>alert(1)</script>").text


def test_customers_are_led_back_to_the_chat_and_strangers_to_the_sign_in(service):
    with httpx.Client(base_url=service.url, headers=PAGE, timeout=60) as nobody:
        lost = nobody.get("/chat/nowhere")
        assert lost.status_code in (303, 404)
        gone = nobody.get("/static/nowhere.css")
    assert gone.status_code == 404
    assert 'href="/sign-in"' in gone.text
