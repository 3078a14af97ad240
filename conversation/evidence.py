"""Pointers from a conclusion back to the words that support it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import EvidenceMismatch
from conversation.turn import Turn


class Evidence(BaseModel):
    """A verbatim quote and its place. Build it with :meth:`from_turn`, which checks it.

    Attributes:
        turn_index: Which turn of the conversation.
        start_s: Seconds where the quote starts in the recording; None on text channels.
        end_s: Seconds where the quote ends in the recording; None on text channels.
        quote: The words, verbatim in the turn's text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turn_index: int = Field(ge=0)
    start_s: float | None = Field(default=None, ge=0)
    end_s: float | None = Field(default=None, ge=0)
    quote: str = Field(min_length=1)

    @classmethod
    def from_turn(cls, turn: Turn, quote: str | None = None) -> Evidence:
        """Quote a turn, whole or in part, with the times of the quoted words.

        Args:
            turn: The turn to quote.
            quote: A verbatim part of ``turn.text``; the whole text when None.

        Returns:
            The evidence; its times are those of the quoted words where the turn has words,
            otherwise those of the turn.

        Raises:
            EvidenceMismatch: The quote is empty or not verbatim in the turn.
        """
        quote = turn.text if quote is None else quote
        position = turn.text.find(quote) if quote.strip() else -1
        if position < 0:
            raise EvidenceMismatch(
                f"the quote {quote!r} is not in turn {turn.index} ({turn.text[:80]!r})",
                remedy="quote the turn's own words",
            )
        start_s, end_s = turn.start_s, turn.end_s
        span = _word_span(turn, position, position + len(quote))
        if span is not None:
            start_s, end_s = turn.words[span[0]].start_s, turn.words[span[1]].end_s
        return cls(turn_index=turn.index, start_s=start_s, end_s=end_s, quote=quote)


def _word_span(turn: Turn, start: int, end: int) -> tuple[int, int] | None:
    """Return the first and last word that ``turn.text[start:end]`` touches, or None.

    Words are looked up one after the other in the text; where the text was rewritten and a word
    is no longer found, the turn's own times have to do.
    """
    touched: list[int] = []
    cursor = 0
    for number, word in enumerate(turn.words):
        found = turn.text.find(word.text, cursor)
        if found < 0:
            return None
        cursor = found + len(word.text)
        if found < end and cursor > start:
            touched.append(number)
    return (touched[0], touched[-1]) if touched else None
