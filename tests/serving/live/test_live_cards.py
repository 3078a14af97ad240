"""What agents do with the cards of calls: counted by article, and gone with the conversation."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import json
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conversation.errors import NotFound
from kb_search.answers import Citation
from kb_search.assistant import Card, CardEvent
from serving.live.facts import SessionFacts
from serving.live.mind import LiveMind
from serving.settings import Settings

ASKED = "Est-ce que je serai remboursé ?"
ARTICLE = "telecom-plus/coupures.md"
COUNTED = ("shown", "up", "down", "used", "dismissed", "refused")
PATH = "/v1/assist/judgements"


def scripted_mind():
    """Load what the desk's tests conclude with: a card when somebody asks for a refund."""
    path = Path(__file__).parents[1] / "screens" / "desk_mind.py"
    spec = importlib.util.spec_from_file_location("cards_mind", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["cards_mind"] = module
    spec.loader.exec_module(module)
    return module.ScriptedMind()


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class, live_tools):
    from serving.live.hub import LiveHub

    running = live_tools.server(
        Settings(data_dir=tmp_path_factory.mktemp("cards") / "data"),
        fake_pipeline_class(),
        hub=lambda service: LiveHub(service, listener=None, mind=scripted_mind()),
    )
    yield running
    running.stop()


def talk(server, live_tools, *judgements, then="end", **start):
    """Hold a chat in which a card comes, judge it, and end; return the session's id."""

    async def held():
        async with server.connect() as socket:
            send = lambda message: socket.send(json.dumps(message))  # noqa: E731
            await send({"type": "start"} | start)
            begun = (await live_tools.receive(socket, "started"))[-1]
            await send({"type": "text", "speaker": "customer", "text": ASKED})
            card = (await live_tools.receive(socket, "card"))[-1]["card"]
            for judgement in judgements:
                await send({"type": "card", "id": card["id"], "judgement": judgement})
                await live_tools.receive(socket, "judged")
            await send({"type": "card", "id": "never-shown", "judgement": "up"})
            await send({"type": then})
            await live_tools.receive(socket, "closed")
            return begun["session"]

    return asyncio.run(held())


def counts(server, **asked):
    found = server.client.get(PATH, params=asked).json()["data"]
    return {one["document"]: {name: one[name] for name in COUNTED} for one in found}


def test_judgements_are_counted_by_article_until_the_customer_is_erased(server, live_tools):
    first = talk(server, live_tools, "used", "down", "dismissed", customer_key="c-1")
    talk(server, live_tools, "dismissed", customer_key="c-2")
    talk(server, live_tools, "down", practice=True)
    assert counts(server) == {
        ARTICLE: {"shown": 2, "up": 0, "down": 1, "used": 1, "dismissed": 2, "refused": 2}
    }
    [one] = server.client.get(PATH).json()["data"]
    assert one["passages"][0]["passage"] == "coupures#2"
    assert counts(server, document="other.md") == {}
    assert counts(server, until="2020-01-01T00:00:00Z") == {}

    server.wait_for(first)
    exported = server.client.get("/v1/privacy/subjects/c-1")
    assert exported.status_code == 200, exported.text
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        subject = json.loads(archive.read("subject.json"))
    [shown] = subject["conversations"][0]["cards"]
    assert (shown["asked"], shown["article"]) == (ASKED, ARTICLE)

    erased = server.client.post("/v1/privacy/erasures", json={"customer_key": "c-1"})
    assert erased.status_code == 201, erased.text
    assert counts(server)[ARTICLE]["shown"] == 1


def test_only_who_edits_articles_reads_them_and_only_of_their_team(server, live_tools):
    for role, status in (("supervisor", 200), ("agent", 403), ("analyst", 403)):
        answer = server.client.get(PATH, headers=server.key(role))
        assert answer.status_code == status, role
    other = server.client.get(PATH, headers=server.key("supervisor", team="lyon"))
    assert other.json() == {"data": []}
    asked = server.client.get(PATH, params={"since": "yesterday"})
    assert asked.status_code == 422


def test_a_call_that_may_not_be_kept_leaves_no_card(server, live_tools, monkeypatch):
    from conversation.errors import ProcessingRefused

    def refuse(*_args, **_more):
        raise ProcessingRefused("the customer objects", remedy="nothing is kept")

    before = counts(server)
    monkeypatch.setattr(server.app.state.service, "accept_conversation", refuse)
    talk(server, live_tools, "up", customer_key="c-3")
    assert counts(server) == before


def test_what_was_done_with_a_card_is_known_after_a_restart():
    card = Card(
        id="c1",
        citation=Citation(document=ARTICLE, title="Coupures", passage_id="p", quote="Oui."),
        text="Oui.", question=ASKED, confidence=0.8, asked_turn=0, shown_at_s=95.0, delay_s=1.0,
    )  # fmt: skip
    named = {"conversation": "0a", "card_id": "c1"}
    earlier = [
        CardEvent(kind="shown", at_s=95.0, card=card, **named),
        CardEvent(kind="dismissed", at_s=99.0, **named),
    ]
    facts = SessionFacts(
        id="0a", protocol="live", team="main", owner="k", sound=None, channel="chat",
        started_at=datetime.now(UTC) - timedelta(seconds=100),
    )  # fmt: skip
    mind = LiveMind(Settings(), lambda: None, knowledge=lambda _: object(), clock=time.monotonic)
    with pytest.raises(NotFound):
        mind.follow(facts).judge("c1", "up")
    resumed = mind.follow(facts, lambda: earlier)
    resumed.judge("c1", "up")
    state = resumed._assistant.state
    assert state.refused == {"p"}
    assert 95 < state.clock_s < 130
