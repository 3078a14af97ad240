"""What each KPI is called, how it is computed and what it needs, in French and English."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from quality.kpi.settings import KpiSettings
from quality.yaml_files import parse_yaml

Section = Literal[
    "volume", "access", "time", "resolution", "satisfaction", "quality", "speech", "bot"
]
SECTIONS: tuple[Section, ...] = get_args(Section)
Unit = Literal["count", "share", "seconds", "money", "points", "scale", "score", "rate"]
Language = Literal["fr", "en"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")

SECTION_NAMES: dict[Section, tuple[str, str]] = {
    "volume": ("Volume", "Volume"),
    "access": ("Accessibilité", "Access"),
    "time": ("Temps et coûts", "Time and cost"),
    "resolution": ("Résolution", "Resolution"),
    "satisfaction": ("Satisfaction (enquêtes)", "Satisfaction (surveys)"),
    "quality": ("Qualité et motifs", "Quality and reasons"),
    "speech": ("Parole", "Speech"),
    "bot": ("Bot", "Bot"),
}


class Words(BaseModel):
    """A text in both languages."""

    model_config = _FROZEN

    fr: str
    en: str

    def text(self, language: Language) -> str:
        """Return it in one language."""
        return self.en if language == "en" else self.fr


class KpiDefinition(BaseModel):
    """One KPI.

    Attributes:
        section: Where it is shown.
        unit: Of its value: a share is 0 to 1, a rate words per minute, money in the currency of
            the settings, points -100 to 100, a scale 1 to 7, a score 0 to 100.
        label: Its name.
        short: Its name at the head of a column; None where it is in no table by group.
        formula: How it is computed.
        needs: What it needs.
    """

    model_config = _FROZEN

    section: Section
    unit: Unit
    label: Words
    short: Words | None = None
    formula: Words
    needs: Words


def definitions(settings: KpiSettings | None = None) -> dict[str, KpiDefinition]:
    """Return every KPI by its identifier, with the settings in the texts.

    Args:
        settings: Days, seconds; the defaults when None.
    """
    chosen = settings or KpiSettings()
    values = {
        "{days}": str(chosen.repeat_days),
        "{short}": f"{chosen.short_abandon_s:g}",
        "{within}": f"{chosen.answer_within_s:g}",
    }

    def put_in(text: str) -> str:
        for name, value in values.items():
            text = text.replace(name, value)
        return text

    def filled(words: Words) -> Words:
        return Words(fr=put_in(words.fr), en=put_in(words.en))

    return {
        name: each.model_copy(
            update={
                "label": filled(each.label),
                "formula": filled(each.formula),
                "needs": filled(each.needs),
            }
        )
        for name, each in _shipped().items()
    }


@cache
def _shipped() -> dict[str, KpiDefinition]:
    text = resources.files("quality.kpi").joinpath("definitions.yaml").read_text("utf-8")
    values = parse_yaml(text, name="definitions.yaml")
    if not isinstance(values, dict):
        raise TypeError("definitions.yaml holds no mapping")
    return {str(name): KpiDefinition.model_validate(each) for name, each in values.items()}
