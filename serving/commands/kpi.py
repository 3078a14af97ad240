"""``entendu kpi``: the figures of a centre, each with its formula; forecasts and staffing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from conversation.errors import BadInput
from serving.commands.kpi_forecast import JsonOption, forecast, staff
from serving.commands.kpi_output import check_outputs, csv_text, settings_with, write_output

if TYPE_CHECKING:
    from quality.kpi import KpiData, KpiReport, KpiSettings, ReadingOptions
    from quality.kpi.definitions import Language


class _ReportUnlessNamed(TyperGroup):
    """A group whose command is ``report`` where none is named: ``entendu kpi RESULTS``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - click's own
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["report", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ReportUnlessNamed,
    help="KPIs of the centre, each with its formula; forecasts and staffing.\n\n"
    "entendu kpi RESULTS --calls calls.csv --by queue is short for entendu kpi report.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command()(forecast)
app.command()(staff)


@app.command()
def report(
    results: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RESULTS…]",
            help="JSON files that `entendu process` wrote, or folders of them.",
        ),
    ] = None,
    calls: Annotated[
        Path | None,
        typer.Option("--calls", metavar="CSV", help="Calls of the telephone system."),
    ] = None,
    surveys: Annotated[
        Path | None,
        typer.Option("--surveys", metavar="CSV", help="Answers: csat 1-5, nps 0-10, ces 1-7."),
    ] = None,
    costs: Annotated[
        Path | None, typer.Option("--costs", metavar="CSV", help="Costs by month and channel.")
    ] = None,
    agent_time: Annotated[
        Path | None,
        typer.Option("--agent-time", metavar="CSV", help="Available time by day, for occupancy."),
    ] = None,
    tickets: Annotated[
        Path | None,
        typer.Option("--tickets", metavar="CSV", help="Tickets with due and closing dates."),
    ] = None,
    bot_log: Annotated[
        Path | None,
        typer.Option("--bot-log", metavar="CSV|JSONL", help="Sessions with the bot."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="queue|channel|reason|team|day|week|month|agent",
            help="A table by group; may be repeated. With commas groups are crossed: month,queue.",
        ),
    ] = None,
    settings_file: Annotated[
        Path | None,
        typer.Option("--settings", metavar="YAML", help="The centre's own; docs/kpi.md lists it."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Which column holds a field: start=Début, surveys.csat=Note, "
            "start=Date+Heure. May be repeated.",
        ),
    ] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option(
            "--alert",
            metavar='"abandon_rate > 5%"',
            help="Told when it holds, for all and for each group. May be repeated.",
        ),
    ] = None,
    repeat_days: Annotated[
        int | None, typer.Option("--repeat-days", help="Days of a repeat contact; 7 if left.")
    ] = None,
    answer_within_s: Annotated[
        float | None,
        typer.Option("--within", metavar="S", help="Seconds of the service level; 20 if left."),
    ] = None,
    short_abandon_s: Annotated[
        float | None,
        typer.Option("--short", metavar="S", help="Who leaves earlier is a short abandon; 5 s."),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Of times in the tables; Europe/Paris.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a table with a wrong row.")
    ] = False,
    as_json: JsonOption = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the page there.")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all figures there.")
    ] = None,
    page_language: Annotated[
        str | None,
        typer.Option(
            "--page-language", metavar="fr|en", help="Of texts; that of most conversations if left."
        ),
    ] = None,
) -> None:
    """KPIs from conversations alone, and from the tables that you have.

    Every figure shows its formula, what it was computed from, n and its 95 % interval. Wrong rows
    are left out, counted and shown.
    """
    from quality.kpi import ReadingOptions, build_report, parse_by
    from quality.kpi.alerts import check_alerts

    if page_language not in {None, "fr", "en"}:
        raise BadInput(
            f"got --page-language {page_language!r}, expected fr or en", remedy="give one of them"
        )
    settings = settings_with(
        settings_file, columns, repeat_days=repeat_days, answer_within_s=answer_within_s,
        short_abandon_s=short_abandon_s, time_zone=time_zone,
    )  # fmt: skip
    if alert:
        settings = settings.model_copy(update={"alerts": (*settings.alerts, *alert)})
    check_alerts(settings.alerts, ())  # a mistake in one is told before anything is read
    dimensions = [parse_by(each) for each in by or ()]
    check_outputs(html, csv_file)
    console = Console(stderr=True)
    with _progress(console, quiet=as_json) as progress:
        options = ReadingOptions(
            zone=settings.zone, month_first=settings.month_first, strict=strict,
            columns=settings.columns, progress=progress,
        )  # fmt: skip
        tables = {
            "calls": calls, "surveys": surveys, "costs": costs, "agent_time": agent_time,
            "tickets": tickets, "bot_log": bot_log,
        }  # fmt: skip
        data, failures = _read(results or [], tables, settings, options)
    made = build_report(data, by=dimensions)
    language = cast("Literal['fr', 'en']", page_language or _language(data))
    if html is not None:
        from serving.kpi_page import render_kpis

        write_output(html, render_kpis(made, language=language))
    if csv_file is not None:
        write_output(csv_file, _flat(made, language))
    if as_json:
        typer.echo(made.model_dump_json(indent=2))
    else:
        from serving.commands.kpi_tables import print_report

        print_report(Console(), made, language)
        for written in (html, csv_file):
            if written is not None:
                Console().print(f"Written to {written}", soft_wrap=True, markup=False)
    _warn(console, made, failures)
    if failures:
        raise typer.Exit(1)


@contextmanager
def _progress(console: Console, *, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    if quiet:
        yield None
        return
    with console.status("Reading") as status:
        yield lambda rows: status.update(f"Reading, row {rows:,}")


def _read(
    results: Sequence[Path],
    paths: dict[str, Path | None],
    settings: KpiSettings,
    options: ReadingOptions,
) -> tuple[KpiData, tuple[tuple[Path, str], ...]]:
    from quality.kpi import (
        KpiData,
        read_agent_time,
        read_calls,
        read_costs,
        read_surveys,
        read_tickets,
    )
    from serving.kpi_sources import read_bot_sessions, read_results

    readers: dict[str, Callable[[Path, ReadingOptions], Any]] = {
        "calls": read_calls, "surveys": read_surveys, "costs": read_costs,
        "agent_time": read_agent_time, "tickets": read_tickets, "bot_log": read_bot_sessions,
    }  # fmt: skip
    tables: dict[str, Any] = {
        name: readers[name](path, options) for name, path in paths.items() if path is not None
    }
    found = read_results(results, options, progress=options.progress)
    data = KpiData(
        settings=settings, contacts=found.contacts, conversation_facts=found.facts, **tables
    )
    return data, found.failures


def _language(data: KpiData) -> Language:
    tags = Counter(contact.language for contact in data.contacts)
    return "en" if tags["en"] > tags["fr"] else "fr"


def _flat(made: KpiReport, language: Language) -> str:
    rows: list[list[object]] = [
        [
            "table", "group", "kpi", "label", "value", "unit", "low", "high", "n", "approximate",
            "suppressed", "sources", "formula", "notes",
        ]
    ]  # fmt: skip
    grouped = [("", "", made.figures)]
    for table in made.tables:
        name = ",".join(table.by)
        grouped += [(name, " / ".join(group.labels), group.figures) for group in table.groups]
    for name, group, figures in grouped:
        for each in figures:
            definition = made.definitions[each.kpi]
            rows.append(
                [
                    name, group, each.kpi, definition.label.text(language), each.value,
                    definition.unit, each.low, each.high, each.n, each.approximate,
                    each.suppressed, " ".join(each.sources), definition.formula.text(language),
                    " | ".join(each.notes(language)) or each.missing(language) or "",
                ]
            )  # fmt: skip
    return csv_text(rows)


def _warn(console: Console, made: KpiReport, failures: Sequence[tuple[Path, str]]) -> None:
    for source in made.sources:
        if source.kind == "conversations":
            continue
        if source.rejected:
            console.print(
                f"[yellow]{source.name}:[/yellow] {source.rejected} of {source.rows} rows left out",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
            for error in source.errors[:5]:
                console.print(f"  {escape(str(error))}", highlight=False, soft_wrap=True)
        if source.duplicates:
            console.print(
                f"[yellow]{source.name}:[/yellow] {source.duplicates} rows left out whose "
                "identifier came before",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
    for path, why in failures:
        console.print(
            f"[yellow]Left out:[/yellow] {escape(f'{path}: {why}')}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
