"""The cache: only what changed is encoded again, and nothing is lost when it is damaged."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from conversation import ModelReference
from kb_search import IngestSettings, KnowledgeBase

QUESTION = "Quand arrive la nouvelle carte ?"


def open_base(base: Path, encoder, cache: Path, **options) -> KnowledgeBase:
    encoder.encoded.clear()
    return KnowledgeBase.open(base, encoder, cache_dir=cache, **options)


def state_folders(cache: Path) -> list[Path]:
    return sorted(cache.glob("*/state-*"))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_a_second_opening_encodes_nothing_and_finds_the_same(base, cache, hashing_encoder) -> None:
    first = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded
    second = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []
    assert second.documents == first.documents
    assert second.passages == first.passages
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


def test_the_day_changes_what_is_indexed(base, cache, hashing_encoder) -> None:
    text = "---\nvalid_to: 2026-06-30\n---\n\nLe tarif est de dix euros.\n"
    (base / "tarif.md").write_text(text, encoding="utf-8")
    before = open_base(base, hashing_encoder, cache, today=date(2026, 6, 30))
    after = open_base(base, hashing_encoder, cache, today=date(2026, 7, 1))
    assert len(before.passages) == len(after.passages) + 1


@pytest.mark.parametrize(
    "name", ["documents.json", "vectors.npy", "indexed.json", "words/vocab.index.json", "current"]
)
@pytest.mark.parametrize("damage", ["cut", "wrong", "gone"])
def test_a_damaged_cache_is_rebuilt(base, cache, hashing_encoder, name: str, damage: str) -> None:
    first = open_base(base, hashing_encoder, cache)
    state = state_folders(cache)[0]
    file = state.parent / name if name == "current" else state / name
    if damage == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif damage == "wrong":
        file.write_bytes(b"\x93NUMPY nothing")
    else:
        file.unlink()
    again = open_base(base, hashing_encoder, cache)
    assert again.search(QUESTION) == first.search(QUESTION)
    open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []


def test_a_dropped_cache_is_rebuilt(base, cache, hashing_encoder) -> None:
    first = open_base(base, hashing_encoder, cache)
    shutil.rmtree(cache)
    assert open_base(base, hashing_encoder, cache).search(QUESTION) == first.search(QUESTION)


def test_another_encoder_or_other_settings_share_nothing(base, cache, hashing_encoder) -> None:
    open_base(base, hashing_encoder, cache)
    open_base(base, hashing_encoder, cache, settings=IngestSettings(max_passage_words=100))
    assert hashing_encoder.encoded
    hashing_encoder.reference = ModelReference(name="hashing", sha256="1" * 64)
    open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded
    assert len(list(cache.iterdir())) == 3


def test_old_states_are_dropped(base, cache, hashing_encoder) -> None:
    for number in range(5):
        (base / "neuf.md").write_text(f"Article numéro {number}.", encoding="utf-8")
        open_base(base, hashing_encoder, cache)
    assert len(state_folders(cache)) == 2
    assert not list(cache.glob("*/.new-*"))


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

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(24))) == [expected] * 24
    open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []
    assert len(state_folders(cache)) == 1
    assert not list(cache.glob("*/.new-*"))


def test_a_build_that_is_killed_leaves_the_state_before(
    base, cache, hashing_encoder, monkeypatch
) -> None:
    first = open_base(base, hashing_encoder, cache)
    (base / "neuf.md").write_text("Un article tout neuf.", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(
            "kb_search.sparse.SparseIndex.save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            open_base(base, hashing_encoder, cache)
    (base / "neuf.md").unlink()
    again = open_base(base, hashing_encoder, cache)
    assert hashing_encoder.encoded == []
    assert again.search(QUESTION) == first.search(QUESTION)
