"""Places in a text that are to be replaced, and a turn in which they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conversation import Turn, Word
from nlu.redaction.policy import CARD_TYPES

_ONLY_BETWEEN = re.compile(r"[\s.,;:/()–—-]*")


@dataclass(frozen=True)
class Span:
    """A place in a text and what is to stand there.

    Attributes:
        start: Index of the first character.
        end: Index after the last character.
        type: Of the personal data.
        placeholder: What stands there instead.
        is_repeat: Whether it was found because the value is known from elsewhere.
        is_checked: Whether a checksum confirms it.
        confidence: 0 to 1.
    """

    start: int
    end: int
    type: str
    placeholder: str
    is_repeat: bool = False
    is_checked: bool = False
    confidence: float = 1.0


def merge_spans(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Make spans that do not overlap.

    Those that overlap become one, and so do those of one value with only spaces and marks
    between them. Card data gives its name to what it overlaps, otherwise the longest does. What
    was found because it is known is only taken where nothing was found in its own right.
    """
    own = _joined(text, [span for span in spans if not span.is_repeat])
    repeats = [
        rest
        for span in spans
        if span.is_repeat
        for rest in _without(span, own)
        if any(character.isalnum() for character in text[rest.start : rest.end])
    ]
    return tuple(_joined(text, [*own, *repeats]))


def _without(span: Span, others: Sequence[Span]) -> list[Span]:
    """Return what is left of a span outside of others, which are in order."""
    rests: list[Span] = []
    start = span.start
    for other in others:
        if other.end <= start or other.start >= span.end:
            continue
        if other.start > start:
            rests.append(replace(span, start=start, end=other.start))
        start = other.end
    if start < span.end:
        rests.append(replace(span, start=start))
    return rests


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        last = joined[-1] if joined else None
        if last is not None and (
            span.start < last.end
            or (
                span.placeholder == last.placeholder
                and _ONLY_BETWEEN.fullmatch(text, last.end, span.start)
            )
        ):
            names = max(last, span, key=_weight)
            joined[-1] = replace(names, start=last.start, end=max(last.end, span.end))
        else:
            joined.append(span)
    return joined


def _weight(span: Span) -> tuple[bool, bool, int]:
    return (span.type in CARD_TYPES, not span.is_repeat, span.end - span.start)


def replace_spans(text: str, spans: Sequence[Span]) -> str:
    """Return the text with placeholders at the spans, which do not overlap."""
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += [text[at : span.start], span.placeholder]
        at = span.end
    return "".join([*pieces, text[at:]])


@dataclass(frozen=True)
class PlacedSpan:
    """A span and where its placeholder stands.

    Attributes:
        span: In the text as it was.
        start: Index of the placeholder's first character in the new text.
        end: Index after its last character.
        start_s: Seconds where the words of it start; of the turn where it has no words; None on
            text channels.
        end_s: Seconds where they end.
    """

    span: Span
    start: int
    end: int
    start_s: float | None
    end_s: float | None


def redact_turn(turn: Turn, spans: Sequence[Span]) -> tuple[Turn, tuple[PlacedSpan, ...]]:
    """Replace spans in a turn's text and in its words.

    The words that a span touches become one word, from the start of the first to the end of the
    last, with the least probability of them and nothing kept of what was said. Where words cannot
    be found in the text they are left out altogether, since they might hold what the text does
    not show.

    Args:
        turn: Any turn.
        spans: Of its text; see :func:`merge_spans`.

    Returns:
        The turn, and where the placeholders are.
    """
    if not spans:
        return turn, ()
    text = replace_spans(turn.text, spans)
    places = align_words(turn)
    if places is None:
        bare = turn.model_copy(update={"text": text, "words": ()})
        return bare, _placed(spans, [(turn.start_s, turn.end_s)] * len(spans))
    times: list[tuple[float | None, float | None]] = [(turn.start_s, turn.end_s)] * len(spans)
    words: list[Word] = []
    at = 0
    for first, last, inside in _groups(places, spans):
        words += turn.words[at:first]
        group = turn.words[first : last + 1]
        start, end = places[first][0], places[last][1]
        words.append(
            Word(
                text=replace_spans(
                    turn.text[start:end], [_within(span, start, end) for span in inside]
                ),
                start_s=group[0].start_s,
                end_s=group[-1].end_s,
                probability=min(word.probability for word in group),
            )
        )
        for span in inside:
            times[spans.index(span)] = (words[-1].start_s, words[-1].end_s)
        at = last + 1
    words += turn.words[at:]
    redacted = turn.model_copy(update={"text": text, "words": tuple(words)})
    return redacted, _placed(spans, times)


def align_words(turn: Turn) -> list[tuple[int, int]] | None:
    """Find the words of a turn in its text.

    Returns:
        The start and end of each; None where the text holds letters or digits that are in no
        word, or the other way round. A turn without words gives an empty list.
    """
    places: list[tuple[int, int]] = []
    at = 0
    for word in turn.words:
        start = turn.text.find(word.text, at)
        if start < 0 or any(character.isalnum() for character in turn.text[at:start]):
            return None
        at = start + len(word.text)
        places.append((start, at))
    if turn.words and any(character.isalnum() for character in turn.text[at:]):
        return None
    return places


def _groups(
    places: Sequence[tuple[int, int]], spans: Sequence[Span]
) -> list[tuple[int, int, list[Span]]]:
    """Return the first and last word that spans touch, with the spans; no word is in two."""
    groups: list[tuple[int, int, list[Span]]] = []
    for span in spans:
        touched = [
            number
            for number, (start, end) in enumerate(places)
            if start < span.end and end > span.start
        ]
        if not touched:
            continue
        if groups and groups[-1][1] >= touched[0]:
            first, last, inside = groups[-1]
            groups[-1] = (first, max(last, touched[-1]), [*inside, span])
        else:
            groups.append((touched[0], touched[-1], [span]))
    return groups


def _within(span: Span, start: int, end: int) -> Span:
    return replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)


def _placed(
    spans: Sequence[Span], times: Sequence[tuple[float | None, float | None]]
) -> tuple[PlacedSpan, ...]:
    placed: list[PlacedSpan] = []
    shift = 0
    for span, (start_s, end_s) in zip(spans, times, strict=True):
        start = span.start + shift
        end = start + len(span.placeholder)
        shift += len(span.placeholder) - (span.end - span.start)
        placed.append(PlacedSpan(span, start, end, start_s, end_s))
    return tuple(placed)
