from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech.echoes import drop_echoes
from speech.heard import HeardWord

TEXT = "je vous appelle pour une panne".split()


def said(*texts: str, start_s: float = 1.0) -> list[HeardWord]:
    return [
        HeardWord(text, start_s + 0.3 * place, start_s + 0.3 * place + 0.25, 0.9)
        for place, text in enumerate(texts)
    ]


def level(db: float, seconds: float = 10.0) -> np.ndarray:
    return np.full(round(seconds / 0.032), db, np.float32)


def test_words_heard_again_on_the_quieter_channel_are_dropped():
    echo = said("Je", "vous", "appelles", "pour", "une", "panne.", start_s=1.05)
    split = drop_echoes([said(*TEXT), echo], [level(-20), level(-35)])
    assert split.kept == (tuple(said(*TEXT)), ())
    assert split.dropped == ((), tuple(echo))


def test_the_same_words_at_the_same_level_are_both_said():
    both = [said("oui", "d'accord"), said("oui", "d'accord", start_s=1.1)]
    assert drop_echoes(both, [level(-20), level(-24)]).dropped == ((), ())


def test_one_word_said_together_is_kept_unless_it_is_far_quieter():
    both = [said("oui"), said("oui", start_s=1.1)]
    assert drop_echoes(both, [level(-20), level(-29)]).dropped == ((), ())
    assert drop_echoes(both, [level(-20), level(-40)]).dropped == ((), tuple(both[1]))


def test_an_answer_that_repeats_the_words_later_is_kept():
    both = [said(*TEXT), said(*TEXT, start_s=4.0)]
    assert drop_echoes(both, [level(-20), level(-40)]).dropped == ((), ())


def test_other_words_at_the_same_time_are_kept():
    both = [said(*TEXT), said("non", "pas", "du", "tout", start_s=1.1)]
    assert drop_echoes(both, [level(-20), level(-40)]).dropped == ((), ())


def test_one_channel_has_no_echoes():
    assert drop_echoes([said(*TEXT)], [level(-20)]).kept == (tuple(said(*TEXT)),)


WORDS = st.lists(
    st.tuples(st.sampled_from(["oui", "non", "merci", "…"]), st.floats(0, 9)),
    max_size=12,
    unique=True,
).map(
    lambda pairs: [
        HeardWord(text, at_s, at_s + 0.2, 0.9) for text, at_s in sorted(pairs, key=lambda p: p[1])
    ]
)


@given(WORDS, WORDS, st.floats(-60, 0), st.floats(-60, 0))
def test_each_word_is_kept_or_dropped_once_and_never_on_both_sides(left, right, left_db, right_db):
    split = drop_echoes([left, right], [level(left_db), level(right_db)])
    for words, kept, dropped in zip((left, right), split.kept, split.dropped, strict=True):
        assert sorted(kept + dropped, key=words.index) == words
        assert list(kept) == [word for word in words if word in kept]
    assert not (split.dropped[0] and split.dropped[1])
