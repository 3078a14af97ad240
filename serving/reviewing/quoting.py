"""Quotes of a conversation: by its own words, or by those that a redacted copy shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversation import Evidence, Turn
from conversation.errors import EvidenceMismatch
from nlu.redaction import find_placeholders

if TYPE_CHECKING:
    from serving.reviewing.contacts import Contact


def quotes(contact: Contact, given: Sequence[tuple[int, str]]) -> tuple[Evidence, ...]:
    """Find what somebody quotes in the conversation.

    Who is shown a redacted copy quotes it as they see it; the words behind are found.

    Args:
        contact: The conversation.
        given: Turn and words of each quote.

    Raises:
        EvidenceMismatch: A quote is verbatim neither in its turn nor in its redacted copy.
    """
    turns = contact.result.conversation.turns
    shown: Sequence[Turn] | None = None
    found = []
    for index, words in given:
        if index >= len(turns):
            raise EvidenceMismatch(
                f"a quote names turn {index}, the conversation has {len(turns)} turns",
                remedy="count turns from 0",
            )
        quote: str | None = words
        if words not in turns[index].text:
            shown = _redacted(contact) if shown is None else shown
            quote = _behind(words, shown[index].text, turns[index].text)
        found.append(Evidence.from_turn(turns[index], words if quote is None else quote))
    return tuple(found)


def _redacted(contact: Contact) -> Sequence[Turn]:
    from serving.redacting import redact_analysed

    return redact_analysed(contact.result.conversation, contact.values).conversation.turns


def _behind(quote: str, shown: str, text: str) -> str | None:
    """Return the words that a quote of a redacted turn stands for; None where it is none of it.

    Args:
        quote: As it is shown.
        shown: The redacted turn.
        text: The turn itself.
    """
    first = shown.find(quote)
    if first < 0:
        return None
    places = _places(shown, text)
    if places is None:
        return None
    last = first + len(quote)
    start = min(places[at][0] for at in range(first, last))
    end = max(places[at][1] for at in range(first, last))
    return text[start:end]


def _places(shown: str, text: str) -> list[tuple[int, int]] | None:
    """Return for each character of a redacted turn where in the turn it, or what it hides, is."""
    places: list[tuple[int, int]] = []
    at, cursor, hidden = 0, 0, 0
    spans = [(mark.start, mark.end) for mark in find_placeholders(shown)]
    for start, end in (*spans, (len(shown), len(shown))):
        plain = shown[at:start]
        is_end = start == len(shown) and not plain
        place = len(text) if is_end else text.find(plain, cursor)
        if place < 0:
            return None
        places += [(cursor, place)] * hidden  # what a placeholder hides ends where words go on
        places += [(place + number, place + number + 1) for number in range(len(plain))]
        cursor, hidden, at = place + len(plain), end - start, end
    return places
