"""``entendu fairness``: does the score depend on names, words of a region, accents in spelling?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from conversation import Conversation, read_conversations
from conversation.errors import BadInput, EntenduError, NotFound
from serving.commands.options import DataOption, DeviceOption, ThreadsOption
from serving.inputs import TEXT_SUFFIXES, collect_inputs
from serving.settings import load_settings

if TYPE_CHECKING:
    from quality.fairness import FairnessReport

_SHOWN_FLIPS = 12
_COLOURS = {"holds": "green", "too_few": "yellow", "doubtful": "yellow", "fails": "red"}
_VERDICTS = {
    "holds": "holds",
    "too_few": "nothing seen, too few conversations",
    "doubtful": "above the tolerance, too few to be sure",
    "fails": "fails",
}


def fairness(
    conversations: Annotated[
        list[Path],
        typer.Argument(
            metavar="CONVERSATIONS…",
            help="Results of `entendu process`, chats, e-mails or conversations as JSON, or "
            "folders of them.",
        ),
    ],
    card: Annotated[
        str | None,
        typer.Option(
            "--card",
            metavar="CARD",
            help="Scorecard to test: a YAML file or the name of a shipped one. The channel's own "
            "if left.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole report as one JSON object.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one page.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="KIND",
            help="Only this kind of change, such as customer_name; may be repeated.",
        ),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance",
            min=0.001,
            max=0.5,
            help="Highest share of answers that may flip when only the person changes.",
        ),
    ] = 0.05,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Of the copies; the same seed, the same copies.")
    ] = 20261122,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="fr|en", help="Of all conversations; found if left."),
    ] = None,
    page_language: Annotated[
        str, typer.Option("--page-language", metavar="fr|en", help="Of the page.")
    ] = "fr",
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Test whether scores depend on who speaks.

    Each conversation is copied with one thing changed (a name, a gender, words of a region, the
    way of speaking, recognition errors, spelling) and scored again. Exit code 1: a kind fails.
    """
    from quality.fairness import KINDS, FairnessSettings, assess_fairness
    from serving.fairness_chain import ScoringChain
    from serving.fairness_page import render_fairness
    from serving.result_files import write_together

    console = Console(stderr=True)
    for name, value in (("--language", language), ("--page-language", page_language)):
        if value not in {None, "fr", "en"}:
            raise BadInput(f"got {name} {value!r}, expected fr or en", remedy="give one of them")
    unknown = sorted(set(only or ()) - set(KINDS))
    if unknown:
        raise BadInput(
            f"got --only {unknown[0]!r}, expected one of {', '.join(KINDS)}",
            remedy="give one of them",
        )
    settings = load_settings(device=device, threads=threads, data_dir=data, scorecard=card)
    read, failures = _read(conversations, language)
    if not read:
        raise NotFound(
            f"no conversation in {', '.join(map(str, conversations))}",
            remedy="give results of `entendu process`, chats or e-mails",
        )
    score = ScoringChain(settings)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(), console=console, transient=True,
    ) as bars:  # fmt: skip
        task = bars.add_task("Scoring copies", total=len(read))
        report = assess_fairness(
            read,
            score=score,
            settings=FairnessSettings(seed=seed, tolerance=tolerance),
            kinds=[kind for kind in KINDS if not only or kind in only],
            progress=lambda _: bars.advance(task),
        )
    if html is not None:
        page = render_fairness(report, language=cast("Literal['fr', 'en']", page_language))
        write_together(((html, page),))
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _print(report, html)
    for path, why in failures:
        console.print(
            f"[yellow]Left out:[/yellow] {escape(f'{path}: {why}')}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if any(kind.verdict == "fails" for kind in report.kinds):
        raise typer.Exit(1)


def _read(
    paths: list[Path], language: str | None
) -> tuple[list[tuple[Conversation, str | None]], list[tuple[Path, str]]]:
    """Read every conversation once; also what cannot be used, with the reason."""
    found: dict[str, tuple[Conversation, str | None]] = {}
    failures: list[tuple[Path, str]] = []
    inputs, _ = collect_inputs(paths, out=None, suffixes=TEXT_SUFFIXES)
    for item in inputs:
        if not item.path.is_file():
            raise NotFound(f"there is no {item.path}", remedy="give files or folders that exist")
        try:
            for conversation, spoken in _conversations(item.path):
                if conversation.id in found and found[conversation.id][0] != conversation:
                    failures.append(
                        (item.path, f"another conversation has the identifier {conversation.id}")
                    )
                else:
                    found[conversation.id] = (conversation, language or spoken)
        except EntenduError as error:
            failures.append((item.path, error.message))
        except (OSError, ValueError, ValidationError):
            failures.append((item.path, "not a conversation, nor a result of entendu process"))
    return list(found.values()), failures


def _conversations(path: Path) -> Iterator[tuple[Conversation, str | None]]:
    if path.suffix.casefold() == ".json":
        values = json.loads(path.read_text("utf-8-sig"))
        if isinstance(values, dict) and {"conversation", "understanding"} <= values.keys():
            understanding = values["understanding"]
            spoken = understanding.get("language") if isinstance(understanding, dict) else None
            yield Conversation.model_validate(values["conversation"]), spoken
            return
    from nlu.language import detect_conversation_language

    for conversation in read_conversations(path):
        yield conversation, conversation.language or detect_conversation_language(conversation)


def _print(report: FairnessReport, html: Path | None) -> None:
    console = Console()
    table = Table(title="Does the score depend on who speaks?", header_style="bold")
    table.add_column("What is changed", no_wrap=True)
    table.add_column("Copies", justify="right")
    table.add_column("Flipped answers", justify="right")
    table.add_column("Score, points", justify="right")
    table.add_column("Verdict")
    for kind in report.kinds:
        flips = sum(one.rate.flips for one in kind.questions)
        pairs = sum(one.rate.pairs for one in kind.questions)
        shift = kind.shift
        table.add_row(
            kind.label.en,
            str(kind.copies),
            f"{flips} of {pairs}",
            f"{shift.mean:+.2f} [{shift.low:+.2f}, {shift.high:+.2f}]".replace("[", "\\["),
            f"[{_COLOURS[kind.verdict]}]{_VERDICTS[kind.verdict]}[/]",
        )
    console.print(table)
    for flip in report.flips[:_SHOWN_FLIPS]:
        console.print(
            escape(
                f"{flip.question} {flip.before} → {flip.after}  {flip.kind}/{flip.variant}  "
                f"{flip.conversation_id}"
            ),
            highlight=False,
        )
        for turn in flip.turns[:1]:
            console.print(f"  [dim]{escape(turn.before)}[/dim]", highlight=False)
            console.print(f"  {escape(turn.after)}", highlight=False)
    if len(report.flips) > _SHOWN_FLIPS:
        console.print(f"and {len(report.flips) - _SHOWN_FLIPS} more: --json or --html shows all")
    console.print(
        f"{report.conversations} conversations, {report.copies} copies; {report.needed} "
        f"conversations without a flip show that {report.settings.tolerance:.0%} is held to"
    )
    console.print(f"[dim]{escape(report.note.en)}[/dim]")
    if html is not None:
        console.print(f"Page in {html}", soft_wrap=True)
