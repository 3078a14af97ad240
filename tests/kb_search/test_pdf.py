"""PDF documents: what is read from where the text stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search import read_document
from kb_search.reading.metadata import read_metadata
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


def test_large_tables_do_not_make_headings_of_the_text(pdf_files) -> None:
    text = "Le client garde son numéro pendant tout le transfert de sa ligne vers la"

    def draw(canvas, page):
        if page == 1:
            pdf_files.write(canvas, 60, 60, "Conditions", size=14, bold=True)
            for number in range(14):
                pdf_files.write(canvas, 60, 80 + 13 * number, text, size=11)
            return
        for number in range(40):
            for column in range(4):
                cell = f"Cellule de tableau {column} {number * page}"
                pdf_files.write(canvas, 60 + 120 * column, 60 + 18 * number, cell, size=8)

    reading = read_pdf(pdf_files.pdf(draw, pages=4), FILE)
    assert texts(reading, "heading") == ["Conditions"]
    assert [block.kind for block in reading.blocks][:2] == ["heading", "paragraph"]
    assert len(texts(reading, "row")) == 120


def test_a_table_over_the_page_keeps_the_names_of_its_columns(pdf_files) -> None:
    def draw(canvas, page):
        for number in range(6):
            cells = (f"Offre {page}{number}", f"{number + 5} €")
            is_header = page == 1 and number == 0
            for column, cell in enumerate(("Offre", "Prix") if is_header else cells):
                pdf_files.write(canvas, 60 + 150 * column, 60 + 20 * number, cell, bold=is_header)
        if page == 2:
            pdf_files.write(canvas, 60, 300, "Voilà pour les offres de cette année.")

    rows = texts(read_pdf(pdf_files.pdf(draw, pages=2), FILE), "row")
    assert len(rows) == 11
    assert all(row.startswith("Offre : Offre ") and " ; Prix : " in row for row in rows)


def test_two_columns_are_read_one_after_the_other(pdf_files) -> None:
    left = [f"à gauche la ligne {n} du texte qui va" for n in range(8)]
    right = [f"à droite la ligne {n} du texte qui va" for n in range(8)]

    def by_column(canvas, page):
        for x, lines in ((60, left), (320, right)):
            for number, line in enumerate(lines):
                pdf_files.write(canvas, x, 80 + 13 * number, line)

    def by_line(canvas, page):
        for number, pair in enumerate(zip(left, right, strict=True)):
            for x, line in zip((60, 320), pair, strict=True):
                pdf_files.write(canvas, x, 80 + 13 * number, line)

    for draw in (by_column, by_line):
        blocks = read_pdf(pdf_files.pdf(draw), FILE).blocks
        assert " ".join(block.text for block in blocks) == " ".join(left + right)
        assert {block.kind for block in blocks} == {"paragraph"}


def test_a_dense_table_of_long_cells_is_no_text_in_columns(pdf_files) -> None:
    def draw(canvas, page):
        for number in range(8):
            pdf_files.write(
                canvas, 60, 80 + 13 * number, f"Comment régler la panne numéro {number} ?"
            )
            pdf_files.write(canvas, 320, 80 + 13 * number, f"Redémarrer la box puis voir {number}.")

    assert len(texts(read_pdf(pdf_files.pdf(draw), FILE), "row")) == 8


def test_letters_that_are_drawn_one_by_one_make_words(pdf_files) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    def draw(canvas, page):
        x = 60.0
        for letter in "Le million de kiwis arrive à Lille, WiFi compris.":
            if letter != " ":
                pdf_files.write(canvas, x, 80, letter)
            x += stringWidth(letter, "Helvetica", 10)

    assert texts(read_pdf(pdf_files.pdf(draw), FILE), "paragraph") == [
        "Le million de kiwis arrive à Lille, WiFi compris."
    ]


def test_a_table_of_contents_is_left_out(pdf_files) -> None:
    def draw(canvas, page):
        for number, title in enumerate(("Tarifs", "Pannes")):
            pdf_files.write(canvas, 60, 80 + 14 * number, f"{title} {'.' * 40} {number + 3}")
        pdf_files.write(canvas, 60, 160, "Le texte commence ici.")

    assert texts(read_pdf(pdf_files.pdf(draw), FILE), "paragraph") == ["Le texte commence ici."]


def test_indented_lines_below_a_lead_in_are_a_list(pdf_files) -> None:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 80, "Les pièces à fournir sont :")
        pdf_files.write(canvas, 72, 100, "une pièce d'identité ;")
        pdf_files.write(canvas, 72, 120, "un relevé bancaire.")
        pdf_files.write(canvas, 60, 150, "Le dossier est traité sous dix jours.")

    blocks = read_pdf(pdf_files.pdf(draw), FILE).blocks
    assert [(block.kind, block.text) for block in blocks] == [
        ("paragraph", "Les pièces à fournir sont :"),
        ("item", "- une pièce d'identité ;"),
        ("item", "- un relevé bancaire."),
        ("paragraph", "Le dossier est traité sous dix jours."),
    ]


def test_the_information_gives_language_date_and_state(pdf_files, tmp_path: Path) -> None:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 80, "Bonjour à tous les clients.")
        canvas.setKeywords("offre")

    data = pdf_files.pdf(draw).replace(b"/Keywords (offre)", b"/State (archiv\351)")
    reading = read_pdf(data, FILE)
    assert reading.hints["updated"] == "2000-01-01"
    assert read_metadata(reading.properties, "a").state == "archived"


def _raw_pdf(n_pages: int, content: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(n_pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (n_pages, kids),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>/Contents 3 0 R>>"] * n_pages,
    ]
    data = bytearray(b"%PDF-1.7\n")
    places = []
    for number, written in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(data) + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        start,
    )


def test_twenty_thousand_pages_stop_before_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(_raw_pdf(20_000))
    with pytest.raises(DocumentUnreadable, match="has 20000 pages, the limit is 1000"):
        read_document(tmp_path / "a.pdf")


@pytest.mark.parametrize("checks", [0, 1, 30, 60])
def test_a_document_that_takes_too_long_stops_wherever_it_is(
    pdf_files, monkeypatch: pytest.MonkeyPatch, checks: int
) -> None:
    clock = iter([0.0] * (checks + 1))
    monkeypatch.setattr("kb_search.reading.pdf.monotonic", lambda: next(clock, 301.0))

    def draw(canvas, page):
        for number in range(20):
            pdf_files.write(canvas, 60, 60 + 30 * number, f"La ligne {number}.")

    with pytest.raises(DocumentUnreadable, match="takes more than 300 s to read"):
        read_pdf(pdf_files.pdf(draw), FILE)


def test_a_page_of_very_many_pieces_stops(pdf_files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb_search.reading.pdf._MAX_PIECES", 200)

    def draw(canvas, page):
        for number in range(201):
            canvas.drawString(60 + number % 7, 60 + number, "a")

    with pytest.raises(DocumentUnreadable, match="more than 200 pieces of text"):
        read_pdf(pdf_files.pdf(draw), FILE)
