"""What the agent has just said, in a form that a card can be compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from conversation.written.numerals import numbers_to_digits
from kb_search.words import Language, guess_language, split_words, stems


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of the agent.

    Attributes:
        at_s: Its end, seconds since the conversation began.
        terms: Stems of its words; numbers in digits.
    """

    at_s: float
    terms: frozenset[str]

    @classmethod
    def of(cls, text: str, at_s: float) -> Said:
        """Read a turn."""
        return cls(at_s, terms(text))


def said_share(text: str, said: Iterable[Said], since_s: float) -> float:
    """Return the share of a text's terms that were said from a moment on, 0 to 1."""
    wanted = terms(text)
    heard = frozenset[str]().union(*(each.terms for each in said if each.at_s >= since_s))
    return len(wanted & heard) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=512)
def terms(text: str) -> frozenset[str]:
    """Return the stems of a text's words; numbers in digits, so that "cinq" meets "5"."""
    language: Language = guess_language(text)
    digits = numbers_to_digits(split_words(text), language)
    return frozenset(stems(" ".join(digits), language)) - {"1"}  # also "un", "une", "a"
