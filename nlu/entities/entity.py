"""What was said that a centre's records are made of: amounts, dates, orders, products."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import Evidence, Speaker

EntityKind = Literal[
    "amount",
    "percentage",
    "quantity",
    "date",
    "time",
    "duration",
    "deadline",
    "order_number",
    "product",
]
ENTITY_KINDS: tuple[EntityKind, ...] = get_args(EntityKind)


class Entity(BaseModel):
    """One thing said, with its normalised value.

    Attributes:
        kind: What it is. A ``deadline`` is a date or duration by which something is to be done;
            a ``quantity`` a number of a unit of measure.
        value: Normalised. ``amount``: ``15.50 EUR``; ``percentage``: ``20 %``; ``quantity``:
            ``100 Go``; ``date`` and ``deadline``: ISO 8601 date, or interval of two dates with a
            slash; a deadline in hours: date and time; ``time``: ``08:00``, or an interval;
            ``duration``: ISO 8601 (``P8D``, ``PT48H``); ``order_number``: capitals and digits
            without spaces; ``product``: its name in the list. None for a date that needs to be
            counted from the conversation's day where that is not known.
        number: Of an amount, percentage, quantity or duration, and of a deadline said as one.
        unit: What the number counts (``EUR``, ``%``, ``Go``, ``hour``, ``business_day``), or what
            an order number names (``order``, ``file``, ``customer``, …); None for the others.
        speaker: Who said it.
        evidence: The words, verbatim.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EntityKind
    value: str | None
    number: Decimal | None = None
    unit: str | None = None
    speaker: Speaker
    evidence: Evidence

    @property
    def text(self) -> str:
        """The words that were said."""
        return self.evidence.quote


class Product(BaseModel):
    """One product or service of the centre's list.

    Attributes:
        name: As it is to be written.
        aliases: Other names that customers give it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_have_letters(self) -> Self:
        for name in (self.name, *self.aliases):
            if not any(character.isalnum() for character in name):
                raise ValueError(f"a product's name needs a letter or digit, got {name!r}")
        return self
