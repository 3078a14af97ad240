from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import DefinitionInvalid, Unauthenticated
from serving.access.key_text import (
    PREFIX,
    check_chosen,
    check_shown,
    digest_of,
    is_well_formed,
    new_key,
)


def test_a_new_key_is_well_formed_and_none_is_made_twice():
    keys = {new_key() for _ in range(500)}
    assert len(keys) == 500
    assert all(is_well_formed(key) and len(key) == 46 for key in keys)


@given(place=st.integers(4, 45), letter=st.sampled_from("0Oo1lIZz9"))
def test_any_mistyped_letter_is_noticed(place, letter):
    key = new_key()
    mistyped = key[:place] + letter + key[place + 1 :]
    assert is_well_formed(mistyped) == (mistyped == key)


@given(st.text(max_size=80))
def test_no_text_breaks_the_check(text):
    for shown in (text, PREFIX + text):
        assert not is_well_formed(shown)
        with contextlib.suppress(Unauthenticated):
            check_shown(shown)
        assert len(digest_of(shown)) == 64


@pytest.mark.parametrize(
    "chosen",
    ["short", "a" * 40, "abcabcabcabcabcabcabcabcabcabc", "clé-très-secrète-de-trente-lettres",
     "with a space in the middle of it", "ent_" + "0" * 42, "x1y2z3" * 100],
)  # fmt: skip
def test_an_admin_key_that_is_easy_to_guess_or_to_mistype_is_refused(chosen):
    with pytest.raises(DefinitionInvalid) as refused:
        check_chosen(chosen)
    assert chosen not in str(refused.value)


def test_a_good_admin_key_is_taken():
    check_chosen("correct-horse-battery-staple-42")
    check_chosen(new_key())
