from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import ModelReference
from conversation.errors import BadInput, ModelMissing
from quality.sentence_vectors import SentenceVectors, StoredVectors

WordEncoder = runpy.run_path(str(Path(__file__).with_name("word_encoder.py")))["WordEncoder"]
TEXTS = ["Cet appel est enregistré.", "Bonjour madame.", "Je vérifie votre dossier."]


def stored(texts=TEXTS, encoder=None):
    return SentenceVectors(encoder or WordEncoder()).stored(texts)


def test_each_text_is_encoded_once():
    encoder = WordEncoder()
    vectors = SentenceVectors(encoder)
    first = vectors.of([TEXTS[0], TEXTS[0], TEXTS[1]])
    again = vectors.of(TEXTS[:2])
    assert encoder.asked == TEXTS[:2]
    assert vectors.encoded == 2
    assert np.array_equal(first[1:], again)


def test_vectors_have_length_one_and_keep_the_cosines():
    vectors = SentenceVectors(WordEncoder()).of(TEXTS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    true = WordEncoder().encode(TEXTS)
    assert np.abs(vectors @ vectors.T - true @ true.T).max() < 0.01


def test_stored_vectors_are_those_that_were_made():
    fresh = SentenceVectors(WordEncoder())
    kept = StoredVectors.from_bytes(fresh.stored(TEXTS).to_bytes(), name="a.vectors")
    again = SentenceVectors(None, stored=[kept])
    assert again.can_give(TEXTS)
    assert np.array_equal(again.of(TEXTS), fresh.of(TEXTS))


def test_spaces_do_not_make_another_text():
    again = SentenceVectors(None, stored=[stored()])
    assert again.can_give(["Cet  appel est\nenregistré. "])


def test_the_file_holds_no_text():
    content = stored().to_bytes()
    assert b"appel" not in content
    assert b"words" in content.replace(b"\x00", b"")


def test_the_encoder_is_loaded_only_for_what_is_missing():
    loaded = []

    def load():
        loaded.append(True)
        return WordEncoder()

    vectors = SentenceVectors(load, stored=[stored()])
    vectors.of(TEXTS)
    assert loaded == []
    vectors.of([*TEXTS, "Au revoir."])
    vectors.of(["Merci bien."])
    assert loaded == [True]
    assert vectors.encoded == 2


def test_without_an_encoder_a_missing_text_is_named():
    vectors = SentenceVectors(None, stored=[stored()])
    assert not vectors.can_give(["Au revoir."])
    with pytest.raises(ModelMissing, match=r"1 texts .* 'Au revoir\.'"):
        vectors.of(["Au revoir."])


def test_vectors_of_another_model_are_not_mixed_in():
    other = ModelReference(name="words", sha256="1" * 64)
    vectors = SentenceVectors(WordEncoder(other), stored=[stored()])
    vectors.of(TEXTS)
    assert vectors.encoded == len(TEXTS)
    late = SentenceVectors(lambda: WordEncoder(other), stored=[stored()])
    late.of(TEXTS)
    with pytest.raises(BadInput, match="one model"):
        late.of(["Au revoir."])


def test_a_conversation_shares_what_the_card_knows_and_keeps_its_own():
    encoder = WordEncoder()
    card = SentenceVectors(encoder)
    card.of(TEXTS[:1])
    one = card.for_conversation(stored([TEXTS[1]]))
    one.of(TEXTS)
    assert encoder.asked == [TEXTS[0], TEXTS[2]]
    assert one.encoded == 1
    assert card.find(TEXTS[2]) is None


def test_nothing_is_given_for_nothing():
    assert SentenceVectors(None).of([]).shape == (0, 0)
    assert len(SentenceVectors(WordEncoder()).stored([])) == 0


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"no vectors at all", stored().to_bytes()[:-200]]
)
def test_a_damaged_file_is_refused_with_what_to_do(content):
    with pytest.raises(BadInput, match=r"x\.vectors") as error:
        StoredVectors.from_bytes(content, name="x.vectors")
    assert "remove it" in error.value.remedy


@given(st.lists(st.text(min_size=1, max_size=30), max_size=8))
@settings(max_examples=50, deadline=None)
def test_a_round_trip_through_a_file_changes_no_vector(texts):
    fresh = SentenceVectors(WordEncoder())
    kept = StoredVectors.from_bytes(fresh.stored(texts).to_bytes(), name="x")
    assert np.array_equal(SentenceVectors(None, stored=[kept]).of(texts), fresh.of(texts))
