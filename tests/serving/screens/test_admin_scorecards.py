"""The scorecard editor in a real browser: edited, checked at the field, tried, published."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from serving.reviewing.card_checks import check_text
from serving.settings import Settings

analyses = runpy.run_path(str(Path(__file__).parent.parent / "analyses.py"))

# Each line has the one before ten times: 10⁸ values when it is written out.
_LAUGHS = "a0: &a0 [1]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


@pytest.fixture(scope="module")
def scoring(tmp_path_factory, fake_pipeline_class, running_service_class):
    """A running service with two conversations whose analyses are whole."""

    class WholePipeline(fake_pipeline_class):
        def score(self, transcribed, understood):
            return analyses["sample_analysis"]()

    folder = tmp_path_factory.mktemp("cards")
    settings = Settings(data_dir=folder / "data", rate_per_address=100_000, threads=1)
    service = running_service_class(settings, WholePipeline())
    for _ in range(2):
        service.wait_for(service.send_chat())
    yield service
    service.stop()


@pytest.fixture
def cards(scoring, open_page, admin_key):
    """Return a function that opens the scorecards, signed in."""

    def open_it(query: str = "", **options):
        page = open_page(f"{scoring.url}/admin/scorecards{query}", **options)
        page.fill("input[name=key]", admin_key)
        page.keyboard.press("Enter")
        page.locator("tbody tr").first.wait_for()
        return page

    return open_it


def shipped(scoring, version="1.1"):
    return scoring.client.get("/v1/scorecards/inbound", params={"version": version}).json()


def test_a_card_is_edited_tried_on_past_conversations_and_published_as_a_new_version(
    cards, scoring
):
    before = shipped(scoring)
    page = cards()
    page.get_by_role("button", name="Modifier inbound 1.1").click()
    page.get_by_text("La grille peut être publiée.").wait_for()
    assert page.get_by_label("Version", exact=True).input_value() == "1.2"
    page.get_by_role("button", name="Offre d'écoute").click()
    points = page.get_by_label("Points", exact=True)
    points.fill("13")
    page.get_by_text("Total : 110 / 100").wait_for()
    page.get_by_text("1 point à corriger").wait_for()
    assert page.get_by_role("button", name="Publier cette version").is_disabled()
    points.fill("3")
    page.get_by_label("Question en français").fill("Offre <b>d'écoute</b> ?")
    page.get_by_label("Comment elle est décidée").select_option("said")
    page.locator(".names select").first.select_option("farewell")
    page.get_by_role("button", name="Retirer Prendre congé").click()
    page.locator(".names select").first.select_option("thanks")
    page.get_by_text("La grille peut être publiée.").wait_for()
    page.get_by_role("button", name="Essayer", exact=True).click()
    page.locator("figure.spread").wait_for()
    assert page.locator("#trial tbody tr").count() == 2
    page.locator("#trial button.link").first.click()
    page.locator("#trial tr.differs", has_text="Offre <b>d'écoute</b> ?").wait_for()
    assert shipped(scoring) == before
    page.get_by_role("button", name="Publier cette version").click()
    page.get_by_role("dialog").get_by_role("button", name="Publier cette version").click()
    page.get_by_text("inbound 1.2 est publiée.").wait_for()
    page.get_by_role("button", name="Modifier inbound 1.2").wait_for()
    after = shipped(scoring, "1.2")
    item = after["scorecard"]["sections"][0]["items"][1]
    assert item["detector"] == {"kind": "said", "phrases": ["thanks"]}
    assert item["label"]["fr"] == "Offre <b>d'écoute</b> ?"
    assert shipped(scoring) == before
    assert page.evaluate("localStorage.length") == 0


def test_what_is_wrong_stands_at_its_field_in_the_readers_language(cards):
    page = cards("?lang=en")
    page.get_by_role("button", name="New card").click()
    page.get_by_role("button", name="salutation", exact=True).click()
    page.get_by_label("Question in French").fill("Salue-t-il ?")
    page.locator("label", has_text="Question in English").get_by_text("to be filled in").wait_for()
    page.get_by_label("Question in English").fill("Does the agent greet?")
    page.get_by_label("Title in French").fill("Ma grille")
    page.get_by_label("Title in English").fill("My card")
    page.get_by_label("Asked only if").fill("duration_s >")
    page.locator("label", has_text="Asked only if").locator(".wrong").wait_for()
    page.get_by_label("Asked only if").fill("")
    page.get_by_text("The card can be published.").wait_for()


def test_a_card_is_edited_as_yaml_and_goes_back_to_the_form_and_outlives_a_reload(cards):
    page = cards()
    page.get_by_role("button", name="Nouvelle grille").click()
    page.get_by_role("button", name="YAML").click()
    text = page.get_by_label("YAML", exact=True)
    text.fill("name: [")
    page.get_by_text("1 point à corriger").wait_for()
    text.fill(
        "name: courte\nversion: '2'\nlabel: {fr: Courte, en: Short}\nsections:\n"
        "  - id: s\n    label: {fr: S, en: S}\n    items:\n      - id: q\n"
        "        label: {fr: Le délai ?, en: The delay?}\n        points: 100\n"
        "        detector:\n          kind: first_response\n"
        "          limits: {chat: {full_s: 60, half_s: 120}}\n"
    )
    page.get_by_text("La grille peut être publiée.").wait_for()
    page.reload()
    page.get_by_role("button", name="Nouvelle grille").click()
    page.get_by_text("non enregistré, a été repris").wait_for()
    page.get_by_role("button", name="Formulaire").click()
    page.get_by_role("button", name="Le délai ?").click()
    assert page.get_by_label("Tous les points sous (secondes)").input_value() == "60"
    page.get_by_role("button", name="Abandonner ce brouillon").click()
    assert page.get_by_label("Nom court").input_value() == "ma-grille"


def test_every_kind_of_question_can_be_chosen_and_shows_its_settings(cards):
    page = cards()
    page.get_by_role("button", name="Nouvelle grille").click()
    page.get_by_role("button", name="salutation", exact=True).click()
    kinds = page.get_by_label("Comment elle est décidée")
    names = kinds.locator("option").evaluate_all("all => all.map(one => one.value)")[1:]
    assert len(names) > 25
    for name in names:
        kinds.select_option(name)
        page.get_by_role("group", name="Réglages de la question").wait_for()
    shown = kinds.locator("option").all_inner_texts()
    assert not [one for one in shown if "_" in one]
    settings = page.locator(".settings").inner_text()
    assert "_" not in settings
    page.get_by_role("button", name="Abandonner").count()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: [", ()),
        ("- a", ()),
        ("name: a\nversion: 1.0\nlabel: {fr: a, en: a}\nsections: []", ("version",)),
        ("a: &a [1]\nname: *a", ("name",)),
        ("a: &a {b: *a}", ()),
        ("? [a, b]\n: c", ()),
        (_LAUGHS, ()),
    ],
)  # fmt: skip
def test_a_text_that_is_no_card_is_told_so_whatever_it_is(text, place):
    checked = check_text(text)
    assert any(one.path[: len(place)] == place for one in checked.places)
    json.dumps(checked.model_dump(mode="json"))


def test_places_leave_out_how_the_kind_of_a_question_is_told_apart(scoring):
    card = shipped(scoring)["scorecard"]
    card["sections"][0]["items"][0]["detector"] = {"kind": "said", "threshold": 7}
    card["sections"][0]["items"][1]["when"] = "nothing >"
    answer = scoring.client.post("/v1/scorecards/validate", json={"scorecard": json.dumps(card)})
    checked = answer.json()
    assert not checked["valid"]
    assert ["sections", 0, "items", 0, "detector", "threshold"] in [
        one["path"] for one in checked["places"]
    ]
    card["sections"][0]["items"][0]["detector"] = {"kind": "greeting"}
    answer = scoring.client.post("/v1/scorecards/validate", json={"scorecard": json.dumps(card)})
    assert answer.json()["places"][0]["path"] == ["sections", 0, "items", 1, "when"]


def test_those_who_may_not_write_scorecards_are_refused(scoring):
    for role in ("agent", "analyst", "customer"):
        with scoring.client_of(role) as client:
            assert client.get("/admin/scorecards").status_code == 403
    with scoring.client_of("supervisor") as client:
        assert client.get("/admin/scorecards").status_code == 200
