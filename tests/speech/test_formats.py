"""Transcripts as files: read back by other people's libraries, with every word where it was."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, Participant, Turn, Word, read_conversation
from conversation.errors import BadInput
from speech.formats import format_conversation, parse_formats
from speech.formats.cues import LINE_CHARACTERS, split_into_cues
from speech.formats.srt import to_srt
from speech.formats.vtt import to_vtt
from speech.rttm import read_rttm

SAID = (
    "Bonjour, Télécom Plus, Léa à votre écoute, que puis-je faire pour vous ? "
    "Je vois que votre ligne est coupée depuis ce matin, c'est bien cela ? "
    "Je vous envoie un technicien demain entre 8 h et 12 h."
)


def turn(index, speaker, text, start_s, *, word_s=0.3, **more):
    words, at_s = [], start_s
    for said in text.split():
        words.append(Word(text=said, start_s=at_s, end_s=at_s + word_s * 0.9, probability=0.9))
        at_s = round(at_s + word_s, 3)
    return Turn(
        index=index, speaker=speaker, text=text, start_s=words[0].start_s, end_s=words[-1].end_s,
        words=tuple(words), **more,
    )  # fmt: skip


def call(*turns, language="fr", duration_s=None, participants=()):
    return Conversation(
        id="appel", channel="phone", language=language, turns=turns, participants=participants,
        duration_s=duration_s or max((t.end_s for t in turns), default=0.0),
    )  # fmt: skip


@pytest.fixture
def dialogue():
    return call(
        turn(0, "agent", SAID, 0.5),
        turn(1, "customer", "Oui. C'est <exact> & urgent --> merci", 4.0),
        turn(2, "agent", "Très bien.", 15.0),
        duration_s=20.0,
    )


def test_text_says_when_who_and_what_in_the_language_of_the_call(dialogue):
    lines = format_conversation(dialogue, "text").splitlines()
    assert lines[0] == f"[00:00:00] Conseiller : {SAID}"
    assert lines[1].startswith("[00:00:04] Client : Oui. C'est")
    english = dialogue.model_copy(update={"language": "en"})
    assert format_conversation(english, "text").startswith("[00:00:00] Agent: Bonjour")


def test_text_is_read_back_as_a_chat(dialogue, tmp_path):
    path = tmp_path / "appel.txt"
    path.write_text(format_conversation(dialogue, "text"), "utf-8")
    again = read_conversation(path)
    assert [(t.speaker, t.text) for t in again.turns] == [
        (t.speaker, t.text) for t in dialogue.turns
    ]


def test_srt_names_the_speaker_in_front_of_each_cue(dialogue):
    cues = list(srt.parse(format_conversation(dialogue, "srt")))
    assert {cue.content.split(" : ")[0] for cue in cues} == {"Conseiller", "Client"}
    assert [cue.index for cue in cues] == list(range(1, len(cues) + 1))
    assert "-->" not in "".join(cue.content for cue in cues)
    for cue in cues:
        lines = cue.content.splitlines()
        assert len(lines) <= 2
        assert all(len(line) <= LINE_CHARACTERS for line in lines)
        assert 1.0 <= (cue.end - cue.start).total_seconds() <= 7.0
    assert all(a.end <= b.start for a, b in pairwise(cues))


def test_pysubs2_reads_both_and_finds_the_same_words(dialogue):
    words = {}
    for name in ("srt", "vtt"):
        read = pysubs2.SSAFile.from_string(format_conversation(dialogue, name), format_=name)
        plain = " ".join(event.plaintext for event in read)
        words[name] = re.sub(r"(Conseiller|Client) : ", "", plain).replace("&amp;", "&").split()
    assert len(words["srt"]) == len(words["vtt"]) == sum(len(t.words) for t in dialogue.turns)


def test_vtt_has_voices_and_escapes(dialogue):
    content = format_conversation(dialogue, "vtt")
    assert "<v Client>Oui. C'est &lt;exact&gt; &amp; urgent --&gt; merci</v>" in content.replace(
        "\n", " "
    ).replace("  ", " ")
    read = webvtt.from_string(content)
    assert {cue.voice for cue in read} == {"Conseiller", "Client"}
    starts = [cue.start_in_seconds for cue in read]
    assert starts == sorted(starts)


def test_subtitles_can_be_written_without_their_speakers(dialogue):
    plain_srt, plain_vtt = to_srt(dialogue, speakers=False), to_vtt(dialogue, speakers=False)
    assert "Conseiller" not in plain_srt + plain_vtt
    assert "<v" not in plain_vtt
    first = dialogue.turns[0].text.split()[0]
    assert next(srt.parse(plain_srt)).content.split()[0] == first
    assert webvtt.from_string(plain_vtt)[0].text.split()[0] == first


def test_cues_end_where_sentences_do(dialogue):
    cues = [c for c in split_into_cues(dialogue, prefixes=[""] * 3, may_overlap=True) if not c.turn]
    assert [cue.text for cue in cues] == [
        "Bonjour, Télécom Plus, Léa à votre écoute, que puis-je faire pour vous ?",
        "Je vois que votre ligne est coupée depuis ce matin, c'est bien cela ?",
        "Je vous envoie un technicien demain entre 8 h et 12 h.",
    ]
    assert cues[0].lines == (
        "Bonjour, Télécom Plus, Léa à votre écoute,",
        "que puis-je faire pour vous ?",
    )


def test_a_long_silence_inside_a_turn_is_not_shown_over():
    words = (
        Word(text="Un", start_s=1, end_s=1.2, probability=1),
        Word(text="deux.", start_s=4, end_s=4.2, probability=1),
    )
    single = Turn(index=0, speaker="agent", text="Un deux.", start_s=1, end_s=4.2, words=words)
    cues = split_into_cues(call(single, duration_s=9), prefixes=[""], may_overlap=True)
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (1000, 2000, "Un"), (4000, 5000, "deux."),
    ]  # fmt: skip


def test_an_address_longer_than_a_line_stands_alone_and_whole():
    address = "https://assistance.telecom-plus.example/suivi/dossier/448120"
    cues = split_into_cues(
        call(turn(0, "agent", f"Voici {address} pour vous", 0)), prefixes=[""], may_overlap=True
    )
    assert (address,) in [cue.lines for cue in cues]


def test_a_number_with_spaces_is_never_torn():
    number = "06 12 34 56 78"
    said = ["Mon", "numéro", "personnel", "est", "bien", number]
    words = [
        Word(text=text, start_s=at, end_s=at + 0.5, probability=1) for at, text in enumerate(said)
    ]
    single = Turn(index=0, speaker="customer", text=" ".join(w.text for w in words),
                  start_s=0, end_s=5.5, words=tuple(words))  # fmt: skip
    cues = split_into_cues(call(single), prefixes=[" " * 20], may_overlap=False)
    assert any(number in line for cue in cues for line in cue.lines)


def test_turns_without_word_times_share_theirs_out():
    single = Turn(index=0, speaker="agent", text=SAID, start_s=2.0, end_s=14.0)
    cues = split_into_cues(call(single), prefixes=[""], may_overlap=True)
    assert " ".join(cue.text for cue in cues) == SAID
    assert (cues[0].start_ms, cues[-1].end_ms) == (2000, 14000)
    assert all(cue.end_ms - cue.start_ms <= 7000 for cue in cues)


def test_two_customers_are_told_apart():
    people = (
        Participant(role="agent"), Participant(role="customer"), Participant(role="customer"),
    )  # fmt: skip
    both = call(
        turn(0, "agent", "Bonjour.", 0, participant=0),
        turn(1, "customer", "Bonjour.", 2, participant=1),
        turn(2, "customer", "Moi aussi.", 4, participant=2),
        participants=people,
    )
    lines = format_conversation(both, "text").splitlines()
    assert [re.sub(r"\[.*\] | :.*", "", line) for line in lines] == [
        "Conseiller", "Client 1", "Client 2",
    ]  # fmt: skip


def test_rttm_has_one_line_a_turn_and_is_read_back(dialogue):
    segments = read_rttm(format_conversation(dialogue, "rttm"))
    assert [(s.start_s, s.speaker) for s in segments] == [(0.5, 0), (4.0, 1), (15.0, 0)]


@pytest.mark.parametrize("name", ["srt", "vtt", "rttm"])
def test_a_chat_has_no_subtitles_and_is_told_what_it_can_have(name):
    chat = Conversation(
        id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text="Bonjour"),)
    )
    with pytest.raises(BadInput, match="without times") as caught:
        format_conversation(chat, name)
    assert "text" in caught.value.remedy
    assert format_conversation(chat, "text") == "Customer: Bonjour\n"


def test_nothing_said_gives_files_that_are_valid():
    silent = call(duration_s=3.0)
    assert format_conversation(silent, "vtt") == "WEBVTT\n"
    assert [format_conversation(silent, name) for name in ("srt", "text", "rttm")] == ["", "", ""]


def test_formats_are_read_from_options():
    assert parse_formats(["srt,VTT", "txt", "srt"]) == ("srt", "vtt", "text")
    with pytest.raises(BadInput, match="'docx'"):
        parse_formats(["docx"])
    with pytest.raises(BadInput, match="no format"):
        parse_formats([" , "])


def test_an_hour_of_one_turn_is_cut_in_time():
    long = call(turn(0, "customer", " ".join([SAID] * 250), 0))
    began = time.process_time()
    assert len(format_conversation(long, "srt")) > 80_000
    assert time.process_time() - began < 10


WORD = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=60
)


@st.composite
def conversations(draw):
    turns, start_s = [], 0.0
    for index in range(draw(st.integers(1, 4))):
        start_s += draw(st.floats(0, 4))
        at_s, words = start_s, []
        for text in draw(st.lists(WORD, min_size=1, max_size=15)):
            at_s += draw(st.sampled_from([0.0, 0.0, 0.2, 1.5, 9.0]))
            end_s = at_s + draw(st.sampled_from([0.0, 0.1, 0.4, 8.0]))
            words.append(Word(text=text, start_s=at_s, end_s=end_s, probability=1))
            at_s = end_s
        turns.append(
            Turn(
                index=index, speaker=draw(st.sampled_from(["agent", "customer", "unknown"])),
                text=" ".join(w.text for w in words), start_s=start_s, end_s=end_s,
                words=tuple(words),
            )
        )  # fmt: skip
    return call(*turns, language=draw(st.sampled_from(["fr", "en", None])))


@settings(max_examples=80)
@given(conversations(), st.booleans())
def test_every_word_is_shown_once_in_order_and_within_the_recording(conversation, may_overlap):
    cues = split_into_cues(
        conversation, prefixes=["Qui : "] * len(conversation.turns), may_overlap=may_overlap
    )
    for said in conversation.turns:
        shown = " ".join(c.text for c in cues if c.turn == said.index)
        assert shown.split() == said.text.split()
    last_ms = max(round(conversation.duration_s * 1000), len(cues))
    assert all(0 <= cue.start_ms < cue.end_ms <= last_ms for cue in cues)
    assert [cue.start_ms for cue in cues] == sorted(cue.start_ms for cue in cues)
    if not may_overlap:
        assert all(a.end_ms <= b.start_ms for a, b in pairwise(cues))
        assert all(cue.end_ms - cue.start_ms <= 7000 for cue in cues)
    for cue in cues:
        long_word = any(len(word) > LINE_CHARACTERS - len("Qui : ") for word in cue.text.split())
        assert len(cue.lines) <= 2
        assert (
            long_word or all(len(line) <= LINE_CHARACTERS for line in cue.lines) or " " in cue.text
        )


@settings(max_examples=30)
@given(conversations())
def test_other_peoples_libraries_read_what_is_written(conversation):
    read = list(srt.parse(format_conversation(conversation, "srt")))
    n_cues = len(split_into_cues(
        conversation, prefixes=[""] * len(conversation.turns), may_overlap=True
    ))  # fmt: skip
    assert read
    assert len(webvtt.from_string(format_conversation(conversation, "vtt"))) == n_cues
    assert len(read_rttm(format_conversation(conversation, "rttm"))) == len(conversation.turns)
