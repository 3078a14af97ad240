"""One figure of a report: its value, what it was computed from, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from quality.kpi.definitions import Language
from quality.kpi.estimates import Estimate


class Figure(BaseModel):
    """The value of one KPI for one group of contacts.

    Attributes:
        kpi: Identifier of the definition, which has label, formula and unit.
        value: In the unit of the definition; None where it cannot be computed or is not shown.
        n: Contacts, answers or tickets that it was computed from.
        low: Lower end of the 95 % interval; None where there is none.
        high: Upper end.
        interval: How the interval was made: Wilson, Student, ratio, normal; None without one.
        sources: What it was computed from: calls, conversations, surveys, …
        approximate: Whether it stands in for an exact figure.
        suppressed: Whether it is not shown because it has too few contacts.
        missing_fr: What is missing, in French, where there is no value.
        missing_en: The same in English.
        notes_fr: What a reader must know, in French.
        notes_en: The same in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kpi: str
    value: float | None
    n: int = Field(ge=0)
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    sources: tuple[str, ...] = ()
    approximate: bool = False
    suppressed: bool = False
    missing_fr: str | None = None
    missing_en: str | None = None
    notes_fr: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()

    def notes(self, language: Language) -> tuple[str, ...]:
        """Return the notes in one language."""
        return self.notes_en if language == "en" else self.notes_fr

    def missing(self, language: Language) -> str | None:
        """Return what is missing in one language."""
        return self.missing_en if language == "en" else self.missing_fr

    def shown_from(self, least: int) -> Figure:
        """Return the figure, without its value where it has fewer than ``least`` contacts."""
        if self.value is None or self.n >= least:
            return self
        return self.model_copy(
            update={"value": None, "low": None, "high": None, "interval": None, "suppressed": True}
        )


Note = tuple[str, str]
"""A text in French and in English."""


def figure(
    kpi: str,
    estimate: Estimate,
    *sources: str,
    approximate: bool = False,
    notes: Sequence[Note] = (),
) -> Figure:
    """Make a figure of an estimate.

    Args:
        kpi: Identifier of its definition.
        estimate: Value and interval.
        sources: What it was computed from.
        approximate: Whether it stands in for an exact figure.
        notes: What a reader must know.
    """
    empty = estimate.value is None
    return Figure(
        kpi=kpi,
        value=estimate.value,
        n=estimate.n,
        low=estimate.low,
        high=estimate.high,
        interval=estimate.method,
        sources=sources,
        approximate=approximate,
        missing_fr="aucun cas à compter" if empty else None,
        missing_en="no case to count" if empty else None,
        notes_fr=tuple(note[0] for note in notes),
        notes_en=tuple(note[1] for note in notes),
    )


def count(kpi: str, number: int, n: int, *sources: str, notes: Sequence[Note] = ()) -> Figure:
    """Make a figure that is a count, out of ``n`` contacts."""
    return figure(kpi, Estimate(float(number), None, None, n), *sources, notes=notes)


def without(kpi: str, missing: Note, *sources: str) -> Figure:
    """Make a figure that cannot be computed, with what is missing."""
    return Figure(
        kpi=kpi, value=None, n=0, sources=sources, missing_fr=missing[0], missing_en=missing[1]
    )
