"""``entendu sample``: which contacts a person listens to, by the centre's rule."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conversation.errors import BadInput, NotFound
from quality.sampling import AgentKeys, Sample, SamplingContact, load_sampling_rule, sample
from serving.commands.options import AgentKeyOption, DataOption
from serving.result_files import json_files
from serving.sampling import Population, agent_keys
from serving.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMNS = ("id", "agent", "started_at", "channel", "reason", "duration_s")


def sample_contacts(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS…",
            help="Results of `entendu process` or folders of them, or CSV files of contacts "
            "(id, agent, started_at, channel, reason, duration_s): a sample can be drawn before "
            "anything is transcribed.",
        ),
    ],
    rule: Annotated[
        Path, typer.Option("--rule", metavar="FILE", help="The sampling rule (YAML); required.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole sample as one JSON object.")
    ] = False,
    key: AgentKeyOption = None,
    data: DataOption = None,
) -> None:
    """Draw the contacts to evaluate, each with its probability and the reason in words.

    The same rule, seed and contacts give the same sample. Agents appear under pseudonymous ids.
    """
    console = Console(stderr=True)
    wanted = load_sampling_rule(rule)
    settings = load_settings(data_dir=data)
    population = _read(results, agent_keys(key, settings.data_dir))
    if not population.contacts:
        raise NotFound(
            f"no contact in {', '.join(map(str, results))}",
            remedy="give the folder of `entendu process --out`, or a CSV of contacts",
        )
    drawn = sample(population.contacts.values(), wanted)
    if as_json:
        typer.echo(drawn.model_dump_json(indent=2))
    else:
        _print(drawn)
    for path, why in population.failures:
        console.print(
            f"[yellow]Left out:[/yellow] {escape(f'{path}: {why}')}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if population.failures:
        raise typer.Exit(1)


def _read(paths: list[Path], keys: AgentKeys) -> Population:
    population = Population(keys)
    tables = [path for path in paths if path.suffix.casefold() == ".csv"]
    for path in tables:
        for contact in read_contact_table(path, keys):
            if contact.id in population.contacts:
                raise BadInput(
                    f"{path.name}: the contact {contact.id!r} stands twice",
                    remedy="give every contact once",
                )
            population.add(contact, path)
    for path, named in json_files([path for path in paths if path not in tables]):
        population.read(path, named=named)
    return population


def read_contact_table(path: Path, keys: AgentKeys) -> list[SamplingContact]:
    """Read contacts from a CSV: ``id`` and what is known of agent, date, channel, reason, length.

    Args:
        path: UTF-8, columns in any order, parted by commas, semicolons or tabs; dates as
            ``2026-11-02T09:00``.
        keys: Makes the pseudonymous ids of agents.

    Raises:
        NotFound: There is no such file.
        BadInput: A column or cell is not as expected; names line and column.
    """
    if not path.is_file():
        raise NotFound(f"there is no {path}", remedy="check the path")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8", remedy="export it as CSV in UTF-8") from error
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.DictReader(text.splitlines(), delimiter=delimiter)
    names = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    if "id" not in names or set(names) - set(_COLUMNS):
        raise BadInput(
            f"{path.name} has the columns {', '.join(names) or 'none'}, expected id and any of "
            f"{', '.join(_COLUMNS[1:])}",
            remedy="rename the columns, and leave the others out",
        )
    return [_contact(path, row, rows.line_num, keys) for row in rows]


def _contact(
    path: Path, row: Mapping[str | None, object], line: int, keys: AgentKeys
) -> SamplingContact:
    cells = {str(name): str(value or "").strip() for name, value in row.items() if name}

    def fail(column: str, expected: str) -> BadInput:
        return BadInput(
            f"{path.name}, line {line}, {column}: got {cells.get(column, '')!r}, expected "
            f"{expected}",
            remedy="correct that cell",
        )

    if not cells.get("id"):
        raise fail("id", "the contact's identifier")
    started_at, duration_s = None, None
    if cells.get("started_at"):
        try:
            started_at = datetime.fromisoformat(cells["started_at"])
        except ValueError:
            raise fail("started_at", "a date such as 2026-11-02T09:00") from None
    if cells.get("duration_s"):
        try:
            duration_s = float(cells["duration_s"].replace(",", "."))
        except ValueError:
            raise fail("duration_s", "seconds") from None
    return SamplingContact(
        id=cells["id"],
        agent=keys.key_of(cells.get("agent", "")),
        started_at=started_at,
        channel=cells.get("channel") or None,
        reason=cells.get("reason") or None,
        duration_s=duration_s,
    )


def _print(drawn: Sample) -> None:
    console = Console()
    table = Table(title=f"{drawn.rule} {drawn.rule_version}, seed {drawn.seed}")
    for name in ("Contact", "Agent", "Month"):
        table.add_column(name, no_wrap=True)
    table.add_column("Probability", justify="right")
    table.add_column("Why")
    for one in drawn.contacts:
        table.add_row(
            escape(one.id), one.agent or "?", one.month, f"{one.probability:.3f}",
            escape(one.why.en),
        )  # fmt: skip
    console.print(table)
    console.print(f"{len(drawn.contacts)} drawn of {drawn.population} contacts")
    for note in drawn.notes:
        console.print(f"[yellow]{escape(note.en)}[/yellow]", highlight=False)
