"""Markdown, HTML and text: what is content, and what the document says about itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import clean
from kb_search.reading.front_matter import split_front_matter
from kb_search.reading.html import read_html
from kb_search.reading.markdown import read_markdown
from kb_search.reading.metadata import read_metadata
from kb_search.reading.text import decode, text_blocks
from kb_search.settings import IngestSettings

MD = Path("a.md")
HTML = Path("a.html")


def shown(blocks) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks]


def test_markdown_becomes_headings_paragraphs_items_and_rows() -> None:
    text = (
        "# Titre\n\nUn *texte* avec [un lien](http://exemple.fr) et `du code`.\n\n"
        "1. Premier\n2. Second\n   - dedans\n\n| A | B |\n|---|---|\n| un | deux |\n| trois | |\n"
        "\n> Citation\n\n<div>brut<script>x()</script> <!-- rien --></div>\n\n```\nligne\n```\n"
    )
    assert shown(read_markdown(text.encode(), MD).blocks) == [
        ("heading", "Titre"),
        ("paragraph", "Un texte avec un lien et du code."),
        ("item", "1. Premier"),
        ("item", "2. Second"),
        ("item", "- dedans"),
        ("row", "A : un ; B : deux"),
        ("row", "A : trois"),
        ("paragraph", "Citation"),
        ("paragraph", "brut"),
        ("paragraph", "ligne"),
    ]


def test_markdown_of_too_many_marks_stops_before_it_is_parsed() -> None:
    with pytest.raises(DocumentUnreadable, match="more than 100 lines and Markdown marks"):
        read_markdown(b"*a " * 101, MD, IngestSettings(max_elements=100))


def test_markdown_may_hold_folded_html_and_tables() -> None:
    text = (
        "<details>\n<summary>Où ?</summary>\n\nDans **Mes cartes**.\n\n</details>\n\nAprès.\n\n"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>\n"
    )
    assert shown(read_markdown(text.encode(), MD).blocks) == [
        ("heading", "Où ?"),
        ("paragraph", "Dans Mes cartes."),
        ("end", ""),
        ("paragraph", "Après."),
        ("row", "A : 1 ; B : 2"),
    ]


def test_front_matter_is_read_and_taken_off() -> None:
    text = "---\ntitle: Mon titre\nvalid_to: 2026-12-31\nState: Work in Progress\n---\nTexte.\n"
    reading = read_markdown(text.encode(), MD)
    metadata = read_metadata(reading.properties, "a.md")
    assert (metadata.title, metadata.state) == ("Mon titre", "work_in_progress")
    assert metadata.valid_to == date(2026, 12, 31)
    assert shown(reading.blocks) == [("paragraph", "Texte.")]


def test_unknown_properties_are_left_alone() -> None:
    assert read_metadata({"owner": "Claire", "reuse-count": 3}, "a.md").audience == "internal"


@pytest.mark.parametrize(
    ("front_matter", "field"),
    [
        ("audience: everybody", "audience"),
        ("valid_from: tomorrow", "valid_from"),
        ("state: fresh", "state"),
    ],
)
def test_a_property_that_cannot_be_is_named(front_matter: str, field: str) -> None:
    properties, _ = split_front_matter(f"---\n{front_matter}\n---\nTexte", "a.md")
    with pytest.raises(DocumentUnreadable, match=rf"a\.md has {field}"):
        read_metadata(properties, "a.md")


@pytest.mark.parametrize(
    "text", ["---\ntitle: [a\n---\nTexte", "---\n- a\n---\nTexte", "---\ntitle: a\nTexte"]
)
def test_a_broken_front_matter_is_refused(text: str) -> None:
    with pytest.raises(DocumentUnreadable, match=r"front matter of a\.md"):
        split_front_matter(text, "a.md")


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert split_front_matter("---\n\nTexte", "a.md") == ({}, "---\n\nTexte")


def test_html_leaves_out_what_is_no_content() -> None:
    page = """<html><head><title>Virements - Banque</title><style>p{}</style></head><body>
    <header><a href="/">Accueil</a></header><nav>Menu</nav><div class="cookie-banner">Traceurs</div>
    <article><h1>Virements</h1><script>x()</script><p hidden>caché</p>
    <p>Un virement<br>est <b>gra</b>tuit.</p><!-- note --><aside>Publicité</aside>
    <ul><li>simple</li><li>rapide<ul><li>dedans</li></ul></li></ul>
    <table><tr><th>Type</th><th>Délai</th></tr><tr><td>Standard</td><td>un jour</td></tr></table>
    <dl><dt>IBAN</dt><dd>Numéro du compte.</dd></dl></article>
    <footer>Mentions</footer></body></html>"""
    reading = read_html(page.encode(), HTML)
    assert reading.title == "Virements"
    assert shown(reading.blocks) == [
        ("heading", "Virements"),
        ("paragraph", "Un virement est gratuit."),
        ("item", "- simple"),
        ("item", "- rapide"),
        ("item", "- dedans"),
        ("row", "Type : Standard ; Délai : un jour"),
        ("heading", "IBAN"),
        ("paragraph", "Numéro du compte."),
    ]


def test_html_gives_its_meta_and_language() -> None:
    page = '<html lang="fr-FR"><meta name="audience" content="Public"><p>Bonjour à tous.</p></html>'
    reading = read_html(page.encode(), HTML)
    metadata = read_metadata(reading.properties, "a.html", hints=reading.hints)
    assert (metadata.audience, metadata.language) == ("public", "fr")


def test_html_in_another_encoding_is_read_as_it_declares() -> None:
    page = '<html><meta charset="iso-8859-1"><p>Télé é</p></html>'.encode("latin-1")
    assert shown(read_html(page, HTML).blocks) == [("paragraph", "Télé é")]


def test_html_nested_a_thousand_deep_is_read_and_deeper_is_refused() -> None:
    page = "<div>" * 1000 + "fond" + "</div>" * 1000
    assert "fond" in " ".join(block.text for block in read_html(page.encode(), HTML).blocks)
    with pytest.raises(DocumentUnreadable, match="deeper than the parser goes"):
        read_html(b"<div>" * 100_000 + b"fond", HTML)


@pytest.mark.parametrize(
    "page", ["<html><script>x()</script></html>", "<nav>Menu</nav>", "PNG\0\0"]
)
def test_html_without_content_is_refused(page: str) -> None:
    with pytest.raises(DocumentUnreadable, match=r"a\.html"):
        read_html(page.encode(), HTML)


def test_text_has_a_title_paragraphs_and_items() -> None:
    text = "Mot de passe\n============\n\nUne ligne\nqui continue.\n\n- un\n- deux\n  suite\n"
    assert shown(text_blocks(text)) == [
        ("heading", "Mot de passe"),
        ("paragraph", "Une ligne qui continue."),
        ("item", "- un"),
        ("item", "- deux suite"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_decoded_from_the_usual_encodings(encoding: str) -> None:
    assert decode("Été à 5 €".encode(encoding), "a.txt") == "Été à 5 €"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 32)) * 10])
def test_binary_data_is_no_text(data: bytes) -> None:
    with pytest.raises(DocumentUnreadable, match=r"a\.txt"):
        decode(data, "a.txt")


@given(st.text())
def test_clean_text_is_on_one_line_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert "\n" not in cleaned
    assert "  " not in cleaned
    assert clean(cleaned) == cleaned


@given(st.binary(max_size=300))
def test_no_bytes_crash_a_reader(data: bytes) -> None:
    for reader, path in ((read_markdown, MD), (read_html, HTML)):
        try:
            reading = reader(data, path)
        except DocumentUnreadable:
            continue
        assert all(block.text == clean(block.text) != "" for block in reading.blocks)
