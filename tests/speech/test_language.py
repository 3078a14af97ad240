from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from speech.language import CallLanguage, check_language

MODEL = SimpleNamespace(supported_languages=("fr", "en", "de"))
SHARES = st.dictionaries(st.sampled_from(["fr", "en", "es"]), st.floats(0, 1), min_size=1)


def call_of(*pieces: tuple[dict[str, float], float]) -> CallLanguage:
    call = CallLanguage(["fr", "en"])
    for probabilities, length_s in pieces:
        call.of_piece().hear(probabilities, length_s)
    return call


def test_only_the_languages_to_choose_from_count():
    language = call_of(({"de": 0.5, "fr": 0.3, "en": 0.1}, 1.0)).spoken
    assert (language.tag, language.other) == ("fr", None)
    assert language.probability == pytest.approx(0.75)


def test_longer_pieces_weigh_more():
    call = call_of(({"fr": 0.6, "en": 0.4}, 1.0), ({"en": 0.9, "fr": 0.1}, 4.0))
    assert call.spoken.tag == "en"


def test_a_language_that_was_not_to_choose_from_is_named():
    language = call_of(({"es": 0.97, "fr": 0.02, "en": 0.01}, 1.0)).spoken
    assert (language.tag, language.other) == ("fr", "es")


def test_one_foreign_piece_does_not_make_the_call_foreign():
    call = call_of(({"es": 0.97, "fr": 0.02}, 2.0), ({"fr": 0.98, "es": 0.01}, 8.0))
    assert (call.spoken.tag, call.spoken.other) == ("fr", None)


def test_a_call_in_which_nothing_was_heard_has_a_language_all_the_same():
    language = call_of().spoken
    assert (language.tag, language.probability, language.other) == ("fr", 0.5, None)


def test_a_piece_that_is_clearly_in_another_language_is_read_in_it():
    call = call_of(({"fr": 0.97, "en": 0.02}, 60.0))
    assert call.of_piece().choose({"en": 0.98, "fr": 0.01}, 5.0) == "en"


@pytest.mark.parametrize(
    ("heard", "length_s"),
    [({"en": 0.7, "fr": 0.3}, 5.0), ({"en": 0.98, "fr": 0.01}, 1.0), ({"de": 0.9}, 5.0)],
    ids=["not sure", "too short to tell", "neither"],
)
def test_a_doubtful_piece_is_read_in_the_language_of_the_call(heard, length_s):
    call = call_of(({"fr": 0.97, "en": 0.02}, 60.0))
    assert call.of_piece().choose(heard, length_s) == "fr"


@given(st.lists(st.tuples(SHARES, st.floats(0.1, 28)), max_size=8), SHARES, st.floats(0.1, 28))
def test_the_language_is_always_one_to_choose_from(pieces, heard, length_s):
    call = call_of(*pieces)
    assert call.of_piece().choose(heard, length_s) in ("fr", "en")
    assert sum(call.share(heard).values()) == pytest.approx(1)
    assert 0.5 <= call.spoken.probability <= 1 + 1e-9


@pytest.mark.parametrize(("given", "tag"), [("fr", "fr"), ("fr-CA", "fr"), ("EN_us", "en")])
def test_tags_are_brought_to_their_primary_part(given: str, tag: str):
    assert check_language(MODEL, given) == tag


def test_an_unknown_language_lists_the_known_ones():
    with pytest.raises(BadInput, match=r"got 'xx'; use auto, or one of de, en, fr"):
        check_language(MODEL, "xx")
