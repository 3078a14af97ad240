"""Parts of a number that the other side repeats while it is dictated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conversation import Turn
from nlu.personal_data.found import Found, Span, spans_of
from nlu.personal_data.kinds import PersonalDataType
from nlu.personal_data.readings import Readings
from nlu.personal_data.tokens import Stream, only_listens, tokenise

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
        The same, with further spans where there are repeats; a number that the repeats of another
        one happen to make is left out.
    """
    repeats_of: dict[int, list[Span]] = {}
    dropped: set[int] = set()
    order = sorted(range(len(found)), key=lambda at: -len(found[at].value or ""))
    for at in order:
        one = found[at]
        if at in dropped or one.type not in _REPEATED or one.value is None:
            continue
        repeats = list(_repeats(one, turns, language))
        own = {span.turn for span in one.spans}
        for other_at, other in enumerate(found):
            if other_at == at or other_at in dropped or not _is_no_longer(other, one):
                continue
            if all(
                span.turn not in own and any(_holds(repeat, span) for repeat in repeats)
                for span in other.spans
            ):
                dropped.add(other_at)
        repeats_of[at] = repeats
    taken = [span for at, one in enumerate(found) if at not in dropped for span in one.spans]
    more: list[Found] = []
    for at, one in enumerate(found):
        if at in dropped:
            continue
        new: list[Span] = []
        for span in repeats_of.get(at, ()):
            if not any(span.overlaps(other) for other in taken):
                new.append(span)
                taken.append(span)
        spans = sorted((*one.spans, *new), key=lambda span: (span.turn, span.start))
        more.append(replace(one, spans=tuple(spans)))
    for at in sorted(dropped):  # what no repeat could take, as something else stands there, stays
        left = [s for s in found[at].spans if not any(s.overlaps(other) for other in taken)]
        if left:
            more.append(replace(found[at], spans=tuple(left)))
            taken += left
    return more


def _is_no_longer(other: Found, one: Found) -> bool:
    """Say whether another find is a number, or a piece of a spelled name, no longer than it."""
    if other.type not in _REPEATED and other.type != "person":
        return False
    return len(other.value or "") <= len(one.value or "")


def _holds(outer: Span, inner: Span) -> bool:
    return outer.turn == inner.turn and outer.start <= inner.start and inner.end <= outer.end


def _repeats(one: Found, turns: Sequence[Turn], language: str) -> Iterator[Span]:
    """Yield where the turns between those of a number and after it repeat parts of it."""
    own = {span.turn for span in one.spans}
    last = min(max(own) + _AFTER, len(turns) - 1)
    for index in range(min(own), last + 1):
        if index not in own:
            yield from _digits_of(turns[index], one.value or "", language)


def _digits_of(turn: Turn, value: str, language: str) -> Iterator[Span]:
    """Yield the runs of digits, with their letters, of a turn that stand so in a value."""
    stream = Stream(tuple(tokenise(turn, language)), language)
    readings = Readings(stream)
    letters = not value.isdigit()
    fewest = 1 if only_listens(stream.tokens, language) else _FEWEST
    at = 0
    while at < len(stream.tokens):
        end = at + 1
        is_letter = letters and stream.tokens[at].key.upper() in (value[:1], value[:2])
        if stream.is_number(at) or is_letter:
            readings_here = readings.read(at, longest=len(value), letters=letters, most_cost=2)
            for reading in sorted(readings_here, key=lambda reading: -reading.end):
                is_part = len(reading.text) >= fewest and reading.text in value
                if is_part and not stream.is_number(reading.end):
                    yield from spans_of(stream, at, reading.end)
                    end = reading.end
                    break
        at = end
