"""What a detector concludes about one question of a scorecard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from conversation import Evidence

Status = Literal["scored", "not_applicable", "not_assessable"]
LEVELS = (0.0, 0.5, 1.0)


def _is_a_level(value: float) -> float:
    if value not in LEVELS:
        raise ValueError(f"got {value:g}, expected 0, 0.5 or 1")
    return value


Value = Annotated[
    float, AfterValidator(_is_a_level), WithJsonSchema({"type": "number", "enum": [0, 0.5, 1]})
]
"""Conforming 1, partly 0.5, not 0."""


class Bilingual(BaseModel):
    """A text in the two languages of the screens.

    Attributes:
        fr: In French.
        en: In English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self, language: str | None) -> str:
        """Return the English text for ``en``, otherwise the French."""
        return self.en if (language or "").lower().startswith("en") else self.fr


def both(fr: str, en: str) -> Bilingual:
    """Write a text in French and in English."""
    return Bilingual(fr=fr, en=en)


@dataclass(frozen=True)
class Finding:
    """A detector's answer. Build it with :func:`scored` and its siblings.

    Attributes:
        status: Whether there is a value, and if not, why.
        reason: Why, as a sentence.
        value: 1, 0.5 or 0 when scored.
        confidence: 0 to 1: how often the rule is expected to agree with an analyst, set by hand
            until it is measured; None when not assessable.
        evidence: The words that it rests on.
        eliminatory: Whether the item's eliminatory condition is proposed as met.
    """

    status: Status
    reason: Bilingual
    value: Value | None = None
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()
    eliminatory: bool = False


def scored(
    value: Value,
    reason: Bilingual,
    *evidence: Evidence | None,
    confidence: float,
    eliminatory: bool = False,
) -> Finding:
    """Conclude with 1, 0.5 or 0; evidence that is None is left out, doubles are shown once."""
    kept = tuple(dict.fromkeys(one for one in evidence if one is not None))
    return Finding("scored", reason, value, confidence, kept, eliminatory)


def not_applicable(reason: Bilingual, *evidence: Evidence | None, confidence: float) -> Finding:
    """Conclude that the subject of the question never arose."""
    kept = tuple(one for one in evidence if one is not None)
    return Finding("not_applicable", reason, None, confidence, kept)


def not_assessable(reason: Bilingual, *evidence: Evidence | None) -> Finding:
    """Conclude that the rules cannot tell."""
    return Finding(
        "not_assessable", reason, evidence=tuple(one for one in evidence if one is not None)
    )
