"""Sentences that speak for no reason: what every centre hears, and other trades."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from nlu.definition_file import DefinitionFile
from nlu.taxonomy import BilingualTexts

_PATH = Path(__file__).parent / "background.yaml"


class Background(BaseModel):
    """Generic sentences in both languages.

    Attributes:
        service: Greetings, identification, thanks, anger without an object: no vote.
        out_of_scope: Requests to other trades, and chat.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: BilingualTexts
    out_of_scope: BilingualTexts


@lru_cache(maxsize=1)
def load_background() -> Background:
    """Load the sentences that ship with the room."""
    file = DefinitionFile(_PATH)
    try:
        return Background.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(error, remedy="install the package again")
