"""The index: what it finds depends on the passages, not on how they came and went."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_search import Metadata
from kb_search.documents import Passage
from kb_search.filters import Filters
from kb_search.index import PassageIndex, vector_index
from kb_search.index.segment import Entry, Segment
from kb_search.index.vector_index import VectorIndex

WORDS = "carte bloquer banque virement box internet facture résilier contrat mobile code".split()
QUESTIONS = ("bloquer la carte", "bloqer la carrte", "facture du contrat", "code")


def entry(number: int) -> Entry:
    rng = np.random.default_rng(number)
    text = " ".join(rng.choice(WORDS, int(rng.integers(3, 20))))
    passage = Passage(
        id=f"d{number}#1", document=f"d{number}", title=str(rng.choice(WORDS)), text=text,
        start=0, end=len(text), language="fr" if number % 3 else "en",
    )  # fmt: skip
    return Entry(number, passage, Metadata(audience="public" if number % 2 else "internal"))


def found(index: PassageIndex, encoder, question: str, **options) -> list[tuple[str, float]]:
    ranking = index.search(question, encoder.encode([question])[0], k=10, **options)
    return [(index.passages[match.row].id, match.score) for match in ranking.matches]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(st.integers(0, 3), min_size=4, max_size=30),
    gone=st.sets(st.integers(0, 29)),
    backwards=st.booleans(),
)
def test_segments_and_removals_rank_as_a_fresh_index(
    hashing_encoder, parts: list[int], gone: set[int], backwards: bool
) -> None:
    live = [number for number in range(len(parts)) if number not in gone]
    order = range(len(parts))[:: -1 if backwards else 1]
    segments = [
        Segment.build([entry(n) for n in order if parts[n] == part], hashing_encoder)
        for part in range(4)
    ]
    pieced = PassageIndex(segments, np.asarray(live, np.int64))
    fresh = PassageIndex([Segment.build([entry(n) for n in live], hashing_encoder)])
    assert len(pieced.passages) == len(fresh.passages) == len(live)
    assert pieced.languages == fresh.languages
    if live:
        vector = hashing_encoder.encode(["carte"])[0]
        ours, theirs = (one.search("carte", vector, k=1) for one in (pieced, fresh))
        assert ours.dense_mean == pytest.approx(theirs.dense_mean, abs=1e-5)
        assert ours.dense_std == pytest.approx(theirs.dense_std, abs=1e-4)
    for question in QUESTIONS:
        for filters in (None, Filters(audiences=("public",))):
            ours = found(pieced, hashing_encoder, question, filters=filters)
            theirs = found(fresh, hashing_encoder, question, filters=filters)
            assert [name for name, _ in ours] == [name for name, _ in theirs]
            assert [score for _, score in ours] == pytest.approx(
                [score for _, score in theirs], abs=3e-6
            )


def test_a_segment_comes_back_from_disk(tmp_path, hashing_encoder) -> None:
    made = Segment.build([entry(number) for number in range(20)], hashing_encoder)
    made.save(tmp_path)
    index, again = PassageIndex([made]), PassageIndex([Segment.load(tmp_path)])
    assert list(again.passages) == list(index.passages)
    assert dict(again.metadata) == dict(index.metadata)
    for question in QUESTIONS:
        assert found(again, hashing_encoder, question) == found(index, hashing_encoder, question)


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_every_damaged_file_of_a_segment_is_noticed(tmp_path, hashing_encoder, damage) -> None:
    made = Segment.build([entry(number) for number in range(9)], hashing_encoder)
    made.save(tmp_path)
    for file in sorted(tmp_path.iterdir()):
        whole = file.read_bytes()
        file.write_bytes(whole[:-1]) if damage == "cut" else file.unlink()
        with pytest.raises((OSError, ValueError)):
            Segment.load(tmp_path)
        file.write_bytes(whole)
    Segment.load(tmp_path)


def test_the_graph_finds_the_nearest_and_obeys_filters(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(vector_index, "EXACT_UP_TO", 200)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(2000, 32)).astype(np.float32) + 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    built = VectorIndex.build(vectors)
    built.save(tmp_path / "vectors")
    odd = np.arange(2000) % 2 == 1
    few = np.arange(2000) < 150
    for index in (built, VectorIndex.load(tmp_path / "vectors")):
        for question in vectors[:20]:
            for allowed in (np.ones(2000, bool), odd, few):
                rows = index.nearest(question, 20, allowed)
                cosines = np.where(allowed, vectors @ question, -np.inf)
                best = set(np.argsort(-cosines)[:10])
                assert allowed[rows].all()
                assert len(set(rows) & best) >= 9


def test_a_mistyped_word_is_read_as_the_words_it_looks_like(hashing_encoder) -> None:
    index = PassageIndex([Segment.build([entry(number) for number in range(20)], hashing_encoder)])
    vector = hashing_encoder.encode(["…"])[0]
    right = index.search("résilier", vector, k=20).matches
    wrong = index.search("résillier", vector, k=20).matches
    held = {match.row for match in right if match.words > 0}
    assert held
    assert {match.row for match in wrong if match.words > 0} == held
    assert max(match.words for match in wrong) < max(match.words for match in right)
    nothing = index.search("xylophone", vector, k=20).matches
    assert all(match.words == 0 for match in nothing)


def test_how_many_passages_hold_a_word(hashing_encoder) -> None:
    entries = [entry(number) for number in range(20)]
    index = PassageIndex([Segment.build(entries, hashing_encoder)], np.arange(10))
    texts = [f"{one.passage.title} {one.passage.text}" for one in entries[:10]]
    assert index.frequency(("cart",)) == sum("carte" in text for text in texts)
    assert index.frequency(("inconnu",)) == 0


def test_metadata_is_that_of_live_documents(hashing_encoder) -> None:
    old = Entry(1, entry(1).passage, Metadata(product="vieux", valid_from=date(2020, 1, 1)))
    new = Entry(2, entry(1).passage, Metadata(product="neuf"))
    segments = [Segment.build([one], hashing_encoder) for one in (new, old)]
    assert PassageIndex(segments, np.asarray([2])).metadata["d1"].product == "neuf"
    assert PassageIndex(segments, np.asarray([1])).metadata["d1"].product == "vieux"
