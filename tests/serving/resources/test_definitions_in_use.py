"""Own reasons and scorecards, published and chosen while the service runs."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from conversation import Conversation, Turn
from conversation.errors import Conflict, DefinitionInvalid
from nlu.taxonomy import load_taxonomy
from quality import load_scorecard
from quality.card_versions import CardVersions
from serving.in_use.current import CurrentDefinitions
from serving.live.events import ReasonFound
from serving.live.facts import SessionFacts
from serving.live.mind import LiveMind
from serving.pipeline import Pipeline
from serving.reviewing.taxonomies import as_yaml, read_taxonomy
from serving.score_run import CARDS_FOLDER
from serving.settings import Settings
from serving.store import open_store

own = runpy.run_path(str(Path(__file__).parents[1] / "own_reasons.py"))["own_reasons"]


def get(desk):
    answer = desk.admin.get("/v1/definitions")
    assert answer.status_code == 200, answer.text
    return answer.json()


def publish(desk, text):
    return desk.admin.post("/v1/definitions/reasons", json={"taxonomy": text})


def use(desk, kind, body, **headers):
    return desk.admin.put(f"/v1/definitions/{kind}", json=body, headers=headers)


def test_own_reasons_are_published_chosen_and_given_back_without_a_restart(desk):
    before = get(desk)["reasons"]
    assert (before["origin"], before["use"]) == ("shipped", None)
    assert publish(desk, own()).status_code == 201
    assert publish(desk, own()).status_code == 200  # the same again changes nothing
    assert get(desk)["reasons"]["name"] == before["name"]  # published is not in use
    chosen = use(desk, "reasons", {"name": "accueil", "version": "1"}, **{"If-Match": '"0"'})
    assert chosen.status_code == 200, chosen.text
    now = chosen.json()["reasons"]
    assert (now["name"], now["origin"], now["use"]["turn"]) == ("accueil", "published", 1)
    assert now["use"]["chosen_by"] == desk.id_of(desk.admin)
    assert desk.admin.get("/v1/reasons").json()["data"][0]["code"] == "ac.box"
    text = {"text": "Ma box ne marche plus depuis hier.", "language": "fr"}
    found = desk.admin.post("/v1/reasons/classify", json=text).json()["reasons"]
    assert (found["taxonomy"], found["primary"]["code"]) == ("accueil", "ac.box")
    back = use(desk, "reasons", {"name": None, "version": None}, **{"If-Match": '"1"'}).json()
    assert back["reasons"]["origin"] == "shipped"
    assert back["reasons"]["use"]["turn"] == 2
    assert [one["name"] for one in back["history"]][:2] == [None, "accueil"]
    found = desk.admin.post("/v1/reasons/classify", json=text).json()["reasons"]
    assert found["primary"]["code"].startswith("tel.")
    # What was counted under the own reasons keeps their names.
    assert desk.service.board.names.label("ac.box").fr == "Box"


def test_a_version_is_never_rewritten_and_a_second_choice_does_not_hide_the_first(desk):
    assert publish(desk, own("2")).status_code == 201
    assert publish(desk, own("2", "Ouverture")).status_code == 409
    shipped = load_taxonomy("telecom")
    changed = as_yaml(shipped).replace(shipped.reasons[0].label.fr, "Autre nom", 1)
    assert publish(desk, changed).status_code == 409
    seen = str(get(desk)["reasons"]["use"]["turn"]) if get(desk)["reasons"]["use"] else "0"
    body = {"name": "accueil", "version": "2"}
    assert use(desk, "reasons", body, **{"If-Match": f'"{seen}"'}).status_code == 200
    late = use(desk, "reasons", {"name": None, "version": None}, **{"If-Match": f'"{seen}"'})
    assert late.status_code == 412
    assert get(desk)["reasons"]["version"] == "2"
    assert use(desk, "reasons", body, **{"If-Match": "x"}).status_code == 412
    use(desk, "reasons", {"name": None, "version": None})


def test_what_cannot_be_used_is_refused_and_nothing_changes(desk):
    before = get(desk)
    assert publish(desk, "name: [").status_code == 422
    assert publish(desk, own("1" * 40)).status_code == 422
    assert use(desk, "reasons", {"name": "nobody", "version": "1"}).status_code == 404
    assert use(desk, "reasons", {"name": "accueil", "version": None}).status_code == 422
    assert use(desk, "scorecard", {"name": "nobody", "version": "1"}).status_code == 404
    wrong = {"name": "inbound", "version": "1.1"}
    assert use(desk, "scorecard", wrong | {"channel": "email"}).status_code == 422
    assert use(desk, "scorecard", wrong).status_code == 422  # for all channels
    assert get(desk) == before


def test_reasons_are_tried_on_past_conversations_and_nothing_is_kept(desk):
    conversation = desk.conversation()
    before = desk.admin.get(f"/v1/conversations/{conversation}").json()
    answer = desk.admin.post(
        "/v1/definitions/reasons/preview", json={"taxonomy": own("9"), "newest": 5}
    )
    tried = answer.json()
    assert tried["tried"] == len(tried["data"]) >= 1
    assert tried["changed"] == sum(
        one["before"]["code"] != one["after"]["code"] for one in tried["data"]
    )
    assert {one["after"]["code"] for one in tried["data"]} <= {
        "ac.box", "ac.horaires", "ac.autre", "ac.hors_perimetre", None,
    }  # fmt: skip
    assert desk.admin.get(f"/v1/conversations/{conversation}").json() == before
    assert "9" not in [one["version"] for one in get(desk)["published_reasons"]]


def test_a_scorecard_is_chosen_for_a_channel_or_for_all_and_the_list_says_so(desk):
    card = desk.admin.get("/v1/scorecards/inbound", params={"version": "1.1"}).json()["scorecard"]
    text = json.dumps({**card, "version": "7.0"})
    assert desk.admin.post("/v1/scorecards", json={"scorecard": text}).status_code == 201
    body = {"name": "inbound", "version": "7.0", "channel": "phone"}
    now = {one["channel"]: one for one in use(desk, "scorecard", body).json()["scorecards"]}
    assert (now["phone"]["version"], now["phone"]["origin"]) == ("7.0", "published")
    assert (now["voicebot"]["version"], now["chat"]["name"]) == ("1.1", "written")
    listed = desk.admin.get("/v1/scorecards").json()["data"]
    in_use = {(one["name"], one["version"]) for one in listed if one["in_use"]}
    assert in_use == {("inbound", "7.0"), ("inbound", "1.1"), ("written", now["chat"]["version"])}
    assert desk.admin.get("/v1/scorecards/inbound").json()["description"]["version"] == "7.0"
    body = {"name": None, "version": None, "channel": "phone"}
    again = {one["channel"]: one for one in use(desk, "scorecard", body).json()["scorecards"]}
    assert again["phone"]["version"] == "1.1"


def test_choices_are_for_administrators_and_stand_in_the_audit(desk):
    supervisor = desk.client("supervisor")
    body = {"name": None, "version": None}
    assert supervisor.put("/v1/definitions/reasons", json=body).status_code == 403
    assert supervisor.get("/v1/definitions").status_code == 200
    assert supervisor.post("/v1/definitions/reasons", json={"taxonomy": own("4")}).is_success
    assert desk.client("agent").post(
        "/v1/definitions/reasons", json={"taxonomy": own("5")}
    ).status_code == 403  # fmt: skip
    use(desk, "reasons", {"name": "accueil", "version": "4"})
    use(desk, "reasons", body)
    actions = [one["action"] for one in desk.admin.get("/v1/audit").json()["data"]]
    assert {"reasons.publish", "reasons.use"} <= set(actions)


@pytest.fixture
def shared(tmp_path):
    """Two processes' definitions over one database, and their clocks."""
    settings = Settings(data_dir=tmp_path / "data", admin_key=SecretStr("a" * 32))
    (tmp_path / "data").mkdir()
    store = open_store(settings)
    now = [0.0]
    pair = tuple(CurrentDefinitions(settings, store.database, clock=lambda: now[0]) for _ in "ab")
    yield pair, now, settings
    store.close()


def test_another_process_finds_a_choice_within_seconds_and_a_session_keeps_its_own(shared):
    (here, there), now, _ = shared
    began = there.now()
    here.now()
    taxonomy = read_taxonomy(own())
    here.choices.publish(taxonomy, by="k")
    here.choices.use("reasons", taxonomy, by="k")
    assert here.look().taxonomy.name == "accueil"
    assert there.now().taxonomy.name != "accueil"  # it looked a moment ago
    now[0] += 1.5
    assert there.now().taxonomy.name == "accueil"
    assert began.taxonomy.name != "accueil"
    assert began.decisive != there.now().decisive


def test_a_chosen_card_scores_its_channel_and_the_usual_one_the_others(shared):
    (here, _), _, settings = shared
    phone = Conversation(id="p", channel="phone", turns=())
    chat = Conversation(id="c", channel="chat", turns=())
    card = load_scorecard("sales")
    here.choices.use("scorecard", card, by="k", channel="phone")
    with pytest.raises(DefinitionInvalid, match="its file is gone"):
        here.look()
    CardVersions(settings.data_dir / CARDS_FOLDER).publish(card)
    assert here.look().card_for(phone).name == "sales"
    assert here.now().card_for(chat).name == "written"
    with pytest.raises(Conflict):
        here.choices.use("scorecard", None, by="k", channel="phone", after=0)


@pytest.mark.model
def test_a_choice_counts_for_the_next_analysis_and_the_next_call_not_for_one_that_runs(
    shared, encoder
):
    (here, _), _, settings = shared
    pipeline = Pipeline(settings)
    pipeline.__dict__["encoder"] = encoder
    pipeline.use_definitions(here.now)
    mind = LiveMind(
        settings, lambda: SimpleNamespace(encoder=encoder, compute=None),
        knowledge=lambda _: None, clock=lambda: 0.0, definitions=here.now,
    )  # fmt: skip
    facts = SessionFacts(
        id="s", protocol="live", team="default", owner="k", sound=None, channel="chat",
        language="fr", started_at=datetime(2026, 11, 3, tzinfo=UTC),
    )  # fmt: skip
    turns = (
        Turn(index=0, speaker="agent", text="Bonjour, que puis-je faire pour vous ?"),
        Turn(index=1, speaker="customer", text="Ma box est en panne, je n'ai plus internet."),
    )
    said = Conversation(id="c", channel="chat", language="fr", turns=turns)
    before, running = pipeline.analyse_conversation(said), mind.follow(facts)
    running.look(turns[:1])

    taxonomy, card = read_taxonomy(own()), load_scorecard("written")
    card = card.model_copy(update={"version": "8.0"})
    here.choices.publish(taxonomy, by="k")
    CardVersions(settings.data_dir / CARDS_FOLDER).publish(card)
    here.choices.use("reasons", taxonomy, by="k")
    here.choices.use("scorecard", card, by="k", channel="chat")
    here.look()

    after = pipeline.analyse_conversation(said)
    assert before.understanding.reasons.primary.code.startswith("tel.panne_fixe")
    assert after.understanding.reasons.primary.code == "ac.box"
    assert (before.evaluation.version, after.evaluation.version) == ("1.1", "8.0")
    assert before.fingerprint != after.fingerprint
    (made_by,) = [
        one.settings for one in after.understanding.provenance if one.component == "nlu.reasons"
    ]
    assert (made_by["taxonomy"], made_by["taxonomy_version"]) == ("accueil", "1")
    codes = [
        one.code
        for follower in (running, mind.follow(facts))
        for one in follower.look(turns)
        if isinstance(one, ReasonFound)
    ]
    assert codes[0].startswith("tel.panne_fixe")
    assert codes[1] == "ac.box"
