"""The sample knowledge base: whole, consistent, and the source of the sample calls' answers."""

from __future__ import annotations

import hashlib
import re
import runpy
from pathlib import Path

import pytest

from kb_search import KnowledgeBase, read_folder

ANSWERED = [
    ("ma connexion internet ne fonctionne plus depuis hier soir", "panne-internet", "test de la"),
    ("Quand est-ce que le technicien peut passer ?", "rendez-vous", "huit heures|8 heures"),
    ("je voudrais un remboursement pour les jours sans connexion", "remise", "15 euros"),
    ("Je veux bloquer ma carte immédiatement.", "bloquer", "Faire opposition"),
    ("Quand vais-je recevoir ma nouvelle carte ?", "bloquer", "cinq jours ouvrés"),
    ("Où est-ce que je trouve le formulaire de contestation ?", "contester", "Mes cartes"),
    ("Est-ce que je serai remboursé de ce paiement, sous quel délai ?", "contester", "dix jours"),
    ("Qu'est-ce qui se passe si le colis est perdu ?", "colis", "au choix du client"),
    ("Le suivi indique livré mais je n'ai rien reçu.", "colis", "enquête"),
    ("Et en attendant je fais comment sans téléphone ?", "colis", "mobile de prêt"),
    ("Quel est le plafond mensuel de ces commissions ?", "commissions", "80 euros par mois"),
    ("Combien coûte la formule Famille de Fibre Max ?", "fibre-max", "32,99"),
    ("Le client peut-il garder son numéro fixe avec Fibre Max ?", "fibre-max", "RIO"),
]
DECLINED = [
    "Quel temps fera-t-il demain à Marseille ?",
    "Merci beaucoup, bonne journée.",
    "Comment soigner une angine ?",
    "Vendez-vous des assurances pour animaux ?",
    "Quel est le taux du livret A ?",
    "Who wrote Romeo and Juliet?",
    "My car makes a strange noise when I brake.",
    "Je suis né le douze mars mille neuf cent quatre-vingt-cinq.",
]


@pytest.fixture(scope="module")
def folder(examples_dir: Path) -> Path:
    return examples_dir / "kb"


def test_every_article_is_read_and_says_what_it_is(folder: Path) -> None:
    found = read_folder(folder)
    assert found.problems == ()
    assert 18 <= len(found.documents) <= 25
    formats = {Path(document.path).suffix for document in found.documents}
    assert formats == {".md", ".html", ".txt", ".pdf"}
    for document in found.documents:
        assert all(passage.language == "fr" for passage in document.passages), document.path
        assert len(document.passages) <= 25
        if document.path.endswith((".md", ".html")):
            assert document.metadata.product
            assert document.metadata.valid_from


def test_telephone_numbers_are_from_the_blocks_for_fiction(folder: Path) -> None:
    text = " ".join(document.text for document in read_folder(folder).documents)
    numbers = re.findall(r"(?:\+33 ?|0)[1-9](?:[ .]?\d{2}){4}", text)
    assert numbers
    for number in numbers:
        digits = re.sub(r"\D", "", number).removeprefix("33").removeprefix("0")
        assert digits.startswith(("19900", "26191", "35301", "46571", "53649", "63998")), number


def test_the_offer_is_a_pdf_of_several_pages_with_tables_and_questions(folder: Path) -> None:
    documents = read_folder(folder).documents
    (offer,) = (document for document in documents if document.path.endswith(".pdf"))
    assert 5 <= offer.pages <= 7
    assert {passage.page for passage in offer.passages} == set(range(1, offer.pages + 1))
    assert "Formule : Famille ; Prix pendant 12 mois : 32,99 €" in offer.text
    assert "Usage interne" not in offer.text
    headings = {passage.heading for passage in offer.passages}
    assert "6. Questions fréquentes › Le client est-il engagé ?" in headings


def test_the_script_makes_the_offer_again(folder: Path, tmp_path: Path) -> None:
    make = runpy.run_path(str(folder.parent / "make_offer_pdf.py"))["make"]
    kept = folder / "telecom-plus" / "offre-fibre-max.pdf"
    digests = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (make(tmp_path / "a.pdf"), kept)
    ]
    assert digests[0] == digests[1]


@pytest.fixture(scope="module")
def knowledge(folder: Path, encoder) -> KnowledgeBase:
    return KnowledgeBase.open(folder, encoder)


@pytest.mark.model
@pytest.mark.parametrize(("question", "document", "words"), ANSWERED)
def test_questions_of_the_samples_are_answered_from_the_right_article(
    knowledge: KnowledgeBase, question: str, document: str, words: str
) -> None:
    answer = knowledge.answer(question)
    assert answer.answered, answer.reason
    assert document in answer.citation.document
    assert re.search(words, answer.text), answer.text


@pytest.mark.model
def test_short_questions_are_understood_from_what_was_said_before(knowledge: KnowledgeBase) -> None:
    said = "Le test montre un défaut sur la ligne, il faut envoyer un technicien à votre domicile."
    answer = knowledge.answer("Et quand est-ce qu'il peut passer ?", context=said)
    assert answer.answered
    assert "rendez-vous" in answer.citation.document


@pytest.mark.model
@pytest.mark.parametrize("question", DECLINED)
def test_questions_outside_the_base_are_declined(knowledge: KnowledgeBase, question: str) -> None:
    answer = knowledge.answer(question)
    assert not answer.answered, answer.text


@pytest.mark.model
def test_a_question_in_english_finds_the_article_in_french(knowledge: KnowledgeBase) -> None:
    hits = knowledge.search("When will I receive my new card?", k=3)
    assert "bloquer-carte" in hits[0].passage.document
