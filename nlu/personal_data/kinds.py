"""What personal data is looked for, and one piece of it as it was found."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

PersonalDataType = Literal[
    "person",
    "postal_address",
    "email",
    "phone",
    "card_number",
    "card_expiry",
    "card_cvv",
    "iban",
    "bank_account",
    "bic",
    "nir",
    "national_id",
    "siren",
    "siret",
    "vat",
    "plate",
    "birth_date",
    "customer_number",
    "order_number",
    "ip_address",
    "url_with_token",
]
PERSONAL_DATA_TYPES: tuple[PersonalDataType, ...] = get_args(PersonalDataType)

CARD_TYPES: frozenset[PersonalDataType] = frozenset({"card_number", "card_expiry", "card_cvv"})
"""Never kept, whatever the policy."""

CHECKSUMMED_TYPES: frozenset[PersonalDataType] = frozenset(
    {"card_number", "iban", "bank_account", "nir", "siren", "siret", "vat"}
)
"""Whose own check digits tell whether they were read right."""


class PersonalData(BaseModel):
    """One stretch of one turn that is personal.

    Attributes:
        type: What it is.
        turn_index: Which turn of the conversation.
        start: Index of its first character in the turn's text.
        end: Index after its last character.
        text: The characters between the two.
        start_s: Seconds where its first word starts; None on text channels.
        end_s: Seconds where its last word ends; None on text channels.
        value: Canonical form of the whole item: digits without spaces, an address in lower case,
            a date as ``1980-03-12``; spoken forms are decoded. None where there is none.
        item: Number of the item in the conversation, from 0.
        part: Which stretch of its item this is, from 0: a number dictated over three turns, or
            repeated by the agent, is one item with several parts.
        checked: Whether check digits prove it.
        confidence: 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: PersonalDataType
    turn_index: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str = Field(min_length=1)
    start_s: float | None = None
    end_s: float | None = None
    value: str | None = None
    item: int = Field(default=0, ge=0)
    part: int = Field(default=0, ge=0)
    checked: bool = False
    confidence: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _spans_its_text(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError(
                f"characters {self.start} to {self.end} cannot hold {len(self.text)} characters"
            )
        return self
