"""When placeholders are said, read off a redacted conversation alone."""

from __future__ import annotations

import pytest

from conversation.errors import BadInput
from nlu.redaction import find_placeholder_times, redact_conversation

CARD = "4111 1111 1111 1111"


def test_times_are_those_of_the_words_with_the_room_beside_them(finder_of, call, said):
    conversation = call(said(0, "customer", ["ma", "carte", *CARD.split(), "merci"]))
    finder = finder_of((CARD, "card_number"))
    redacted = redact_conversation(conversation, finder.in_turns(conversation), find=finder)
    (time,) = find_placeholder_times(redacted.conversation)
    words = conversation.turns[0].words
    assert time.type == "card_number"
    assert (time.start_s, time.end_s) == (words[2].start_s, words[5].end_s)
    assert (time.free_from_s, time.free_to_s) == (words[1].end_s, words[6].start_s)


def test_a_turn_without_words_is_hidden_as_a_whole(call, said):
    bare = said(0, "customer", ["ma", "carte", "[CARD_1]"]).model_copy(update={"words": ()})
    (time,) = find_placeholder_times(call(bare))
    assert (time.start_s, time.end_s) == (bare.start_s, bare.end_s)
    assert time.type == "card_number"


def test_an_unredacted_conversation_has_none(call, said):
    assert find_placeholder_times(call(said(0, "agent", ["[sic]", CARD]))) == ()


def test_a_placeholder_without_times_is_refused(chat):
    with pytest.raises(BadInput, match="has no times"):
        find_placeholder_times(chat("[CARTE_1]"))
