from __future__ import annotations

import pytest

from conversation import Conversation, Turn
from conversation.errors import BadInput
from nlu.language import (
    detect_conversation_language,
    detect_language,
    detect_turn_languages,
)


def talk(*turns: tuple[str, str]) -> Conversation:
    return Conversation(
        id="talk",
        channel="chat",
        turns=tuple(Turn(index=i, speaker=who, text=text) for i, (who, text) in enumerate(turns)),
    )


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("bonjour je vous appelle parce que ma box ne marche plus", "fr"),
        ("Est-ce que je peux payer en trois fois ?", "fr"),
        ("ça ne marche toujours pas chez moi", "fr"),
        ("hello I would like to cancel my order please", "en"),
        ("my parcel has still not arrived", "en"),
    ],
)
def test_french_and_english_are_told_apart(text, tag):
    assert detect_language(text) == tag


@pytest.mark.parametrize("text", ["", "ok", "merci beaucoup", "12 34 56 78", "!?"])
def test_a_text_too_short_to_tell_has_no_language(text):
    assert detect_language(text) is None


def test_several_short_texts_are_judged_together():
    assert detect_language(["oui bonjour", "c'est pour", "un renseignement"]) == "fr"


def test_candidates_can_be_widened():
    text = "ich möchte meinen Vertrag zum Monatsende kündigen"
    assert detect_language(text, languages=("fr", "en", "de")) == "de"


def test_a_single_candidate_is_the_answer():
    assert detect_language("my parcel has not arrived", languages=("fr",)) == "fr"


@pytest.mark.parametrize("languages", [(), ("xx",), ("fr", "klingon")])
def test_a_candidate_that_is_not_a_language_is_refused(languages):
    with pytest.raises(BadInput):
        detect_language("bonjour à toutes et à tous", languages=languages)


def test_short_turns_inherit_the_language_of_their_speaker():
    conversation = talk(
        ("agent", "ok"),
        ("customer", "hello I would like to change my address"),
        ("agent", "Bonjour, je peux vous aider en français si vous voulez."),
        ("customer", "yes"),
        ("agent", "parfait"),
    )
    assert detect_turn_languages(conversation)[1:] == ("en", "fr", "en", "fr")


def test_the_language_of_a_conversation_is_that_of_most_words():
    conversation = talk(
        (
            "customer",
            "Bonjour, ma connexion internet est coupée depuis hier soir dans tout le quartier.",
        ),
        ("agent", "Thank you for calling."),
        ("customer", "Je voudrais savoir quand elle sera rétablie."),
    )
    assert detect_conversation_language(conversation) == "fr"


def test_an_empty_conversation_has_no_language():
    assert detect_conversation_language(talk()) is None
    assert detect_turn_languages(talk(("customer", "ok"))) == (None,)
