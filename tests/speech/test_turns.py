from __future__ import annotations

from dataclasses import replace
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
    return [(t.speaker, t.text) for t in build_turns(sides, pause_s=1.2)]


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
    turns = build_turns([("agent", agent), ("customer", customer)], pause_s=1.2)
    for speaker, said in (("agent", agent), ("customer", customer)):
        kept = [word for turn in turns if turn.speaker == speaker for word in turn.words]
        assert [word.text for word in kept] == [word.text for word in said]
        assert all(a.start_s <= b.start_s for a, b in pairwise(kept))
    assert Conversation(id="c", channel="phone", turns=turns)
    for turn in turns:
        for word in turn.words:
            assert Evidence.from_turn(turn, word.text)
        assert turn.text == " ".join(word.text for word in turn.words)


def test_a_turn_ends_where_the_language_changes_and_carries_it():
    french = [replace(word, language="fr") for word in say("Un instant.", 0)]
    english = [replace(word, language="en") for word in say("Can you hear me ?", 0.7)]
    turns = build_turns([("agent", [*french, *english])], pause_s=1.2)
    assert [(turn.language, turn.text) for turn in turns] == [
        ("fr", "Un instant."),
        ("en", "Can you hear me ?"),
    ]


def test_turns_name_their_participant_where_several_have_the_same_role():
    sides = [("customer", say("Bonjour.", 0)), ("agent", say("Oui ?", 2)),
             ("customer", say("Moi aussi je suis là.", 4))]  # fmt: skip
    turns = build_turns(sides, pause_s=1.2)
    assert [(turn.speaker, turn.participant) for turn in turns] == [
        ("customer", 0),
        ("agent", 1),
        ("customer", 2),
    ]


def test_words_are_written_turn_by_turn_and_what_was_said_is_kept():
    def write(words):
        return [replace(words[0], text="42 €", spoken=" ".join(w.text for w in words))]

    sides = [("agent", say("quarante-deux euros", 0)), ("customer", say("bien", 5))]
    turns = build_turns(sides, pause_s=1.2, write=write)
    assert [turn.text for turn in turns] == ["42 €", "42 €"]
    assert [turn.spoken_text for turn in turns] == ["quarante-deux euros", "bien"]


@given(st.tuples(channels(), channels(), channels()))
def test_turns_of_three_speakers_hold_every_word_once_in_the_order_of_their_starts(sides):
    turns = build_turns([("unknown", side) for side in sides], pause_s=1.2)
    for place, said in enumerate(sides):
        kept = [word.text for turn in turns if turn.participant == place for word in turn.words]
        assert kept == [word.text for word in said]
    assert [turn.start_s for turn in turns] == sorted(turn.start_s for turn in turns)
    assert [turn.index for turn in turns] == list(range(len(turns)))
