"""Filters: exact, whatever else speaks for a passage."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from kb_search import KnowledgeBase, Metadata
from kb_search.filters import Filters

ARTICLE = "---\naudience: {audience}\nstate: {state}\nproduct: {product}\n---\n\n{text}\n"
FRENCH = "La carte se bloque dans l'application et le blocage est gratuit pour tous."
ENGLISH = "The card is blocked in the application and there is no fee for the customer."


@pytest.fixture
def varied(tmp_path: Path) -> Path:
    folder = tmp_path / "varied"
    folder.mkdir()
    for name, audience, state, product, text in (
        ("interne.md", "internal", "validated", "Crédit  Auto", FRENCH),
        ("public.md", "public", "validated", "Carte", FRENCH),
        ("brouillon.md", "public", "work_in_progress", "Carte", FRENCH),
        ("ancien.md", "public", "archived", "Carte", FRENCH),
        ("english.md", "partner", "validated", "Carte", ENGLISH),
    ):
        article = ARTICLE.format(audience=audience, state=state, product=product, text=text)
        (folder / name).write_text(article, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (None, {"interne.md", "public.md", "brouillon.md", "english.md"}),
        (Filters(), {"interne.md", "public.md", "brouillon.md", "english.md"}),
        (Filters(audiences=("public",)), {"public.md", "brouillon.md"}),
        (Filters(audiences=("public", "partner")), {"public.md", "brouillon.md", "english.md"}),
        (Filters(audiences=("public",), states=("validated",)), {"public.md"}),
        (Filters(states=("archived",)), set()),
        (Filters(products=("credit auto",)), {"interne.md"}),
        (Filters(languages=("en-GB",)), {"english.md"}),
        (Filters(languages=("de",)), set()),
    ],
)
def test_only_what_filters_admit_is_found(varied, hashing_encoder, filters, expected) -> None:
    knowledge = KnowledgeBase.open(varied, hashing_encoder)
    for query in ("bloquer la carte", "block the card"):
        hits = knowledge.search(query, k=20, filters=filters)
        assert {hit.passage.document for hit in hits} == expected
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_answers_obey_filters(varied, hashing_encoder) -> None:
    knowledge = KnowledgeBase.open(varied, hashing_encoder)
    answer = knowledge.answer("Comment bloquer la carte ?", filters=Filters(languages=("de",)))
    assert not answer.answered
    assert answer.citation is None


def test_a_row_of_a_table_is_filtered_by_what_it_says_itself() -> None:
    assert Filters(audiences=("public",)).admit(Metadata(audience="public"), "fr")
    assert not Filters(audiences=("public",)).admit(Metadata(audience="internal"), "fr")
    assert not Filters().admit(Metadata(state="archived"), "fr")


def test_unknown_values_are_refused() -> None:
    with pytest.raises(ValidationError):
        Filters(audiences=("everyone",))
    with pytest.raises(ValidationError):
        Filters(product=("Carte",))
