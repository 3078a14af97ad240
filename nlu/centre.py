"""What a centre says of itself: its products, and what its numbers look like."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from conversation.errors import DefinitionInvalid
from nlu.definition_file import DefinitionFile
from nlu.entities import Product
from nlu.personal_data import PersonalDataSettings

_REMEDY = (
    "write it as products: [{name: …, aliases: […]}], order_numbers: [regular expressions], "
    "customer_numbers: [regular expressions]"
)


class CentreVocabulary(BaseModel):
    """The centre's own names and numbers.

    Attributes:
        products: Found in conversations, and never taken for names of people.
        order_numbers: Regular expressions (RE2) of its order numbers.
        customer_numbers: Regular expressions (RE2) of its customer numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    products: tuple[Product, ...] = ()
    order_numbers: tuple[str, ...] = ()
    customer_numbers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _numbers_can_be_looked_for(self) -> Self:
        try:
            _ = self.personal_data
        except DefinitionInvalid as error:
            raise ValueError(str(error)) from error
        return self

    @cached_property
    def personal_data(self) -> PersonalDataSettings:
        """What is looked for as personal data."""
        return PersonalDataSettings(
            customer_number_patterns=self.customer_numbers,
            order_number_patterns=self.order_numbers,
            never_names=tuple(
                name for product in self.products for name in (product.name, *product.aliases)
            ),
        )


NO_VOCABULARY = CentreVocabulary()


def load_centre(path: Path) -> CentreVocabulary:
    """Read a centre's products and numbers.

    Args:
        path: A YAML file with ``products``, ``order_numbers`` and ``customer_numbers``, each of
            which may be left out.

    Raises:
        NotFound: There is no such file.
        DefinitionInvalid: It breaks a rule; the message names file and line.
    """
    file = DefinitionFile(path)
    try:
        return CentreVocabulary.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(error, remedy=_REMEDY)
