"""Search: signals, fusion, candidates, and what a user types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conversation.errors import BadInput
from kb_search import KnowledgeBase
from kb_search.documents import Passage
from kb_search.fusion import CONTEXT_WEIGHT, LABEL_WEIGHT, context_share, fuse, label_share
from kb_search.index import PassageIndex, passage_key
from kb_search.sparse import SparseIndex
from kb_search.words import stems


def passage(number: int, text: str, title: str = "") -> Passage:
    return Passage(
        id=f"d{number}#1", document=f"d{number}", title=title, text=text, start=0, end=len(text),
        language="fr",
    )  # fmt: skip


def test_sparse_scores_are_the_share_of_the_question_that_a_text_holds() -> None:
    index = SparseIndex.build([["carte", "perdu"], ["carte"], ["virement"], []])
    scores = index.scores([("carte",), ("perdu",)])
    assert scores[0] > scores[1] > 0
    assert scores[2] == scores[3] == 0
    assert (scores <= 1).all()
    assert index.scores([("carte",), ("inconnu",)])[1] < index.scores([("carte",)])[1]


def test_a_word_is_found_under_any_of_its_forms() -> None:
    index = SparseIndex.build([["cart"], ["card"]])
    both = index.scores([("cart", "card")])
    assert both[0] == both[1] > 0


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_texts_without_terms_find_nothing(texts: list[list[str]]) -> None:
    assert SparseIndex.build(texts).scores([("carte",)]).tolist() == [0.0] * len(texts)


def test_a_sparse_index_comes_back_from_disk(tmp_path: Path) -> None:
    for name, texts in (("full", [stems("la carte perdue", "fr"), ["box"]]), ("empty", [[]])):
        index = SparseIndex.build(texts)
        index.save(tmp_path / name)
        question = [("cart",), ("box",)]
        again = SparseIndex.load(tmp_path / name)
        assert again.scores(question).tolist() == index.scores(question).tolist()


def test_a_long_title_counts_and_a_short_one_does_not() -> None:
    assert label_share("Sport") == 0
    assert label_share("Comment bloquer ma carte bancaire perdue ou volée ?") == LABEL_WEIGHT
    assert 0 < label_share("Bloquer une carte volée") < LABEL_WEIGHT


def test_a_short_question_leans_on_what_was_said_before() -> None:
    assert context_share("Où est-ce que je le trouve ?") == CONTEXT_WEIGHT
    assert (
        context_share("Le formulaire de contestation du paiement frauduleux par carte bancaire ?")
        == 0
    )


def test_every_signal_raises_the_fused_score() -> None:
    low, high = np.zeros(3, np.float32), np.eye(3, dtype=np.float32)
    assert (fuse(low, low, low) < [fuse(*row)[0] for row in high[:, :, None]]).all()


def test_a_large_index_ranks_as_if_every_passage_were_compared(
    hashing_encoder, monkeypatch
) -> None:
    words = [f"mot{number}" for number in range(40)]
    rng = np.random.default_rng(3)
    passages = [passage(n, " ".join(rng.choice(words, 12))) for n in range(600)]
    index = PassageIndex.build(passages, hashing_encoder)
    questions = [" ".join(rng.choice(words, 4)) for _ in range(20)]
    vectors = hashing_encoder.encode(questions)
    few = [index.search(q, v, k=5) for q, v in zip(questions, vectors, strict=True)]
    monkeypatch.setattr("kb_search.index._CANDIDATES", 600)
    every = [index.search(q, v, k=5) for q, v in zip(questions, vectors, strict=True)]
    same = [a.matches[0].row == b.matches[0].row for a, b in zip(few, every, strict=True)]
    assert sum(same) == len(same)


def test_the_spread_of_cosines_is_that_of_all_passages(hashing_encoder) -> None:
    passages = [passage(n, f"texte {n} sur la carte {n * n}") for n in range(30)]
    index = PassageIndex.build(passages, hashing_encoder)
    vector = hashing_encoder.encode(["la carte 16"])[0]
    ranking = index.search("la carte 16", vector, k=1)
    cosines = index.vectors @ vector
    assert ranking.dense_mean == pytest.approx(cosines.mean(), abs=1e-5)
    assert ranking.dense_std == pytest.approx(cosines.std(), abs=1e-4)


def test_known_vectors_are_not_made_again(hashing_encoder) -> None:
    old, new = passage(1, "La carte est bloquée."), passage(2, "La box redémarre.")
    first = PassageIndex.build([old], hashing_encoder)
    hashing_encoder.encoded.clear()
    known = {passage_key(old): first.vectors[0]}
    second = PassageIndex.build([new, old], hashing_encoder, known=known)
    assert hashing_encoder.encoded == ["La box redémarre."]
    assert np.array_equal(second.vectors[1], first.vectors[0])


@pytest.mark.parametrize(
    "query",
    [
        "bloquer la carte",
        "BLOQUER LA CARTE",
        "bloquer l’carte",
        "blocage de carte",
        "bloqer la carrte",
    ],
)
def test_case_apostrophes_and_typing_errors_do_not_matter(
    base: Path, hashing_encoder, query: str
) -> None:
    hits = KnowledgeBase.open(base, hashing_encoder).search(query)
    assert hits[0].passage.heading == "Comment bloquer la carte ?"


def test_hits_are_ranked_and_at_most_k(base: Path, hashing_encoder) -> None:
    knowledge = KnowledgeBase.open(base, hashing_encoder)
    hits = knowledge.search("carte", k=2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].score >= hits[1].score
    assert len(knowledge.search("carte", k=99)) == len(knowledge.passages)


@pytest.mark.parametrize("query", ["", "  ", "?!", "…"])
def test_a_query_without_words_finds_nothing(base: Path, hashing_encoder, query: str) -> None:
    assert KnowledgeBase.open(base, hashing_encoder).search(query) == []


def test_many_queries_are_encoded_in_one_pass(base: Path, hashing_encoder) -> None:
    knowledge = KnowledgeBase.open(base, hashing_encoder)
    queries = ["la box", "la carte", "le mot de passe"]
    alone = [knowledge.search(query, k=3) for query in queries]
    assert knowledge.search_many(queries, k=3) == alone
    assert knowledge.search_many([]) == []


def test_k_must_be_positive(base: Path, hashing_encoder) -> None:
    with pytest.raises(BadInput, match="k is 0"):
        KnowledgeBase.open(base, hashing_encoder).search("carte", k=0)
