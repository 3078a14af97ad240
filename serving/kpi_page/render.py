"""Rendering a report of KPIs as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from quality.kpi import Figure, GroupTable, KpiReport, SourceFacts
from quality.kpi.definitions import SECTION_NAMES, SECTIONS, Language, Section
from quality.kpi.report import OTHER_ALARM
from serving.kpi_page.numbers import figure_text, interval_text, number, percent
from serving.kpi_page.words import words_in
from serving.report.page import page_style, page_template
from serving.version import entendu_version

TABLE_KPIS = (
    "contacts", "offered", "handled", "answer_rate", "abandon_rate", "service_level_failures",
    "wait_mean", "first_reply_median", "dmc", "dmt", "occupancy", "cost_per_contact",
    "fcr_proxy", "repeat_rate", "transfer_rate", "csat", "nps", "ces", "quality_score",
    "complaint_rate", "bot_net",
)  # fmt: skip
"""What a table by group shows, of what there is; the CSV and the JSON have all."""


def render_kpis(report: KpiReport, *, language: Language) -> str:
    """Return the page of a report: HTML that asks no other host for anything.

    Args:
        report: What to show.
        language: Of the page's words.
    """
    view = _View(report, language)
    return page_template("serving.kpi_page", "kpi.html").render(**view.context())


def table_columns(table: GroupTable) -> tuple[str, ...]:
    """Return which KPIs a table shows: those that any of its groups has."""
    there = {each.kpi for group in table.groups for each in group.figures}
    return tuple(kpi for kpi in TABLE_KPIS if kpi in there)


class _View:
    """What the template asks for, in the reader's language."""

    def __init__(self, report: KpiReport, language: Language) -> None:
        self.report = report
        self.language = language
        self.words = words_in(language)
        self.currency = report.settings.currency

    def context(self) -> dict[str, object]:
        """Return the names that the template uses."""
        return {
            "r": self.report, "t": self.words, "lang": self.language,
            "css": page_style(("serving.kpi_page", "kpi.css")), "version": entendu_version(),
            "sections": self.sections(), "lacking": self.lacking(),
            "value": self.value, "interval": self.interval, "label": self.label,
            "formula": self.formula, "short": self.short, "notes": self.notes,
            "came_from": self.came_from, "integer": self.integer, "percent": self.percent,
            "day": self.day, "columns": table_columns, "cell": self.cell, "by": self.by,
            "least": self.least, "alarm": self.alarm(), "period": self.period,
            "method": self.words["method_text"].format(zone=self.report.settings.time_zone),
        }  # fmt: skip

    def sections(self) -> list[tuple[str, Section, list[Figure]]]:
        place = 1 if self.language == "en" else 0
        found = []
        for section in SECTIONS:
            figures = [
                each
                for each in self.report.figures
                if each.value is not None and self.report.definitions[each.kpi].section == section
            ]
            if figures:
                found.append((SECTION_NAMES[section][place], section, figures))
        return found

    def lacking(self) -> list[tuple[str, list[str]]]:
        needed: dict[str, list[str]] = {}
        for each in self.report.figures:
            if each.value is None:
                needed.setdefault(self.needs(each), []).append(each.kpi)
        return list(needed.items())

    def short(self, kpi: str) -> str:
        definition = self.report.definitions[kpi]
        return (definition.short or definition.label).text(self.language)

    def value(self, each: Figure) -> str:
        definition = self.report.definitions[each.kpi]
        return figure_text(each, definition, self.language, self.currency)

    def interval(self, each: Figure) -> str:
        definition = self.report.definitions[each.kpi]
        return interval_text(each, definition, self.language, self.currency)

    def label(self, kpi: str) -> str:
        return self.report.definitions[kpi].label.text(self.language)

    def formula(self, kpi: str) -> str:
        return self.report.definitions[kpi].formula.text(self.language)

    def needs(self, each: Figure) -> str:
        return each.missing(self.language) or self.report.definitions[each.kpi].needs.text(
            self.language
        )

    def notes(self, each: Figure) -> Sequence[str]:
        return each.notes(self.language)

    def came_from(self, each: Figure) -> str:
        return ", ".join(self.words[source] for source in each.sources)

    def cell(self, figures: Sequence[Figure], kpi: str) -> tuple[str, str]:
        for each in figures:
            if each.kpi == kpi:
                return ("·", "") if each.suppressed else (self.value(each), self.interval(each))
        return "–", ""

    def by(self, table: GroupTable) -> str:
        return " × ".join(self.words[dimension] for dimension in table.by)

    def least(self, table: GroupTable) -> str:
        settings = self.report.settings
        if "agent" in table.by:
            return self.words["agent_note"].format(least=settings.min_agent)
        return self.words["small"].format(least=settings.min_group)

    def alarm(self) -> bool:
        other = self.report.figure("other_rate").value
        return other is not None and other > OTHER_ALARM

    def period(self, source: SourceFacts) -> str:
        if source.first_at is None or source.last_at is None:
            return "–"
        return f"{self.day(source.first_at)} {self.words['to']} {self.day(source.last_at)}"

    def day(self, moment: datetime) -> str:
        local = moment.astimezone(self.report.settings.zone)
        return f"{local:%d/%m/%Y}" if self.language == "fr" else f"{local:%Y-%m-%d}"

    def integer(self, value: float) -> str:
        return number(value, self.language)

    def percent(self, share: float) -> str:
        return percent(share, self.language)
