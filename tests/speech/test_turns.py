from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Evidence
from speech.heard import HeardWord
from speech.turns import build_turns


def say(text: str, start_s: float, pace_s: float = 0.3) -> list[HeardWord]:
    return [
        HeardWord(word, start_s + pace_s * place, start_s + pace_s * (place + 0.9), 0.9)
        for place, word in enumerate(text.split())
    ]


def turns_of(agent: list[HeardWord], customer: list[HeardWord]) -> list[tuple[str, str]]:
    sides = [("agent", agent), ("customer", customer)]
    return [(t.speaker, t.text) for t in build_turns(sides, language="fr", pause_s=1.2)]


def test_turns_follow_each_other_by_time():
    assert turns_of(
        say("Bonjour, que puis-je faire ?", 0) + say("Très bien.", 6),
        say("Ma box est en panne.", 3),
    ) == [
        ("agent", "Bonjour, que puis-je faire ?"),
        ("customer", "Ma box est en panne."),
        ("agent", "Très bien."),
    ]


def test_a_long_silence_of_the_speaker_ends_a_turn():
    assert len(turns_of(say("Je vérifie.", 0) + say("Voilà.", 1.9), [])) == 2
    assert len(turns_of(say("Je vérifie.", 0) + say("Voilà.", 1.5), [])) == 1


def test_a_short_answer_to_a_finished_question_parts_it_from_what_follows():
    assert turns_of(say("Marc Dubois ?", 0) + say("Très bien.", 1.6), say("Oui.", 0.9)) == [
        ("agent", "Marc Dubois ?"),
        ("customer", "Oui."),
        ("agent", "Très bien."),
    ]


def test_a_backchannel_does_not_cut_an_unfinished_sentence():
    agent = say("Alors je vais regarder", 0) + say("votre dossier maintenant.", 1.9)
    assert turns_of(agent, say("D'accord.", 1.3)) == [
        ("agent", "Alors je vais regarder votre dossier maintenant."),
        ("customer", "D'accord."),
    ]


def test_an_interruption_of_substance_cuts_even_an_unfinished_sentence():
    agent = say("Alors je vais regarder", 0) + say("votre dossier.", 2.3)
    customer = say("Non mais attendez un peu", 1.25, pace_s=0.2)
    assert [speaker for speaker, _ in turns_of(agent, customer)] == ["agent", "customer", "agent"]


def test_speech_over_each_other_stays_two_whole_turns():
    agent = say("Je comprends tout à fait votre mécontentement monsieur.", 0)
    assert len(turns_of(agent, say("Non vous ne comprenez pas du tout.", 1.0))) == 2


@st.composite
def channels(draw) -> list[HeardWord]:
    clock, words = 0.0, []
    for _ in range(draw(st.integers(0, 25))):
        clock += draw(st.sampled_from([0.0, 0.05, 0.4, 1.0, 1.3, 4.0]))
        length = draw(st.sampled_from([0.0, 0.1, 0.3, 1.5]))
        text = draw(st.sampled_from(["oui", "c'est", "non.", "vraiment ?", "12,50 €", "d'accord,"]))
        words.append(HeardWord(text, clock, clock + length, 0.5))
        clock += length
    return words


@given(channels(), channels())
def test_no_word_is_lost_moved_or_reordered(agent, customer):
    turns = build_turns([("agent", agent), ("customer", customer)], language="fr", pause_s=1.2)
    for speaker, said in (("agent", agent), ("customer", customer)):
        kept = [word for turn in turns if turn.speaker == speaker for word in turn.words]
        assert [word.text for word in kept] == [word.text for word in said]
        assert all(a.start_s <= b.start_s for a, b in pairwise(kept))
    assert Conversation(id="c", channel="phone", turns=turns)
    for turn in turns:
        for word in turn.words:
            assert Evidence.from_turn(turn, word.text)
        assert turn.text == " ".join(word.text for word in turn.words)
