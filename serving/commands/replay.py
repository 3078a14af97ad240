"""``entendu replay``: what the live assistant would have shown over past conversations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conversation.errors import BadInput, NotFound
from serving.clock import clock
from serving.commands.options import DataOption, DeviceOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import load_settings

if TYPE_CHECKING:
    from kb_search.assistant import Comparison, ConversationReplay, ReplayFigures
    from serving.replaying import PastConversations, ReplayReport

_SHOWN_DIFFERENCES = 20
_VERDICTS = {
    "same": "Both show the same cards.",
    "b_better": "B is better: surely higher precision or recall, and neither is surely lower.",
    "b_worse": "B is worse: surely lower precision or recall, and neither is surely higher.",
    "mixed": "Mixed: one of precision and recall is surely higher with B, the other lower.",
    "undecided": "No difference could be shown with so few labelled conversations.",
    "unlabelled": "Which is better cannot be told without labels: see --labels, and read the "
    "differences.",
}
_DIFFERENCES = {
    "only_a": "only in A",
    "only_b": "only in B",
    "other_passage": "other passage",
    "other_text": "other words",
    "other_confidence": "other confidence",
}
_FIGURES = {
    "precision_at_1": "Precision at 1",
    "recall": "Labelled needs met",
    "asked_with_card_share": "Asked, got a card",
    "cards_per_minute": "Cards a minute",
}


def replay(
    conversations: Annotated[
        list[Path],
        typer.Argument(
            metavar="CONVERSATIONS…",
            help="Conversations as JSON, results of `entendu process`, vCon, chats, e-mails, or "
            "folders of them.",
        ),
    ],
    kb: Annotated[
        Path, typer.Option("--kb", metavar="A", help="Knowledge base: a folder of documents.")
    ],
    kb_b: Annotated[
        Path | None,
        typer.Option("--kb-b", metavar="B", help="A second knowledge base to compare with."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help='JSONL: {"conversation", "turn", "documents"}; in the metadata of the '
            "conversations if left.",
        ),
    ] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option("--min-confidence", min=0, max=1, help="Passages less sure are not shown."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where replay.html and replay.json go."),
    ] = None,
    page_language: Annotated[
        str | None,
        typer.Option(
            "--page-language",
            metavar="fr|en",
            help="Of the page; that of most conversations if left.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Play past conversations to the live assistant: which cards, when, and how many were right.

    With a second knowledge base, both are compared: where they differ, and whether the second is
    better. A file that cannot be used is named with the reason and the others go on; the exit
    code is 1 then.
    """
    from serving.replaying import past_conversations, replay_report
    from serving.result_files import make_result_folder

    console = Console(stderr=True, quiet=as_json)
    if page_language not in {None, "fr", "en"}:
        raise BadInput(
            f"got --page-language {page_language!r}, expected fr or en", remedy="give one of them"
        )
    settings = load_settings(device=device, threads=threads, data_dir=data, embedding_model=model)
    with console.status("Reading conversations"):
        past = past_conversations(conversations, labels=labels, out=out)
    if not past.conversations:
        for path, why in past.failures:
            console.print(f"{path}: {why}", style="yellow", markup=False, soft_wrap=True)
        raise NotFound(
            f"no conversation in {', '.join(map(str, conversations))}",
            remedy="give conversations as text (JSON, chats, vCon, results of entendu process); "
            "recordings must go through entendu process first",
        )
    if out is not None:
        make_result_folder(out)
    with progress_bar("Loading the model", console) as advance:
        report = replay_report(
            past, settings, kb=kb, kb_b=kb_b, min_confidence=min_confidence,
            progress=lambda what, done, total: advance(done, total, what),
        )  # fmt: skip
    if out is not None:
        _write(report, past, out, page_language)
    if as_json:
        typer.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    else:
        _print(report, out)
    for path, why in past.failures:
        console.print(
            f"[yellow]Left out:[/yellow] {escape(f'{path}: {why}')}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if past.failures:
        raise typer.Exit(1)


def _write(
    report: ReplayReport, past: PastConversations, out: Path, page_language: str | None
) -> None:
    from serving.replay_page import render_replay
    from serving.result_files import write_together

    language: Literal["fr", "en"] = "en" if page_language == "en" else "fr"
    if page_language is None and past.mostly_english:
        language = "en"
    page = render_replay(report, language=language)
    write_together(
        (
            (out / "replay.html", page),
            (out / "replay.json", report.model_dump_json(indent=2) + "\n"),
        )
    )


def _print(report: ReplayReport, out: Path | None) -> None:
    console = Console()
    if report.comparison is None:
        _print_cards(console, report.replays)
        _print_figures(console, [report.figures])
    else:
        _print_differences(console, report.comparison)
        _print_figures(console, [report.comparison.a, report.comparison.b])
        _print_intervals(console, report.comparison)
        console.print(_VERDICTS[report.comparison.verdict], style="bold", highlight=False)
    if out is not None:
        console.print(f"Results in {out}", soft_wrap=True, highlight=False)


def _print_cards(console: Console, replays: Sequence[ConversationReplay]) -> None:
    table = Table(title="Cards", header_style="bold", title_justify="left")
    table.add_column("Conversation", overflow="fold")
    table.add_column("At", justify="right", no_wrap=True)
    table.add_column("Late by", justify="right", no_wrap=True)
    table.add_column("The customer said", ratio=3)
    table.add_column("Card", ratio=3)
    table.add_column("Sure", justify="right", no_wrap=True)
    if any(each.labels is not None for each in replays):
        table.add_column("Right", no_wrap=True)
    for each in replays:
        for card in each.cards:
            right = each.is_right(card)
            mark = {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[right]
            row = (
                escape(each.conversation), clock(card.shown_at_s), f"{card.delay_s:.1f} s",
                escape(card.question), escape(_label(card.citation.title, card.citation.heading)),
                f"{card.confidence:.2f}", mark,
            )  # fmt: skip
            table.add_row(*row[: len(table.columns)])
    console.print(table)


def _print_figures(console: Console, columns: Sequence[ReplayFigures]) -> None:
    table = Table(title="Figures", header_style="bold", title_justify="left")
    table.add_column("")
    for name in ("A", "B")[: len(columns)] if len(columns) > 1 else ("",):
        table.add_column(name, justify="right")
    for name, values in _figure_rows(columns):
        table.add_row(name, *values)
    console.print(table)


def _figure_rows(columns: Sequence[ReplayFigures]) -> list[tuple[str, list[str]]]:
    rows = [
        ("Conversations", [str(each.conversations) for each in columns]),
        ("Minutes", [f"{each.minutes:.1f}" for each in columns]),
        ("Cards", [str(each.cards) for each in columns]),
        ("Cards a minute", [_number(each.cards_per_minute, 2) for each in columns]),
        ("Asked by customers", [str(each.asked) for each in columns]),
        ("Asked, got a card", [_percent(each.asked_with_card_share) for each in columns]),
        ("Card after the turn, median", [_seconds(each.delay_median_s) for each in columns]),
        ("Card after the turn, 95 %", [_seconds(each.delay_p95_s) for each in columns]),
    ]
    if all(each.labels is not None for each in columns):
        found = [each.labels for each in columns if each.labels is not None]
        rows += [
            ("Precision at 1", [_percent(each.precision_at_1) for each in found]),
            ("Of the very passage", [_percent(each.passage_precision_at_1) for each in found]),
            ("Labelled needs met", [_percent(each.recall) for each in found]),
        ]
    reasons = sorted({reason for each in columns for reason in each.suppressed})
    rows += [
        (
            f"Not shown: {reason.replace('_', ' ')}",
            [str(each.suppressed.get(reason, 0)) for each in columns],
        )
        for reason in reasons
    ]
    return rows


def _print_differences(console: Console, comparison: Comparison) -> None:
    if not comparison.differences:
        return
    table = Table(title="Differences", header_style="bold", title_justify="left")
    table.add_column("Conversation", overflow="fold")
    table.add_column("At", justify="right", no_wrap=True)
    table.add_column("What", no_wrap=True)
    table.add_column("The customer said", ratio=2)
    table.add_column("A", ratio=2)
    table.add_column("B", ratio=2)
    for each in comparison.differences[:_SHOWN_DIFFERENCES]:
        sides = []
        for side in (each.a, each.b):
            text = f"({side.outcome.replace('_', ' ')})"
            if side.outcome == "shown" and side.citation is not None:
                text = _label(side.citation.title, side.citation.heading)
            mark = {True: "[green]✓[/green] ", False: "[red]✗[/red] ", None: ""}[side.right]
            sides.append(f"{mark}{escape(text)} [dim]{side.confidence:.2f}[/dim]")
        table.add_row(
            escape(each.conversation), clock(each.asked_at_s), _DIFFERENCES[each.kind],
            escape(each.need), *sides,
        )  # fmt: skip
    console.print(table)
    left = len(comparison.differences) - _SHOWN_DIFFERENCES
    if left > 0:
        console.print(f"{left} more differences: see --json or --out", highlight=False)


def _print_intervals(console: Console, comparison: Comparison) -> None:
    table = Table(title="B minus A", header_style="bold", title_justify="left")
    for name in ("", "A", "B", "Difference", "95 % interval"):
        table.add_column(name, justify="left" if not name else "right")
    for each in comparison.figures:
        interval = "–"
        if each.low is not None and each.high is not None:
            interval = f"{each.low:+.3f} to {each.high:+.3f}"
        difference = "–" if each.difference is None else f"{each.difference:+.3f}"
        table.add_row(
            _FIGURES[each.name], _number(each.a, 3), _number(each.b, 3), difference, interval
        )
    console.print(table)


def _label(title: str, heading: str | None) -> str:
    return title if heading is None else f"{title} › {heading}"


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"
