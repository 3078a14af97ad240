"""All ways to read a stretch of talk as digits, the likeliest first.

"Soixante douze" is 72 or 60 12, "twenty four" is 24 or 20 4: nothing in the words tells. Every way
is kept with a cost, and a checksum, a length or a pattern decides later.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from conversation.written.numerals import read_number
from nlu.personal_data.fillers import CODE_WORDS, MULTIPLIERS, STANDS_FOR, ZEROS
from nlu.personal_data.tokens import Stream

_MOST_WORDS = 9  # of one number: "neuf mille neuf cent quatre-vingt-dix-neuf"
_MOST_DIGITS = 5  # of one number that is said in words
_MOST_KEPT = 24
_MOST_TRANSPARENT = 7
_HYPHENS = frozenset("-‐‑")
_SCALES = frozenset({"cent", "cents", "mille", "hundred", "thousand"})
_UNITS = frozenset(
    "deux trois quatre cinq six sept huit neuf a one two three four five six seven eight "
    "nine".split()
)
_CORSICA = {"a": "A", "à": "A", "b": "B", "bé": "B"}


@dataclass(frozen=True)
class Edge:
    """One number, or letters, read at one place.

    Attributes:
        end: Index of the first token after it.
        text: Digits or capitals.
        cost: 0 for the longest number that the words make.
    """

    end: int
    text: str
    cost: int


@dataclass(frozen=True)
class Reading:
    """One way to read a stretch.

    Attributes:
        text: Digits, and capitals where letters were allowed.
        cost: How much it departs from the longest numbers that the words make.
        end: Index of the first token after it.
        groups: Length of each group that was said or written together.
    """

    text: str
    cost: int
    end: int
    groups: tuple[int, ...]


class Readings:
    """Reads one stream, remembering what was read where.

    Args:
        stream: The talk of one side.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._edges: dict[tuple[int, bool], list[Edge]] = {}
        self._next: dict[int, int] = {}

    def edges(self, at: int, *, letters: bool = False) -> list[Edge]:
        """Return what may be read from a token on; empty where nothing may."""
        known = self._edges.get((at, letters))
        if known is None:
            known = self._edges[at, letters] = self._read_edges(at, letters=letters)
        return known

    def after_pause(self, at: int) -> int:
        """Return the index of the next number, over what a dictation may go on after; else ``at``.

        Only what is transparent may be between, at most a few words of it.
        """
        known = self._next.get(at)
        if known is None:
            position = at
            words = 0
            while self.stream.is_transparent(position) and words < _MOST_TRANSPARENT:
                words += self.stream.tokens[position].kind == "word"
                position += 1
            known = self._next[at] = position
        return known

    def read(
        self,
        at: int,
        *,
        longest: int,
        letters: bool = False,
        most_cost: int = 8,
        starts: Callable[[str], bool] | None = None,
    ) -> list[Reading]:
        """Read on from a token in every way.

        Args:
            at: Index of the first token.
            longest: Most characters to read.
            letters: Whether spelled letters belong to it.
            most_cost: Costlier readings are dropped.
            starts: Says of the text read so far whether it can go on.

        Returns:
            Every reading of every length, the cheapest first; at each end and length only the
            cheapest few.
        """
        layers: dict[int, dict[int, list[Reading]]] = {at: {0: [Reading("", 0, at, ())]}}
        done: list[Reading] = []
        while layers:
            position = min(layers)
            by_length = layers.pop(position)
            start = self.after_pause(position) if position != at else at
            for kept in by_length.values():
                kept.sort(key=_by_cost)
                del kept[_MOST_KEPT:]
                done += (reading for reading in kept if reading.text)
            for edge in self.edges(start, letters=letters):
                target = layers.setdefault(edge.end, {})
                for kept in by_length.values():
                    for reading in kept:
                        text = reading.text + edge.text
                        cost = reading.cost + edge.cost
                        if len(text) > longest or cost > most_cost:
                            continue
                        if starts is not None and not starts(text):
                            continue
                        target.setdefault(len(text), []).append(
                            Reading(text, cost, edge.end, (*reading.groups, len(edge.text)))
                        )
                if not target:
                    del layers[edge.end]
        done.sort(key=_by_cost)
        return done

    def _read_edges(self, at: int, *, letters: bool) -> list[Edge]:
        stream = self.stream
        if not 0 <= at < len(stream.tokens):
            return []
        token = stream.tokens[at]
        if token.kind == "digits":
            return [Edge(at + 1, token.text, 0)]
        if token.kind != "word":
            return []
        found = self._spoken(at)
        if letters:
            found += self._letters(at)
        elif edge := self._corsica(at):
            found.append(edge)
        return found

    def _spoken(self, at: int) -> list[Edge]:
        stream, language = self.stream, self.stream.language
        key = stream.key(at)
        if key in MULTIPLIERS[language]:
            times = MULTIPLIERS[language][key]
            return [
                Edge(edge.end, edge.text * times, edge.cost)
                for edge in self.edges(at + 1)
                if len(edge.text) == 1
            ]
        if key in ZEROS[language]:
            return [Edge(at + 1, "0", 0)]
        if not stream.is_number(at) or key == "une":
            return []
        keys: list[str] = []
        ends: list[int] = []
        position = at
        while position < len(stream.tokens) and len(keys) < _MOST_WORDS:
            one = stream.tokens[position]
            if one.kind == "mark" and one.key in _HYPHENS and one.glued and keys:
                position += 1
                continue
            if one.kind != "word":
                break
            keys.append(one.key)
            position += 1
            ends.append(position)
        found: list[Edge] = []
        for count in range(len(keys), 0, -1):
            if keys[count - 1] in ("et", "and"):
                continue
            number = read_number(keys[:count], 0, language)
            if number is None or number.end != count or number.is_ordinal:
                continue
            text = str(number.value)
            if len(text) > _MOST_DIGITS:
                continue
            is_new = _begins_number(keys, count, text, language)
            cost = 1 if found and is_new else _cut_cost(found, text)
            if language == "en" and key in _SCALES:
                cost += 2  # "thousand" is said with a number before it
            found.append(Edge(ends[count - 1], text, cost))
        return found

    def _letters(self, at: int) -> list[Edge]:
        stream = self.stream
        token = stream.tokens[at]
        if len(token.key) == 1 and token.key.isascii():
            end = at + 1
            if stream.key(end) in STANDS_FOR[stream.language]:
                named = end + (2 if stream.key(end + 1) in ("in", "dans") else 1)
                if _plain(stream.key(named)[:1]) == token.key:
                    end = named + 1
            return [Edge(end, token.key.upper(), 0)]
        if token.key in CODE_WORDS:
            return [Edge(at + 1, CODE_WORDS[token.key], 0)]
        beside_digits = token.glued and stream.tokens[at - 1].kind == "digits"
        if at + 1 < len(stream.tokens):
            following = stream.tokens[at + 1]
            beside_digits = beside_digits or (following.glued and following.kind == "digits")
        is_code = token.text.isupper() or beside_digits
        if is_code and len(token.key) <= 12 and token.key.isascii() and token.key.isalpha():
            return [Edge(at + 1, token.key.upper(), 0)]
        return []

    def _corsica(self, at: int) -> Edge | None:
        """Read the letter of "deux A", the only one in a number that is otherwise digits."""
        stream = self.stream
        letter = _CORSICA.get(stream.key(at))
        if letter is None or not stream.is_number(at - 1):
            return None
        if not stream.is_number(self.after_pause(at + 1)):
            return None
        before = stream.key(at - 1)
        return (
            Edge(at + 1, letter, 1) if before.endswith("2") or before in ("deux", "two") else None
        )


def _by_cost(reading: Reading) -> tuple[int, int]:
    return reading.cost, len(reading.groups)


def _cut_cost(longer: list[Edge], text: str) -> int:
    """Return how odd it is to stop before the longest number that the words make.

    "Soixante | douze" is ordinary when digits are dictated in pairs, "deux | mille" is not.
    """
    if not longer:
        return 0
    longest = len(longer[0].text)
    if longest <= 2:
        return 1
    return 2 if len(text) > 2 and text.endswith("0") else 3


def _begins_number(keys: list[str], at: int, text: str, language: str) -> bool:
    """Say whether a hundred or thousand of its own begins right after digits.

    "Nine hundred and twenty | two hundred and seven", "quarante-six | cent seize": the words
    before it alone would be taken into the number before.
    """
    following = keys[at : at + 2]
    if len(following) == 2 and following[1] in _SCALES and following[0] in _UNITS:
        return True
    return language == "fr" and following[:1] in (["cent"], ["mille"]) and len(text) > 1


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[:1]
