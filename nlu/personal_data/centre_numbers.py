"""Customer and order numbers by the centre's own patterns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from conversation import Turn
from nlu.personal_data.found import Found, Span, spans_of
from nlu.personal_data.kinds import PersonalDataType
from nlu.personal_data.readings import Readings
from nlu.personal_data.settings import PersonalDataSettings, compile_pattern

_SURE = 0.97  # the centre knows its own numbers
_LONGEST = 24
_FEWEST = 3


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    return compile_pattern(pattern)


def _patterns(settings: PersonalDataSettings) -> list[tuple[PersonalDataType, Any]]:
    kinds: tuple[tuple[PersonalDataType, tuple[str, ...]], ...] = (
        ("customer_number", settings.customer_number_patterns),
        ("order_number", settings.order_number_patterns),
    )
    return [(kind, _compiled(one)) for kind, patterns in kinds for one in patterns]


def find_written_numbers(turns: Sequence[Turn], settings: PersonalDataSettings) -> Iterator[Found]:
    """Yield what the centre's patterns match in the turns as they are written.

    Args:
        turns: Of a conversation.
        settings: With the patterns.
    """
    for kind, pattern in _patterns(settings):
        for turn in turns:
            for match in pattern.finditer(turn.text):
                start, end = match.span()
                if end > start:
                    yield Found(kind, (Span(turn.index, start, end),), match.group(0), _SURE)


def find_dictated_numbers(readings: Readings, settings: PersonalDataSettings) -> Iterator[Found]:
    """Yield what the patterns match in numbers that are read out, over turns too.

    Args:
        readings: Of one side's talk.
        settings: With the patterns.
    """
    patterns = _patterns(settings)
    if not patterns:
        return
    stream = readings.stream
    for first, token in enumerate(stream.tokens):
        if token.kind not in ("digits", "word") or stream.is_number(first - 1):
            continue
        if not readings.edges(first, letters=True):
            continue
        for reading in readings.read(first, longest=_LONGEST, letters=True, most_cost=2):
            if len(reading.text) < _FEWEST or stream.is_number(reading.end):
                continue
            for kind, pattern in patterns:
                if pattern.fullmatch(reading.text):
                    spans = spans_of(stream, first, reading.end)
                    yield Found(kind, spans, reading.text, _SURE, cost=reading.cost)
