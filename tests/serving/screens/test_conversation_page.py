"""The page of a conversation in a real browser: listened to, read, and masked."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from serving.store.tables import AnalysisRow

start = runpy.run_path(str(Path(__file__).with_name("review_desk.py")))["ReviewDesk"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, running_service_class, fake_pipeline_class):
    """A service with people, and a call and a chat that were analysed."""
    desk = start(
        tmp_path_factory.mktemp("page") / "data", running_service_class, fake_pipeline_class
    )
    desk.a_call, desk.a_chat = desk.call(), desk.chat()
    yield desk
    desk.stop()


@pytest.fixture
def signed_in(desk, open_page):
    """Return a function that opens a page as somebody."""

    def open_as(name: str, path: str, **options):
        page = open_page(f"{desk.url}{path}", **options)
        page.fill("input[name=key]", desk.keys[name])
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path.split('?', maxsplit=1)[0]}**")
        return page

    return open_as


def audited(desk, action, conversation_id):
    found = desk.admin.get("/v1/audit", params={"action": action}).json()["data"]
    return [one for one in found if one["object_id"] == conversation_id]


def test_it_shows_what_was_understood_and_leads_to_the_passages(desk, signed_in, picture):
    page = signed_in("supervisor", f"/conversations/{desk.a_call}")
    page.locator(".reason .big", has_text="Panne internet").wait_for()
    page.locator("svg.mood circle").first.wait_for()
    page.get_by_text("Ce qui a été entendu").wait_for()
    page.get_by_text("0:38 de parole").first.wait_for()
    page.locator(".reason button.at").click()
    page.locator(".transcript .w.marked.now").first.wait_for()
    marked = " ".join(page.locator(".transcript .w.marked").all_inner_texts())
    assert marked == "Bonjour, ma box ne marche plus, c'est inadmissible."
    page.locator(".transcript li.speaking").wait_for()
    page.locator(".wave canvas").first.wait_for(state="attached")
    picture(page, "conversation")
    assert page.locator("b", has_text="Au revoir").count() == 0
    page.locator(".transcript li", has_text="<b>Au revoir</b>").wait_for()


def test_an_address_may_name_a_turn(desk, signed_in):
    page = signed_in("supervisor", f"/conversations/{desk.a_call}")
    page.goto(f"{desk.url}/conversations/{desk.a_call}#turn-17")
    page.reload()
    page.locator('.transcript li[data-turn="17"] .w.marked').first.wait_for()
    assert page.locator('.transcript li[data-turn="17"]').bounding_box()["y"] < 800
    assert page.evaluate("scrollY") == 0


def test_it_is_masked_until_somebody_who_may_asks_and_that_is_written_down(desk, signed_in):
    page = signed_in("supervisor", f"/conversations/{desk.a_call}")
    page.locator(".transcript li", has_text="[NOM_1]").first.wait_for()
    assert "Marc Dubois" not in page.content()
    assert audited(desk, "conversation.unmask", desk.a_call) == []
    page.get_by_role("button", name="Afficher les données personnelles").click()
    page.get_by_role("dialog").get_by_role(
        "button", name="Afficher les données personnelles"
    ).click()
    page.locator(".transcript li", has_text="Marc Dubois").first.wait_for()
    page.get_by_text("cette consultation est inscrite au journal d'audit").wait_for()
    assert len(audited(desk, "conversation.unmask", desk.a_call)) == 1
    page.get_by_role("button", name="Masquer à nouveau").click()
    page.locator(".transcript li", has_text="[NOM_1]").first.wait_for()


def test_who_may_not_unmask_is_offered_nothing_and_refused(desk, signed_in):
    page = signed_in("agent", f"/conversations/{desk.a_call}")
    page.locator(".transcript li", has_text="[NOM_1]").first.wait_for()
    assert page.get_by_role("button", name="Afficher les données personnelles").count() == 0
    refused = f"/conversations/{desk.a_call}?unmasked=1"
    assert desk.admin.get(refused, headers=desk.as_("agent")).status_code == 403


def test_an_agent_sees_no_draft_score_and_strangers_and_customers_see_nothing(desk):
    page = desk.admin.get(f"/conversations/{desk.a_call}", headers=desk.as_("agent"))
    state = json.loads(
        page.text.split('id="state">')[1].split("</script>")[0].replace("\\u0027", "'")
    )
    assert state["stored"]["score_100"] is None
    assert '"evaluation"' not in page.text
    path = f"/conversations/{desk.a_call}"
    assert desk.admin.get(path, headers=desk.as_("stranger")).status_code == 404
    assert desk.admin.get(path, headers=desk.as_("customer")).status_code == 403


def test_a_written_conversation_has_its_messages_and_no_player(desk, signed_in):
    page = signed_in("supervisor", f"/conversations/{desk.a_chat}")
    page.locator(".transcript li", has_text="hors forfait").wait_for()
    assert page.locator(".player").count() == 0


def test_an_analysis_of_another_shape_still_shows_its_transcript(desk, signed_in):
    conversation = desk.chat()
    with desk.service.store.database.writing() as session:
        row = session.get(AnalysisRow, conversation)
        row.document = json.dumps(json.loads(row.document) | {"understanding": {"old": True}})
    page = signed_in("supervisor", f"/conversations/{conversation}")
    page.locator(".transcript li", has_text="hors forfait").wait_for()
    page.get_by_text("Cette analyse vient d'une autre version").wait_for()


def test_an_hour_of_talk_scrolls_and_follows_within_a_frame(desk, signed_in):
    page = signed_in("supervisor", f"/conversations/{desk.a_call}")
    page.locator(".transcript li").first.wait_for()
    took = page.evaluate(
        """async () => {
          const { Transcript } = await import("/static/transcript/transcript.js");
          const { html, render } = await import("/static/kit.js");
          const turns = [...Array(700)].map((_, index) => ({
            index, speaker: index % 2 ? "customer" : "agent", participant: index % 2,
            text: Array(15).fill("mot").join(" "), start_s: index * 5, end_s: index * 5 + 4.5,
            at: null, confidence: 0.9,
            words: [...Array(15)].map((_, n) => ({
              text: "mot", start_s: index * 5 + n * 0.3, end_s: index * 5 + n * 0.3 + 0.25,
              probability: 0.9 })),
          }));
          let tell;
          const sound = { hear: (act) => { tell = act; return () => {}; } };
          const place = document.body.appendChild(document.createElement("div"));
          place.style.height = "600px";
          place.style.overflow = "auto";
          render(html`<${Transcript} turns=${turns} nameOf=${() => "x"} sound=${sound} />`, place);
          await new Promise((go) => setTimeout(go, 300));
          const frames = [];
          for (let at = 0; at < 3400; at += 170) {
            const begun = performance.now();
            tell(at, true);
            place.getBoundingClientRect().height;
            frames.push(performance.now() - begun);
          }
          return frames.sort((a, b) => a - b)[Math.floor(frames.length / 2)];
        }"""
    )
    assert took < 50
