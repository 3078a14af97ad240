"""Rendering a forecast as one HTML file, and its words for the terminal."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from quality.forecast import Forecast, scheduled_hours
from quality.kpi.definitions import Language
from serving.kpi_page.day_chart import day_chart
from serving.kpi_page.numbers import duration, number, percent
from serving.kpi_page.words import words_in
from serving.report.page import page_style, page_template
from serving.version import entendu_version

_HALF_HOUR_H = 0.5
_HALF_HOURS = 48


def render_forecast(made: Forecast, *, language: Language) -> str:
    """Return the page of a forecast: HTML that asks no other host for anything.

    Args:
        made: What to show.
        language: Of the page's words.
    """
    view = ForecastView(made, language)
    return page_template("serving.kpi_page", "forecast.html").render(
        f=made, t=view.words, lang=language, v=view, version=entendu_version(),
        css=page_style(("serving.kpi_page", "kpi.css")),
    )  # fmt: skip


class ForecastView:
    """What a reader of a forecast sees, in their language.

    Args:
        made: The forecast.
        language: Of the texts.
    """

    def __init__(self, made: Forecast, language: Language) -> None:
        self.made = made
        self.language = language
        self.words = words_in(language)

    def percent(self, share: float) -> str:
        """Write a share in percent."""
        return percent(share, self.language)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number."""
        return number(value, self.language, decimals)

    def day(self, day: date) -> str:
        """Write a day with its weekday."""
        name = self.words["weekdays"].split()[day.weekday()]
        return f"{name} {day:%d/%m/%Y}" if self.language == "fr" else f"{name} {day:%Y-%m-%d}"

    def notes(self) -> list[str]:
        """Return what a reader must know of the forecast, one sentence each."""
        words, made, tested = self.words, self.made, self.made.backtest
        found = [words["backtest_note"].format(origins=tested.origins, days=tested.horizon_days)]
        if tested.coverage is not None:
            found.append(
                words["coverage"].format(
                    share=self.percent(tested.coverage), n=self.number(tested.coverage_n),
                    level=self.whole(tested.level),
                )
            )  # fmt: skip
        if made.method == "seasonal_naive":
            found.append(words["floor_best"])
        if made.holidays:
            share = made.holiday_share
            found.append(
                words["holiday_none"]
                if share is None
                else words["holiday_share"].format(share=self.percent(share))
            )
        if made.dropped_days:
            days = ", ".join(self.day(day) for day in made.dropped_days)
            found.append(words["dropped"].format(days=days))
        if made.plan is not None:
            found.append(self.plan())
        return found

    def plan(self) -> str:
        """Write what was staffed for."""
        plan, words = self.made.plan, self.words
        if plan is None:
            return ""
        model = (
            words["erlang_c"]
            if plan.patience_s is None
            else words["erlang_a"].format(patience=duration(plan.patience_s, self.language))
        )
        of = f" (n = {self.number(plan.handling_n)})" if plan.handling_n else ""
        parts = [
            words["plan"].format(
                target=self.whole(plan.target), within=self.number(plan.within_s),
                handling=duration(plan.handling_s, self.language), of=of,
            )
        ]  # fmt: skip
        if plan.max_occupancy < 1:
            parts.append(words["plan_occupancy"].format(share=self.whole(plan.max_occupancy)))
        if plan.shrinkage:
            parts.append(words["plan_shrinkage"].format(share=self.whole(plan.shrinkage)))
        return ", ".join([*parts, model])

    def whole(self, share: float) -> str:
        """Write a share that somebody chose: without decimals where it has none."""
        text = self.percent(share)
        return text.replace(",0", "").replace(".0", "")

    def day_row(self, day: date) -> tuple[str, str, str, str, str, str]:
        """Return a day's name, contacts, peak, agents at the peak, agent hours, those planned."""
        halves = self.made.of_day(day)
        marks = []
        if day in self.made.holidays:
            marks.append(self.words["holiday"])
        if len(halves) != _HALF_HOURS:
            marks.append(self.words["change"])
        name = self.day(day) + (f" ({', '.join(marks)})" if marks else "")
        peak = max(halves, key=lambda each: each.expected)
        at = f"{peak.start:%H:%M} · {self.number(peak.expected, 1)}" if peak.expected else "–"
        contacts = self.number(sum(each.expected for each in halves))
        staffed = [each.staffing for each in halves if each.staffing is not None]
        if not any(each.agents for each in staffed):
            return name, contacts, at, "–", "–", "–"
        hours = _HALF_HOUR_H * sum(each.agents for each in staffed)
        shrinkage = 0.0 if self.made.plan is None else self.made.plan.shrinkage
        return (
            name, contacts, at, self.number(max(each.agents for each in staffed)),
            self.number(hours, 1), self.number(scheduled_hours(hours, shrinkage), 1),
        )  # fmt: skip

    def open_half_hours(self, day: date) -> list[tuple[str, ...]]:
        """Return the rows of a day's table: those in which contacts are expected."""
        rows: list[tuple[str, ...]] = []
        for each in self.made.of_day(day):
            if each.expected <= 0 and each.high <= 0:
                continue
            staffing = each.staffing
            plan = (
                ("–",) * 5
                if staffing is None
                else (
                    self.number(staffing.agents),
                    f"{staffing.agents_low} – {staffing.agents_high}",
                    self.percent(staffing.service_level),
                    self.percent(staffing.occupancy),
                    duration(staffing.wait_s, self.language),
                )
            )
            volume = self.number(each.expected, 1)
            ends = f"{self.number(each.low)} – {self.number(each.high)}"
            rows.append((f"{each.start:%H:%M}", volume, ends, *plan))
        return rows

    def chart(self, day: date) -> Markup:
        """Draw a day."""
        halves = self.made.of_day(day)
        most = max((each.high for each in self.made.half_hours), default=1.0)
        label = f"{self.day(day)}, {self.words['expected'].lower()}"
        return day_chart(halves, most=most, description=label, words=self.words)

    def reason(self, name: str) -> str:
        """Write a reason's name."""
        return name or self.words["no_reason"]
