"""What has been said in a thread already, so that nothing is said twice."""

from __future__ import annotations

import re
import unicodedata

_SHINGLE_WORDS = 4
_KNOWN_SHARE = 0.5
_NEW_SHARE = 0.2
_MIN_NEW_WORDS = 4


class KnownText:
    """Remembers texts as runs of four words, however their lines are broken."""

    def __init__(self) -> None:
        self._shingles: set[tuple[str, ...]] = set()
        self._short: set[tuple[str, ...]] = set()

    def add(self, text: str) -> None:
        """Remember a text."""
        words = _words(text)
        self._shingles.update(_shingles(words))
        for line in text.split("\n"):
            self._short.add(tuple(_words(line)))
        if len(words) < 2 * _SHINGLE_WORDS:
            self._short.add(tuple(words))

    def share(self, text: str) -> float:
        """Return how much of a text is known, 0 to 1."""
        words = _words(text)
        if not words:
            return 1.0
        shingles = _shingles(words)
        if not shingles:
            return 1.0 if tuple(words) in self._short else 0.0
        return sum(shingle in self._shingles for shingle in shingles) / len(shingles)

    def knows(self, text: str) -> bool:
        """Tell whether a text was said before: half of it or more."""
        return self.share(text) >= _KNOWN_SHARE

    def new_lines(self, text: str) -> list[str]:
        """Return the lines of a known text that are not known: answers written into a quotation."""
        return [
            line.strip()
            for line in text.split("\n")
            if len(_words(line)) >= _MIN_NEW_WORDS
            and re.search(r"[^\W\d_]{2}", line)
            and self.share(line) < _NEW_SHARE
        ]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def _shingles(words: list[str]) -> list[tuple[str, ...]]:
    last = len(words) - _SHINGLE_WORDS
    return [tuple(words[at : at + _SHINGLE_WORDS]) for at in range(last + 1)]
