"""Words that a speaker repeats of somebody else: between quotation marks, or reported."""

from __future__ import annotations

import re
from functools import lru_cache

_PLAIN = str.maketrans("àâäéèêëîïôöùûüç’", "aaaeeeeiioouuuc'")
_SENTENCE_END = re.compile(r"[.!?…\n]")
_MARKED = re.compile(r"«[^»\n]*»|“[^”\n]*”|\"[^\"\n]*\"|^[ \t]*>.*$", re.MULTILINE)
_SAID_FR = (
    r"(?:dit|disait|disaient|disent|repondu|repond|affirme|affirmait|explique|expliquait|promis|"
    r"annonce|precise|ecrit|assure|raconte|indique|confirme|soutenu|pretend|sorti)"
)
_SAID_EN = (
    r"(?:said|says|told|tells|answered|replied|promised|claimed|claims|wrote|explained|assured|"
    r"informed|mentioned)"
)
_SOMEBODY_FR = (
    r"(?:il|elle|on|ils|elles|vous|tu|quelqu'un|"
    r"(?:le|la|les|un|une|votre|vos|mon|ma|mes|ton|notre|nos|l)[ '’](?:\w+[ '’]){0,2}?\w+)"
)
_SOMEBODY_EN = (
    r"(?:he|she|they|you|someone|somebody|(?:the|a|an|your|my|our|his|her|their) (?:\w+ ){0,2}?\w+)"
)
_BETWEEN = (
    r"(?:(?:m|t|s|l|n|nous|vous|lui|leur|a|as|ont|avait|avez|avaient|est|bien|deja|aussi|"
    r"encore|pourtant|toujours)[ '’]){0,4}"
)
_REPORTED = re.compile(
    rf"\b{_SOMEBODY_FR} {_BETWEEN}{_SAID_FR}\b(?: (?:que|qu)[ '’]| :| ?,| (?=[^\W\d]))"
    rf"|\b{_SOMEBODY_EN} (?:had |has |have |already |also |just |always |once ){{0,2}}{_SAID_EN}\b"
    r"(?: (?:me|us|you|him|her|them))?(?: that)?[ :,]"
)


@lru_cache(maxsize=1024)
def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Find what is not the speaker's own statement.

    That is what stands between quotation marks, lines quoted in an e-mail, and what follows
    "il m'a dit que", "votre collègue a répondu", "she told me that" up to the end of the
    sentence. "Je vous ai dit que" stays the speaker's own.

    Args:
        text: Of a turn, in French or English.

    Returns:
        Character offsets, in order of their kind.
    """
    spans = [match.span() for match in _MARKED.finditer(text)]
    folded = text.casefold()
    if len(folded) != len(text):  # ß, İ: offsets would move
        folded = text.lower() if len(text.lower()) == len(text) else text
    folded = folded.translate(_PLAIN)
    for match in _REPORTED.finditer(folded):
        ending = _SENTENCE_END.search(folded, match.end())
        spans.append((match.end(), ending.start() if ending else len(text)))
    return tuple(spans)


def is_quoted(text: str, start: int, end: int) -> bool:
    """Say whether a part of a text is not the speaker's own statement.

    A third is enough: "my colleague told me that" is as long as what follows it.
    """
    covered = sum(max(0, min(end, last) - max(start, first)) for first, last in quoted_spans(text))
    return covered > 0 and 3 * covered >= end - start
