"""Whatever the bytes: every format gives whole, verbatim passages or a problem, never a crash."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation.errors import DocumentUnreadable
from kb_search.documents import Document
from kb_search.ingest import read_document
from kb_search.passages import cut_passages
from kb_search.reading.formats import EXTENSIONS, read_file
from kb_search.reading.site_list import read_site_list
from kb_search.settings import IngestSettings

LIMITS = IngestSettings(max_seconds=20.0)
FORMATS = sorted(EXTENSIONS)
PIECES = [
    "# Titre\n", "\n\n", "- un point\n", "1. un\n", "| A | B |\n|---|---|\n| 1 | 2 |\n",
    "Le prix.", "Question ? ", "---\n", "title: x\n", "state: validé\n", "```\n", "> ", "<div>",
    "</div>", "<details>", "<summary>", "</details>", "<table>", "<tr>", "<td rowspan=3>",
    "<td colspan=9>", "<th>", "</table>", "<dl>", "<dt>", "<dd>", "<ul>", "<li>",
    "<button aria-controls=a>", "<p id=a hidden>", "<h2>", "<b>", "<br>", "<!--", "-->",
    "<![CDATA[", "&amp;", "&#0;", "</main>", "question,answer\n", "question;réponse;état\n", '"',
    ",", ";", '{"question": "a", "answer": "b"}\n', "https://exemple.fr/a 2026-01-01\n",
    "<urlset>", "<url><loc>a</loc></url>", "\ufeff", "\u202e", "…", "mot " * 90, "x" * 900, "é",
    "\t", "%PDF-1.7\n", "1 0 obj\n<<", ">>\nendobj\n", "stream\n",
]  # fmt: skip


def check(document: Document) -> None:
    """Check that the passages are verbatim, apart, and hold all that is no heading."""
    text, passages = document.text, document.passages
    assert passages
    assert all(passage.text == text[passage.start : passage.end] for passage in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    assert len({passage.id for passage in passages}) == len(passages)
    assert document.model_validate_json(document.model_dump_json()) == document


def uncovered(document: Document) -> str:
    """Return what stands in no passage."""
    edges = [0, *(edge for p in document.passages for edge in (p.start, p.end))]
    edges.append(len(document.text))
    return "\n".join(document.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize("extension", FORMATS)
@given(data=st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from(PIECES), max_size=30).map(lambda parts: "".join(parts).encode()),
))  # fmt: skip
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_crash_a_reader(tmp_path: Path, extension: str, data: bytes) -> None:
    file = tmp_path / f"a{extension}"
    try:
        read_file(data, file, LIMITS)
    except DocumentUnreadable:
        return
    file.write_bytes(data)
    try:
        document = read_document(file, settings=LIMITS)
    except DocumentUnreadable:
        return
    check(document)


@pytest.mark.parametrize("name", ["sitemap.xml", "sitemap.txt", "sitemap.json"])
@given(data=st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from(PIECES), max_size=30).map(lambda parts: "".join(parts).encode()),
))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_no_bytes_crash_a_list_of_pages(name: str, data: bytes) -> None:
    try:
        found = read_site_list(data, Path("/base") / name, name, [Path("/base/a.html")])
    except DocumentUnreadable:
        return
    assert set(found.pages) <= {Path("/base/a.html")}


def _samples(pdf_files, docx_files) -> dict[str, bytes]:
    def draw(canvas, page):
        pdf_files.write(canvas, 60, 80, "Les conditions", size=16)
        for number in range(12):
            pdf_files.write(canvas, 60, 110 + 14 * number, f"Une ligne {number} de la page {page}.")
            pdf_files.write(canvas, 300, 110 + 14 * number, "une autre")

    d = docx_files
    word = d.docx(
        d.text("Guide", style="Titre1"),
        d.paragraph(d.run("Texte"), d.note(1), d.text_box("Encadré")),
        d.text("point", item=(1, 0)),
        d.table([("A", "B"), ("1", "2")]),
        notes={1: "Une note."},
        custom={"state": "validated"},
    )
    return {".pdf": pdf_files.pdf(draw, pages=2), ".docx": word}


@pytest.mark.parametrize("extension", [".pdf", ".docx"])
def test_damaged_files_are_read_or_refused(pdf_files, docx_files, extension: str) -> None:
    whole = _samples(pdf_files, docx_files)[extension]
    chance = random.Random(11)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        try:
            reading = read_file(bytes(data), Path(f"a{extension}"), LIMITS)
        except DocumentUnreadable:
            continue
        cut_passages(reading.blocks, document="a", title="A")


def test_damaged_parts_of_a_word_document_are_read_or_refused(docx_files) -> None:
    d = docx_files
    chance = random.Random(5)
    names = ["w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:pPr", "w:numPr", "w:val=", "</", "0"]
    body = d.text("point", item=(1, 0)) + d.table([("A", "B")]) + d.paragraph(d.run("a"), d.note(1))
    for _ in range(60):
        damaged = body
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged))
            damaged = damaged.replace(chance.choice(names), chance.choice(names), 1)
            damaged = damaged[:place] + chance.choice(names) + damaged[place:]
        try:
            read_file(d.docx(damaged, notes={1: "n"}), Path("a.docx"), LIMITS)
        except DocumentUnreadable:
            continue


def test_all_text_but_the_headings_stands_in_a_passage(tmp_path: Path, docx_files) -> None:
    d = docx_files
    long = "Le client reçoit une réponse par courriel sous dix jours ouvrés. " * 30
    files = {
        "a.md": f"# Guide\n\n## Un\n\n{long}\n\n- point\n\n| A | B |\n|---|---|\n| 1 | 2 |\n",
        "b.html": f"<h1>Guide</h1><p>{long}</p><details><summary>Où ?</summary>Ici.</details>Fin.",
        "c.txt": f"Guide\n\n{long}\n\n- point\n",
        "d.csv": f'question,answer\nUn ?,"{long}"\nDeux ?,Non.\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "e.docx").write_bytes(
        d.docx(d.text("Guide", style="Titre1"), d.text(long), d.text("point", item=(1, 0)))
    )
    headings = {"Guide", "Un", "Où ?", "Un ?", "Deux ?"}
    for file in sorted(tmp_path.iterdir()):
        document = read_document(file)
        check(document)
        left = {line for line in uncovered(document).split("\n") if line.strip()}
        assert left <= headings, file.name
