"""The command ``entendu``: its subcommands, and how errors leave it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from conversation.errors import EntenduError
from serving.commands import audit, evaluate, kb, keys, kpi, models, remote, train
from serving.commands.backup import backup, backups, rekey, restore
from serving.commands.calibrate import calibrate
from serving.commands.fairness import fairness
from serving.commands.import_ import import_conversations
from serving.commands.privacy import erase, export_subject, purge
from serving.commands.process import process
from serving.commands.redact import redact
from serving.commands.replay import replay
from serving.commands.sample import sample_contacts
from serving.commands.score import score
from serving.commands.serve import serve
from serving.commands.topics import topics
from serving.commands.transcribe import transcribe
from serving.commands.worker import worker
from serving.problems import exit_code
from serving.version import entendu_version

app = typer.Typer(
    name="entendu",
    help="Contact-centre conversations into text, meaning, answers and fair scores, "
    "on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command()(process)
app.command("import")(import_conversations)
app.command()(transcribe)
app.command()(redact)
app.command()(serve)
app.command()(worker)
app.command()(backup)
app.command()(restore)
app.command()(backups)
app.command()(rekey)
app.command()(purge)
app.command()(erase)
app.command("export-subject")(export_subject)
app.command()(topics)
app.command()(replay)
app.command()(score)
app.command()(calibrate)
app.command()(fairness)
app.command("sample")(sample_contacts)
app.add_typer(kb.app, name="kb")
app.add_typer(kpi.app, name="kpi")
app.add_typer(models.app, name="models")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.add_typer(remote.app, name="remote")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(train.app, name="train")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"entendu {entendu_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that stand before a subcommand."""


def main() -> None:
    """Run the command line; errors of the tree become one clear line and an exit code."""
    try:
        app()
    except EntenduError as error:
        console = Console(stderr=True)
        console.print(f"[red]Error:[/red] {escape(error.message)}", highlight=False)
        if error.remedy:
            console.print(f"[dim]What to do:[/dim] {escape(error.remedy)}", highlight=False)
        sys.exit(exit_code(error))
