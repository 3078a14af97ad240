"""HTML pages as sites serve them: banners, accordions, definitions, tables, what they say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search import IngestSettings, read_document
from kb_search.reading.html import read_html
from kb_search.reading.metadata import read_metadata

FILE = Path("a.html")


def shown(body: str) -> list[tuple[str, str]]:
    reading = read_html(f"<html><body>{body}</body></html>".encode(), FILE)
    return [(block.kind, block.text) for block in reading.blocks]


@pytest.mark.parametrize(
    "banner",
    [
        '<div id="onetrust-banner-sdk">Nous utilisons des traceurs.</div>',
        '<div id="tarteaucitronRoot"><p>Tout accepter</p></div>',
        '<div class="CookieBanner__wrap cookieBanner">Accepter</div>',
        '<div role="dialog"><p>Vos choix</p></div>',
        '<div id="didomi-host">Accepter</div>',
        '<section class="site-Navigation">Accueil</section>',
        '<ul class="menu"><li>Mobile</li></ul>',
        "<form><p>Votre avis</p></form>",
    ],
)
def test_banners_and_menus_are_left_out(banner: str) -> None:
    page = f"<h1>Box</h1><p>Débranchez la box pendant trente secondes.</p>{banner}<p>Fin.</p>"
    assert [text for _, text in shown(page)] == [
        "Box", "Débranchez la box pendant trente secondes.", "Fin.",
    ]  # fmt: skip


def test_a_page_inside_a_form_or_a_sidebar_layout_is_kept() -> None:
    text = "Le client garde son numéro pendant tout le transfert de sa ligne."
    assert shown(f"<form id='aspnetForm'><p>{text}</p></form>") == [("paragraph", text)]
    assert shown(f"<div class='with sidebar'><p>{text}</p></div>") == [("paragraph", text)]


def test_folded_questions_are_headings_of_their_answers() -> None:
    page = """<h2>Facture</h2>
    <details><summary>Où la trouver ?</summary>Dans <b>l'espace</b> client.</details>
    <details><summary>Et l'ancienne ?</summary><p>Sur demande.</p>
      <details><summary>Par courrier ?</summary><p>Oui.</p></details></details>
    <p>Toutes les factures sont gardées dix ans.</p>"""
    reading = read_html(page.encode(), FILE)
    kinds = [(b.kind, b.level, b.text) for b in reading.blocks]
    assert kinds == [
        ("heading", 2, "Facture"),
        ("heading", 7, "Où la trouver ?"),
        ("paragraph", 0, "Dans l'espace client."),
        ("end", 7, ""),
        ("heading", 7, "Et l'ancienne ?"),
        ("paragraph", 0, "Sur demande."),
        ("heading", 8, "Par courrier ?"),
        ("paragraph", 0, "Oui."),
        ("end", 8, ""),
        ("end", 7, ""),
        ("paragraph", 0, "Toutes les factures sont gardées dix ans."),
    ]


def test_text_after_a_folded_part_stands_no_longer_under_it(tmp_path: Path) -> None:
    page = (
        "<h1>Aide</h1><h2>Facture</h2><details><summary>Où ?</summary>Ici.</details><p>Après.</p>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    passages = read_document(tmp_path / "a.html").passages
    assert [(p.heading, p.text) for p in passages] == [
        ("Facture › Où ?", "Ici."),
        ("Facture", "Après."),
    ]


@pytest.mark.parametrize(
    "page",
    [
        '<h2><button aria-controls="p1" aria-expanded="false">Où ?</button></h2>'
        '<div id="p1" hidden><p>Ici.</p></div>',
        '<button aria-controls="p1">Où ?</button><div id="p1" aria-hidden="true"><p>Ici.</p></div>',
        '<div class="card"><a data-toggle="collapse" href="#p1">Où ?</a></div>'
        '<div id="p1" class="collapse">Ici.</div>',
        '<div role="button" aria-controls="p1">Où ?</div><div id="p1" hidden>Ici.</div>',
    ],
)
def test_accordions_made_by_scripts_are_questions_too(page: str) -> None:
    assert [part for part in shown(page) if part[0] != "end"] == [
        ("heading", "Où ?"),
        ("paragraph", "Ici."),
    ]


def test_buttons_that_fold_nothing_are_left_out() -> None:
    page = '<p>Texte.</p><button>Imprimer</button><button aria-controls="rien">Menu</button>'
    assert shown(page) == [("paragraph", "Texte.")]


def test_definitions_end_with_their_list() -> None:
    page = """<dl><dt>IBAN</dt><dd>Le numéro.</dd><div><dt>BIC</dt><dd>La banque.</dd></div></dl>
    <p>Fin.</p>"""
    assert shown(page) == [
        ("heading", "IBAN"), ("paragraph", "Le numéro."), ("heading", "BIC"),
        ("paragraph", "La banque."), ("end", ""), ("paragraph", "Fin."),
    ]  # fmt: skip


def test_a_bold_line_above_text_is_a_heading() -> None:
    page = "<p><b>Comment résilier ?</b></p><p>Par courrier.</p><p><b>Attention.</b></p><p>Fin.</p>"
    assert shown(page) == [
        ("heading", "Comment résilier ?"), ("paragraph", "Par courrier."),
        ("paragraph", "Attention."), ("paragraph", "Fin."),
    ]  # fmt: skip


def test_words_are_neither_glued_nor_cut() -> None:
    page = """<h2>Car<em>te</em>s</h2><p>un<br>deux <i>trois </i>qua<b>tre</b></p>
    <table><tr><td>A</td><td><p>b</p><p>c</p></td></tr>
    <tr><td>d<u>e</u></td><td>f</td></tr></table>"""
    assert shown(page) == [
        ("heading", "Cartes"), ("paragraph", "un deux trois quatre"),
        ("row", "A ; b c"), ("row", "de ; f"),
    ]  # fmt: skip


def test_cells_over_several_rows_and_columns_stand_in_each() -> None:
    page = """<table><thead><tr><th rowspan=2>Offre</th><th colspan=2>Prix</th></tr>
    <tr><th>mois</th><th>an</th></tr></thead>
    <tr><td rowspan=2>Max</td><td>10 €</td><td>100 €</td></tr><tr><td>12 €</td><td>120 €</td></tr>
    <tr><td colspan=3>Prix TTC</td></tr></table>"""
    assert [text for _, text in shown(page)] == [
        "Offre : Max ; Prix mois : 10 € ; Prix an : 100 €",
        "Offre : Max ; Prix mois : 12 € ; Prix an : 120 €",
        "Offre : Prix TTC",
    ]


def test_a_header_is_found_where_none_is_marked() -> None:
    rows = "<tr><td>{}</td><td>{}</td></tr>"
    named = rows.format("Offre", "Prix") + rows.format("Mini", "5 €") + rows.format("Maxi", "9 €")
    assert [text for _, text in shown(f"<table>{named}</table>")] == [
        "Offre : Mini ; Prix : 5 €", "Offre : Maxi ; Prix : 9 €",
    ]  # fmt: skip
    plain = rows.format("Oui", "Non") + rows.format("Peut-être", "Jamais")
    assert [text for _, text in shown(f"<table>{plain}</table>")] == [
        "Oui ; Non",
        "Peut-être ; Jamais",
    ]


def test_a_table_that_only_places_things_is_read_through() -> None:
    page = """<table><tr><td><h2>Box</h2><p>Texte.</p></td><td><table><tr><th>A</th><th>B</th></tr>
    <tr><td>1</td><td>2</td></tr></table></td></tr></table>"""
    assert shown(page) == [("heading", "Box"), ("paragraph", "Texte."), ("row", "A : 1 ; B : 2")]


def test_several_articles_are_all_read() -> None:
    page = "<article><h2>Un</h2><p>a b</p></article><article><h2>Deux</h2><p>c d</p></article>"
    assert [text for _, text in shown(page)] == ["Un", "a b", "Deux", "c d"]


def test_the_head_gives_language_address_and_date() -> None:
    page = """<html lang="fr-CA"><head><title>Box | Aide</title>
    <link rel="canonical" href="https://exemple.fr/box">
    <meta property="og:url" content="https://exemple.fr/autre">
    <meta property="article:modified_time" content="2026-05-04T08:00:00Z">
    <meta name="date" content="hier"><meta name="Statut" content="Non validé">
    <meta name="description" content="Une page"></head><p>Le texte.</p></html>"""
    reading = read_html(page.encode(), FILE)
    metadata = read_metadata(reading.properties, "a.html", hints=reading.hints)
    assert (metadata.language, metadata.url) == ("fr", "https://exemple.fr/box")
    assert (metadata.updated, metadata.state) == (date(2026, 5, 4), "not_validated")
    assert reading.title == "Box"


def test_front_matter_above_a_page_wins_over_its_head() -> None:
    page = """---
url: https://a.fr/
audience: public
---
    <link rel=canonical href="https://b.fr/"><meta name=audience content=interne><p>Texte.</p>"""
    reading = read_html(page.encode(), FILE)
    metadata = read_metadata(reading.properties, "a.html", hints=reading.hints)
    assert (metadata.url, metadata.audience) == ("https://a.fr/", "public")


def test_the_language_of_the_head_does_not_hide_that_of_a_passage(tmp_path: Path) -> None:
    page = "<html lang='en'><h1>Box</h1><p>{}</p></html>"
    for text, language in (("La box est dans le salon de la maison.", "fr"), ("42", "en")):
        (tmp_path / "a.html").write_text(page.format(text), encoding="utf-8")
        assert [p.language for p in read_document(tmp_path / "a.html").passages] == [language]


def test_too_many_elements_stop_before_they_are_parsed() -> None:
    with pytest.raises(DocumentUnreadable, match="more than 100 elements"):
        read_html(b"<p>a</p>" * 60, FILE, IngestSettings(max_elements=100))


@pytest.mark.parametrize(
    "opening",
    [
        "<div>a",
        "<ul><li>a",
        "<dl><dt>a<dd>b",
        "<details><summary>a</summary>b",
        "<table><tr><td>a",
        "<b>a",
    ],
)
def test_deep_nesting_is_read_or_refused(opening: str) -> None:
    for depth in (120, 400, 900, 100_000):
        try:
            blocks = read_html((opening * depth).encode(), FILE).blocks
        except DocumentUnreadable:
            assert depth > 400
            continue
        assert "a" in blocks[0].text
