"""Why the base does not answer."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from kb_search import Answer, Document, Hit, Metadata, Passage
from kb_search.filters import Filters
from kb_search.gaps.nearest import NearestFinder

TODAY = date(2026, 11, 1)
WORDINGS = ["Comment débloquer mon téléphone ?", "débloquer mon téléphone"]


def document(path, text, **metadata):
    passage = Passage(
        id=f"{path}#1", document=path, title="Titre", text=text, start=0, end=len(text),
        language="fr",
    )  # fmt: skip
    return Document(
        path=path, sha256=hashlib.sha256(text.encode()).hexdigest(), title="Titre", text=text,
        metadata=Metadata(**metadata), passages=(passage,),
    )  # fmt: skip


class Shelf:
    """A base that always finds its first document, as surely as it is told."""

    def __init__(self, *documents, confidence, dense=0.85):
        self.documents = documents
        self._confidence, self._dense = confidence, dense

    def search_many(self, queries, *, k=5, filters=None):
        hit = Hit(rank=1, passage=self.documents[0].passages[0], score=1, dense=self._dense,
                  words=0, letters=0)  # fmt: skip
        return [[hit] for _ in queries]

    def answer_many(self, questions, *, contexts=None, filters=None):
        return [
            Answer(question=q, answered=False, reason="x", confidence=self._confidence,
                   threshold=0.5)
            for q in questions
        ]  # fmt: skip


@pytest.fixture
def why(hashing_encoder):
    def of(shelf, *, filters=None, contradicted=False):
        finder = NearestFinder(shelf, hashing_encoder, filters=filters, today=TODAY)
        return finder.find(WORDINGS, contradicted=contradicted)

    return of


CARD = document("carte.md", "La carte se bloque dans l'application.")


def test_nothing_near_is_missing(why):
    reason, nearest = why(Shelf(CARD, confidence=0.1))
    assert (reason, nearest.document, nearest.confidence) == ("missing", "carte.md", 0.1)


def test_an_article_that_is_found_but_not_surely_is_weak(why):
    assert why(Shelf(CARD, confidence=0.45))[0] == "weak"


def test_an_article_that_agents_contradict_is_outdated(why):
    assert why(Shelf(CARD, confidence=0.9), contradicted=True)[0] == "outdated"


@pytest.mark.parametrize("metadata", [{"state": "archived"}, {"valid_to": date(2026, 1, 1)}])
def test_a_closer_article_that_is_not_in_force_is_outdated(why, metadata):
    old = document("vieux.md", "Comment débloquer mon téléphone : le code arrive.", **metadata)
    reason, nearest = why(Shelf(CARD, old, confidence=0.1, dense=0.81))
    assert (reason, nearest.document, nearest.confidence) == ("outdated", "vieux.md", None)


def test_an_article_that_is_not_in_force_yet_is_not_outdated(why):
    new = document("neuf.md", "Comment débloquer mon téléphone ?", valid_from=date(2027, 1, 1))
    assert why(Shelf(CARD, new, confidence=0.1, dense=0.81))[0] == "missing"


def test_an_article_that_the_readers_may_not_see_has_the_wrong_audience(why):
    inside = Shelf(CARD, confidence=0.9)
    assert why(inside, filters=Filters(audiences=("public",)))[0] == "wrong_audience"
    assert why(inside, filters=Filters(audiences=("internal",)))[0] == "weak"
