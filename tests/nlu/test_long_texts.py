"""A message that somebody makes long on purpose is read in time that grows as it does."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from conversation import Conversation, Turn
from conversation.chat_format import looks_like_chat
from kb_search.bot.cues import ASKS_PERSON, ORDINALS
from nlu.axes.outcome import read_outcome
from nlu.axes.passages import passages_of
from nlu.axes.repeat import read_repeat
from nlu.axes.sales import read_sales
from nlu.axes.urgency import read_urgency
from nlu.commitments import find_commitments
from nlu.entities import find_entities
from nlu.personal_data import find_personal_data
from nlu.questions import find_questions
from nlu.sentiment_text import LONGEST_SENTENCE, split_sentences, split_units
from nlu.wrap_up import write_note

LONG = 60_000
MOST_S = 20.0
"""Of the processor's time, many times what is needed; the square of the length took minutes."""


def _of(text: str, *, speaker: str = "customer", language: str = "fr") -> Conversation:
    turn = Turn(index=0, speaker=speaker, text=text)
    return Conversation(id="c", channel="chat", language=language, turns=(turn,))


def _axes(said: Conversation) -> None:
    passages = passages_of(said)
    read_repeat(passages)
    read_urgency(passages, ())
    read_sales(passages)
    read_outcome(said)


@pytest.mark.parametrize(
    ("read", "text", "language"),
    [
        (_axes, "a", "fr"),
        (_axes, "i", "fr"),
        (_axes, ".", "fr"),
        (_axes, "a-", "en"),
        (find_questions, ".", "fr"),
        (find_commitments, "a\n", "fr"),
        (find_commitments, "le ", "fr"),
        (find_entities, "lundi ", "fr"),
        (find_personal_data, "1 ", "en"),
        (find_personal_data, "un ", "en"),
        (write_note, "lundi ", "fr"),
    ],
)
def test_a_long_text_takes_no_square_of_its_length(
    read: Callable[[Conversation], object], text: str, language: str
):
    said = _of((text * LONG)[:LONG], language=language)
    started = time.process_time()
    read(said)
    assert time.process_time() - started < MOST_S


def test_blanks_and_marks_without_end_take_no_square_of_their_number():
    started = time.process_time()
    blank, commas = " " * LONG, "," * LONG
    split_units(f"a {blank} b " * 2 + "mot " * 40)
    looks_like_chat(f"[{blank}\n10:02{blank}\n{blank}")
    ASKS_PERSON.search(f"{commas} euh")
    for pattern in ORDINALS:
        pattern.search("#" * LONG)
    assert time.process_time() - started < MOST_S


def test_a_stretch_without_an_end_mark_is_cut_at_spaces_and_loses_no_word():
    text = "mot " * 2_000
    pieces = split_sentences(text)
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= LONGEST_SENTENCE
    assert " ".join(pieces).split() == text.split()
    one_word = "a" * 5_000
    assert "".join(split_sentences(one_word)) == one_word


def test_a_count_of_contacts_is_read_as_before():
    for said, count in (
        ("C'est la troisième fois que j'appelle.", 3),
        ("C'est la vingt-et-unième fois que je vous appelle.", 21),
        ("C'est mon vingt-deuxième appel.", 22),
    ):
        assert read_repeat(passages_of(_of(said))).count == count, said
