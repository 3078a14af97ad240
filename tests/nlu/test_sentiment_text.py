from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.sentiment_text import LONG_UNIT_WORDS, clean_text, split_sentences, split_units


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (r"it\u2019s fine\u002c thanks", "it’s fine, thanks"),
        (r"broken \ud83d pair", "broken pair"),
        ("voir https://exemple.fr/a12 et www.exemple.fr", "voir et"),
        ("@operateur plus de réseau #panne", "plus de réseau panne"),
        ("jean@exemple.fr", "jean@exemple.fr"),
        ("  deux\n lignes ", "deux lignes"),
        ("", ""),
    ],
)
def test_escapes_links_and_mentions_are_cleaned(raw, clean):
    assert clean_text(raw) == clean


def test_sentences_end_at_marks_and_lines_but_not_after_titles():
    text = "Bonjour M. Durand. Ça ne marche plus !\nMerci d'avance\n\n12.50 euros ? Oui…"
    assert split_sentences(text) == (
        "Bonjour M. Durand.",
        "Ça ne marche plus !",
        "Merci d'avance",
        "12.50 euros ?",
        "Oui…",
    )


def test_a_long_sentence_is_cut_at_its_connectors():
    text = "alors " * LONG_UNIT_WORDS + "mais le livreur n'est jamais venu"
    assert split_units(text)[-1] == "mais le livreur n'est jamais venu"


@given(st.text())
def test_units_are_verbatim_and_in_order(text):
    position = 0
    for unit in split_units(text):
        position = text.index(unit, position) + len(unit)
        assert unit == unit.strip() != ""
