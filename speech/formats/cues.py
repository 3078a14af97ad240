"""Turns cut into subtitles: short, cut where a reader would pause, on the clock of the words.

Lengths are those that broadcasters agree on: at most two lines of 42 characters, 1 to 7 seconds,
about 20 characters a second
(https://partnerhelp.netflixstudios.com/hc/en-us/articles/217350977).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conversation import Conversation, Turn
from conversation.errors import BadInput

LINE_CHARACTERS = 42
LONGEST_MS = 7000
SHORTEST_MS = 1000
CHARACTERS_PER_S = 20

_PAUSE_MS = 300
_LONG_PAUSE_MS = 1200
_LEAST_CUE_MS = 1
_SENTENCE_END = (".", "?", "!", "…", ".»", "»", '."', '?"', '!"')
_CLAUSE_END = (",", ";", ":", "–", "—")
# Costs of the search for the best cuts; only their order of size matters.
_CUE, _CUT_IN_CLAUSE, _CUT_AT_COMMA, _TOO_SHORT = 1.0, 4.0, 1.0, 2.0
_SENTENCE_INSIDE, _PAUSE_INSIDE = 0.7, 1.0


@dataclass(frozen=True)
class Cue:
    """One subtitle.

    Attributes:
        turn: Index of the turn it is part of.
        start_ms: When it appears, milliseconds from the start of the recording.
        end_ms: When it goes, after ``start_ms``.
        lines: One or two lines.
    """

    turn: int
    start_ms: int
    end_ms: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class _Piece:
    """A word on the clock; never cut, even where it holds a space (``42 €``)."""

    text: str
    start_ms: int
    end_ms: int


def check_times(conversation: Conversation, format_name: str) -> None:
    """Check that a conversation has the times that a format needs.

    Raises:
        BadInput: A turn has none.
    """
    without = sum(turn.start_s is None for turn in conversation.turns)
    if without:
        raise BadInput(
            f"{conversation.id} has {without} turn(s) without times, which {format_name} needs",
            remedy="use the format json or text",
        )


def split_into_cues(
    conversation: Conversation, *, prefixes: Sequence[str], may_overlap: bool
) -> tuple[Cue, ...]:
    """Cut the turns of a conversation into cues.

    Args:
        conversation: A conversation with times.
        prefixes: What the format writes in front of the cues of each turn; it counts as part of
            the first line and is not in the cue.
        may_overlap: Whether two cues may be shown at once where two people speak at once. If
            not, a cue gives way to the next as soon as it could be read, and the next waits
            until then.

    Returns:
        The cues in the order in which they start; their words are the words of the turns, each
        once and in order. None ends after the recording.
    """
    cues = [
        cue
        for turn, prefix in zip(conversation.turns, prefixes, strict=True)
        for cue in _cues_of_turn(turn, len(prefix))
    ]
    cues.sort(key=lambda cue: (cue.start_ms, cue.turn))
    last_ms = max((cue.end_ms for cue in cues), default=0)
    if conversation.duration_s is not None:
        last_ms = max(last_ms, math.floor(conversation.duration_s * 1000))
    lengthened = [
        _shown_long_enough(cue, cues[place + 1].start_ms if place + 1 < len(cues) else last_ms)
        for place, cue in enumerate(cues)
    ]
    if not may_overlap:
        lengthened = _one_after_the_other(lengthened)
    return tuple(_inside(lengthened, last_ms, apart=not may_overlap))


def _cues_of_turn(turn: Turn, prefix: int) -> list[Cue]:
    pieces = _pieces(turn)
    cues = []
    for first, end in _best_cuts(pieces, prefix):
        group = pieces[first:end]
        start_ms = group[0].start_ms
        end_ms = max(piece.end_ms for piece in group)
        cues.append(
            Cue(turn.index, start_ms, min(end_ms, start_ms + LONGEST_MS), _lines(group, prefix))
        )
    return cues


def _pieces(turn: Turn) -> list[_Piece]:
    """Return the words of a turn; where only its own times are known, share them out."""
    if turn.words:
        return [
            _Piece(" ".join(word.text.split()), *map(_ms, (word.start_s, word.end_s)))
            for word in turn.words
            if word.text.strip()
        ]
    words = turn.text.split()
    start_ms, end_ms = _ms(turn.start_s or 0.0), _ms(turn.end_s or 0.0)
    characters = sum(map(len, words)) or 1
    pieces, done = [], 0
    for word in words:
        before_ms = start_ms + (end_ms - start_ms) * done // characters
        done += len(word)
        pieces.append(_Piece(word, before_ms, start_ms + (end_ms - start_ms) * done // characters))
    return pieces


def _best_cuts(pieces: Sequence[_Piece], prefix: int) -> list[tuple[int, int]]:
    """Choose where to cut: the cheapest way through the words, cue by cue.

    Returns:
        First word and the one after the last of each cue.
    """
    best = [0.0] + [math.inf] * len(pieces)
    came_from = [0] * (len(pieces) + 1)
    for first in range(len(pieces)):
        inner, length = 0.0, prefix - 1
        for end in range(first + 1, len(pieces) + 1):
            length += len(pieces[end - 1].text) + 1
            if length > 2 * LINE_CHARACTERS + 1 and end - first > 1:
                break
            group = pieces[first:end]
            if end - first > 1 and not _fits(group, length, prefix):
                break
            if end - first > 1:
                inner += _price_inside(pieces[end - 2], pieces[end - 1])
            price = best[first] + inner + _price(pieces, first, end)
            if price < best[end]:
                best[end], came_from[end] = price, first
    cuts, end = [], len(pieces)
    while end > 0:
        cuts.append((came_from[end], end))
        end = came_from[end]
    return cuts[::-1]


def _fits(group: Sequence[_Piece], length: int, prefix: int) -> bool:
    if group[-1].end_ms - group[0].start_ms > LONGEST_MS:
        return False
    if group[-1].start_ms - group[-2].end_ms > _LONG_PAUSE_MS:
        return False
    if length <= LINE_CHARACTERS:
        return True
    return _line_break(group, prefix) is not None


def _price(pieces: Sequence[_Piece], first: int, end: int) -> float:
    price = _CUE
    if end < len(pieces):
        last, following = pieces[end - 1], pieces[end]
        if last.text.endswith(_CLAUSE_END):
            price += _CUT_AT_COMMA
        elif not last.text.endswith(_SENTENCE_END):
            price += _CUT_IN_CLAUSE * (
                0.5 if following.start_ms - last.end_ms >= _PAUSE_MS else 1.0
            )
    if pieces[end - 1].end_ms - pieces[first].start_ms < SHORTEST_MS:
        price += _TOO_SHORT
    return price


def _price_inside(before: _Piece, after: _Piece) -> float:
    """Return what it costs to leave two words together."""
    price = _SENTENCE_INSIDE if before.text.endswith(_SENTENCE_END) else 0.0
    return price + (_PAUSE_INSIDE if after.start_ms - before.end_ms >= _PAUSE_MS else 0.0)


def _length(group: Sequence[_Piece]) -> int:
    return sum(len(piece.text) for piece in group) + len(group) - 1


def _line_break(group: Sequence[_Piece], prefix: int) -> int | None:
    """Return where the second line starts: at a comma if it can be, else near the middle."""
    whole = _length(group)
    first, best = prefix - 1, None
    for place in range(1, len(group)):
        first += len(group[place - 1].text) + 1
        second = whole - (first - prefix) - 1
        if first > LINE_CHARACTERS:
            break
        if second <= LINE_CHARACTERS:
            at_comma = group[place - 1].text.endswith(_SENTENCE_END + _CLAUSE_END)
            price = abs(first - second) - (20 if at_comma else 0)
            if best is None or price < best[0]:
                best = (price, place)
    return None if best is None else best[1]


def _lines(group: Sequence[_Piece], prefix: int) -> tuple[str, ...]:
    words = [piece.text for piece in group]
    if len(words) == 1 or prefix + _length(group) <= LINE_CHARACTERS:
        return (" ".join(words),)
    place = _line_break(group, prefix) or 1
    return (" ".join(words[:place]), " ".join(words[place:]))


def _shown_long_enough(cue: Cue, next_start_ms: int) -> Cue:
    """Show a cue for a second, unless the next one comes before that."""
    wanted_ms = min(cue.start_ms + SHORTEST_MS, next_start_ms)
    return replace(cue, end_ms=max(cue.end_ms, wanted_ms))


def _one_after_the_other(cues: Sequence[Cue]) -> list[Cue]:
    shown: list[Cue] = []
    free_ms = 0
    for place, cue in enumerate(cues):
        start_ms = max(cue.start_ms, free_ms)
        end_ms = max(cue.end_ms, start_ms)
        if place + 1 < len(cues):
            read_ms = max(SHORTEST_MS, len(cue.text) * 1000 // CHARACTERS_PER_S)
            wanted_ms = max(cues[place + 1].start_ms, start_ms + min(read_ms, LONGEST_MS))
            natural_ms = max(cue.end_ms, start_ms + SHORTEST_MS)
            end_ms = min(natural_ms, wanted_ms)
        shown.append(replace(cue, start_ms=start_ms, end_ms=end_ms))
        free_ms = end_ms
    return shown


def _inside(cues: Sequence[Cue], last_ms: int, *, apart: bool) -> list[Cue]:
    """Pull cues back before the end of the recording, none of them empty, none out of order."""
    limit_ms = max(last_ms, len(cues) * _LEAST_CUE_MS)
    end_limit_ms = limit_ms
    pulled: list[Cue] = []
    for place in reversed(range(len(cues))):
        cue = cues[place]
        end_ms = min(cue.end_ms, end_limit_ms)
        start_ms = min(cue.start_ms, limit_ms - _LEAST_CUE_MS)
        if end_ms - start_ms < _LEAST_CUE_MS:
            end_ms = max(min(start_ms + _LEAST_CUE_MS, end_limit_ms), place + _LEAST_CUE_MS)
            start_ms = min(start_ms, end_ms - _LEAST_CUE_MS)
        pulled.append(replace(cue, start_ms=start_ms, end_ms=end_ms))
        if apart:
            limit_ms = end_limit_ms = start_ms
        else:
            limit_ms = start_ms + _LEAST_CUE_MS
    return pulled[::-1]


def _ms(time_s: float) -> int:
    return math.floor(time_s * 1000 + 1e-6)
