from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.heard import HeardWord
from speech.joining import join_words
from speech.whisper_pass import AlignedWord

TOKENS = [
    " oui", " c", "'est", " ?", ",", " «", " »", "...", " 12", ",50", " ", "", "-vous", " (", ")"
]  # fmt: skip


def join(*tokens: AlignedWord, shift_s: float = 0.0, length_s: float = 10.0):
    return join_words(tokens, shift_s=shift_s, length_s=length_s, language="fr")


def spoken(*texts: str) -> list[AlignedWord]:
    return [AlignedWord(text, 0.1 * n, 0.1 * n + 0.1, 0.9, 1) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ((" c", "'est", " vrai"), ["c'est", "vrai"]),
        ((" aujourd", "'hui", " ?"), ["aujourd'hui ?"]),
        ((" rendez", "-vous,", " mardi."), ["rendez-vous,", "mardi."]),
        ((" 12", ",50", " €"), ["12,50 €"]),
        ((" -", " Oui."), ["Oui."]),
        ((" dit", " «", " bonjour", " »"), ["dit", "« bonjour »"]),
        ((" dit", " «", "bonjour", " »"), ["dit", "« bonjour »"]),
        ((" Oui", "...", " non"), ["Oui...", "non"]),
        (("Sans", " espace"), ["Sans", "espace"]),
        ((" allô", "?"), ["allô?"]),
        ((" ...",), []),
        ((), []),
    ],
)
def test_tokens_become_words_as_they_read(tokens, words):
    assert [word.text for word in join(*spoken(*tokens))] == words


def test_a_joined_word_lasts_as_long_as_its_parts_and_is_as_sure_as_the_least_of_them():
    joined = join(AlignedWord(" c", 1.0, 1.1, 0.9, 1), AlignedWord("'est", 1.1, 1.4, 0.4, 2))
    assert joined == (HeardWord("c'est", 1.0, 1.4, 0.4, "fr"),)


def test_a_mark_that_stands_apart_does_not_lengthen_the_word_before_it():
    [word] = join(AlignedWord(" vraiment", 1.0, 1.5, 0.9, 1), AlignedWord(" ?", 4.0, 6.0, 0.1, 1))
    assert (word.end_s, word.probability) == (1.5, 0.9)


def test_times_are_moved_and_kept_within_the_piece():
    words = join(
        AlignedWord(" un", 0.2, 0.8, 0.9, 1),
        AlignedWord(" deux", 2.5, 9.0, 0.9, 1),
        shift_s=-0.5,
        length_s=4.0,
    )
    assert [(word.start_s, word.end_s) for word in words] == [
        (0.0, pytest.approx(0.3)),
        (2.0, 4.0),
    ]


@st.composite
def alignments(draw) -> list[AlignedWord]:
    edges = sorted(draw(st.lists(st.floats(0, 30), min_size=2, max_size=30)))
    return [
        AlignedWord(draw(st.sampled_from(TOKENS)), start, end, draw(st.floats(0, 1)), 1)
        for start, end in pairwise(edges)
    ]


@given(alignments(), st.floats(-1, 25), st.floats(0.1, 28))
def test_word_times_never_go_back_and_no_letter_is_lost(tokens, shift_s, length_s):
    words = join(*tokens, shift_s=shift_s, length_s=length_s)
    for word in words:
        assert 0 <= word.start_s <= word.end_s <= length_s
        assert 0 <= word.probability <= 1
        assert word.text == word.text.strip()
        assert any(character.isalnum() for character in word.text)
    for before, after in pairwise(words):
        assert before.start_s <= after.start_s
        assert before.end_s <= after.end_s
    for kind in (str.isalpha, str.isdigit):
        said = "".join(filter(kind, "".join(token.text for token in tokens)))
        assert "".join(filter(kind, "".join(word.text for word in words))) == said
