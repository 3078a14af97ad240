"""What one speaker says sentence by sentence, with what the rules ask of a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation import Evidence, Turn
from quality.moments import quote
from quality.quoted_speech import is_quoted
from quality.texts import Token

if TYPE_CHECKING:
    from quality.contact import Mention


@dataclass(frozen=True)
class Utterance:
    """A sentence of one speaker.

    Attributes:
        turn: Where.
        sentence: Its number in the turn.
        tokens: Its words.
        moment: When it starts: seconds on recordings, message number on text channels.
        is_question: Whether it ends with a question mark.
        is_reported: Whether most of it is somebody else's speech.
    """

    turn: Turn
    sentence: int
    tokens: tuple[Token, ...]
    moment: float
    is_question: bool
    is_reported: bool

    @property
    def key(self) -> tuple[int, int]:
        """Turn and sentence: what a phrase's place is compared with."""
        return (self.turn.index, self.sentence)

    @property
    def start(self) -> int:
        """Character offset of the first word in the turn's text."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Character offset after the last word."""
        return self.tokens[-1].end

    @property
    def forms(self) -> tuple[str, ...]:
        """The words, folded."""
        return tuple(token.form for token in self.tokens)

    @property
    def text(self) -> str:
        """The words, verbatim."""
        return self.turn.text[self.start : self.end]

    @property
    def evidence(self) -> Evidence:
        """The words, quoted."""
        return quote(self.turn, self.start, self.end)


def cut_utterances(
    turn: Turn, tokens: list[Token], moment: Callable[[int], float]
) -> list[Utterance]:
    """Cut a turn into sentences, in order.

    Args:
        turn: To cut.
        tokens: Its words.
        moment: Tells when a character of it was said.
    """
    by_sentence: dict[int, list[Token]] = {}
    for token in tokens:
        by_sentence.setdefault(token.sentence, []).append(token)
    found = []
    for number, words in by_sentence.items():
        start, end = words[0].start, words[-1].end
        found.append(
            Utterance(
                turn,
                number,
                tuple(words),
                moment(start),
                turn.text[end:].lstrip(' \u00a0\u202f»”"').startswith("?"),
                is_quoted(turn.text, start, end),
            )
        )
    return found


def keys(mentions: list[Mention]) -> set[tuple[int, int]]:
    """Tell in which sentences phrases were found: turn and sentence."""
    return {
        (mention.turn.index, sentence)
        for mention in mentions
        for sentence in (mention.sentence, max(mention.sentence, mention.last_sentence))
    }
