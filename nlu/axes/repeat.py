"""Whether the customer says to have contacted the centre before about this."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence
from conversation.written.numerals import numbers_to_digits
from nlu.axes.cues import find_cues
from nlu.axes.passages import Passage
from nlu.axes.repeat_patterns import AGAIN, FIRST_TIME, NOT_AGAIN, TIMES

_MOST = 99  # more than a person would count


class RepeatContact(BaseModel):
    """What the customer says about earlier contacts.

    Attributes:
        stated: Whether the customer says to have contacted before.
        count: The number said, as said: 3 for "c'est la troisième fois que j'appelle", 2 for
            "j'ai déjà appelé deux fois"; None where none is.
        evidence: The sentences that say it; of a first contact ("c'est la première fois que
            j'appelle"), that one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stated: bool
    count: int | None = Field(default=None, ge=2, le=_MOST)
    evidence: tuple[Evidence, ...] = ()


def read_repeat(passages: Sequence[Passage]) -> RepeatContact:
    """Tell whether the customer says to have contacted before, and how often.

    Args:
        passages: The customer's sentences, in order.

    Returns:
        What was said; not stated when nothing was.
    """
    evidence: list[Evidence] = []
    first_time: list[Evidence] = []
    counts: list[int] = []
    for passage in passages:
        match = next(find_cues(passage.plain, AGAIN, but=NOT_AGAIN), None)
        count = _count(passage)
        if count is not None:
            counts.append(count)
        if match is not None:
            evidence.append(passage.quote(match.start, match.end))
        elif count is not None:
            evidence.append(passage.quote(0, len(passage.plain)))
        elif denied := next(find_cues(passage.plain, FIRST_TIME), None):
            first_time.append(passage.quote(denied.start, denied.end))
    if not evidence:
        return RepeatContact(stated=False, evidence=tuple(first_time[:1]))
    return RepeatContact(
        stated=True, count=max(counts, default=None), evidence=tuple(dict.fromkeys(evidence))
    )


def _count(passage: Passage) -> int | None:
    for pattern in TIMES:
        for match in pattern.finditer(passage.plain):
            number = _number(match["n"])
            if number is not None and 2 <= number <= _MOST:
                return number
    return None


def _number(words: str) -> int | None:
    """Read "troisieme", "3e", "fifth", "douze" where accents were taken away."""
    plain = words.replace("ieme", "ième").replace("-", " ").strip()
    if digits := re.match(r"\d+", plain):
        return int(digits.group())
    if plain in {"twice", "seconde"}:
        return 2
    for language in ("fr", "en"):
        read = numbers_to_digits(plain.split(), language)
        if read and read[0].isdigit():
            return int(read[0])
    return None
