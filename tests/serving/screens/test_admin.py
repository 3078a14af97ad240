"""Keys, retention, audit, webhooks and models of the administration, in a real browser."""

from __future__ import annotations

import http.server
import json
import re
import threading
import zipfile

import pytest

from serving.settings import Settings


@pytest.fixture(scope="module")
def listener():
    """An address that answers 204 to each message, and what it was told."""
    told = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory, fake_pipeline_class, running_service_class):
    """A running service that may call private addresses."""
    folder = tmp_path_factory.mktemp("admin")
    settings = Settings(
        data_dir=folder / "data", rate_per_address=100_000, webhook_networks=("127.0.0.0/8",)
    )
    service = running_service_class(settings, fake_pipeline_class())
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


def me(centre, key):
    import httpx

    return httpx.get(f"{centre.url}/v1/me", headers={"Authorization": f"Bearer {key}"}, timeout=20)


def test_a_key_is_made_shown_once_narrowed_rotated_and_revoked(admin, centre):
    page = admin("keys")
    page.get_by_role("button", name="Nouvelle clé").click()
    sheet = page.get_by_role("dialog")
    assert sheet.get_by_label("Nom").evaluate("one => one === document.activeElement")
    sheet.get_by_label("Nom").fill("<script>alert(1)</script>")
    sheet.get_by_label("Rôle").select_option("agent")
    sheet.get_by_label("Équipe").fill("lyon")
    sheet.get_by_label("Identifiant du conseiller").fill("a-0421")
    sheet.get_by_label("Limiter à certains droits").check()
    sheet.get_by_label("conversations:read").check()
    sheet.get_by_role("button", name="Créer la clé").click()
    page.get_by_text("il ne sera plus jamais affiché").wait_for()
    first = page.get_by_label("Clé", exact=True).input_value()
    known = me(centre, first).json()
    assert (known["role"], known["team"], known["agent_key"]) == ("agent", "lyon", "a-0421")
    assert known["permissions"] == ["conversations:read"]
    page.keyboard.press("Escape")
    row = page.locator("tbody tr", has_text="<script>alert(1)</script>")
    assert first not in page.content()
    row.get_by_role("button", name="Renouveler").click()
    page.get_by_role("dialog").get_by_label("Fin de validité").select_option("0")
    page.get_by_role("dialog").get_by_role("button", name="Renouveler", exact=True).click()
    second = page.get_by_label("Clé", exact=True).input_value()
    assert me(centre, first).status_code == 401
    assert me(centre, second).status_code == 200
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Révoquer").click()
    page.get_by_role("dialog").get_by_role("button", name="Annuler").click()
    assert me(centre, second).status_code == 200
    row.get_by_role("button", name="Révoquer").click()
    page.get_by_role("dialog").get_by_role("button", name="Révoquer").click()
    page.get_by_text("Clé révoquée.").wait_for()
    page.locator("h2:focus", has_text="Clés d'accès").wait_for()
    assert me(centre, second).status_code == 401
    page.get_by_label("État").select_option("false")
    page.locator("tbody").get_by_text("Révoquée").first.wait_for()


def twice(button) -> None:
    """Click faster than the page can show that it is busy."""
    button.evaluate("one => { one.click(); one.click(); }")


def test_two_clicks_make_one_key_and_one_webhook(admin, centre):
    page = admin("keys")
    page.get_by_role("button", name="Nouvelle clé").click()
    page.get_by_role("dialog").get_by_label("Nom").fill("once alone")
    twice(page.get_by_role("button", name="Créer la clé"))
    page.get_by_text("il ne sera plus jamais affiché").wait_for()
    keys = centre.client.get("/v1/keys", params={"limit": 200}).json()["data"]
    assert [one["name"] for one in keys].count("once alone") == 1
    page.goto(f"{centre.url}/admin/webhooks")
    page.get_by_role("button", name="Nouveau webhook").click()
    page.get_by_label("Adresse").fill("http://127.0.0.1:9/once")
    twice(page.get_by_role("dialog").locator("form button"))
    page.get_by_text("il ne sera plus jamais affiché").wait_for()
    hooks = centre.client.get("/v1/webhooks").json()["data"]
    assert [one["url"] for one in hooks].count("http://127.0.0.1:9/once") == 1
    for one in hooks:
        centre.client.delete(f"/v1/webhooks/{one['id']}").raise_for_status()


def test_each_part_has_its_own_title(admin, centre):
    page = admin("keys")
    assert page.title() == "Clés d'accès · Administration · Entendu"
    page.goto(f"{centre.url}/admin/audit?lang=en")
    assert page.title() == "Audit log · Administration · Entendu"


def test_a_key_that_cannot_be_made_is_explained_and_nothing_typed_is_lost(admin):
    page = admin("keys", "?lang=en", refused=422)
    page.get_by_role("button", name="New key").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Name").fill("late")
    sheet.get_by_label("Ends").select_option("on")
    sheet.get_by_role("textbox", name="Day").fill("2001-01-01")
    sheet.get_by_role("button", name="Make the key").click()
    sheet.get_by_text("This entry cannot be taken.").wait_for()
    assert sheet.get_by_label("Name").input_value() == "late"


def test_a_customer_is_exported_and_erased_with_a_receipt(admin, centre):
    body = {
        "conversation": {"messages": [{"speaker": "customer", "text": "Ma box est en panne."}]},
        "metadata": {"customer_key": "c-77"},
    }
    sent = centre.client.post("/v1/conversations", json=body).json()["id"]
    centre.wait_for(sent)
    page = admin("retention")
    page.get_by_text("Qualité de service").wait_for()
    page.get_by_label("Identifiant du client").fill("c-77")
    with page.expect_download() as got:
        page.get_by_role("button", name="Exporter ses données").click()
    assert zipfile.is_zipfile(got.value.path())
    page.get_by_role("button", name="Effacer cette personne").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Identifiant, encore une fois").fill("c-78")
    sheet.get_by_role("button", name="Effacer définitivement").click()
    sheet.get_by_text("Ce n'est pas le même identifiant.").wait_for()
    assert centre.client.get(f"/v1/conversations/{sent}").status_code == 200
    sheet.get_by_label("Identifiant, encore une fois").fill("c-77")
    sheet.get_by_role("button", name="Effacer définitivement").click()
    receipt = page.get_by_role("dialog", name="Reçu d'effacement")
    receipt.get_by_text("transcriptions et analyses").wait_for()
    assert centre.client.get(f"/v1/conversations/{sent}").status_code == 404
    with page.expect_download() as got:
        receipt.get_by_role("button", name="Télécharger").click()
    proof = json.loads(got.value.path().read_text("utf-8"))
    assert proof["receipt"]["conversations"] == [sent]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Vérifier la chaîne").click()
    page.get_by_text(re.compile(r"^(1 preuve, intacte|\d+ preuves, toutes intactes)\.$")).wait_for()


def test_the_next_purge_is_previewed_and_run_with_a_proof(admin, centre):
    body = {
        "conversation": {"messages": [{"speaker": "customer", "text": "Il y a longtemps."}]},
        "metadata": {"started_at": "2020-01-02T10:00:00Z"},
    }
    old = centre.client.post("/v1/conversations", json=body).json()["id"]
    centre.wait_for(old)
    page = admin("retention", "?lang=en")
    page.get_by_text("1 conversation would lose something").wait_for()
    page.get_by_role("button", name="Purge now").click()
    page.get_by_role("dialog").get_by_role("button", name="Purge now").click()
    page.get_by_text("Nothing is past its time.").wait_for()
    assert centre.client.get(f"/v1/conversations/{old}").status_code == 404
    page.get_by_role("button", name="See proof").first.click()
    page.get_by_role("dialog").get_by_text("Quality of service · Evaluations").wait_for()


def test_the_audit_log_is_filtered_read_and_verified(admin, centre):
    page = admin("audit")
    page.get_by_label("Action").fill("session.*")
    page.get_by_role("button", name="Filtrer").click()
    page.wait_for_url("**action=session.*")
    page.locator("tbody tr").first.wait_for()
    actions = set(page.locator("tbody td:nth-child(4)").all_inner_texts())
    assert actions <= {"session.open", "session.close"}
    page.get_by_label("Identifiant de l'objet").fill("nobody")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_text("Aucune ligne ne correspond.").wait_for()
    page.get_by_role("button", name="Vérifier le journal").click()
    page.get_by_text("lignes, toutes intactes.").wait_for()
    checked = centre.client.get("/v1/audit/verification").json()
    assert (checked["broken_at"], len(checked["head"])) == (None, 64)


def test_a_webhook_is_made_tested_and_deleted_and_its_secret_is_shown_once(admin, centre, listener):
    url, told = listener
    page = admin("webhooks")
    page.get_by_text("Aucun webhook.").wait_for()
    page.get_by_role("button", name="Nouveau webhook").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Adresse (https)").fill(url)
    sheet.get_by_label("Conversation analysée").check()
    sheet.get_by_role("button", name="Créer le webhook").click()
    assert page.get_by_label("Secret de signature").input_value().startswith("whsec_")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Tester {url}").click()
    page.get_by_text("Message remis (HTTP 204).").wait_for()
    assert told[-1]["type"] == "webhook.test"
    page.get_by_role("button", name=f"Remises de {url}").click()
    page.get_by_role("dialog").get_by_text("Remis", exact=True).wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Nouveau secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Nouveau secret").click()
    assert page.get_by_label("Secret de signature").input_value().startswith("whsec_")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.wait_for_function("document.activeElement.textContent === 'Nouveau secret'")
    page.get_by_role("button", name="Supprimer").click()
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    page.get_by_text("Aucun webhook.").wait_for()


WATCHED_DIALOGS = """() => {
  window.late = [];
  new MutationObserver((changes) => changes.flatMap((one) => [...one.addedNodes])
    .filter((node) => node.matches?.("dialog:not(:modal)"))
    .forEach((node) => window.late.push(node.ariaLabel))
  ).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_window_takes_the_keys_from_the_moment_it_is_there(admin):
    page = admin("keys")
    page.evaluate(WATCHED_DIALOGS)
    page.get_by_role("button", name="Nouvelle clé").click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("window.late") == []
    page.wait_for_function("document.activeElement.textContent === 'Nouvelle clé'")


def test_models_are_listed_with_what_the_machine_does(admin):
    page = admin("models")
    page.get_by_text("Calcul sur").wait_for()
    page.locator("tbody tr", has_text="sens des phrases").get_by_text("entendu-encoder").wait_for()


PARTS = ("knowledge", "scorecards", "reasons", "keys", "retention", "audit", "webhooks", "models")


def test_each_role_sees_its_parts_and_is_refused_the_others(centre):
    of_supervisors = {"knowledge", "scorecards", "reasons"}
    for role, open_to in (
        ("customer", set()), ("agent", set()), ("analyst", set()),
        ("supervisor", of_supervisors), ("admin", set(PARTS)),
    ):  # fmt: skip
        with centre.client_of(role) as client:
            answers = {part: client.get(f"/admin/{part}").status_code for part in PARTS}
            first = client.get("/admin")
        assert answers == {part: 200 if part in open_to else 403 for part in PARTS}, role
        assert first.status_code == (303 if open_to else 403)
    with centre.client_of("nobody") as client:
        for part in PARTS:
            shown = client.get(f"/admin/{part}", headers={"accept": "text/html"})
            assert shown.headers["location"].startswith("/sign-in?next=")
    with centre.client_of("supervisor") as client:
        assert "/admin/webhooks" not in client.get("/admin/knowledge").text


def test_reasons_lead_to_their_conversations_and_a_centres_own_are_checked(admin, centre):
    centre.wait_for(centre.send_chat())  # the stand-in finds the reason "panne" in each
    page = admin("reasons")
    page.locator("tr", has_text="hors de la taxonomie actuelle").get_by_role("link").wait_for()
    page.get_by_label("Chercher un motif").fill("tel.facture")
    assert page.locator("tbody tr code").first.inner_text() == "tel.facture"
    page.get_by_role("button", name="E-commerce").click()
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_text("peut être publiée").wait_for()
    page.get_by_text("Motifs retirés").wait_for()
    page.get_by_label("Fichier de motifs (YAML)").fill("name: x")
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_text("line 1, version: this field is missing").wait_for()
    page.reload()
    assert page.get_by_label("Fichier de motifs (YAML)").input_value() == "name: x"


def test_a_taxonomy_is_checked_whatever_is_sent(centre):
    for text in ("a: [", "- a", "a: &a {b: *a}", "\x01", "name: x\nversion: 1\nreasons: []"):
        answer = centre.client.post("/v1/reasons/validate", json={"taxonomy": text})
        assert answer.status_code == 200, answer.text
        assert answer.json()["problem"]
    file = centre.client.get("/v1/reasons/file", params={"name": "telecom"}).text
    checked = centre.client.post("/v1/reasons/validate", json={"taxonomy": file}).json()
    assert (checked["valid"], checked["added"]) == (True, ["tel.hors_perimetre"])
    assert "bq.carte" in checked["removed"]
