import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conversation import Conversation, Evidence, Turn, Word
from conversation.errors import EvidenceMismatch


def spoken_turn(text: str, *, index: int = 0, start_s: float = 0.0) -> Turn:
    pieces = text.split()
    words = tuple(
        Word(text=piece, start_s=start_s + n, end_s=start_s + n + 0.5, probability=0.9)
        for n, piece in enumerate(pieces)
    )
    return Turn(
        index=index, speaker="agent", text=text, start_s=start_s,
        end_s=start_s + max(1, len(pieces)), words=words,
    )  # fmt: skip


def test_a_word_cannot_end_before_it_starts():
    with pytest.raises(ValidationError, match="before it starts"):
        Word(text="oui", start_s=2, end_s=1, probability=1)


def test_word_times_never_go_back_within_a_turn():
    words = (
        Word(text="bon", start_s=1, end_s=1.4, probability=1),
        Word(text="jour", start_s=0.5, end_s=1.5, probability=1),
    )
    with pytest.raises(ValidationError, match="goes back"):
        Turn(index=0, speaker="agent", text="bon jour", start_s=0, end_s=2, words=words)


def test_a_turn_has_both_times_or_none():
    with pytest.raises(ValidationError, match="only one of"):
        Turn(index=0, speaker="agent", text="bonjour", start_s=1)


def test_turns_are_numbered_and_in_time_order():
    late, early = spoken_turn("a", start_s=5), spoken_turn("b", index=1, start_s=1)
    with pytest.raises(ValidationError, match="before the turn above"):
        Conversation(id="x", channel="phone", turns=(late, early))
    with pytest.raises(ValidationError, match="has index 1"):
        Conversation(id="x", channel="phone", turns=(early,))


def test_values_cannot_be_changed():
    turn = spoken_turn("bonjour")
    with pytest.raises(ValidationError, match="frozen"):
        turn.text = "au revoir"


def test_a_conversation_survives_the_way_to_json_and_back():
    conversation = Conversation(
        id="appel-1", channel="phone", turns=(spoken_turn("Bonjour, à votre écoute."),)
    )
    assert Conversation.model_validate_json(conversation.model_dump_json()) == conversation


def test_a_quote_gets_the_times_of_its_words():
    turn = spoken_turn("Bonjour Claire à votre écoute", start_s=10)
    evidence = Evidence.from_turn(turn, "à votre")
    assert (evidence.start_s, evidence.end_s) == (12.0, 13.5)


def test_a_quote_that_was_not_said_is_refused():
    with pytest.raises(EvidenceMismatch, match="not in turn 0"):
        Evidence.from_turn(spoken_turn("Bonjour Claire"), "Bonsoir")


@pytest.mark.parametrize("quote", ["", "   "])
def test_an_empty_quote_is_no_evidence(quote):
    with pytest.raises(EvidenceMismatch):
        Evidence.from_turn(spoken_turn("Bonjour Claire"), quote)


@given(
    words=st.lists(st.text("abcé'", min_size=1, max_size=6), min_size=1, max_size=12),
    data=st.data(),
)
def test_evidence_is_always_verbatim_and_inside_its_turn(words, data):
    turn = spoken_turn(" ".join(words), start_s=3)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    evidence = Evidence.from_turn(turn, " ".join(words[first : last + 1]))
    assert evidence.quote in turn.text
    assert turn.start_s <= evidence.start_s <= evidence.end_s <= turn.end_s


def test_a_quote_in_a_rewritten_turn_falls_back_to_the_turns_times():
    spoken = spoken_turn("deux cent cinquante euros", start_s=4)
    rewritten = spoken.model_copy(update={"text": "250 €"})
    evidence = Evidence.from_turn(rewritten, "250 €")
    assert (evidence.start_s, evidence.end_s) == (rewritten.start_s, rewritten.end_s)
