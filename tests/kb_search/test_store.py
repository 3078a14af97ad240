"""The store: the truth about a base, always whole, and the indexes are made from it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import ModelReference
from conversation.errors import DocumentUnreadable, NotFound
from kb_search import IngestSettings
from kb_search.store import KnowledgeStore, StoreUnusable, kept_segments

QUESTIONS = ("Quand arrive la nouvelle carte ?", "redémarrer la box", "mot de passe")
EVERYTHING = ["banque/carte.md", "box.html", "mot-de-passe.txt"]


def paths(store: KnowledgeStore) -> list[str]:
    return [document.path for document in store.documents()]


def found(store: KnowledgeStore, **options) -> list[list[tuple[str, float]]]:
    hits = store.knowledge_base(**options).search_many(QUESTIONS, k=99)
    return [[(hit.passage.id, round(hit.score, 5)) for hit in one] for one in hits]


@pytest.fixture
def kept_small(monkeypatch) -> None:
    """Keep even the smallest segment on disk."""
    monkeypatch.setattr(kept_segments, "KEPT_FROM", 1)


@pytest.fixture
def store(tmp_path: Path, hashing_encoder) -> KnowledgeStore:
    return KnowledgeStore.open(tmp_path / "store", hashing_encoder)


def reopened(store: KnowledgeStore, encoder) -> KnowledgeStore:
    return KnowledgeStore.open(store.folder, encoder)


def test_an_empty_store_finds_nothing(store) -> None:
    assert store.documents() == ()
    base = store.knowledge_base()
    assert base.search("carte") == []
    assert not base.answer("Comment bloquer la carte ?").answered


def test_what_was_added_is_there_when_the_store_is_opened_again(
    store, base, hashing_encoder
) -> None:
    report = store.add([base])
    assert list(report.added) == EVERYTHING
    assert report.changed
    before = found(store)
    hashing_encoder.encoded.clear()
    again = reopened(store, hashing_encoder)
    assert again.documents() == store.documents()
    assert found(again) == before
    assert set(hashing_encoder.encoded) == set(QUESTIONS)


def test_only_what_changed_is_encoded_again(store, base, hashing_encoder) -> None:
    store.add([base])
    hashing_encoder.encoded.clear()
    (base / "box.html").write_text("<p>La box redémarre seule.</p>", encoding="utf-8")
    (base / "neuf.md").write_text("# Neuf\n\nUn article tout neuf.", encoding="utf-8")
    report = store.add([base])
    assert report.added == ("neuf.md",)
    assert report.updated == ("box.html",)
    assert report.unchanged == ("banque/carte.md", "mot-de-passe.txt")
    assert sorted(hashing_encoder.encoded) == [
        "Box\nLa box redémarre seule.", "Neuf\nUn article tout neuf.",
    ]  # fmt: skip
    hashing_encoder.encoded.clear()
    assert not store.add([base]).changed
    assert hashing_encoder.encoded == []


def test_what_is_gone_from_a_folder_is_gone_from_every_index(store, base, kept_small) -> None:
    store.add([base])
    (base / "box.html").unlink()
    assert store.add([base]).removed == ("box.html",)
    assert paths(store) == ["banque/carte.md", "mot-de-passe.txt"]
    assert all("box" not in name for hits in found(store) for name, _ in hits)


def test_what_is_removed_is_gone_at_once_and_for_good(store, base, hashing_encoder) -> None:
    store.add([base])
    open_before = store.knowledge_base()
    assert store.remove(["box.html"]).removed == ("box.html",)
    assert all("box" not in name for hits in found(store) for name, _ in hits)
    assert open_before.search("redémarrer la box")[0].passage.document == "box.html"
    with pytest.raises(NotFound, match=r"box\.html"):
        store.remove(["mot-de-passe.txt", "box.html"])
    assert "mot-de-passe.txt" in paths(store)
    rest = b"".join(file.read_bytes() for file in store.folder.glob("knowledge.sqlite3"))
    assert b"trente secondes" not in rest
    store.add([base])
    assert paths(store) == EVERYTHING


def test_single_documents_come_and_are_brought_up_to_date(store, tmp_path) -> None:
    note = tmp_path / "note.md"
    note.write_text("Le portail ouvre à huit heures.", encoding="utf-8")
    assert store.add([note]).added == ("note.md",)
    note.write_text("Le portail ouvre à neuf heures.", encoding="utf-8")
    assert store.add([note]).updated == ("note.md",)
    assert store.knowledge_base().search("portail")[0].passage.text.endswith("neuf heures.")


def test_a_document_of_a_folder_brings_the_folder_up_to_date(store, base) -> None:
    store.add([base])
    (base / "neuf.md").write_text("Un article tout neuf.", encoding="utf-8")
    report = store.add([base / "box.html"])
    assert report.added == ("neuf.md",)
    assert report.removed == ()


def test_a_name_that_is_taken_is_reported_and_nothing_is_lost(store, base, tmp_path) -> None:
    store.add([base])
    other = tmp_path / "other"
    other.mkdir()
    (other / "box.html").write_text("<p>Une tout autre box.</p>", encoding="utf-8")
    (other / "neuf.md").write_text("Un article tout neuf.", encoding="utf-8")
    report = store.add([other])
    assert report.added == ("neuf.md",)
    assert [problem.path for problem in report.problems] == ["box.html"]
    assert "left as it was" in report.problems[0].reason
    assert any("trente secondes" in document.text for document in store.documents())


def test_a_folder_that_was_moved_is_the_same_folder(store, base, hashing_encoder) -> None:
    store.add([base])
    moved = base.rename(base.with_name("moved"))
    hashing_encoder.encoded.clear()
    assert list(store.add([moved]).updated) == EVERYTHING
    assert hashing_encoder.encoded == []
    assert paths(store) == EVERYTHING


def test_a_folder_takes_in_the_folders_in_it(store, base) -> None:
    store.add([base / "banque"])
    assert paths(store) == ["carte.md"]
    report = store.add([base])
    assert report.removed == ("carte.md",)
    assert paths(store) == EVERYTHING


def test_nothing_changes_when_one_of_several_paths_is_wrong(store, base, tmp_path) -> None:
    with pytest.raises(NotFound):
        store.add([base, tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocumentUnreadable, match="holds no document"):
        store.add([base, tmp_path / "empty"])
    assert paths(store) == []


def test_an_ingest_that_stops_changes_nothing_and_goes_on_where_it_was(
    store, base, hashing_encoder, monkeypatch
) -> None:
    monkeypatch.setattr("kb_search.store.ingest.ENCODED_AT_ONCE", 1)
    encode = hashing_encoder.encode

    def failing(texts, *, kind="query"):
        if any("trente minutes" in text for text in texts):
            raise KeyboardInterrupt
        return encode(texts, kind=kind)

    with monkeypatch.context() as patch:
        patch.setattr(hashing_encoder, "encode", failing)
        with pytest.raises(KeyboardInterrupt):
            store.add([base])
    assert paths(store) == []
    assert found(store) == [[], [], []]
    done = set(hashing_encoder.encoded)
    hashing_encoder.encoded.clear()
    monkeypatch.setattr(
        "kb_search.ingest._parse", lambda *_: pytest.fail("a document was parsed again")
    )
    assert list(store.add([base]).added) == EVERYTHING
    assert hashing_encoder.encoded
    assert done.isdisjoint(hashing_encoder.encoded)


def test_what_was_given_up_does_not_come_in_later(store, base, tmp_path, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store._remembered, "prepare", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.add([base])
    note = tmp_path / "note.md"
    note.write_text("Le portail ouvre à huit heures.", encoding="utf-8")
    store.add([note])
    assert paths(store) == ["note.md"]


def test_progress_reaches_its_end(store, base) -> None:
    seen: dict[str, tuple[int, int]] = {}
    store.add([base], progress=lambda stage, done, total: seen.update({stage: (done, total)}))
    assert seen["read"] == (3, 3)
    assert seen["encode"][0] == seen["encode"][1] == len(store.knowledge_base().passages)


def test_the_day_decides_what_is_in_force(store, base, kept_small) -> None:
    text = "---\nvalid_from: 2026-02-01\nvalid_to: 2026-06-30\n---\n\nLe tarif est de dix euros.\n"
    (base / "tarif.md").write_text(text, encoding="utf-8")
    store.add([base])
    for day, held in (
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ):
        passages = store.knowledge_base(today=day).passages
        assert ("tarif.md" in {passage.document for passage in passages}) is held


def test_vectors_of_several_encoders_lie_side_by_side(store, base, hashing_encoder) -> None:
    store.add([base])
    first = hashing_encoder.reference
    hashing_encoder.reference = ModelReference(name="hashing", sha256="1" * 64)
    hashing_encoder.encoded.clear()
    found(reopened(store, hashing_encoder))
    assert set(hashing_encoder.encoded) > set(QUESTIONS)
    hashing_encoder.reference = first
    hashing_encoder.encoded.clear()
    found(reopened(store, hashing_encoder))
    assert set(hashing_encoder.encoded) == set(QUESTIONS)


def test_other_settings_read_again(store, base, hashing_encoder) -> None:
    store.add([base])
    other = KnowledgeStore.open(
        store.folder, hashing_encoder, settings=IngestSettings(max_passage_words=100)
    )
    assert list(other.add([base]).updated) == EVERYTHING


@pytest.mark.parametrize("damage", ["cut", "gone", "all gone"])
def test_an_index_that_is_damaged_or_dropped_is_made_again(
    store, base, hashing_encoder, kept_small, damage: str
) -> None:
    store.add([base])
    expected = found(store)
    segments = list(store.folder.glob("index/*/segment-*"))
    assert segments
    for file in segments[0].iterdir():
        if damage == "cut":
            file.write_bytes(file.read_bytes()[:-1])
        elif damage == "gone":
            file.unlink()
    if damage == "all gone":
        shutil.rmtree(store.folder / "index")
    hashing_encoder.encoded.clear()
    assert found(reopened(store, hashing_encoder)) == expected
    assert set(hashing_encoder.encoded) == set(QUESTIONS)


def test_segments_left_by_a_merge_that_was_killed_change_nothing(
    store, base, hashing_encoder, kept_small, monkeypatch
) -> None:
    store.add([base])
    monkeypatch.setattr(kept_segments.KeptSegments, "_drop", lambda *_: None)
    (base / "neuf.md").write_text("Un article tout neuf. " * 300, encoding="utf-8")
    store.add([base])
    assert len(list(store.folder.glob("index/*/segment-*"))) > 1
    again = reopened(store, hashing_encoder)
    assert found(again) == found(store)
    names = [name for name, _ in found(again)[0]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("content", [b"no database" * 999, b"SQLite format 3\0" + b"x" * 999])
def test_a_folder_that_is_no_store_is_named(tmp_path, hashing_encoder, content: bytes) -> None:
    (tmp_path / "knowledge.sqlite3").write_bytes(content)
    with pytest.raises(StoreUnusable, match="no knowledge store"):
        KnowledgeStore.open(tmp_path, hashing_encoder)
    assert (tmp_path / "knowledge.sqlite3").read_bytes() == content


def test_a_store_of_a_newer_version_is_refused(store, hashing_encoder, monkeypatch) -> None:
    monkeypatch.setattr("kb_search.store.tables.FORMAT", 0)
    with pytest.raises(StoreUnusable, match="format 1, expected 0"):
        reopened(store, hashing_encoder)


def test_writers_wait_for_each_other_and_readers_for_nobody(
    store, base, tmp_path, hashing_encoder
) -> None:
    store.add([base])
    notes = [tmp_path / f"note{number}.md" for number in range(4)]
    for note in notes:
        note.write_text(f"Le portail {note.stem} ouvre à huit heures.", encoding="utf-8")

    def write(note: Path) -> None:
        reopened(store, hashing_encoder).add([note])

    def read(_: Path) -> set[str]:
        base = reopened(store, hashing_encoder).knowledge_base()
        return {passage.document for passage in base.passages}

    with ThreadPoolExecutor(8) as pool:
        written = [pool.submit(write, note) for note in notes]
        seen = list(pool.map(read, notes * 2))
        for one in written:
            one.result()
    assert all(set(EVERYTHING) <= documents for documents in seen)
    assert paths(store) == sorted([*EVERYTHING, *(note.name for note in notes)])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "carte", "box", "mot"])),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_any_order_of_changes_finds_what_a_fresh_store_finds(
    tmp_path_factory, hashing_encoder, changes: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("notes")
    grown = KnowledgeStore.open(None, hashing_encoder)
    held: dict[str, str] = {}
    for name, word in changes:
        if word:
            held[name] = f"Le texte {name} parle de la {word} et de rien d'autre."
            (folder / f"{name}.md").write_text(held[name], encoding="utf-8")
            grown.add([folder / f"{name}.md"])
        elif held.pop(name, None):
            grown.remove([f"{name}.md"])
    fresh = KnowledgeStore.open(None, hashing_encoder)
    for name in sorted(held):
        fresh.add([folder / f"{name}.md"])
    assert paths(grown) == paths(fresh)
    assert found(grown) == found(fresh)


def test_killed_at_any_moment_the_base_is_before_or_after(
    store, base, tmp_path, hashing_encoder
) -> None:
    store.add([base])
    before = (store.documents(), found(store))
    (base / "box.html").unlink()
    (base / "neuf.md").write_text("# Neuf\n\n" + "Un article neuf. " * 90, encoding="utf-8")
    (base / "mot-de-passe.txt").write_text("Le lien est valable une heure.", encoding="utf-8")
    script = Path(__file__).with_name("killed_ingest.py")

    def run(moments: list[int]) -> dict[int, tuple[Path, str]]:
        copies = {moment: tmp_path / f"killed-{moment}" for moment in moments}
        for copy in copies.values():
            shutil.copytree(store.folder, copy)
        arguments = [str(part) for moment, copy in copies.items() for part in (copy, moment)]
        done = subprocess.run(
            [sys.executable, str(script), str(base), *arguments],
            capture_output=True, text=True, check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        printed = done.stdout.splitlines()
        return {
            moment: (copy, line)
            for (moment, copy), line in zip(copies.items(), printed, strict=True)
        }

    copy, printed = run([0])[0]
    moments, code = printed.split()
    assert code == "0"
    finished = KnowledgeStore.open(copy, hashing_encoder)
    after = (finished.documents(), found(finished))
    assert after != before
    outcomes = []
    chosen = random.Random(12).sample(range(1, int(moments) + 1), 12)
    for copy, printed in run(chosen).values():
        assert printed == "-9"
        left = KnowledgeStore.open(copy, hashing_encoder)
        state = (left.documents(), found(left))
        assert state in (before, after)
        outcomes.append(state == after)
        left.add([base])
        assert (left.documents(), found(left)) == after
    assert not all(outcomes)
    assert any(outcomes)
