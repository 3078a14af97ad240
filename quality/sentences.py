"""The sentences of a turn, each with its place, without what a message quotes of another."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import Conversation, Turn
from nlu.sentiment_text import split_units

_LEAST_WORDS = 2


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a clause of a long one.

    Attributes:
        turn: Where.
        start: Character offset in the turn's text.
        end: Character offset after it.
    """

    turn: Turn
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words, verbatim."""
        return self.turn.text[self.start : self.end]


def sentences_of(turn: Turn) -> list[Sentence]:
    """Cut a turn into its sentences of two words and more, in order.

    Lines that start with ``>`` (an e-mail quoted in the answer) are left out.
    """
    found: list[Sentence] = []
    cursor = 0
    for unit in split_units(turn.text):
        start = turn.text.index(unit, cursor)
        cursor = start + len(unit)
        if not unit.startswith(">") and len(unit.split()) >= _LEAST_WORDS:
            found.append(Sentence(turn, start, cursor))
    return found


def sentence_texts(conversation: Conversation) -> list[str]:
    """Return the distinct sentences of a conversation: what questions by meaning may ask for."""
    turns = (turn for turn in conversation.turns if turn.speaker != "system")
    return list(dict.fromkeys(one.text for turn in turns for one in sentences_of(turn)))
