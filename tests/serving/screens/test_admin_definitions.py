"""Own reasons and scorecards put into use from the administration, in a real browser."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from serving.settings import Settings

HERE = Path(__file__).parent
analyses = runpy.run_path(str(HERE.parent / "analyses.py"))
OWN = runpy.run_path(str(HERE.parent / "own_reasons.py"))["own_reasons"]


@pytest.fixture(scope="module")
def centre(tmp_path_factory, fake_pipeline_class, running_service_class):
    """A running service with a conversation whose analysis is whole."""

    class WholePipeline(fake_pipeline_class):
        def score(self, transcribed, understood):
            return analyses["sample_analysis"]()

    folder = tmp_path_factory.mktemp("definitions")
    settings = Settings(data_dir=folder / "data", rate_per_address=100_000, threads=1)
    service = running_service_class(settings, WholePipeline())
    service.wait_for(service.send_chat())
    yield service
    service.stop()


@pytest.fixture
def admin(centre, open_page, admin_key):
    """Return a function that opens a part of the administration, signed in."""

    def open_it(part: str, query: str = "", key: str = admin_key, **options):
        page = open_page(f"{centre.url}/admin/{part}{query}", **options)
        page.fill("input[name=key]", key)
        page.keyboard.press("Enter")
        page.locator("#admin h2").first.wait_for()
        return page

    return open_it


def in_use(centre):
    return centre.client.get("/v1/definitions").json()


def test_own_reasons_go_from_a_faulty_file_into_use_and_back(admin, centre, accessible):
    page = admin("reasons", refused=412)
    text = page.get_by_label("Fichier de motifs (YAML)")
    faulty = OWN("1", "Horaires").replace("code: ac.horaires", "code: AC")
    text.fill(faulty)
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_text("À corriger").wait_for()
    assert text.input_value() == faulty
    text.fill(OWN("1", "Horaires <b>"))
    page.get_by_role("button", name="Essayer sur les 20 dernières conversations").click()
    page.get_by_text("sans motif :").wait_for(timeout=60_000)  # encodes examples
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("button", name="Publier et mettre en service").click()
    # Somebody else chooses meanwhile: nothing is lost, and nothing of theirs is overwritten.
    centre.client.put("/v1/definitions/reasons", json={"name": None, "version": None})
    yes = page.get_by_role("dialog").get_by_role("button", name="Publier et mettre en service")
    yes.click()
    page.get_by_role("dialog").get_by_role("alert").wait_for()
    assert in_use(centre)["reasons"]["origin"] == "shipped"
    page.keyboard.press("Escape")
    assert text.input_value() == OWN("1", "Horaires <b>")
    page.reload()
    page.get_by_text("non enregistré, a été repris").wait_for()
    page.get_by_role("button", name="Mettre en service accueil 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Mettre en service").click()
    page.get_by_text("accueil, version 1").wait_for()
    page.locator("td", has_text="Horaires <b>").first.wait_for()
    assert in_use(centre)["reasons"]["name"] == "accueil"
    accessible(page)
    page.get_by_role("button", name="Revenir à Télécom + Banque + E-commerce").click()
    page.get_by_role("dialog").get_by_role("button", name="Revenir à").click()
    page.locator(".in-use", has_text="Télécom").wait_for()
    assert in_use(centre)["reasons"]["origin"] == "shipped"


def test_a_card_is_put_into_use_for_a_channel_and_given_back(admin, centre, accessible):
    page = admin("scorecards", "?lang=en&theme=dark")
    page.get_by_role("button", name="Put sales 1").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Put into use").click()
    page.get_by_text("is in use.").wait_for()
    row = page.locator("tr", has=page.get_by_role("rowheader", name="Call"))
    row.get_by_text("sales").wait_for()
    assert {one["channel"]: one["name"] for one in in_use(centre)["scorecards"]}["phone"] == "sales"
    accessible(page)
    page.get_by_role("button", name="Back to the usual card: Call").click()
    row.get_by_text("inbound").wait_for()


def test_a_supervisor_publishes_and_leaves_the_choice_to_an_administrator(admin, centre):
    with centre.client_of("supervisor") as client:
        key = client.headers["Authorization"].removeprefix("Bearer ")
    page = admin("reasons", key=key)
    page.get_by_label("Fichier de motifs (YAML)").fill(OWN("3", "Horaires"))
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("button", name="Publier", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publier").click()
    page.get_by_role("cell", name="3", exact=True).wait_for()
    assert page.get_by_role("button", name="Mettre en service").count() == 0
    page.goto(f"{centre.url}/admin/scorecards")
    page.get_by_role("heading", name="Grilles en service").wait_for()
    assert page.get_by_role("button", name="Mettre en service").count() == 0
