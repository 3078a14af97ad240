"""A folder opened with a cache: only what changed is encoded again, and nothing is lost."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from conversation import ModelReference
from conversation.errors import DocumentUnreadable, NotFound
from kb_search import IngestSettings, KnowledgeBase

QUESTION = "Quand arrive la nouvelle carte ?"


def open_base(base: Path, encoder, cache: Path, **options) -> KnowledgeBase:
    encoder.encoded.clear()
    return KnowledgeBase.open(base, encoder, cache_dir=cache, **options)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_a_second_opening_encodes_nothing_and_finds_the_same(base, cache, hashing_encoder) -> None:
    first = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded
    second = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []
    assert second.documents == first.documents
    assert list(second.passages) == list(first.passages)
    assert second.search(QUESTION) == first.search(QUESTION)
    assert second.answer(QUESTION) == first.answer(QUESTION)


def test_only_what_changed_is_encoded_again(base, cache, hashing_encoder) -> None:
    open_base(base, hashing_encoder, cache)
    (base / "neuf.md").write_text("# Neuf\n\nUn article tout neuf.", encoding="utf-8")
    changed = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == ["Neuf\nUn article tout neuf."]
    fresh = KnowledgeBase.open(base, hashing_encoder)
    assert changed.search(QUESTION) == fresh.search(QUESTION)


def test_deleted_documents_disappear(base, cache, hashing_encoder) -> None:
    open_base(base, hashing_encoder, cache)
    (base / "box.html").unlink()
    knowledge = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []
    found = {hit.passage.document for hit in knowledge.search("redémarrer la box", k=99)}
    assert "box.html" not in found
    assert len(found) == 2


def test_the_day_changes_what_is_found(base, cache, hashing_encoder) -> None:
    text = "---\nvalid_to: 2026-06-30\n---\n\nLe tarif est de dix euros.\n"
    (base / "tarif.md").write_text(text, encoding="utf-8")
    before = open_base(base, hashing_encoder, cache, today=date(2026, 6, 30))
    after = open_base(base, hashing_encoder, cache, today=date(2026, 7, 1))
    assert len(before.passages) == len(after.passages) + 1


def test_a_base_of_which_nothing_is_in_force_is_refused(tmp_path, cache, hashing_encoder) -> None:
    (tmp_path / "vieux.md").write_text("---\nstate: archived\n---\n\nVieux.", encoding="utf-8")
    with pytest.raises(DocumentUnreadable, match="none of the 1 documents"):
        open_base(tmp_path / "vieux.md", hashing_encoder, cache)


def test_a_folder_that_is_missing_is_named(tmp_path, cache, hashing_encoder) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        open_base(tmp_path / "nowhere", hashing_encoder, cache)


@pytest.mark.parametrize("damage", ["cut", "wrong", "gone"])
def test_a_damaged_cache_is_made_again(base, cache, hashing_encoder, damage: str) -> None:
    first = open_base(base, hashing_encoder, cache)
    file = next(cache.glob("*/knowledge.sqlite3"))
    for rest in file.parent.glob("knowledge.sqlite3-*"):
        rest.unlink()
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    elif damage == "wrong":
        file.write_bytes(b"nothing like a database" * 500)
    else:
        file.unlink()
    again = open_base(base, hashing_encoder, cache)
    assert again.search(QUESTION) == first.search(QUESTION)
    open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []


def test_a_dropped_cache_is_made_again(base, cache, hashing_encoder) -> None:
    first = open_base(base, hashing_encoder, cache)
    shutil.rmtree(cache)
    assert open_base(base, hashing_encoder, cache).search(QUESTION) == first.search(QUESTION)


def test_another_encoder_or_other_settings_find_nothing_made_for_them(
    base, cache, hashing_encoder
) -> None:
    open_base(base, hashing_encoder, cache)
    hashing_encoder.reference = ModelReference(name="hashing", sha256="1" * 64)
    open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded
    open_base(base, hashing_encoder, cache, settings=IngestSettings(max_passage_words=100))
    assert len(list(cache.iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_done_without(base, tmp_path, hashing_encoder) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("x", encoding="utf-8")
    assert open_base(base, hashing_encoder, blocked).search(QUESTION)


def test_opened_in_parallel_every_opening_is_whole(base, cache, hashing_encoder) -> None:
    expected = [
        hit.passage.id for hit in KnowledgeBase.open(base, hashing_encoder).search(QUESTION)
    ]

    def one(_: int) -> list[str]:
        knowledge = KnowledgeBase.open(base, hashing_encoder, cache_dir=cache)
        return [hit.passage.id for hit in knowledge.search(QUESTION)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(8))) == [expected] * 8
    open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []
