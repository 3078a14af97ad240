"""Word documents: structure, notes, boxes, properties, and archives that would burst."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search import IngestSettings, read_document
from kb_search.reading.docx import read_docx
from kb_search.reading.metadata import read_metadata

FILE = Path("guide.docx")


def shown(data: bytes) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_docx(data, FILE).blocks]


def test_styles_lists_and_tables_become_blocks(docx_files) -> None:
    d = docx_files
    data = d.docx(
        d.text("Guide des forfaits", style="Titre"),
        d.text("1. Tarifs.........3", style="TM1"),
        d.text("Tarifs", style="Titre1"),
        d.text("Pour souscrire :"),
        d.text("choisir un forfait", item=(1, 0)),
        d.text("sans engagement", item=(1, 1)),
        d.text("payer", item=(1, 0)),
        d.text("ouvrir", item=(2, 0)),
        d.text("fermer", item=(2, 0)),
        d.table([("Forfait", "Prix"), ("Mini", "5 €"), ("Maxi", "20 €")], header=True),
    )
    assert shown(data) == [
        ("heading", "Guide des forfaits"),
        ("heading", "Tarifs"),
        ("paragraph", "Pour souscrire :"),
        ("item", "- choisir un forfait"),
        ("item", "- sans engagement"),
        ("item", "- payer"),
        ("item", "1. ouvrir"),
        ("item", "2. fermer"),
        ("row", "Forfait : Mini ; Prix : 5 €"),
        ("row", "Forfait : Maxi ; Prix : 20 €"),
    ]


def test_headings_are_told_by_base_style_outline_level_and_bold(docx_files) -> None:
    d = docx_files
    data = d.docx(
        d.text("Suspendre une ligne", style="Fiche"),
        d.text("Oui."),
        d.text("Délais", style="Plan"),
        d.text("Un jour."),
        d.paragraph(d.run("Et le prix ?", bold=True)),
        d.text("C'est gratuit."),
    )
    headings = [b for b in read_docx(data, FILE).blocks if b.kind == "heading"]
    assert [(b.level, b.text) for b in headings] == [
        (2, "Suspendre une ligne"),
        (3, "Délais"),
        (6, "Et le prix ?"),
    ]


def test_a_footnote_stands_below_the_text_that_refers_to_it(docx_files) -> None:
    d = docx_files
    data = d.docx(
        d.paragraph(d.run("Le prix est de 10 €"), d.note(1), d.run(" par mois.")),
        d.text("Appeler le service :", item=(1, 0)),
        d.paragraph(d.run("par téléphone"), d.note(2), item=(1, 1)),
        d.text("Fin."),
        notes={1: "Hors frais.", 2: "Appel gratuit."},
    )
    assert shown(data) == [
        ("paragraph", "Le prix est de 10 € par mois."),
        ("paragraph", "Note 1 : Hors frais."),
        ("item", "- Appeler le service :"),
        ("item", "- par téléphone"),
        ("paragraph", "Note 2 : Appel gratuit."),
        ("paragraph", "Fin."),
    ]


def test_a_text_box_is_read_once_and_deleted_text_is_not(docx_files) -> None:
    d = docx_files
    deleted = "<w:del><w:r><w:delText> non</w:delText></w:r></w:del>"
    added = "<w:ins><w:r><w:t> ajouté.</w:t></w:r></w:ins>"
    data = d.docx(
        d.paragraph(d.run("Texte."), d.text_box("Encadré.")),
        d.paragraph(d.run("Gardé,"), deleted, added),
    )
    assert shown(data) == [
        ("paragraph", "Texte."),
        ("paragraph", "Encadré."),
        ("paragraph", "Gardé, ajouté."),
    ]


def test_properties_give_title_language_date_and_state(docx_files, tmp_path: Path) -> None:
    d = docx_files
    data = d.docx(
        d.text("Un texte en français."),
        core="<dc:title>Guide mobile</dc:title><dc:language>fr-FR</dc:language>"
        "<dcterms:modified>2026-05-04T10:00:00Z</dcterms:modified>",
        custom={"Audience": "Publique", "État": "Non validé", "Lien": "https://exemple.fr/g"},
    )
    (tmp_path / "guide.docx").write_bytes(data)
    document = read_document(tmp_path / "guide.docx")
    assert document.title == "Guide mobile"
    metadata = document.metadata
    assert (metadata.language, metadata.updated) == ("fr", date(2026, 5, 4))
    assert (metadata.audience, metadata.state) == ("public", "not_validated")
    assert metadata.url == "https://exemple.fr/g"


def test_the_content_status_is_the_state(docx_files) -> None:
    d = docx_files
    status = "<contentStatus>Brouillon</contentStatus>"
    reading = read_docx(d.docx(d.text("Texte."), core=status), FILE)
    assert read_metadata(reading.properties, "a").state == "work_in_progress"
    unknown = read_docx(d.docx(d.text("Texte."), core=status.replace("Brouillon", "Vu")), FILE)
    with pytest.raises(DocumentUnreadable, match="'Vu', expected Work in Progress"):
        read_metadata(unknown.properties, "a")


def _archive(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_zip_bomb_stops_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _archive({"word/document.xml": b"<w:p/>" * 2_000_000})
    assert len(bomb) < 100_000

    def unpacked(*_: object) -> bytes:
        raise AssertionError("it was unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "read", unpacked)
    monkeypatch.setattr(zipfile.ZipFile, "open", unpacked)
    with pytest.raises(DocumentUnreadable, match="times its size, the limit is 200"):
        read_docx(bomb, FILE)
    with pytest.raises(DocumentUnreadable, match=r"unpack to 11\.4 MiB, the limit is 1\.0 MiB"):
        read_docx(bomb, FILE, IngestSettings(max_unpacked_bytes=2**20))


def test_a_part_that_lies_about_its_size_is_not_unpacked_beyond_it() -> None:
    honest = _archive({"word/document.xml": b"<a>" + b"x" * 50_000 + b"</a>"})
    size = (50_007).to_bytes(4, "little")
    assert honest.count(size) == 2
    with pytest.raises(DocumentUnreadable, match=r"guide\.docx"):
        read_docx(honest.replace(size, (100).to_bytes(4, "little")), FILE)


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_entities_are_refused_before_they_are_expanded(docx_files, code: str) -> None:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    kind = f'<!DOCTYPE d [<!ENTITY a0 "x">{entities}]>'
    xml = f'<?xml version="1.0" encoding="{code}"?>{kind}<d>&a9;</d>'
    data = docx_files.docx(parts={"word/document.xml": xml.encode(code)})
    with pytest.raises(DocumentUnreadable, match="declares a document type"):
        read_docx(data, FILE)


def test_too_many_or_too_deep_elements_stop_at_the_limit(docx_files) -> None:
    d = docx_files
    many = d.docx(*[d.text("a") for _ in range(200)])
    with pytest.raises(DocumentUnreadable, match="XML elements, the limit is 500"):
        read_docx(many, FILE, IngestSettings(max_elements=500))
    deep = d.docx("<w:sdt><w:sdtContent>" * 5_000 + d.text("a") + "</w:sdtContent></w:sdt>" * 5_000)
    with pytest.raises(DocumentUnreadable, match=r"guide\.docx"):
        read_docx(deep, FILE)


def test_what_is_no_word_document_says_what_it_is(docx_files) -> None:
    with pytest.raises(DocumentUnreadable, match="protected by a password, or in Word's format"):
        read_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), FILE)
    with pytest.raises(DocumentUnreadable, match="no Word document, or is damaged"):
        read_docx(b"PK\x03\x04 nothing more", FILE)
    with pytest.raises(DocumentUnreadable, match="cannot be parsed"):
        read_docx(_archive({"a.xml": b"<a/>"}), FILE)
    with pytest.raises(DocumentUnreadable, match="has no text"):
        read_docx(docx_files.docx("<w:p/>"), FILE)
