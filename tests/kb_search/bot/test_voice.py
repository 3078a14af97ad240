"""The same brain for the telephone: words that can be said, barge-in, silence."""

from __future__ import annotations

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import given

from kb_search.bot import Close, CustomerSpeaks, Opened, StopSpeaking, Tick, TimedOut
from kb_search.bot.spoken import spoken, spoken_choices


def test_links_lists_and_signs_are_not_said():
    text = (
        "Voir [la page](https://a.example/b) :\n- ouvrez « Mes cartes »\n2. www.a.example/x ; puis"
    )
    said = spoken(text, "fr")
    assert said == "Voir la page. Ouvrez Mes cartes. Notre site. Puis"


def test_numbers_and_amounts_stay_as_they_are():
    text = "Elle coûte 10,50 euros (TTC) ; le code est 01 99 00 17 17."
    assert spoken(text, "fr") == "Elle coûte 10,50 euros, TTC. Le code est 01 99 00 17 17."


def test_long_sentences_are_cut_where_a_clause_begins():
    text = (
        "Redémarrez la box avec le bouton qui se trouve derrière elle, puis attendez que le voyant "
        "de la ligne soit vert et ne clignote plus."
    )
    assert spoken(text, "fr").count(".") == 2


@given(st.text(max_size=300))
def test_whatever_the_text_no_list_or_link_is_left(text):
    said = spoken(text, "fr")
    assert "\n" not in said
    assert "http://" not in said
    assert "•" not in said[:1]


def test_choices_are_read_out():
    assert spoken_choices(["La box", "Le mobile ?"], "fr") == (
        "Premièrement, La box. Deuxièmement, Le mobile."
    )
    assert spoken_choices(["The box"], "en") == "First, The box."


def test_a_call_is_answered_without_sources_and_with_choices_in_words(talk):
    call = talk(channel="voicebot")
    said = call.write("euh comment activer l'eSIM")
    assert "Source" not in said
    assert "«" not in said
    said = call.write("j'ai un souci de carte")
    assert said.endswith("Premièrement, Carte bancaire perdue. Deuxièmement, Carte SIM bloquée.")
    assert "PUK" in call.write("deuxièmement")


def test_barge_in_stops_the_voice_and_keeps_what_was_heard(talk):
    call = talk(channel="voicebot")
    call.write("comment activer l'eSIM")
    whole = call.session.turns[-1].text
    heard = whole[: whole.index(".") + 1]
    call.event(CustomerSpeaks, heard=heard)
    assert call.actions == (StopSpeaking(),)
    assert call.session.turns[-1].text == heard
    call.write("et combien ça coûte")
    assert "assistant virtuel" not in call.said


def test_a_disclosure_that_was_cut_is_said_again(talk):
    call = talk(channel="voicebot")
    call.event(Opened)
    call.event(CustomerSpeaks, heard="Bonjour, je suis")
    assert "assistant virtuel" in call.write("comment activer l'eSIM")


def test_silence_on_a_call_is_asked_about_then_ends_it(talk):
    call = talk(channel="voicebot")
    call.write("comment activer l'eSIM")
    call.at += timedelta(seconds=-5)
    call.event(Tick)
    assert call.actions == ()
    call.event(Tick)
    assert "toujours là" in call.said
    call.at += timedelta(seconds=20)
    call.event(Tick)
    assert isinstance(call.actions[-1], Close)
    assert call.session.closed_by == "silence"


def test_words_after_silence_go_on(talk):
    chat = talk()
    chat.write("Comment activer l'eSIM ?")
    chat.event(TimedOut)
    assert "toujours là" in chat.said
    chat.write("oui pardon")
    chat.event(TimedOut)
    assert "toujours là" in chat.said


def test_a_silence_that_was_over_before_it_is_told_is_ignored(talk):
    chat = talk()
    chat.write("Comment activer l'eSIM ?")
    chat.at -= timedelta(seconds=30)
    chat.event(TimedOut)
    assert chat.actions == ()


def test_silence_may_be_left_alone(talk):
    chat = talk(remind_after_s=-1)
    chat.write("Comment activer l'eSIM ?")
    chat.at += timedelta(hours=5)
    chat.event(Tick)
    assert chat.actions == ()
