"""Turns as tokens with their place, and the talk of one side as a stream of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from conversation import Turn
from conversation.written.numerals import NUMBER_WORDS
from nlu.personal_data.fillers import (
    HESITATIONS,
    MULTIPLIERS,
    STANDS_FOR,
    TRANSPARENT,
    ZEROS,
)
from nlu.personal_data.placing import place_words

TokenKind = Literal["digits", "word", "mark", "turn", "break"]

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+(?:['’](?=[^\W\d_]))?|[^\w\s]|_")
_MOST_TURNS_BETWEEN = 3


@dataclass(frozen=True)
class Token:
    """A word, a run of digits or a mark.

    Attributes:
        kind: ``turn`` and ``break`` stand between turns: after a ``turn`` the same dictation may
            go on, after a ``break`` it may not.
        key: Lower case, with a straight apostrophe.
        text: As it stands in the turn.
        turn: Index of the turn.
        start: Index of its first character in the turn's text.
        end: Index after its last character.
        glued: Whether no space is before it.
    """

    kind: TokenKind
    key: str
    text: str
    turn: int
    start: int
    end: int
    glued: bool = False


@dataclass(frozen=True)
class Stream:
    """What one side says, turn after turn.

    Attributes:
        tokens: In order, hesitations left out.
        language: ``fr`` or ``en``.
    """

    tokens: tuple[Token, ...]
    language: str

    def key(self, at: int) -> str:
        """Return the key at an index; "" outside the stream."""
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def is_number(self, at: int) -> bool:
        """Say whether a token is digits or a word of a number."""
        if not 0 <= at < len(self.tokens):
            return False
        token = self.tokens[at]
        return token.kind == "digits" or is_number_word(token.key, self.language)

    def is_transparent(self, at: int) -> bool:
        """Say whether a dictated number may go on after a token."""
        if not 0 <= at < len(self.tokens):
            return False
        token = self.tokens[at]
        if token.kind == "turn":
            return True
        if token.kind == "mark":
            return token.key in ",.;-‐‑–—…()\"'_·|«»!?"
        return token.kind == "word" and token.key in TRANSPARENT[self.language]


def is_number_word(key: str, language: str) -> bool:
    """Say whether a lower-case word may be part of a number read aloud."""
    return key in NUMBER_WORDS[language] or key in ZEROS[language] or key in MULTIPLIERS[language]


def tokenise(turn: Turn, language: str) -> list[Token]:
    """Take a turn's text apart, hesitations left out.

    Args:
        turn: Any turn.
        language: ``fr`` or ``en``.
    """
    tokens: list[Token] = []
    last_end = -1
    for match in _TOKEN.finditer(turn.text):
        text = match[0]
        key = text.lower().replace("’", "'")
        kind: TokenKind = (
            "digits" if text[0] in "0123456789" else "word" if text[0].isalpha() else "mark"
        )
        if key not in HESITATIONS[language]:
            glued = match.start() == last_end
            tokens.append(Token(kind, key, text, turn.index, match.start(), match.end(), glued))
        last_end = match.end()
    return tokens


def tokenise_as_said(turn: Turn, language: str) -> list[Token]:
    """Take a turn apart as it was said; each token has the place of what is written for it.

    Args:
        turn: Any turn.
        language: ``fr`` or ``en``.

    Returns:
        The tokens; those of the text where its words are not all in it.
    """
    words = place_words(turn)
    if not words or len(words) != len(turn.words):
        return tokenise(turn, language)
    tokens: list[Token] = []
    for one in words:
        said = one.word.spoken or one.word.text
        pieces = tokenise(Turn(index=turn.index, speaker=turn.speaker, text=said), language)
        tokens += (replace(piece, start=one.start, end=one.end) for piece in pieces)
    return tokens


def streams_of(turns: Sequence[Turn], language: str, *, as_said: bool = False) -> list[Stream]:
    """Join the turns of each side, as far as the others only acknowledge in between.

    Args:
        turns: Of a conversation, in order.
        language: ``fr`` or ``en``.
        as_said: Whether numbers are taken in words, where the recogniser wrote them in digits.

    Returns:
        One stream for each role that speaks.
    """
    take = tokenise_as_said if as_said else tokenise
    tokens = [take(turn, language) for turn in turns]
    listens = [only_listens(one, language) for one in tokens]
    streams: list[Stream] = []
    for speaker in dict.fromkeys(turn.speaker for turn in turns):
        joined: list[Token] = []
        last: int | None = None
        for turn in turns:
            if turn.speaker != speaker:
                continue
            if last is not None:
                between = [n for n in range(last + 1, turn.index) if turns[n].text.strip()]
                goes_on = len(between) <= _MOST_TURNS_BETWEEN and all(listens[n] for n in between)
                joined.append(Token("turn" if goes_on else "break", "\n", "", turn.index, 0, 0))
            joined += tokens[turn.index]
            last = turn.index
        streams.append(Stream(tuple(joined), language))
    return streams


def only_listens(tokens: Sequence[Token], language: str) -> bool:
    """Say whether a turn only acknowledges, or repeats what was dictated.

    Args:
        tokens: Of the turn.
        language: ``fr`` or ``en``.
    """
    if len(tokens) > 40:
        return False
    return all(
        token.kind in ("digits", "mark")
        or token.key in TRANSPARENT[language]
        or is_number_word(token.key, language)
        or len(token.key) == 1
        or (len(token.key) <= 4 and token.text.isupper())
        or _stands_for_letter(tokens, at, language)
        for at, token in enumerate(tokens)
    )


def _stands_for_letter(tokens: Sequence[Token], at: int, language: str) -> bool:
    """Say whether a word is of "F comme France", "F for Freddie"."""
    links = STANDS_FOR[language]
    if tokens[at].key in links:
        return at > 0 and len(tokens[at - 1].key) == 1
    return at > 1 and tokens[at - 1].key in links and len(tokens[at - 2].key) == 1
