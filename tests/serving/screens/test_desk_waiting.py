"""At the desk: what the bot handed over of a caller, and who waits in writing meanwhile."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb_search.bot import HandOverPacket, Session
from kb_search.bot.packet import (
    Customer,
    PacketEntity,
    PacketReason,
    PacketSentiment,
    TriedStep,
)
from serving.store.tables import BotSessionRow

_spec = importlib.util.spec_from_file_location(
    "desk_calls", Path(__file__).with_name("desk_calls.py")
)
calls = importlib.util.module_from_spec(_spec)
sys.modules["desk_calls"] = calls
_spec.loader.exec_module(calls)


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class):
    from serving.settings import Settings

    running = calls.DeskServer(
        Settings(data_dir=tmp_path_factory.mktemp("desk") / "data", rate_per_address=100_000),
        fake_pipeline_class(),
    )
    yield running
    running.stop()


@pytest.fixture
def desk(server, open_page):
    """Return a function that opens the desk, signed in."""

    def open_it(query: str = "", key: str = calls.live.ADMIN_KEY, before="", **options):
        page = open_page(f"{server.url}/sign-in", **options)
        if before:
            page.add_init_script(before)
        page.goto(f"{server.url}/desk{query}")
        page.fill("input[name=key]", key)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk**")
        return page

    return open_it


def asks_for_a_person(server, session_id, customer_key, *, hours_ago=0.0):
    """Store a session whose bot handed over, as the bot stores it."""
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    packet = HandOverPacket(
        conversation_id=session_id, created_at=at, channel="chat", language="fr",
        customer=Customer(key=customer_key), trigger="asked", urgency=1,
        trigger_quote="je veux parler à quelqu'un",
        reason=PacketReason(code="panne", label="Panne <b>internet</b>", confidence=0.8),
        summary="Box en panne ; rappeler au 06 12 34 56 78.",
        steps=(TriedStep(question="Ma box clignote en rouge", result="rejected"),),
        entities=(PacketEntity(kind="order_number", quote="commande 4471", turn_index=1),),
        sentiment=PacketSentiment(score=-0.6, trend="worse"),
        transcript=f"/v1/bot/sessions/{session_id}",
        first_sentence="Bonjour, je reprends votre panne de box.",
    )  # fmt: skip
    row = BotSessionRow(
        id=session_id, team="default", owner="key_x", customer_key=customer_key, version=3,
        state="handing_over", created_at=at, updated_at=at, hand_over="live",
        packet=packet.model_dump_json(),
        document=Session(
            id=session_id, state="handing_over", language="fr", customer=Customer(key=customer_key)
        ).model_dump_json(),
    )  # fmt: skip
    with server.app.state.service.store.database.writing() as database:
        database.add(row)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_the_bot_handed_over_stands_beside_the_call_of_its_customer(desk, server, lang):
    french, customer = lang == "fr", f"c-phone-{lang}"
    asks_for_a_person(server, f"bot-{lang}", customer)
    asks_for_a_person(server, f"old-{lang}", f"c-old-{lang}", hours_ago=25)
    page = desk(f"?lang={lang}", key=server.bare_key("agent", agent_key=f"a-{lang}"))
    page.get_by_role("tab").first.wait_for()
    call = calls.Telephone(server, agent_key=f"a-{lang}", customer_key=customer)
    beside = page.get_by_role(
        "region", name="Transmis par l'assistant" if french else "Handed over by the assistant"
    )
    beside.wait_for()
    told = beside.inner_text()
    assert "Ma box clignote en rouge" in told
    assert "Panne <b>internet</b>" in told
    assert ("négative, se dégrade" if french else "negative, worsening") in told
    assert "commande 4471" in told
    assert "06 12" not in told
    beside.get_by_role("button").click()
    page.locator(".open h2", has_text=customer).wait_for()
    page.get_by_role("tab").first.click()
    page.get_by_role("log").wait_for()
    call.hang_up()
    page.get_by_role("button", name="Appel suivant" if french else "Next call").click()
    other = calls.Telephone(server, agent_key=f"a-{lang}", customer_key=f"c-old-{lang}")
    page.get_by_role("heading", name=f"c-old-{lang}").wait_for()
    page.get_by_role("tab").nth(3).click()
    page.locator(".tl").wait_for()
    page.get_by_role("tab").nth(2).click()
    assert beside.count() == 0, "what was handed over a day ago is no news"
    other.hang_up()
    with server.app.state.service.store.database.writing() as database:
        for name in (f"bot-{lang}", f"old-{lang}"):
            database.delete(database.get(BotSessionRow, name))


def test_a_chat_that_waits_is_counted_on_its_tab_and_told_once(desk, server):
    page = desk()
    written = page.get_by_role("tab", name="Écrit")
    written.wait_for()
    assert page.title() == "Poste de travail · Entendu"
    assert page.get_by_role("button", name="Signal sonore").get_attribute("aria-pressed") == "false"
    page.evaluate(
        "window.told = []; new MutationObserver(() => "
        "told.push(document.querySelector('.sayings').innerText.trim()))"
        ".observe(document.querySelector('.sayings'), {childList: true, subtree: true})"
    )
    asks_for_a_person(server, "bot-badge", "c-badge")
    server.app.state.service.resources.presence.ring("bot-badge")
    page.get_by_role("tab", name="Écrit 1 en attente").wait_for()
    assert page.title() == "(1) Poste de travail · Entendu"
    page.locator("[aria-live=polite]", has_text="Un client attend un conseiller.").wait_for()
    server.app.state.service.resources.presence.ring("something else")
    page.get_by_role("button", name="Signal sonore").click()
    assert page.get_by_role("button", name="Signal sonore").get_attribute("aria-pressed") == "true"
    asks_for_a_person(server, "bot-badge-2", "c-badge-2")
    server.app.state.service.resources.presence.ring("bot-badge-2")
    page.get_by_role("tab", name="Écrit 2 en attente").wait_for()
    page.locator(".sayings", has_text="2 en attente").wait_for()
    assert (
        page.evaluate("told.filter((one) => one === 'Un client attend un conseiller.').length") == 1
    )
    with server.app.state.service.store.database.writing() as database:
        for name in ("bot-badge", "bot-badge-2"):
            database.delete(database.get(BotSessionRow, name))
    server.app.state.service.resources.presence.ring("bot-badge")
    page.wait_for_function("() => document.title === 'Poste de travail · Entendu'")
    assert page.locator(".sides .count").count() == 0
