"""Search: signals, fusion, candidates, and what a user types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conversation.errors import BadInput
from kb_search import KnowledgeBase
from kb_search.documents import Passage
from kb_search.fusion import CONTEXT_WEIGHT, context_share, fuse, stands_for_itself
from kb_search.index import PassageIndex


def passage(number: int, text: str, title: str = "") -> Passage:
    return Passage(
        id=f"d{number}#1", document=f"d{number}", title=title, text=text, start=0, end=len(text),
        language="fr",
    )  # fmt: skip


def words_found(encoder, texts: list[str], question: str) -> list[float]:
    """Return the share of the question's words that each text holds."""
    index = PassageIndex.build([passage(n, text) for n, text in enumerate(texts)], encoder)
    ranking = index.search(question, encoder.encode([question])[0], k=len(texts))
    return [match.words for match in sorted(ranking.matches, key=lambda match: match.row)]


def test_words_are_the_share_of_the_question_that_a_text_holds(hashing_encoder) -> None:
    texts = ["La carte est perdue.", "La carte.", "Un virement.", "?"]
    found = words_found(hashing_encoder, texts, "carte perdue")
    assert 1 >= found[0] > found[1] > 0
    assert found[2] == found[3] == 0
    with_unknown = words_found(hashing_encoder, texts, "carte xylophone")
    assert with_unknown[1] < words_found(hashing_encoder, texts, "carte")[1]


def test_a_word_is_found_under_the_stems_of_both_languages(hashing_encoder) -> None:
    passages = [passage(0, "Les factures arrivent."), passage(1, "The bills arrive.")]
    passages[1] = passages[1].model_copy(update={"language": "en"})
    index = PassageIndex.build(passages, hashing_encoder)
    assert index.languages == ("fr", "en")
    for question, row in (("facture", 0), ("bill", 1)):
        vector = hashing_encoder.encode([question])[0]
        assert index.search(question, vector, k=1).matches[0].row == row


def test_a_text_scores_the_same_whatever_the_length_of_the_others(hashing_encoder) -> None:
    short = words_found(hashing_encoder, ["La carte.", "Un mot."], "carte")
    long = words_found(hashing_encoder, ["La carte.", "Un mot long et varié " * 40], "carte")
    assert short[0] == pytest.approx(long[0], abs=1e-6)


@pytest.mark.parametrize("texts", [["?"], ["…", "!"]])
def test_texts_without_words_find_nothing(hashing_encoder, texts: list[str]) -> None:
    assert words_found(hashing_encoder, texts, "carte") == [0.0] * len(texts)


def test_an_empty_index_finds_nothing(hashing_encoder) -> None:
    index = PassageIndex.build([], hashing_encoder)
    assert len(index.passages) == 0
    assert index.search("carte", hashing_encoder.encode(["carte"])[0], k=3).matches == ()


def test_a_title_stands_for_itself_where_it_is_a_sentence_or_a_question() -> None:
    assert not stands_for_itself("Sport")
    assert not stands_for_itself("Bloquer une carte volée")
    assert stands_for_itself("Bloquer une carte perdue ou volée")
    assert stands_for_itself("Ma carte est perdue ?")


def test_a_passage_is_as_near_as_the_nearer_of_its_text_and_its_title(hashing_encoder) -> None:
    title = "Que faire de ma carte perdue ?"
    long = passage(0, "Le service ouvre un dossier et répond sous dix jours ouvrés. " * 8, title)
    short = passage(1, "Le service ouvre un dossier.", "Dossier")
    index = PassageIndex.build([long, short], hashing_encoder)
    vector = hashing_encoder.encode([title])[0]
    found = {match.row: match.dense for match in index.search(title, vector, k=2).matches}
    assert found[0] == pytest.approx(1.0, abs=1e-5)
    assert found[1] == pytest.approx(float(index.vectors[1] @ vector), abs=1e-5)


def test_passages_of_one_title_share_its_vector(hashing_encoder, tmp_path) -> None:
    title = "Que faire de ma carte perdue ?"
    passages = [passage(n, f"texte {n}", title if n % 2 else f"Autre {n}") for n in range(300)]
    index = PassageIndex.build(passages, hashing_encoder)
    vector = hashing_encoder.encode([title])[0]
    ranking = index.search(title, vector, k=300)
    near = {match.row for match in ranking.matches if match.dense > 1 - 1e-5}
    assert near == set(range(1, 300, 2))


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
    monkeypatch.setattr("kb_search.index.passage_index._CANDIDATES", 600)
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


ENGLISH = {
    "card.md": "# Lost or stolen card\n\nBlock your card in the app, section My cards. Blocking is "
    "free and takes effect at once.",
    "router.md": "# Restarting the router\n\nUnplug the router for thirty seconds, plug it in "
    "again and wait until the light is green.",
    "moving.md": "# Moving house\n\nTell us your new address two weeks before you move, and the "
    "line is transferred.",
    "contract.md": "# Cancelling a contract\n\nWrite a registered letter; the contract ends ten "
    "days later.",
}
FRENCH = {
    "carte.md": "# Carte perdue ou volée\n\nLa carte se bloque dans l'application ; le blocage est "
    "gratuit et immédiat.",
    "facture.md": "# Comprendre sa facture\n\nLa facture indique l'abonnement du mois à venir et "
    "les consommations du mois passé.",
    "contrat.md": "# Résilier son contrat\n\nLe contrat se résilie par lettre recommandée, avec un "
    "préavis de dix jours.",
}


@pytest.mark.model
@pytest.mark.parametrize(
    ("articles", "query", "expected"),
    [
        (ENGLISH, "J'ai perdu ma carte bancaire, comment la bloquer ?", "card.md"),
        (ENGLISH, "jai perdu ma carte bancair comen la bloqué", "card.md"),
        (ENGLISH, "Je déménage le mois prochain, que dois-je faire ?", "moving.md"),
        (ENGLISH, "Comment mettre fin à mon contrat ?", "contract.md"),
        (FRENCH, "I lost my card, how do I block it?", "carte.md"),
        (FRENCH, "What is on my bill?", "facture.md"),
        (FRENCH, "How do I cancel my contract?", "contrat.md"),
    ],
)
def test_a_question_in_one_language_finds_the_article_in_the_other(
    tmp_path, encoder, articles: dict[str, str], query: str, expected: str
) -> None:
    for name, text in articles.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    hits = KnowledgeBase.open(tmp_path, encoder).search(query)
    assert hits[0].passage.document == expected
