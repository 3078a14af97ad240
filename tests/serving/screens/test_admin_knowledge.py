"""The knowledge editor in a real browser: articles written, tried, validated, in conflict."""

from __future__ import annotations

import pytest

NEW = "Vélos dans l'espace"
FACT = "Le transport d'un trampoline vers la Lune coûte 4 200 euros et prend neuf jours."
QUESTION = "Combien coûte le transport d'un trampoline vers la Lune ?"


@pytest.fixture(scope="module")
def knowing(chat_service):
    """A service that knows the sample articles; the model is loaded before anybody waits for it."""
    assert chat_service.app.state.service.resources.bases.of_team(None).base.passages
    return chat_service


@pytest.fixture
def admin(knowing, open_page, admin_key):
    """Return a function that opens a part of the administration, signed in."""

    def open_it(path: str = "/admin", key: str = admin_key, **options):
        page = open_page(f"{knowing.url}{path}", **options)
        page.fill("input[name=key]", key)
        page.keyboard.press("Enter")
        page.wait_for_url("**/admin/**")
        return page

    return open_it


def article(knowing, path):
    return knowing.client.get(f"/v1/knowledge/documents/{path}")


def put_new(knowing, name, text="Un texte assez long pour être lu.", **fields):
    files = {"files": (name, f"# {name}\n\n{text}\n", "text/markdown")}
    sent = knowing.client.post(
        "/v1/knowledge/documents", files=files, data={"replace": "true", **fields}
    )
    assert sent.status_code == 201, sent.text


def test_an_article_is_written_tried_validated_and_the_bot_answers_from_it(admin, knowing):
    asked = {"question": QUESTION}
    assert not knowing.client.post("/v1/knowledge/ask", json=asked).json()["answer"]["answered"]
    page = admin()
    page.get_by_role("button", name="Nouvel article").click()
    page.get_by_label("Titre").fill(NEW)
    page.get_by_label("Public visé").select_option("public")
    page.get_by_label("Responsable").fill("<script>alert(1)</script>")
    page.get_by_label("À revoir le").fill("2026-01-15")
    page.get_by_label("Texte (Markdown)").fill(f"## Trampoline et <b>Lune</b>\n\n{FACT}\n")
    preview = page.get_by_role("region", name="Aperçu")
    preview.get_by_role("heading", name="Trampoline et <b>Lune</b>").wait_for()
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_role("button", name="Essayer").click()
    page.get_by_text("Source : cet article").wait_for()
    before, after = page.locator(".said").all_inner_texts()
    assert "4 200 euros" not in before
    assert "4 200 euros" in after
    assert not knowing.client.post("/v1/knowledge/ask", json=asked).json()["answer"]["answered"]
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Article enregistré").wait_for()
    path = "articles/velos-dans-l-espace.md"
    stored = article(knowing, path).json()
    assert (stored["state"], stored["owner"]) == ("work_in_progress", "<script>alert(1)</script>")
    assert stored["to_review"]
    page.get_by_label("État").select_option("validated")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Retour à la liste").click()
    page.get_by_label("État").select_option("to_review")
    assert page.locator("td.name").count() == 1
    page.get_by_text("<script>alert(1)</script>").wait_for()
    answer = knowing.client.post("/v1/knowledge/ask", json=asked).json()["answer"]
    assert (answer["answered"], answer["citation"]["document"]) == (True, path)
    with knowing.client_of("customer") as customer:
        answer = customer.post("/v1/knowledge/ask", json=asked).json()["answer"]
        assert answer["citation"]["document"] == path
    page.get_by_role("button", name=NEW).click()
    page.get_by_role("button", name="Supprimer").click()
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    page.get_by_text("Article supprimé.").wait_for()
    assert article(knowing, path).status_code == 404


def test_nobodys_change_is_overwritten_unseen(admin, knowing):
    put_new(knowing, "deux.md", "La première version.")
    page = admin("/admin/knowledge?doc=deux.md&lang=en", refused=412)
    page.get_by_label("Text (Markdown)").fill("My own version.")
    put_new(knowing, "deux.md", "Somebody else's version.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="See their version").click()
    page.get_by_role("dialog").get_by_text("Somebody else's version.").wait_for()
    assert "Somebody" in article(knowing, "deux.md").json()["markdown"]
    page.get_by_role("button", name="Save mine all the same").click()
    page.get_by_text("Article saved").wait_for()
    assert article(knowing, "deux.md").json()["markdown"].strip() == "My own version."


def test_what_was_typed_outlives_a_closed_page(admin, knowing):
    put_new(knowing, "brouillon.md")
    page = admin("/admin/knowledge?doc=brouillon.md")
    page.get_by_label("Texte (Markdown)").fill("Pas encore enregistré.")
    page.reload()
    page.get_by_text("non enregistré, a été repris").wait_for()
    assert page.get_by_label("Texte (Markdown)").input_value() == "Pas encore enregistré."
    page.get_by_role("button", name="Abandonner ce brouillon").click()
    assert "assez long" in page.get_by_label("Texte (Markdown)").input_value()


def test_a_front_matter_of_others_is_kept_when_an_article_is_edited(admin, knowing):
    text = '---\nx-ref: "A: 17"\nstate: validated\nowner: Équipe\n---\n# Titre\n\nDu texte.\n'
    knowing.client.post(
        "/v1/knowledge/documents", files={"files": ("autre.md", text, "text/markdown")}
    )
    page = admin("/admin/knowledge?doc=autre.md")
    page.get_by_label("Texte (Markdown)").fill("# Titre\n\nDu nouveau texte.")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Article enregistré").wait_for()
    stored = article(knowing, "autre.md").json()
    assert stored["properties"] == {"x-ref": "A: 17"}
    assert (stored["title"], stored["owner"]) == ("Titre", "Équipe")


def test_files_are_sent_and_what_cannot_be_read_is_explained(admin, knowing):
    page = admin(refused=422)
    page.get_by_role("button", name="Envoyer des fichiers").click()
    sheet = page.get_by_role("dialog")
    sheet.locator("input[type=file]").set_input_files(
        {"name": "envoi.txt", "mimeType": "text/plain", "buffer": "Un texte envoyé.".encode()}
    )
    sheet.get_by_label("Dossier").fill("envois")
    sheet.get_by_label("État donné").select_option("not_validated")
    sheet.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_text("1 article dans la base.").wait_for()
    assert article(knowing, "envois/envoi.txt").json()["state"] == "not_validated"
    page.locator("td.name", has_text="envois/envoi.txt").get_by_role("button").click()
    page.get_by_text("n'est pas en Markdown").wait_for()
    page.get_by_label("Responsable").fill("Équipe B")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Article enregistré").wait_for()
    assert article(knowing, "envois/envoi.txt").json()["owner"] == "Équipe B"
    page.get_by_role("button", name="Retour à la liste").click()
    page.get_by_role("button", name="Envoyer des fichiers").click()
    sheet = page.get_by_role("dialog")
    sheet.locator("input[type=file]").set_input_files(
        {"name": "vide.md", "mimeType": "text/markdown", "buffer": b""}
    )
    sheet.get_by_role("button", name="Envoyer", exact=True).click()
    sheet.get_by_text("vide.md is empty").wait_for()


def test_a_gap_of_the_board_opens_as_a_draft(admin, knowing):
    body = {
        "value": {
            "gaps": [
                {
                    "id": "abc",
                    "title": "Suspendre ma ligne",
                    "language": "fr",
                    "draft": "---\ntitle: Suspendre ma ligne\n---\n\nOui, <i>sur</i> demande.",
                }
            ]
        },
        "updating": False,
    }
    page = admin()
    page.route("**/v1/board/gaps", lambda route: route.fulfill(json=body))
    page.goto(f"{knowing.url}/admin/knowledge?draft=abc")
    page.get_by_text("Brouillon tiré de ce que les conseillers ont répondu").wait_for()
    assert page.get_by_label("Titre").input_value() == "Suspendre ma ligne"
    assert page.get_by_label("État").input_value() == "not_validated"
    page.goto(f"{knowing.url}/admin/knowledge?draft=gone")
    page.get_by_text("Cette lacune n'existe plus").wait_for()


def test_agents_analysts_and_customers_are_refused(knowing):
    trial = {"question": "Quoi ?", "path": "a.md", "content": "# A\n\nB."}
    for role in ("agent", "analyst", "customer"):
        with knowing.client_of(role) as client:
            assert client.get("/admin").status_code == 403
            assert client.get("/admin/knowledge").status_code == 403
            assert client.post("/v1/knowledge/trial", json=trial).status_code == 403
    with knowing.client_of("supervisor") as client:
        assert client.get("/admin").headers["location"] == "/admin/knowledge"
        assert client.post("/v1/knowledge/trial", json=trial).status_code == 200
        unsafe = trial | {"path": "../a.md"}
        assert client.post("/v1/knowledge/trial", json=unsafe).status_code == 422
