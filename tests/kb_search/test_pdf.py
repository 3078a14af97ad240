"""PDF documents: what is read from where the text stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search.reading.pdf import read_pdf
from kb_search.settings import IngestSettings

FILE = Path("offre.pdf")


def texts(reading, kind: str) -> list[str]:
    return [block.text for block in reading.blocks if block.kind == kind]


def test_larger_text_is_a_heading_and_lines_make_paragraphs(pdf_files) -> None:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 80, "Les conditions", size=16)
        pdf_files.write(canvas, 60, 110, "La remise dure douze mois et")
        pdf_files.write(canvas, 60, 124, "se termine sans frais.")
        pdf_files.write(canvas, 60, 160, "Un autre paragraphe commence ici.")

    reading = read_pdf(pdf_files.pdf(draw), FILE)
    assert [(b.kind, b.text, b.page) for b in reading.blocks] == [
        ("heading", "Les conditions", 1),
        ("paragraph", "La remise dure douze mois et se termine sans frais.", 1),
        ("paragraph", "Un autre paragraphe commence ici.", 1),
    ]


def test_words_cut_at_the_end_of_a_line_are_mended(pdf_files) -> None:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 80, "Le rembour-")
        pdf_files.write(canvas, 60, 94, "sement est rapide, un rendez-")
        pdf_files.write(canvas, 60, 108, "vous suffit.")

    assert texts(read_pdf(pdf_files.pdf(draw), FILE), "paragraph") == [
        "Le remboursement est rapide, un rendez-vous suffit."
    ]


def test_running_headers_footers_and_page_numbers_are_dropped(pdf_files) -> None:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 30, f"Offre fibre, page {page} sur 4")
        pdf_files.write(canvas, 60, 200, f"Le texte de la partie {'abcd'[page - 1]} est ici.")
        pdf_files.write(canvas, 60, 800, "Usage interne")
        pdf_files.write(canvas, 300, 815, str(page))

    reading = read_pdf(pdf_files.pdf(draw, pages=4), FILE)
    assert texts(reading, "paragraph") == [f"Le texte de la partie {x} est ici." for x in "abcd"]
    assert [block.page for block in reading.blocks] == [1, 2, 3, 4]


def test_a_paragraph_goes_on_over_the_page(pdf_files) -> None:
    def draw(canvas, page):
        line = "Le client garde son numéro" if page == 1 else "pendant le transfert."
        pdf_files.write(canvas, 60, 100, line)

    reading = read_pdf(pdf_files.pdf(draw, pages=2), FILE)
    assert texts(reading, "paragraph") == ["Le client garde son numéro pendant le transfert."]
    assert reading.blocks[0].page == 1


def test_a_table_row_carries_its_column_names(pdf_files) -> None:
    rows = [
        ("Formule", "Prix", "Débit"),
        ("Famille", "32,99 €", "5 Gb/s"),
        ("Pro", "49,99 €", "8 Gb/s"),
    ]

    def draw(canvas, page):
        pdf_files.write(canvas, 60, 60, "Voici les prix de la nouvelle offre pour ce mois.")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                pdf_files.write(
                    canvas, 60 + 120 * column, 100 + 20 * number, cell, bold=number == 0
                )

    assert texts(read_pdf(pdf_files.pdf(draw), FILE), "row") == [
        "Formule : Famille ; Prix : 32,99 € ; Débit : 5 Gb/s",
        "Formule : Pro ; Prix : 49,99 € ; Débit : 8 Gb/s",
    ]


def test_a_numbered_list_is_no_table(pdf_files) -> None:
    def draw(canvas, page):
        for number, text in enumerate(("Ouvrez la box", "Attendez", "Fermez"), 1):
            pdf_files.write(canvas, 60, 80 + 20 * number, f"{number}.")
            pdf_files.write(canvas, 80, 80 + 20 * number, text)

    assert texts(read_pdf(pdf_files.pdf(draw), FILE), "item") == [
        "1. Ouvrez la box",
        "2. Attendez",
        "3. Fermez",
    ]


def test_a_scan_is_refused_with_the_remedy(pdf_files) -> None:
    blank = pdf_files.pdf(lambda canvas, page: canvas.rect(10, 10, 50, 50), pages=2)
    with pytest.raises(DocumentUnreadable, match=r"no text on its 2 pages.*character recognition"):
        read_pdf(blank, FILE)


def test_a_password_is_named(pdf_files) -> None:
    locked = pdf_files.pdf(lambda canvas, page: canvas.drawString(50, 50, "x"), password="secret")
    with pytest.raises(DocumentUnreadable, match="protected by a password"):
        read_pdf(locked, FILE)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused_or_read_but_never_crashes(pdf_files, cut: float) -> None:
    whole = pdf_files.pdf(lambda canvas, page: pdf_files.write(canvas, 60, 80, "Bonjour à tous."))
    try:
        reading = read_pdf(whole[: int(len(whole) * cut)], FILE)
    except DocumentUnreadable:
        return
    assert texts(reading, "paragraph") == ["Bonjour à tous."]


def test_too_many_pages_or_characters_stop_at_the_limit(pdf_files) -> None:
    data = pdf_files.pdf(lambda canvas, page: pdf_files.write(canvas, 60, 80, "Bonjour."), pages=3)
    with pytest.raises(DocumentUnreadable, match="has 3 pages, the limit is 2"):
        read_pdf(data, FILE, IngestSettings(max_pages=2))
    with pytest.raises(DocumentUnreadable, match="more than 10 characters"):
        read_pdf(data, FILE, IngestSettings(max_characters=10))


def test_the_title_is_that_of_the_properties_unless_it_is_a_file_name(pdf_files) -> None:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 80, "Bonjour.")

    assert read_pdf(pdf_files.pdf(draw, title="Offre Max"), FILE).title == "Offre Max"
    assert read_pdf(pdf_files.pdf(draw, title="offre_v2.docx"), FILE).title is None
