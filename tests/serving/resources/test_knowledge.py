"""Documents in and out over HTTP, searched and asked while they change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

REMISE = """---
audience: public
state: validated
---
# Remise après une coupure

Après une coupure de plus de 48 heures, une remise de 15 euros est accordée sur la facture.
"""
INTERNE = """---
audience: internal
state: validated
---
# Geste commercial

Le geste commercial maximal du conseiller est de 40 euros, avec accord du superviseur.
"""


def send(client, *files, **fields):
    return client.post(
        "/v1/knowledge/documents",
        files=[("files", (name, content.encode())) for name, content in files],
        data=fields,
    )


def delete_all(client):
    for one in client.get("/v1/knowledge/documents?limit=200").json()["data"]:
        assert client.delete(one["links"]["self"]).status_code == 204


@pytest.fixture(autouse=True)
def _an_empty_base(desk):
    delete_all(desk.admin)


def test_documents_are_found_at_once_and_listed_with_their_state(desk):
    answer = send(desk.admin, ("remise.md", REMISE), ("interne.md", INTERNE), folder="offres")
    assert answer.status_code == 201, answer.text
    assert answer.json()["added"] == ["offres/interne.md", "offres/remise.md"]

    listed = desk.admin.get("/v1/knowledge/documents?limit=1").json()
    assert [one["path"] for one in listed["data"]] == ["offres/interne.md"]
    rest = desk.admin.get(f"/v1/knowledge/documents?limit=1&cursor={listed['next_cursor']}").json()
    assert [one["audience"] for one in rest["data"]] == ["public"]
    assert rest["next_cursor"] is None

    one = desk.admin.get("/v1/knowledge/documents/offres/remise.md").json()
    assert one["in_force"]
    assert one["passages"] == len(one["parts"]) == 1
    assert one["text"][one["parts"][0]["start"] : one["parts"][0]["end"]] == one["parts"][0]["text"]

    hits = desk.admin.get("/v1/knowledge/search", params={"query": "remise coupure"}).json()["hits"]
    assert hits[0]["passage"]["document"] == "offres/remise.md"


def test_an_answer_is_the_documents_own_words_with_its_source(desk, small_kb):
    articles = sorted(small_kb.iterdir())
    files = [("files", (one.name, one.read_bytes())) for one in articles]
    assert desk.admin.post("/v1/knowledge/documents", files=files).status_code == 201
    asked = {"question": "Quelle remise après une coupure de 48 heures ?", "channel": "chat"}
    answer = desk.admin.post("/v1/knowledge/ask", json=asked).json()
    assert answer["answer"]["outcome"] == "answered", answer
    assert "15 euros" in answer["answer"]["text"]
    assert answer["answer"]["citation"]["document"] == "remise-coupure-internet.md"
    assert answer["written"]["channel"] == "chat"
    assert answer["decline"] is None


def test_what_is_not_there_is_declined_with_a_kind(desk):
    asked = {"question": "Où est la tour Eiffel ?"}
    answer = desk.admin.post("/v1/knowledge/ask", json=asked).json()
    assert answer["answer"]["outcome"] == "declined"
    assert answer["decline"]["kind"] == "empty_base"
    send(desk.admin, ("remise.md", REMISE))
    answer = desk.admin.post("/v1/knowledge/ask", json=asked).json()
    assert answer["decline"]["kind"] in ("nothing_found", "not_sure")
    assert answer["decline"]["reason"]


def test_customers_find_only_what_is_public_whatever_they_ask_for(desk):
    send(desk.admin, ("remise.md", REMISE), ("interne.md", INTERNE))
    customer = desk.client("customer", customer_key="c-1")
    wanted = {"query": "geste commercial", "filters": {"audiences": ["internal"]}}
    for client, expected in ((customer, {"remise.md"}), (desk.admin, {"interne.md"})):
        hits = client.post("/v1/knowledge/search", json=wanted).json()["hits"]
        assert {hit["passage"]["document"] for hit in hits} <= expected
    asked = {"question": "Quel est le geste commercial maximal du conseiller ?"}
    assert customer.post("/v1/knowledge/ask", json=asked).json()["answer"]["citation"] is None
    assert customer.get("/v1/knowledge/documents").status_code == 403
    assert send(customer, ("x.md", REMISE)).status_code == 403


def test_archiving_takes_a_document_out_of_every_search_at_once(desk):
    send(desk.admin, ("remise.md", REMISE))
    path = "/v1/knowledge/documents/remise.md"
    changed = desk.admin.patch(path, json={"state": "archived"})
    assert changed.status_code == 200
    assert not changed.json()["in_force"]
    found = desk.admin.get("/v1/knowledge/search", params={"query": "remise"}).json()
    assert found["hits"] == []
    desk.admin.patch(path, json={"state": "validated"})
    found = desk.admin.get("/v1/knowledge/search", params={"query": "remise"}).json()
    assert len(found["hits"]) == 1
    expired = desk.admin.patch(path, json={"valid_to": "2001-01-01"}).json()
    assert not expired["in_force"]
    wrong = desk.admin.patch(path, json={"valid_from": "2002-01-01"})
    assert wrong.status_code == 422
    assert desk.admin.get(path).json()["valid_from"] is None


def test_a_replacement_needs_the_version_that_was_seen(desk):
    send(desk.admin, ("remise.md", REMISE))
    path = "/v1/knowledge/documents/remise.md"
    etag = desk.admin.get(path).headers["etag"]
    new = {"file": ("remise.md", REMISE.replace("15 euros", "25 euros").encode())}
    for stale in ('"0"', f"W/{etag}"):
        assert desk.admin.put(path, files=new, headers={"If-Match": stale}).status_code == 412
        assert desk.admin.delete(path, headers={"If-Match": stale}).status_code == 412
    replaced = desk.admin.put(path, files=new, headers={"If-Match": etag})
    assert replaced.status_code == 200
    assert "25 euros" in replaced.json()["text"]
    assert replaced.headers["etag"] == desk.admin.get(path).headers["etag"] != etag


def test_of_changes_at_once_that_saw_the_same_only_one_is_made(desk):
    send(desk.admin, ("remise.md", REMISE))
    path = "/v1/knowledge/documents/remise.md"
    seen = {"If-Match": desk.admin.get(path).headers["etag"]}

    def change(number):
        return desk.admin.patch(path, json={"product": f"P{number}"}, headers=seen).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(change, range(4)))
    assert statuses == [200, 412, 412, 412]


def test_an_address_that_is_no_web_address_is_refused(desk):
    send(desk.admin, ("remise.md", REMISE))
    path = "/v1/knowledge/documents/remise.md"
    odd = "javascript:alert(1)"
    sent = send(desk.admin, ("autre.md", REMISE), url=odd)
    for refused in (desk.admin.patch(path, json={"url": odd}), sent):
        assert refused.status_code == 422
        assert refused.json()["errors"] == [
            {
                "detail": "url: expected an address that begins with http:// or https://",
                "pointer": "#/url",
            }
        ]
    assert send(desk.admin, ("autre.md", REMISE), owner="x" * 300).status_code == 422
    for url in ("https://aide.example/remise", None):
        assert desk.admin.patch(path, json={"url": url}).json()["url"] == url


def test_several_documents_go_in_together_or_not_at_all(desk):
    answer = send(desk.admin, ("remise.md", REMISE), ("empty.md", "   "), ("x.exe", "MZ"))
    assert answer.status_code == 422
    assert "empty.md" in answer.json()["detail"]
    assert "x.exe" in answer.json()["detail"]
    assert desk.admin.get("/v1/knowledge/documents").json()["data"] == []
    send(desk.admin, ("remise.md", REMISE))
    again = send(desk.admin, ("new.md", INTERNE), ("remise.md", INTERNE))
    assert again.status_code == 409
    assert [one["path"] for one in desk.admin.get("/v1/knowledge/documents").json()["data"]] == [
        "remise.md"
    ]
    assert send(desk.admin, ("remise.md", INTERNE), replace="true").json()["replaced"] == [
        "remise.md"
    ]


@pytest.mark.parametrize("name", ["..", ".hidden.md", "x" * 300 + ".md"])
def test_a_name_that_is_no_path_is_refused(desk, name):
    assert send(desk.admin, (name, REMISE)).status_code in (400, 422)
    assert send(desk.admin, ("a.md", REMISE), folder="../up").status_code == 422


def test_searches_go_on_while_documents_come_in(desk):
    send(desk.admin, ("remise.md", REMISE))
    wrong: list[object] = []
    stop = threading.Event()

    def look():
        with desk.running.client_of("agent", agent_key="a-1") as client:
            while not stop.is_set():
                answer = client.get("/v1/knowledge/search", params={"query": "remise coupure"})
                names = [hit["passage"]["document"] for hit in answer.json().get("hits", ())]
                if answer.status_code != 200 or "remise.md" not in names:
                    wrong.append(answer.text)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(8):
        text = f"# Article {number}\n\nLe produit numéro {number} coûte {number} euros par mois.\n"
        assert send(desk.admin, (f"produit-{number}.md", text)).status_code == 201
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_changes_are_written_down_by_name_of_the_document_only(desk):
    send(desk.admin, ("remise.md", REMISE))
    lines = desk.admin.get("/v1/audit", params={"action": "document.put"}).json()["data"]
    assert lines[0]["object_id"] == "remise.md"
    assert "15 euros" not in str(lines)


def test_gaps_are_what_customers_asked_without_an_answer(desk):
    for _ in range(2):
        desk.conversation()
    report = desk.admin.get("/v1/knowledge/gaps", params={"min_conversations": 2})
    assert report.status_code == 200, report.text
    assert report.json()["gaps"], report.json()
    assert desk.client("agent", agent_key="a-1").get("/v1/knowledge/gaps").status_code == 403
