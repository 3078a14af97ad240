"""``entendu kpi forecast`` and ``entendu kpi staff``: volumes to come and the agents they take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from conversation.errors import BadInput
from serving.commands.kpi_output import check_outputs, csv_text, settings_with, write_output

if TYPE_CHECKING:
    from quality.forecast import Forecast, StaffingPlan
    from quality.kpi import CallTable, KpiSettings
    from quality.kpi.definitions import Language

TargetOption = Annotated[
    str, typer.Option("--target", metavar="PERCENT/S", help="Service level: 80/20 is 80 % in 20 s.")
]
OccupancyOption = Annotated[
    float,
    typer.Option(
        "--max-occupancy", metavar="R", help="Most share of agents' time on calls, 0 to 1."
    ),
]
ShrinkageOption = Annotated[
    float,
    typer.Option(
        "--shrinkage", metavar="R", help="Share of scheduled time away from calls, 0 to below 1."
    ),
]
PatienceOption = Annotated[
    float | None,
    typer.Option(
        "--patience", metavar="S",
        help="Mean seconds after which callers give up (Erlang A); nobody does if left (Erlang C).",
    ),
]  # fmt: skip
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]


def forecast(
    calls: Annotated[
        Path, typer.Argument(metavar="CALLS", help="CSV of all calls, six weeks of them at least.")
    ],
    days: Annotated[
        int, typer.Option("--days", metavar="N", help="Days to forecast, 1 to 56.")
    ] = 14,
    target: TargetOption = "80/20",
    handling_s: Annotated[
        float | None,
        typer.Option(
            "--dmt",
            metavar="S",
            help="Seconds of talk, hold and after-call work; from CALLS if left.",
        ),
    ] = None,
    max_occupancy: OccupancyOption = 1.0,
    shrinkage: ShrinkageOption = 0.0,
    patience_s: PatienceOption = None,
    queue: Annotated[
        str | None, typer.Option("--queue", metavar="NAME", help="Only the calls of one queue.")
    ] = None,
    holidays: Annotated[
        str | None,
        typer.Option("--holidays", metavar="FR|FR-57|none", help="Bank holidays; FR if left."),
    ] = None,
    settings_file: Annotated[
        Path | None,
        typer.Option("--settings", metavar="YAML", help="The centre's own; docs/kpi.md lists it."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field."),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Of times in the table; Europe/Paris.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a table with a wrong row.")
    ] = False,
    as_json: JsonOption = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the page there.")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the half-hours there.")
    ] = None,
    page_language: Annotated[
        str, typer.Option("--page-language", metavar="fr|en", help="Of the texts.")
    ] = "fr",
) -> None:
    """Volume by half-hour and reason, and the agents it takes.

    Beside the forecast stands the floor, last week again: both are measured on your own past, and
    the better one is used. Bank holidays and clock changes are known.
    """
    from quality.forecast import ServiceTarget
    from quality.kpi import ReadingOptions, read_calls
    from serving.forecasts import mean_handling, of_queue, staffing_plan

    if page_language not in {"fr", "en"}:
        raise BadInput(
            f"got --page-language {page_language!r}, expected fr or en", remedy="give one of them"
        )
    goal = ServiceTarget.parse(target)
    settings = settings_with(settings_file, columns, time_zone=time_zone)
    if holidays is not None:
        country = None if holidays.casefold() == "none" else holidays
        settings = settings.model_copy(update={"holidays": country})
    check_outputs(html, csv_file)
    console = Console(stderr=True, quiet=as_json)
    with console.status("Reading"):
        table = read_calls(
            calls,
            ReadingOptions(
                zone=settings.zone, month_first=settings.month_first, strict=strict,
                columns=settings.columns,
            ),
        )  # fmt: skip
    if queue is not None:
        table = of_queue(table, queue)
    seconds, n = mean_handling(table) if handling_s is None else (handling_s, 0)
    plan = staffing_plan(
        target=goal.share, within_s=goal.within_s, handling_s=seconds, handling_n=n,
        max_occupancy=max_occupancy, shrinkage=shrinkage, patience_s=patience_s,
    )  # fmt: skip
    made = _forecast(console, table, plan, days=days, settings=settings)
    language = cast("Literal['fr', 'en']", page_language)
    if html is not None:
        from serving.kpi_page.forecast import render_forecast

        write_output(html, render_forecast(made, language=language))
    if csv_file is not None:
        write_output(csv_file, _flat(made))
    if as_json:
        typer.echo(made.model_dump_json(indent=2))
    else:
        _print(made, language)
        for written in (html, csv_file):
            if written is not None:
                Console().print(f"Written to {written}", soft_wrap=True, markup=False)
    facts = table.facts
    if facts.rejected:
        console.print(
            f"[yellow]{escape(facts.name)}:[/yellow] {facts.rejected} of {facts.rows} rows left "
            f"out; the first: {escape(str(facts.errors[0]))}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip


def staff(
    calls: Annotated[float, typer.Option("--calls", metavar="N", help="Calls in the interval.")],
    handling_s: Annotated[
        float,
        typer.Option("--dmt", metavar="S", help="Seconds of talk, hold and after-call work."),
    ],
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="M", help="Length of the interval.")
    ] = 30,
    target: TargetOption = "80/20",
    max_occupancy: OccupancyOption = 1.0,
    shrinkage: ShrinkageOption = 0.0,
    patience_s: PatienceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Agents for one interval: Erlang C, or Erlang A with --patience."""
    from dataclasses import asdict

    from quality.forecast import ServiceTarget, agents_for, queue_figures, scheduled

    goal = ServiceTarget.parse(target)
    if minutes <= 0 or calls < 0:
        raise BadInput(
            f"got {calls:g} calls in {minutes:g} minutes, expected at least 0 calls and more than "
            "0 minutes"
        )
    rate = calls / (60 * minutes)
    found = agents_for(rate, handling_s, goal, max_occupancy=max_occupancy, patience_s=patience_s)
    people = scheduled(found.agents, shrinkage)
    if as_json:
        import json

        typer.echo(json.dumps({**asdict(found), "scheduled": people}, indent=2))
        return
    from serving.kpi_page.numbers import duration, percent

    table = Table(header_style="bold", box=None, pad_edge=False)
    for header in ("Agents", "Service level", "Mean wait", "Occupancy", "Abandons"):
        table.add_column(header, justify="right")
    for agents in range(max(0, found.agents - 2), found.agents + 3):
        each = queue_figures(
            rate, handling_s, agents, within_s=goal.within_s, patience_s=patience_s
        )
        endless = each.wait_s == float("inf")
        cells = (
            str(agents), percent(each.service_level, "en"),
            "grows" if endless else duration(each.wait_s, "en"),
            percent(each.occupancy, "en"),
            percent(each.abandons, "en") if patience_s is not None else "–",
        )  # fmt: skip
        table.add_row(*cells, style="bold" if agents == found.agents else "dim")
    console = Console()
    console.print(table)
    console.print(
        f"{found.agents} agents for {target} ({found.load:.2f} Erlangs)"
        + (f", {people} scheduled with {shrinkage:.0%} shrinkage" if shrinkage else ""),
        highlight=False,
    )


def _forecast(
    console: Console, table: CallTable, plan: StaffingPlan, *, days: int, settings: KpiSettings
) -> Forecast:
    from quality.forecast import forecast as make
    from serving.forecasts import call_volumes

    volumes = call_volumes(table, settings.zone)
    with Progress(
        TextColumn("Measuring on the past"), BarColumn(), TimeRemainingColumn(), console=console,
        transient=True,
    ) as bars:  # fmt: skip
        task = bars.add_task("", total=None)
        return make(
            volumes, settings.zone, days=days, country=settings.holidays, plan=plan,
            progress=lambda done, total: bars.update(task, completed=done, total=total),
        )  # fmt: skip


def _flat(made: Forecast) -> str:
    reasons = list(made.half_hours[0].by_reason) if made.half_hours else []
    rows: list[list[object]] = [
        [
            "start", "expected", "low", "high", "agents", "agents_low", "agents_high", "scheduled",
            "service_level", "occupancy", "wait_s", "abandons",
            *(f"reason:{name}" for name in reasons),
        ]
    ]  # fmt: skip
    for each in made.half_hours:
        staffing = each.staffing
        plan: list[object] = (
            []
            if staffing is None
            else [
                staffing.agents, staffing.agents_low, staffing.agents_high, staffing.scheduled,
                staffing.service_level, staffing.occupancy, staffing.wait_s, staffing.abandons,
            ]
        )  # fmt: skip
        rows.append(
            [
                each.start.isoformat(), each.expected, each.low, each.high, *(plan or [""] * 8),
                *(each.by_reason[name] for name in reasons),
            ]
        )  # fmt: skip
    return csv_text(rows)


def _print(made: Forecast, language: Language) -> None:
    from serving.kpi_page.forecast import ForecastView

    view = ForecastView(made, language)
    words = view.words
    console = Console()
    table = Table(title=words["backtest"], title_justify="left", header_style="bold", box=None,
                  pad_edge=False)  # fmt: skip
    table.add_column(words["method_name"], ratio=1)
    for name in ("wape", "wape_day", "mase"):
        table.add_column(words[name], justify="right")
    for score in made.backtest.scores:
        used = score.method == made.method
        table.add_row(
            words[score.method] + (f" ← {words['chosen']}" if used else ""),
            view.percent(score.wape), view.percent(score.wape_day), view.number(score.mase, 2),
            style="bold" if used else "",
        )  # fmt: skip
    console.print(table)
    for line in view.notes():
        console.print(f"[dim]{escape(line)}[/dim]", highlight=False)
    console.print()
    days = Table(title=words["forecast_title"], title_justify="left", header_style="bold",
                 box=None, pad_edge=False)  # fmt: skip
    shrinks = made.plan is not None and made.plan.shrinkage > 0
    names = ["date", "contacts", "peak", "agents_peak", "hours", "hours_scheduled"]
    for name in names if shrinks else names[:-1]:
        is_date = name == "date"
        days.add_column(
            words[name], justify="left" if is_date else "right", min_width=14 if is_date else None
        )
    for day in made.days:
        row = view.day_row(day)
        days.add_row(*(row if shrinks else row[:-1]))
    console.print(days)
