"""The entities of a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import Conversation, Evidence, Turn
from nlu.entities.amounts import find_amounts
from nlu.entities.entity import Entity, Product
from nlu.entities.found import Found, without_overlaps
from nlu.entities.moments import find_moments
from nlu.entities.order_numbers import find_order_numbers
from nlu.entities.products import find_products, product_names
from nlu.entities.written_text import fold, read_written

LANGUAGES = ("fr", "en")
"""Languages whose rules are written; the others give no entity."""


def find_entities(
    conversation: Conversation,
    *,
    language: str | None = None,
    products: Sequence[Product | str] = (),
    order_patterns: Sequence[str] = (),
) -> tuple[Entity, ...]:
    """Find what was said of amounts, dates, deadlines, orders, products and quantities.

    Days are counted from ``conversation.started_at``, or from the turn's own date on text
    channels. What stands in letters ("quarante-deux euros") is read as what stands in figures.

    Args:
        conversation: Any conversation.
        language: BCP 47 primary tag; the conversation's own when None.
        products: The centre's products, as names or with aliases.
        order_patterns: Regular expressions (RE2) of the centre's order numbers
            (``TP-[0-9]{6}``).

    Returns:
        The entities in the order in which they were said; none overlaps another. Empty for a
        language other than French and English.

    Raises:
        DefinitionInvalid: An order pattern cannot be used.
    """
    primary = (language or conversation.language or "").split("-")[0].lower()
    if primary not in LANGUAGES:
        return ()
    names = product_names(products)
    entities: list[Entity] = []
    before: Turn | None = None
    for turn in conversation.turns:
        written = read_written(turn.text, primary)
        now = turn.at or conversation.started_at
        asked = fold(before.text) if before and before.speaker != turn.speaker else ""
        found = without_overlaps(
            [
                *find_order_numbers(written, order_patterns, asked_before=asked),
                *find_products(written, names),
                *find_amounts(written),
                *find_moments(written, now),
            ]
        )
        entities += [
            Entity(
                kind=one.kind,
                value=one.value,
                number=one.number,
                unit=one.unit,
                speaker=turn.speaker,
                evidence=evidence_at(turn, *written.original_span(one.start, one.end)),
            )
            for one in found
        ]
        if turn.speaker != "system":
            before = turn
    return tuple(entities)


def find_in_text(text: str, language: str) -> tuple[Found, ...]:
    """Find amounts, percentages, measures, days, times and durations in a text by itself.

    Args:
        text: Any text, such as a sentence of a note.
        language: ``fr`` or ``en``.

    Returns:
        What was found, in order; days are not counted from any date.
    """
    written = read_written(text, language)
    return tuple(without_overlaps([*find_amounts(written), *find_moments(written, None)]))


def evidence_at(turn: Turn, start: int, end: int) -> Evidence:
    """Quote ``turn.text[start:end]``, without the spaces around it.

    A quote that stands twice in a turn is placed at its first occurrence, as evidence is.
    """
    return Evidence.from_turn(turn, turn.text[start:end].strip())
