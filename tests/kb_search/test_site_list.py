"""Lists of pages: addresses and dates for the HTML files beside them, nothing from outside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search import read_folder
from kb_search.reading.site_list import read_site_list

PAGE = "<html lang='fr'><link rel='canonical' href='https://autre.fr/x'><p>Le texte de la page.</p>"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://exemple.fr/</loc></url>
<url><loc>https://exemple.fr/aide/box</loc><lastmod>2026-05-04T10:00:00+00:00</lastmod></url>
<url><loc>https://exemple.fr/aide/d%C3%A9bit.html</loc></url>
<url><loc>https://exemple.fr/absent</loc></url>
</urlset>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    for name in ("index.html", "aide/box/index.html", "aide/débit.html", "exemple.fr/faq.html"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE, encoding="utf-8")
    (tmp_path / "secret.html").write_text(PAGE, encoding="utf-8")
    return folder


def test_a_sitemap_gives_files_their_address_and_date(site: Path) -> None:
    (site / "sitemap.xml").write_text(XML, encoding="utf-8")
    found = read_folder(site)
    facts = {d.path: (d.metadata.url, d.metadata.updated) for d in found.documents}
    assert facts == {
        "index.html": ("https://exemple.fr/", None),
        "aide/box/index.html": ("https://exemple.fr/aide/box", date(2026, 5, 4)),
        "aide/débit.html": ("https://exemple.fr/aide/d%C3%A9bit.html", None),
        "exemple.fr/faq.html": ("https://autre.fr/x", None),
    }
    assert [(p.path, p.kind) for p in found.problems] == [("sitemap.xml", "unreadable")]
    assert "1 of its entries have no HTML file" in found.problems[0].reason
    assert "https://exemple.fr/absent" in found.problems[0].reason


def test_a_list_alone_is_a_base_of_its_pages(site: Path) -> None:
    lines = ["# pages", "https://exemple.fr/faq 2026-11-22", "aide/box\t22/11/2026", ""]
    (site / "sitemap.txt").write_text("\n".join(lines), encoding="utf-8")
    documents = read_folder(site / "sitemap.txt").documents
    assert [d.path for d in documents] == ["aide/box/index.html", "exemple.fr/faq.html"]
    assert [d.metadata.updated for d in documents] == [date(2026, 11, 22)] * 2
    assert documents[0].metadata.url == "https://autre.fr/x"
    assert documents[1].metadata.url == "https://exemple.fr/faq"


def test_a_json_list_may_name_file_and_address(site: Path) -> None:
    entries = [
        {"url": "https://exemple.fr/n/12", "path": "aide/box/index.html", "lastmod": "2026-01-02"},
        "https://exemple.fr/faq",
        {"path": "index.html"},
        7,
    ]
    (site / "sitemap.json").write_text(json.dumps(entries), encoding="utf-8")
    found = read_folder(site / "sitemap.json")
    assert {d.path: d.metadata.url for d in found.documents} == {
        "aide/box/index.html": "https://exemple.fr/n/12",
        "exemple.fr/faq.html": "https://exemple.fr/faq",
        "index.html": "https://autre.fr/x",
    }
    assert "without address or path" in found.problems[0].reason


@pytest.mark.parametrize(
    "entry",
    [
        "../secret.html",
        "aide/../../secret.html",
        "%2e%2e/secret.html",
        "..\\secret.html",
        "/etc/hostname.html",
        "file:///etc/hostname.html",
        "//hote/partage.html",
        "C:\\page.html",
        "https://exemple.fr/../secret.html",
        "https://exemple.fr/%2e%2e/secret",
        "lien",
        "lien.html",
        "dossier/secret",
    ],
)
def test_nothing_outside_the_folder_is_opened(site: Path, entry: str) -> None:
    (site / "lien.html").symlink_to(site.parent / "secret.html")
    (site / "dossier").symlink_to(site.parent)
    (site / "sitemap.txt").write_text(entry, encoding="utf-8")
    with pytest.raises(DocumentUnreadable, match="1 of its entries"):
        read_folder(site / "sitemap.txt")


def test_a_change_of_the_list_reads_the_page_again(site: Path) -> None:
    (site / "sitemap.txt").write_text("https://exemple.fr/faq 2026-01-01", encoding="utf-8")
    first = read_folder(site)
    known = {document.path: document for document in first.documents}
    (site / "sitemap.txt").write_text("https://exemple.fr/faq 2026-02-02", encoding="utf-8")
    second = read_folder(site, known=known)
    assert [a is b for a, b in zip(first.documents, second.documents, strict=True)] == [
        True, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("sitemap.xml", b"<urlset><url>", "is no XML"),
        ("sitemap.xml", b"<html></html>", "expected <urlset>"),
        ("sitemap.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><urlset/>', "declares a document type"),
        ("sitemap.json", b"{}", "expected a list"),
        ("sitemap.json", b"[" * 100_000, "is no JSON"),
        ("sitemap.txt", b"\0\1\2", "binary data"),
    ],
)
def test_a_broken_list_is_a_problem_and_its_pages_go_in(
    site: Path, name: str, data: bytes, message: str
) -> None:
    (site / name).write_bytes(data)
    found = read_folder(site)
    assert len(found.documents) == 4
    assert [problem.path for problem in found.problems] == [name]
    assert message in found.problems[0].reason


def test_a_list_without_end_stops_at_the_limit(tmp_path: Path) -> None:
    data = b"a\n" * 50_001
    with pytest.raises(DocumentUnreadable, match="lists more than 50000 pages"):
        read_site_list(data, tmp_path / "sitemap.txt", "sitemap.txt", [])
