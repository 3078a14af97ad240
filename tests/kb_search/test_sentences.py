"""Sentences: where they begin and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_search.sentences import sentence_spans, word_count


def sentences(text: str, **options: int) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oui. C'est gratuit.", ["Oui.", "C'est gratuit."]),
        ("Qui paie ? Le client !", ["Qui paie ?", "Le client !"]),
        ("M. Dupont a payé 3.50 euros. Merci.", ["M. Dupont a payé 3.50 euros.", "Merci."]),
        ("Il dit : « Non. » Puis il part.", ["Il dit : « Non. »", "Puis il part."]),
        ("Voir art. 5 et p. 12 du contrat.", ["Voir art. 5 et p. 12 du contrat."]),
        ("1. Ouvrez la box.\n2. Fermez-la.", ["1. Ouvrez la box.", "2. Fermez-la."]),
        ("C'est nécessaire.Quelques cas restent.", ["C'est nécessaire.", "Quelques cas restent."]),
        ("See Mr. Smith, e.g. today. He agreed.", ["See Mr. Smith, e.g. today.", "He agreed."]),
        ("Attendez… Voilà", ["Attendez…", "Voilà"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    text = "un deux trois quatre ; cinq six sept huit neuf dix"
    assert sentences(text, max_words=6) == ["un deux trois quatre ;", "cinq six sept huit neuf dix"]


@given(st.text(alphabet="aÉ .?!;,\n«»0-M", max_size=200), st.integers(1, 8))
def test_no_word_is_lost_and_none_comes_twice(text: str, max_words: int) -> None:
    spans = sentence_spans(text, max_words=max_words)
    assert "".join("".join(text[s:e] for s, e in spans).split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(0 < len(text[s:e].split()) <= max_words for s, e in spans)


def test_marks_are_no_words() -> None:
    assert word_count("Qui paie ? Le client !") == 4
