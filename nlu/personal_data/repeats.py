"""Parts of a number that the other side repeats while it is dictated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conversation import Turn
from nlu.personal_data.found import Found, Span, spans_of
from nlu.personal_data.kinds import PersonalDataType
from nlu.personal_data.readings import Readings
from nlu.personal_data.tokens import Stream, tokenise

_REPEATED: frozenset[PersonalDataType] = frozenset({
    "card_number", "iban", "bank_account", "nir", "siren", "siret", "phone", "card_cvv",
    "customer_number", "order_number", "national_id", "vat",
})  # fmt: skip
_FEWEST = 2
_AFTER = 2  # turns


def with_repeats(found: Sequence[Found], turns: Sequence[Turn], language: str) -> list[Found]:
    """Add to what was found the digits that are repeated during or right after it.

    Args:
        found: Without overlaps, in order.
        turns: Of the conversation.
        language: ``fr`` or ``en``.

    Returns:
        The same, with further spans where there are repeats.
    """
    taken = [span for one in found for span in one.spans]
    more: list[Found] = []
    for one in found:
        if one.type not in _REPEATED or one.value is None:
            more.append(one)
            continue
        own = {span.turn for span in one.spans}
        first, last = min(own), min(max(own) + _AFTER, len(turns) - 1)
        repeats: list[Span] = []
        for index in range(first, last + 1):
            if index in own:
                continue
            for span in _digits_of(turns[index], one.value, language):
                if not any(span.overlaps(other) for other in taken):
                    repeats.append(span)
                    taken.append(span)
        spans = sorted((*one.spans, *repeats), key=lambda span: (span.turn, span.start))
        more.append(replace(one, spans=tuple(spans)))
    return more


def _digits_of(turn: Turn, value: str, language: str) -> Iterator[Span]:
    """Yield the runs of digits of a turn that stand so in a value."""
    stream = Stream(tuple(tokenise(turn, language)), language)
    readings = Readings(stream)
    at = 0
    while at < len(stream.tokens):
        end = at + 1
        if stream.is_number(at):
            for reading in readings.read(at, longest=len(value), most_cost=2):
                is_part = len(reading.text) >= _FEWEST and reading.text in value
                if is_part and not stream.is_number(reading.end):
                    yield from spans_of(stream, at, reading.end)
                    end = reading.end
                    break
        at = end
