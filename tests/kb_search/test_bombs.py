"""Files that would exhaust time or memory stop at a stated limit, and the rest goes in."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search import IngestSettings, read_document, read_folder
from kb_search.ingest import iter_folder


def reasons(base: Path, settings: IngestSettings | None = None) -> dict[str, str]:
    found = read_folder(base, settings)
    assert [d.path for d in found.documents] == ["banque/carte.md", "box.html", "mot-de-passe.txt"]
    return {problem.path: problem.reason for problem in found.problems}


def sparse(file: Path, n_bytes: int) -> None:
    with file.open("wb") as opened:
        opened.write(b"<html><p>")
        opened.truncate(n_bytes)


def test_a_file_of_two_gigabytes_is_never_read(base: Path) -> None:
    for name in ("page.html", "faq.csv", "guide.docx", "offre.pdf", "sitemap.xml"):
        sparse(base / name, 2 * 2**30)
    tracemalloc.start()
    found = reasons(base)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 5
    assert all("has 2048.0 MiB, the limit is 50.0 MiB" in reason for reason in found.values())
    assert peak < 20 * 2**20


def test_pipes_sockets_and_links_are_named_and_not_waited_for(base: Path) -> None:
    os.mkfifo(base / "tube.md")
    with socket.socket(socket.AF_UNIX) as peer:
        here = Path.cwd()
        os.chdir(base)  # the name of a socket may have no more than some 100 bytes
        try:
            peer.bind("prise.html")
        finally:
            os.chdir(here)
    (base / "boucle").symlink_to(base)
    (base / "banque" / "haut.md").symlink_to("haut.md")
    found = reasons(base)
    assert set(found) == {"tube.md", "prise.html", "boucle", "banque/haut.md"}
    assert "not a regular file" in found["tube.md"]
    assert "not a regular file" in found["prise.html"]
    assert "is a symbolic link" in found["boucle"]
    with pytest.raises(DocumentUnreadable, match="not a regular file"):
        read_document(base / "tube.md")


def test_a_device_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    with pytest.raises(DocumentUnreadable, match="not a regular file"):
        read_document(tmp_path / "zero.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(base: Path) -> None:
    (base / "secret.md").write_text("Texte.", encoding="utf-8")
    (base / "secret.md").chmod(0)
    (base / "fermé").mkdir(mode=0)
    try:
        found = reasons(base)
    finally:
        (base / "fermé").chmod(0o700)
    assert "secret.md cannot be opened (Permission denied)" in found["secret.md"]
    assert "fermé cannot be opened" in found["fermé"]


def test_what_cannot_be_opened_is_named(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (base / "secret.md").write_text("Texte.", encoding="utf-8")
    (base / "fermé").mkdir()
    opened, listed = os.open, os.scandir

    def refuse_file(path, *args, **options):
        if str(path).endswith("secret.md"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)

    def refuse_folder(path):
        if str(path).endswith("fermé"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "open", refuse_file)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    found = reasons(base)
    assert "secret.md cannot be opened (Permission denied)" in found["secret.md"]
    assert "fermé cannot be opened (Permission denied)" in found["fermé"]


def test_a_file_that_vanishes_is_a_problem(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (base / "parti.md").write_text("Texte.", encoding="utf-8")
    found = {}
    for item in iter_folder(base):
        (base / "parti.md").unlink(missing_ok=True)
        found[item.path] = item
    assert "does not exist" in found["parti.md"].reason


def test_names_that_are_no_text_are_refused(base: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(base) + b"/caf\xe9.md"))).write_text(
            "Texte.", encoding="utf-8"
        )
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    (base / "deux\nlignes.md").write_text("Texte.", encoding="utf-8")
    found = reasons(base)
    assert set(found) == {"caf\\xe9.md", "deux\nlignes.md"}
    assert all("rename it" in reason for reason in found.values())
    assert all(reason.isprintable() for reason in found.values())


def test_too_many_files_or_folders_stop_the_search(base: Path) -> None:
    for number in range(30):
        (base / f"d{number}").mkdir()
    with pytest.raises(DocumentUnreadable, match="more than 20 files or folders"):
        read_folder(base, IngestSettings(max_documents=20))


def test_folders_in_folders_without_end_are_found(tmp_path: Path) -> None:
    (tmp_path / "un.md").write_text("Texte.", encoding="utf-8")
    here = Path.cwd()
    depth = 0
    os.chdir(tmp_path)
    try:
        while depth < 1_050:
            Path("a").mkdir()
            os.chdir("a")
            depth += 1
        assert [d.path for d in read_folder(tmp_path).documents] == ["un.md"]
    finally:
        for _ in range(depth):
            os.chdir("..")
            Path("a").rmdir()
        os.chdir(here)


def test_documents_are_given_one_by_one(base: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = iter_folder(base, progress=lambda done, total: seen.append((done, total)))
    assert seen == []
    assert next(found).path == "banque/carte.md"
    assert [item.path for item in found] == ["box.html", "mot-de-passe.txt"]
    assert seen == [(1, 3), (2, 3), (3, 3)]
