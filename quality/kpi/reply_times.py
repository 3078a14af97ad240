"""How long customers waited for a person's first reply on written channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from quality.kpi.estimates import Estimate, mean
from quality.kpi.figure import Figure, Note, figure
from quality.kpi.opening_hours import OpeningHours, bank_holidays
from quality.kpi.settings import KpiSettings


class ReplyClock:
    """Counts waits around the clock, or inside the opening hours where they are declared.

    Args:
        settings: Opening hours, bank holidays and time zone.
    """

    def __init__(self, settings: KpiSettings) -> None:
        self._settings = settings
        self._hours = OpeningHours.parse(settings.opening_hours) if settings.opening_hours else None
        self._zone = settings.zone
        self._closed: dict[int, frozenset[date]] = {}

    @property
    def note(self) -> Note:
        """What a reader must know: which hours count."""
        if self._hours is None:
            return (
                "toutes les heures comptent : horaires d'ouverture non déclarés",
                "all hours count: no opening hours are declared",
            )
        hours = self._settings.opening_hours
        days = self._settings.holidays
        closed = (f", hors jours fériés ({days})", f", without bank holidays ({days})")
        return (
            f"pendant les heures d'ouverture : {hours}{closed[0] if days else ''}",
            f"inside opening hours: {hours}{closed[1] if days else ''}",
        )

    def wait_s(self, received: datetime, replied: datetime) -> float:
        """Return the seconds that count between two instants with a time zone."""
        if self._hours is None:
            return (replied - received).total_seconds()
        closed: frozenset[date] = frozenset()
        for year in range(received.year, replied.year + 1):
            if year not in self._closed:
                years = range(year - 1, year + 2)
                self._closed[year] = bank_holidays(self._settings.holidays, years)
            closed |= self._closed[year]
        return self._hours.open_seconds(received, replied, self._zone, closed)

    def figures(
        self, waits_s: Sequence[float], source: str, *, unanswered: int = 0
    ) -> list[Figure]:
        """Return mean, median and 90th percentile.

        Args:
            waits_s: Of the contacts that were replied to.
            source: What they were read from.
            unanswered: Contacts that nobody replied to; told, and in none of the figures.
        """
        import numpy as np

        values = np.asarray(waits_s, dtype=np.float64)
        notes = [self.note]
        if unanswered:
            notes.append(
                (
                    f"{unanswered} contacts sans réponse, hors du calcul",
                    f"{unanswered} contacts without a reply, left out",
                )
            )
        quantiles = (
            [float(q) for q in np.quantile(values, (0.5, 0.9))] if len(values) else [None] * 2
        )
        return [
            figure("first_reply_mean", mean(values), source, notes=notes),
            *(
                figure(name, Estimate(value, None, None, len(values)), source, notes=notes)
                for name, value in zip(
                    ("first_reply_median", "first_reply_p90"), quantiles, strict=True
                )
            ),
        ]
