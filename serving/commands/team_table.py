"""A team's estimated score, printed for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from quality.sampling import AgentFigures, Estimate
    from serving.team_scores import TeamScores


def print_team(console: Console, team: TeamScores) -> None:
    """Print what a sample says of all contacts.

    Args:
        console: To print to.
        team: The estimates; agents are printed only where there is a figure of one.
    """
    sample = team.sample
    table = Table(
        header_style="bold", title_justify="left",
        title=f"The team's score on 100, estimated by rule {escape(sample.rule)} "
        f"{escape(sample.rule_version)}, seed {sample.seed}",
    )  # fmt: skip
    table.add_column("Purpose", overflow="fold")
    table.add_column("Estimate", no_wrap=True)
    for name in ("Score", "Interval", "Evaluated", "Drawn", "Of"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in team.purposes:
        found = one.team
        named = (("Horvitz–Thompson", found.horvitz_thompson), ("Hájek", found.hajek))
        counts = (str(found.evaluated), str(found.sampled), str(found.population))
        for number, (name, estimate) in enumerate(named):
            first = number == 0
            table.add_row(
                one.purpose.replace("_", " ") if first else "",
                name,
                f"{estimate.value:.1f}" if estimate is not None else "–",
                interval(estimate, found.level),
                *(counts if first else ("", "", "")),
            )
    console.print(table)
    for one in team.purposes:
        _print_agents(console, one.agents)
        if one.team.evaluated < one.team.sampled:
            console.print(
                f"{one.team.sampled - one.team.evaluated} contacts drawn have no score: only "
                "Hájek's estimate holds, if they are like the others of their group",
                highlight=False,
            )
    for note in sample.notes:
        console.print(f"[yellow]{escape(note.en)}[/yellow]", highlight=False)


def interval(estimate: Estimate | None, level: float) -> str:
    """Return the limits of an estimate with their level; a dash where there are none."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return "–"
    return f"{estimate.low:.1f} to {estimate.high:.1f} ({100 * level:.0f} %)"


def _print_agents(console: Console, figures: AgentFigures) -> None:
    shown = [one for one in figures.agents if one.estimate is not None]
    if shown:
        table = Table(header_style="bold", title=escape(figures.note.en), title_justify="left")
        table.add_column("Agent", no_wrap=True)
        for name in ("Score", "Interval", "Evaluated", "Of"):
            table.add_column(name, justify="right", no_wrap=True)
        for one in shown:
            if one.estimate is not None:
                table.add_row(
                    one.agent,
                    f"{one.estimate.value:.1f}",
                    interval(one.estimate, 0.95),
                    str(one.evaluated),
                    str(one.population),
                )
        console.print(table)
    few = [one for one in figures.agents if one.note is not None]
    if few and few[0].note is not None:
        console.print(
            f"{len(few)} agents without a figure. {escape(few[0].note.en)}", highlight=False
        )
