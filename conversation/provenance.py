"""Which models and settings produced a conclusion."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class ModelReference(BaseModel):
    """A model by name and by content.

    Attributes:
        name: As in the catalogue, or the folder's name for a user's own model.
        sha256: Of the weights file; None when it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str | None = None


class Provenance(BaseModel):
    """What produced a value, so that it can be told from one made by another version.

    Attributes:
        component: What computed it (``nlu.sentiment``, ``quality.scorecard``).
        version: Of the component or of the definition it used.
        models: The models that took part.
        settings: The settings that change the result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    component: str
    version: str
    models: tuple[ModelReference, ...] = ()
    settings: dict[str, JsonValue] = Field(default_factory=dict)
