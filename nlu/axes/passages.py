"""Sentences of a conversation as patterns read them: lower case, no accents, places kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from conversation import Conversation, Evidence, Speaker, Turn
from nlu.sentiment_text import split_sentences

CUSTOMERS: frozenset[Speaker] = frozenset({"customer", "unknown"})
"""Whose words tell why they contact; where nobody could be told apart, everybody's."""

AGENTS: frozenset[Speaker] = frozenset({"agent", "bot", "unknown"})

QUOTE_WORDS = 30
"""Longer sentences, as transcripts without full stops have, are quoted around the cue only."""

_AROUND_WORDS = 10
_WORD = re.compile(r"\S+")
_APOSTROPHES = dict.fromkeys("’‘`´ʼ", "'")
_LIGATURES = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}


@dataclass(frozen=True)
class Passage:
    """One sentence of a turn.

    Attributes:
        turn: Whose words it is part of.
        text: The sentence, verbatim in the turn.
        plain: The same in lower case, without accents, with straight apostrophes and single
            spaces.
        places: Of each character of ``plain``, its position in ``text``.
    """

    turn: Turn
    text: str
    plain: str
    places: tuple[int, ...]

    def quote(self, start: int, end: int) -> Evidence:
        """Return the evidence for ``plain[start:end]``: the sentence, or the words around."""
        words = [match.span() for match in _WORD.finditer(self.text)]
        if len(words) <= QUOTE_WORDS:
            return Evidence.from_turn(self.turn, self.text)
        first, last = self.places[start], self.places[max(start, end - 1)]
        touched = [i for i, (at, to) in enumerate(words) if to > first and at <= last]
        low = max(0, touched[0] - _AROUND_WORDS)
        high = min(len(words) - 1, touched[-1] + _AROUND_WORDS)
        return Evidence.from_turn(self.turn, self.text[words[low][0] : words[high][1]])


def passages_of(
    conversation: Conversation, speakers: frozenset[Speaker] = CUSTOMERS
) -> tuple[Passage, ...]:
    """Cut the turns of some speakers in sentences; what an e-mail quotes (">") is left out."""
    return tuple(_passages(conversation, speakers))


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """Write a text in lower case without accents, typographic apostrophes and repeated spaces.

    Args:
        text: Any text.

    Returns:
        The plain text, and for each of its characters the position in ``text`` it came from.
    """
    characters: list[str] = []
    places: list[int] = []
    for position, character in enumerate(text):
        written = _APOSTROPHES.get(character) or _LIGATURES.get(character)
        if written is None:
            decomposed = unicodedata.normalize("NFKD", character.lower())
            written = "".join(c for c in decomposed if not unicodedata.combining(c))
        for piece in written:
            if piece.isspace():
                if characters and characters[-1] == " ":
                    continue
                piece = " "  # noqa: PLW2901
            characters.append(piece)
            places.append(position)
    return "".join(characters), tuple(places)


def _passages(conversation: Conversation, speakers: frozenset[Speaker]) -> Iterator[Passage]:
    for turn in conversation.turns:
        if turn.speaker not in speakers:
            continue
        for sentence in split_sentences(turn.text):
            if not sentence.startswith(">"):
                yield Passage(turn, sentence, *fold(sentence))
