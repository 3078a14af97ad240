"""``entendu audit``: who read and changed what, and whether the log is whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from conversation.errors import Conflict
from serving.commands.options import DataOption
from serving.settings import load_settings

app = typer.Typer(
    help="The log of who read and changed what: list it, check that it is whole.",
    no_args_is_help=True,
)
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="HASH",
            help="Head that an earlier check gave; it must still be in the log.",
        ),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no line was changed or removed.

    Keep the head that it prints somewhere else: with it, a later check also proves that nobody
    wrote the whole log anew.
    """
    from serving.access.access import open_access

    with open_access(load_settings(data_dir=data)) as access:
        found = access.audit.verify(known_head=head)
    if as_json:
        members = {
            "whole": found.is_whole, "lines": found.lines, "head": found.head,
            "broken_at": found.broken_at, "reason": found.reason,
        }  # fmt: skip
        typer.echo(json.dumps(members))
        if not found.is_whole:
            raise typer.Exit(1)
        return
    if not found.is_whole:
        at = (
            "not the one it was" if found.broken_at is None else f"broken at line {found.broken_at}"
        )
        raise Conflict(
            f"the audit log is {at}: {found.reason}",
            remedy="compare it with a backup, and find out who can write to the database",
        )
    typer.echo(f"The audit log is whole: {found.lines} lines.")
    typer.echo(f"Head: {found.head}")


@app.command("list")
def list_lines(
    who: Annotated[str | None, typer.Option("--who", metavar="ID", help="Key or account.")] = None,
    action: Annotated[
        str | None, typer.Option("--action", help="What was done; key.* for all that begin so.")
    ] = None,
    object_id: Annotated[
        str | None, typer.Option("--object", metavar="ID", help="To which conversation, key, …")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="UTC."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most to show.")] = 50,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who read and changed what, newest first."""
    from serving.access.access import open_access
    from serving.access.audit import AuditFilter

    wanted = AuditFilter(
        principal_id=who,
        action=action,
        object_id=object_id,
        since=None if since is None else since.replace(tzinfo=UTC),
    )
    with open_access(load_settings(data_dir=data)) as access:
        entries, _ = access.audit.page(wanted, limit=limit)
    if as_json:
        lines = [entry.model_dump(mode="json") for entry in entries]
        typer.echo(json.dumps({"lines": lines}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("number", "at (UTC)", "who", "role", "action", "to"):
        table.add_column(column, overflow="fold")
    for entry in entries:
        table.add_row(
            str(entry.number), entry.at.strftime("%Y-%m-%d %H:%M:%S"),
            entry.principal_id or "command line", entry.role or "", entry.action,
            f"{entry.object_kind} {entry.object_id}",
        )  # fmt: skip
    Console().print(table)
