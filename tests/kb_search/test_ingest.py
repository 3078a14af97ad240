"""Folders: every document that can be read goes in, every other file is named with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable, NotFound
from kb_search import IngestSettings, read_document, read_folder


def test_a_folder_is_read_with_its_subfolders(base: Path) -> None:
    found = read_folder(base)
    assert [d.path for d in found.documents] == ["banque/carte.md", "box.html", "mot-de-passe.txt"]
    assert [d.title for d in found.documents] == [
        "Bloquer sa carte",
        "Redémarrer la box",
        "Mot de passe oublié",
    ]
    assert found.problems == ()


def test_passages_are_verbatim_in_their_documents(base: Path) -> None:
    for document in read_folder(base).documents:
        assert document.passages
        for passage in document.passages:
            assert passage.text == document.text[passage.start : passage.end]


def test_what_cannot_be_read_is_reported_and_the_rest_goes_in(base: Path, pdf_files) -> None:
    (base / "vide.md").write_text("  \n", encoding="utf-8")
    (base / "titres.md").write_text("# Un\n\n## Deux\n", encoding="utf-8")
    (base / "binaire.txt").write_bytes(b"\x00\x01\x02" * 50)
    (base / "cassé.pdf").write_bytes(b"%PDF-1.7 nothing more")
    (base / "secret.pdf").write_bytes(
        pdf_files.pdf(lambda canvas, page: canvas.drawString(50, 50, "x"), password="p")
    )
    (base / "audience.md").write_text("---\naudience: tous\n---\nTexte.", encoding="utf-8")
    (base / "tableau.xlsx").write_bytes(b"PK")
    (base / "faux.docx").write_bytes(b"PK")
    (base / "faq.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (base / "LISEZMOI").write_text("Bonjour.", encoding="utf-8")
    (base / ".caché.md").write_text("# Secret\n\nRien.", encoding="utf-8")
    (base / ".git").mkdir()
    (base / ".git" / "config.txt").write_text("x", encoding="utf-8")
    (base / "lien.md").symlink_to(base / "banque" / "carte.md")
    found = read_folder(base)
    assert len(found.documents) == 3
    reasons = {problem.path: (problem.kind, problem.reason) for problem in found.problems}
    assert set(reasons) == {
        "vide.md", "titres.md", "binaire.txt", "cassé.pdf", "secret.pdf", "audience.md",
        "tableau.xlsx", "LISEZMOI", "lien.md", "faux.docx", "faq.csv",
    }  # fmt: skip
    assert {path for path, (kind, _) in reasons.items() if kind == "skipped"} == {
        "tableau.xlsx", "LISEZMOI", "lien.md",
    }  # fmt: skip
    assert "is empty" in reasons["vide.md"][1]
    assert "no text under them" in reasons["titres.md"][1]
    assert "binary" in reasons["binaire.txt"][1]
    assert "password" in reasons["secret.pdf"][1]
    assert "audience" in reasons["audience.md"][1]
    assert ".xlsx" in reasons["tableau.xlsx"][1]


def test_limits_are_named_in_the_reason(base: Path) -> None:
    (base / "long.md").write_text("Un mot de plus. " * 200, encoding="utf-8")
    by_size = read_folder(base, IngestSettings(max_file_bytes=2000)).problems[0]
    assert "limit is" in by_size.reason
    assert "max_file_bytes" in by_size.reason
    by_text = read_folder(base, IngestSettings(max_characters=2000)).problems[0]
    assert "holds 3200 characters, the limit is 2000" in by_text.reason
    with pytest.raises(DocumentUnreadable, match="holds more than 3 files"):
        read_folder(base, IngestSettings(max_documents=3))


def test_a_folder_without_a_usable_document_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        read_folder(tmp_path / "rien")
    with pytest.raises(DocumentUnreadable, match="holds no document; add Markdown"):
        read_folder(tmp_path)
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(DocumentUnreadable, match=r"none of the 1 files.*a\.docx"):
        read_folder(tmp_path)


def test_a_single_document_is_a_base_too(base: Path) -> None:
    assert [d.path for d in read_folder(base / "box.html").documents] == ["box.html"]
    assert read_document(base / "box.html").passages[0].title == "Redémarrer la box"
    with pytest.raises(NotFound):
        read_document(base / "rien.md")


def test_documents_that_did_not_change_are_not_parsed_again(base: Path) -> None:
    first = read_folder(base)
    known = {document.path: document for document in first.documents}
    (base / "box.html").write_text("<p>Tout a changé ici.</p>", encoding="utf-8")
    second = read_folder(base, known=known)
    same = [a is b for a, b in zip(first.documents, second.documents, strict=True)]
    assert same == [True, False, True]


def test_progress_counts_the_files(base: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_folder(base, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
