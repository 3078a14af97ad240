"""A call at the desk, in a real browser: from the first word to the note that is sent."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from conversation.errors import NotFound, TooManyRequests, Unavailable

_spec = importlib.util.spec_from_file_location(
    "desk_calls", Path(__file__).with_name("desk_calls.py")
)
calls = importlib.util.module_from_spec(_spec)
sys.modules["desk_calls"] = calls
_spec.loader.exec_module(calls)

AGENT, CUSTOMER = calls.AGENT, calls.CUSTOMER


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


def practise(page, talk=calls.TALK, name="appel <b>un</b>.wav", button="Rejouer cet appel"):
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "audio/wav", "buffer": calls.recording(talk)}
    )
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_recording_is_practised_to_the_note_and_nothing_is_stored(desk, server, lang):
    french = lang == "fr"
    page = desk(f"?lang={lang}")
    before = server.stored()
    practise(page, button="Rejouer cet appel" if french else "Play this call")
    page.get_by_role("heading", name="appel <b>un</b>.wav").wait_for()
    speed = page.get_by_label("Vitesse" if french else "Speed")
    assert speed.locator("option").nth(1).inner_text() == ("1,5 ×" if french else "1.5 ×")
    page.keyboard.press("p")
    page.get_by_role("status").get_by_text("En pause" if french else "Paused").wait_for()
    page.keyboard.press("p")
    speed.select_option("2")
    log = page.get_by_role("log")
    log.get_by_text(calls.words_of((28, 30, 32, 34))).wait_for()
    assert log.locator(".customer .whose").first.inner_text() == (
        "Client" if french else "Customer"
    )
    page.get_by_role("alert").get_by_text("Réclamation" if french else "Complaint").wait_for()
    page.get_by_text("sûr à 83 %" if french else "83% sure").wait_for()
    page.get_by_text("en vigueur depuis le 12 mars 2026" if french else "valid from").wait_for()
    page.get_by_text("Panne d'internet <b>fixe</b>" if french else "outage <b>fixed").wait_for()
    page.get_by_role("img", name="Humeur du client" if french else "Customer's mood").wait_for()
    checked = page.locator(".checklist .is-said")
    checked.nth(2).wait_for()
    page.get_by_role("button", name="Comparer" if french else "Compare").wait_for()
    log.get_by_text("<script>alert(1)</script>").wait_for()
    note = page.get_by_label("Note", exact=True)
    assert note.input_value().splitlines() == [text for _, text in calls.mind.SENTENCES]
    assert server.stored() == before
    assert not list((server.app.state.service.settings.data_dir / "live").glob("*"))


def test_a_call_of_the_telephony_opens_at_its_agents_desk_and_its_note_is_kept(desk, server):
    page = desk(key=server.bare_key("agent", agent_key="a-1"))
    page.get_by_text("Aucun appel pour vous").wait_for()
    other = calls.Telephone(server, agent_key="a-2", customer_key="autre")
    call = calls.Telephone(
        server, agent_key="a-1", customer_key="<script>alert(1)</script>", queue="support-fixe"
    )
    page.get_by_role("heading", name="<script>alert(1)</script>").wait_for()
    call.say(calls.TALK[0], calls.TALK[3])
    page.get_by_text(calls.mind.PASSAGE).wait_for()
    page.get_by_role("button", name="Suggestion utile").click()
    page.locator("button[aria-pressed=true]").wait_for()
    assert call.read_until("judged")["judgement"] == "up"
    page.keyboard.press("m")
    assert call.read_until("muted")["muted"] is True
    page.get_by_role("button", name="Rétablir les suggestions").wait_for()
    page.get_by_role("textbox", name="Pendant l'appel").fill("Rappeler après 18 h.")
    closed = call.hang_up()
    note = page.get_by_label("Note", exact=True)
    note.wait_for()
    assert note.input_value().endswith("technicien passe jeudi.\nRappeler après 18 h.")
    note.fill("Panne de box. Carte 4970 1012 3456 7893 lue.")
    page.get_by_role("button", name="Appel suivant").click()
    page.get_by_role("button", name="Revenir à la note").click()
    page.get_by_role("button", name="Envoyer la note").click()
    page.get_by_text(re.compile("Envoyée le")).wait_for()
    kept = server.client.get(f"/v1/conversations/{closed['conversation']}/note").json()
    assert kept["version"] == 1
    assert kept["text"].startswith("Panne de box.")
    assert "4970" not in kept["text"]
    assert kept["draft"].splitlines() == [text for _, text in calls.mind.SENTENCES]
    lines = server.client.get("/v1/audit", params={"object_id": call.session}).json()["data"]
    done = {line["action"] for line in lines}
    assert {"live.watch", "live.card", "live.mute", "note.send"} <= done
    page.get_by_role("button", name="Appel suivant").click()
    page.get_by_role("button", name="Ouvrir <script>alert(1)</script>").click()
    again = page.get_by_role("dialog").get_by_label("Note", exact=True)
    again.wait_for()
    assert again.input_value() == kept["text"]
    other.hang_up()


def test_a_cut_is_said_and_loses_no_word(desk, server):
    page = desk()
    talk = tuple((number % 2, (20 + 2 * number, 22 + 2 * number)) for number in range(8))
    practise(page, talk)
    page.get_by_label("Vitesse").select_option("2")
    log = page.get_by_role("log")
    log.get_by_text(calls.words_of(talk[0][1])).wait_for()
    assert server.cut() > 0
    page.get_by_text("Connexion coupée.").wait_for()
    page.get_by_text("Connexion rétablie. Rien n'a été perdu.").wait_for()
    page.get_by_role("button", name="Comparer").wait_for()
    said = " ".join(log.locator(".turn .words").all_inner_texts())
    in_time = sorted(said.split())
    assert in_time == sorted(" ".join(calls.words_of(levels) for _, levels in talk).split())


def test_a_browser_that_is_offline_says_so_at_once_and_loses_no_word(server, browser):
    context = browser.new_context(locale="fr-FR")  # what it cannot reach is in its console
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{server.url}/desk")
    page.fill("input[name=key]", calls.live.ADMIN_KEY)
    page.keyboard.press("Enter")
    talk = tuple((number % 2, (20 + 2 * number, 22 + 2 * number)) for number in range(6))
    practise(page, talk)
    log = page.get_by_role("log")
    log.get_by_text(calls.words_of(talk[0][1])).wait_for()
    context.set_offline(True)
    page.get_by_text("Connexion coupée.").wait_for()
    context.set_offline(False)
    page.get_by_text("Connexion rétablie. Rien n'a été perdu.").wait_for()
    page.get_by_label("Vitesse").select_option("2")
    page.get_by_role("button", name="Comparer").wait_for()
    said = " ".join(log.locator(".turn .words").all_inner_texts())
    assert sorted(said.split()) == sorted(
        " ".join(calls.words_of(levels) for _, levels in talk).split()
    )
    context.close()


def test_who_follows_is_told_of_a_cut_and_gets_what_was_missed(desk, server):
    call = calls.Telephone(server, customer_key="c-8")
    page = desk()
    page.get_by_role("button", name="Suivre c-8").click()
    call.say(calls.TALK[0])
    page.get_by_text(calls.words_of(calls.TALK[0][1])).wait_for()
    page.route("**/v1/live/sessions", lambda route: route.abort())
    server.cut(of="/watch")
    page.get_by_text("Connexion coupée.").wait_for()
    call.say(calls.TALK[2])
    page.unroute("**/v1/live/sessions")
    page.get_by_text(calls.words_of(calls.TALK[2][1])).wait_for()
    page.get_by_text("En direct").wait_for()
    call.hang_up()
    page.get_by_role("button", name="Envoyer la note").wait_for()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TooManyRequests("16 live sessions are open"), "Trop de demandes à la fois"),
        (Unavailable("a model is missing"), "Le service n'a pas pu faire cela"),
    ],
)
def test_a_call_that_is_refused_leads_back_with_the_reason(desk, server, monkeypatch, error, words):
    async def refuse(_facts):
        raise error

    monkeypatch.setattr(server.hub, "open", refuse)
    page = desk()
    practise(page)
    page.get_by_role("alert").get_by_text(words).wait_for()
    assert page.get_by_role("button", name="Rejouer cet appel").is_enabled()


def test_a_call_that_cannot_be_resumed_says_so_and_keeps_what_was_typed(desk, server, monkeypatch):
    async def forget(_token, _owner):
        raise NotFound("no live session with this resume token")

    page = desk(before=calls.TAB_WITH_A_TONE, permissions=["microphone"])
    page.get_by_role("button", name="Commencer l'appel").click()
    page.get_by_role("textbox", name="Pendant l'appel").fill("À rappeler.")
    page.get_by_role("log").locator(".customer").first.wait_for()
    monkeypatch.setattr(server.hub, "resume", forget)
    server.cut(of="/v1/live")
    page.get_by_text("La connexion n'a pas pu être rétablie.").wait_for()
    assert page.get_by_label("Note", exact=True).input_value() == "À rappeler."
    page.get_by_role("button", name="Appel suivant").click()
    page.get_by_role("button", name="Commencer l'appel").wait_for()


def test_the_microphone_and_a_tab_are_two_sides_of_a_stored_call(desk, server):
    page = desk(before=calls.TAB_WITH_A_TONE, permissions=["microphone"])
    page.get_by_label("Client (identifiant)").fill("c-7")
    page.get_by_role("button", name="Commencer l'appel").click()
    page.get_by_text("En direct").wait_for()
    page.get_by_role("log").locator(".customer").first.wait_for()
    page.get_by_role("button", name="Raccrocher").click()
    page.get_by_role("button", name="Envoyer la note").click()
    page.get_by_text("Note envoyée", exact=True).wait_for()
    newest = server.client.get("/v1/notes").json()["data"][0]
    assert (newest["customer_key"], newest["version"]) == ("c-7", 1)
    sound = server.client.get(f"/v1/conversations/{newest['conversation_id']}/audio").content
    assert int.from_bytes(sound[22:24], "little") == 2


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("getUserMedia = async () => {throw new DOMException('', 'NotAllowedError')}",
         "Le navigateur n'a pas donné accès au micro"),
        ("getUserMedia = async () => {throw new DOMException('', 'NotFoundError')}",
         "Aucun micro n'a été trouvé"),
        ("getDisplayMedia = async () => {throw new DOMException('', 'NotAllowedError')}",
         "Aucun onglet n'a été partagé"),
        ("getDisplayMedia = async () => new MediaStream()", "n'a pas de son"),
    ],
)  # fmt: skip
def test_without_sound_the_desk_says_why_and_stays_usable(desk, broken, words):
    page = desk(before=f"{calls.TAB_WITH_A_TONE}; navigator.mediaDevices.{broken};")
    page.get_by_role("button", name="Commencer l'appel").click()
    page.get_by_text(words).wait_for()
    assert page.get_by_role("button", name="Commencer l'appel").is_enabled()


def test_a_note_that_was_sent_meanwhile_is_shown_before_it_is_written_over(desk, server, browser):
    call = calls.Telephone(server, agent_key="a-3", customer_key="c-3")
    call.say(calls.TALK[1])
    conversation = call.hang_up()["conversation"]
    page = browser.new_context(locale="fr-FR").new_page()  # the refusal is in its console
    page.goto(f"{server.url}/desk")
    page.fill("input[name=key]", calls.live.ADMIN_KEY)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ouvrir c-3").click()
    note = page.get_by_label("Note", exact=True)
    note.fill("La mienne.")
    path = f"/v1/conversations/{conversation}/note"
    sent = server.client.put(path, json={"text": "La leur.", "version": 0})
    assert sent.status_code == 200
    page.get_by_role("button", name="Envoyer la note").click()
    page.get_by_text("La leur.").wait_for()
    assert note.input_value() == "La mienne."
    page.get_by_role("button", name="Envoyer la mienne").click()
    page.get_by_text("Note envoyée", exact=True).wait_for()
    kept = server.client.get(path).json()
    assert (kept["text"], kept["version"]) == ("La mienne.", 2)
    page.get_by_role("button", name="Fermer").click()
    page.locator("li", has_text="c-3").get_by_text("Envoyée").wait_for()
    page.context.close()


def test_a_note_that_was_not_sent_outlives_a_closed_window_and_a_reload(desk, server):
    call = calls.Telephone(server, agent_key="a-3", customer_key="c-4")
    call.say(calls.TALK[1])
    call.hang_up()
    page = desk()
    note = page.get_by_label("Note", exact=True)
    page.get_by_role("button", name="Ouvrir c-4").click()
    note.fill("Rappeler lundi.")
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="Ouvrir c-4").click()
    note.wait_for()
    assert note.input_value() == "Rappeler lundi."
    page.reload()
    page.get_by_role("button", name="Ouvrir c-4").click()
    page.get_by_text("Votre texte non envoyé a été repris.").wait_for()
    assert note.input_value() == "Rappeler lundi."
    page.get_by_role("button", name="Envoyer la note").click()
    page.get_by_text("Note envoyée", exact=True).wait_for()
    assert "lundi" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")


def test_keys_act_on_the_card_and_can_be_turned_off(desk, server):
    call = calls.Telephone(server, customer_key="c-9")
    page = desk(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Suivre c-9").click()
    call.say(calls.TALK[3])
    page.get_by_text(calls.mind.PASSAGE).wait_for()
    page.keyboard.press("c")
    page.get_by_text("Passage copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == calls.mind.PASSAGE
    assert call.read_until("judged")["judgement"] == "used"
    page.keyboard.press("?")
    page.get_by_role("switch", name="Raccourcis d'une lettre activés").click()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.get_by_role("button", name="Écarter").click()
    page.get_by_text("Rien à proposer").wait_for()
    assert call.read_until("judged")["judgement"] == "dismissed"
    call.hang_up()


def test_who_may_not_follow_calls_is_refused(server):
    for role in ("customer", "analyst"):
        headers = server.key(role)
        assert server.client.get("/desk", headers=headers).status_code == 403
        assert server.client.get("/v1/live/sessions", headers=headers).status_code == 403


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_is_accessible_before_during_and_after_a_call(desk, server, accessible, lang):
    words = {"fr": ("Suivre c-5", "À dire"), "en": ("Follow c-5", "To be said")}[lang]
    call = calls.Telephone(server, agent_key="a-5", customer_key="c-5")
    page = desk(f"?theme=auto&lang={lang}", viewport={"width": 768, "height": 1024})
    page.get_by_role("button", name=words[0]).wait_for()
    accessible(page)
    page.get_by_role("button", name=words[0]).click()
    call.say(*calls.TALK)
    page.get_by_text(words[1], exact=True).wait_for()
    page.get_by_text(calls.mind.PASSAGE).wait_for()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
    call.hang_up()
    page.locator("form.note-form textarea").wait_for()
    accessible(page)
