from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from speech.live.stable_prefix import StablePrefix

WORDS = st.lists(st.sampled_from("le la chat chien mange dort bien mal".split()), max_size=15)


@given(st.lists(WORDS, max_size=12))
def test_what_is_stable_only_grows_whatever_is_heard(hypotheses):
    prefix = StablePrefix()
    before: tuple[str, ...] = ()
    for words in hypotheses:
        prefix.hear(words)
        assert prefix.stable[: len(before)] == before
        assert prefix.words[: len(prefix.stable)] == prefix.stable
        before = prefix.stable


@given(WORDS, st.data())
def test_of_growing_hypotheses_each_word_becomes_stable_once(words, data):
    prefix = StablePrefix()
    skipped = 0
    for end in range(1, len(words) + 1):
        skipped = data.draw(st.integers(skipped, len(prefix.stable)))
        prefix.hear(words[skipped:end], skipped=skipped)
        assert list(prefix.words) == words[:end]
    assert list(prefix.stable) == words[:-1]


def test_two_hypotheses_agree_up_to_where_they_differ_and_not_on_the_last_word():
    prefix = StablePrefix()
    prefix.hear("Bonjour, je vous app".split())
    assert prefix.stable == ()
    prefix.hear("bonjour je vous appelle pour".split())
    assert prefix.stable == ("bonjour", "je", "vous")
    assert " ".join(prefix.words) == "bonjour je vous appelle pour"
    prefix.hear("Bonjour, je vous appelle pour ma".split())
    assert prefix.stable == ("bonjour", "je", "vous", "appelle", "pour")


def test_a_hypothesis_that_words_the_stable_part_otherwise_only_adds_to_it():
    prefix = StablePrefix()
    for heard in ("oui je m'appelle Marc", "oui je m'appelle Marc Dubois et"):
        prefix.hear(heard.split())
    prefix.hear("Ouais, je m'appelle Mark Dubois et mon numéro".split())
    assert " ".join(prefix.stable) == "oui je m'appelle Marc Dubois et"
    assert " ".join(prefix.words) == "oui je m'appelle Marc Dubois et mon numéro"
