"""Figures on a terminal: readable at 80 columns, the formula under each name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from quality.kpi.definitions import SECTION_NAMES, SECTIONS
from serving.kpi_page.numbers import figure_text, interval_text, number, percent
from serving.kpi_page.render import table_columns
from serving.kpi_page.words import words_in

if TYPE_CHECKING:
    from quality.kpi import Figure, Group, GroupTable, KpiReport
    from quality.kpi.definitions import Language

_SHOWN_REASONS = 12
_LABEL_CHARS = 16
_COLUMN_CHARS = 15


def print_report(console: Console, report: KpiReport, language: Language) -> None:
    """Print a report.

    Args:
        console: Where to.
        report: What to print.
        language: Of the texts.
    """
    words = words_in(language)
    place = 1 if language == "en" else 0
    for alert in report.alerts:
        if alert.met is not False:
            name = words["alert" if alert.met else "alert_unknown"]
            group = f" · {' / '.join(alert.group)}" if alert.group else ""
            console.print(
                f"[yellow]{name}[/yellow]{words['colon']}{escape(alert.expression + group)}",
                highlight=False,
            )
    for section in SECTIONS:
        figures = [
            each
            for each in report.figures
            if each.value is not None and report.definitions[each.kpi].section == section
        ]
        if not figures:
            continue
        table = Table(
            title=SECTION_NAMES[section][place], title_justify="left", header_style="bold",
            box=None, pad_edge=False, expand=False,
        )  # fmt: skip
        table.add_column(words["indicator"], ratio=1, overflow="fold")
        table.add_column(words["value"], justify="right", no_wrap=True)
        table.add_column(words["interval"], justify="right", no_wrap=True)
        table.add_column("n", justify="right", no_wrap=True)
        for each in figures:
            _add(table, report, each, language)
        console.print(table)
        console.print()
    if report.reasons:
        _print_reasons(console, report, language)
    for grouped in report.tables:
        _print_groups(console, report, grouped, language)
    _print_lacking(console, report, language)
    for source in report.sources:
        rejected = f", {source.rejected} {words['rejected'].lower()}" if source.rejected else ""
        console.print(
            f"[dim]{words[source.kind]}{words['colon']}{number(source.used, language)}"
            f"{rejected}, {escape(source.name)}[/dim]",
            highlight=False,
        )


def _add(table: Table, report: KpiReport, each: Figure, language: Language) -> None:
    words = words_in(language)
    definition = report.definitions[each.kpi]
    currency = report.settings.currency
    under = definition.formula.text(language)
    origin = ", ".join(words[source] for source in each.sources)
    lines = [escape(definition.label.text(language)), f"[dim]{escape(under)} · {origin}[/dim]"]
    lines += [f"[dim]↳ {escape(note)}[/dim]" for note in each.notes(language)]
    table.add_row(
        "\n".join(lines),
        f"[bold]{figure_text(each, definition, language, currency)}[/bold]",
        interval_text(each, definition, language, currency),
        number(each.n, language),
    )


def _print_reasons(console: Console, report: KpiReport, language: Language) -> None:
    words = words_in(language)
    table = Table(title=words["reasons"], title_justify="left", header_style="bold", box=None,
                  pad_edge=False)  # fmt: skip
    table.add_column(words["reason"].capitalize(), ratio=1)
    table.add_column("n", justify="right")
    table.add_column(words["share"], justify="right", no_wrap=True)
    table.add_column(words["interval"], justify="right", no_wrap=True)
    for each in report.reasons[:_SHOWN_REASONS]:
        table.add_row(
            escape(each.label_en if language == "en" else each.label_fr),
            number(each.count, language),
            percent(each.share, language),
            f"{percent(each.low, language)} – {percent(each.high, language)}",
        )
    console.print(table)
    console.print()


def _print_lacking(console: Console, report: KpiReport, language: Language) -> None:
    words = words_in(language)
    needed: dict[str, list[str]] = {}
    for each in report.figures:
        if each.value is None:
            definition = report.definitions[each.kpi]
            needs = each.missing(language) or definition.needs.text(language)
            needed.setdefault(needs, []).append(definition.label.text(language))
    if not needed:
        return
    table = Table(title=words["missing"], title_justify="left", header_style="bold", box=None,
                  pad_edge=False)  # fmt: skip
    table.add_column(words["needs"], ratio=2, overflow="fold")
    table.add_column(words["for"], ratio=3, overflow="fold")
    for needs, labels in needed.items():
        table.add_row(escape(needs), f"[dim]{escape(' · '.join(labels))}[/dim]")
    console.print(table)
    console.print()


def _print_groups(
    console: Console, report: KpiReport, grouped: GroupTable, language: Language
) -> None:
    """Print groups as rows; as many columns at a time as the terminal is wide for."""
    words = words_in(language)
    title = " × ".join(words[dimension] for dimension in grouped.by)
    kpis = table_columns(grouped)
    wide = max(1, (console.width - _LABEL_CHARS) // _COLUMN_CHARS)
    for start in range(0, len(kpis), wide):
        table = Table(
            title=f"{words['by']} {title}" if start == 0 else None, title_justify="left",
            header_style="bold", box=None, pad_edge=False,
        )  # fmt: skip
        table.add_column(title.capitalize(), overflow="fold", min_width=_LABEL_CHARS - 2)
        shown = kpis[start : start + wide]
        for kpi in shown:
            definition = report.definitions[kpi]
            name = (definition.short or definition.label).text(language)
            table.add_column(name, justify="right", min_width=_COLUMN_CHARS - 2)
        for group in grouped.groups:
            cells = [_cell(report, group, kpi, language) for kpi in shown]
            table.add_row(escape(" / ".join(group.labels)), *cells)
        console.print(table)
    settings = report.settings
    by_agent = "agent" in grouped.by
    least = settings.min_agent if by_agent else settings.min_group
    note = words["agent_note" if by_agent else "small"].format(least=least)
    console.print(f"[dim]{note}[/dim]")
    console.print()


def _cell(report: KpiReport, group: Group, kpi: str, language: Language) -> str:
    """Return a value with its interval under it; a point where it is suppressed."""
    each = next((figure for figure in group.figures if figure.kpi == kpi), None)
    if each is None or each.suppressed:
        return "–" if each is None else "·"
    definition, currency = report.definitions[kpi], report.settings.currency
    value = figure_text(each, definition, language, currency)
    interval = interval_text(each, definition, language, currency, brief=True)
    return f"{value}\n[dim]{interval}[/dim]" if interval else value
