"""What ``entendu kb`` prints for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kb_search import Answer, Citation, Document, Hit, Metadata, Problem
from serving.clock import clock

if TYPE_CHECKING:
    from kb_search.channels import ChannelAnswer
    from kb_search.gaps import Gap, GapReport
    from kb_search.store import IngestReport

_SHOWN = 20
_STATES = {
    "work_in_progress": "work in progress", "not_validated": "not validated",
    "validated": "validated", "archived": "archived",
}  # fmt: skip
_WHY = {
    "missing": "missing", "outdated": "outdated", "wrong_audience": "wrong audience",
    "weak": "found but weak",
}  # fmt: skip
_BARS = " ▁▂▃▄▅▆▇█"
_GROWS = 0.01


def print_change(report: IngestReport, label: str) -> None:
    """Print what a change did to a base."""
    console = Console()
    table = Table(header_style="bold")
    table.add_column("Document", overflow="fold", ratio=3)
    table.add_column("", no_wrap=True)
    rows = [
        *((path, "[green]added[/green]") for path in report.added),
        *((path, "[green]updated[/green]") for path in report.updated),
        *((path, "[yellow]removed[/yellow]") for path in report.removed),
    ]
    for path, what in rows[:_SHOWN]:
        table.add_row(escape(path), what)
    if rows:
        console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"[dim]and {len(rows) - _SHOWN} more[/dim]")
    print_problems(console, report.problems)
    counts = ", ".join(
        f"{len(paths)} {name}"
        for name, paths in (
            ("added", report.added), ("updated", report.updated),
            ("unchanged", report.unchanged), ("removed", report.removed),
        )
        if paths
    )  # fmt: skip
    console.print(f"{label}: {counts or 'nothing changed'}", highlight=False, markup=False)


def print_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Print the files that are not in a base, each with its reason."""
    for problem in problems:
        mark = "✗" if problem.kind == "unreadable" else "–"
        console.print(
            f"{mark} {problem.path}: {problem.reason}",
            style="red" if problem.kind == "unreadable" else "yellow",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip


def listed(document: Document, today: date) -> dict[str, object]:
    """Return a document as ``entendu kb list --json`` gives it."""
    metadata = document.metadata
    return {
        "path": document.path,
        "title": document.title,
        "state": metadata.state,
        "audience": metadata.audience,
        "product": metadata.product,
        "languages": _languages(document),
        "passages": len(document.passages),
        "valid_from": metadata.valid_from.isoformat() if metadata.valid_from else None,
        "valid_to": metadata.valid_to.isoformat() if metadata.valid_to else None,
        "in_force": metadata.in_force(today),
    }


def print_documents(
    documents: Sequence[Document], problems: Sequence[Problem], *, label: str, today: date
) -> None:
    """Print the documents of a base."""
    console = Console()
    table = Table(header_style="bold", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("Document", overflow="fold", ratio=1)
    table.add_column("State", no_wrap=True)
    table.add_column("Passages", justify="right")
    table.add_column("In force", no_wrap=True)
    for document in documents:
        metadata = document.metadata
        table.add_row(
            f"{escape(document.path)}\n[dim]{escape(document.title)}[/dim]",
            f"{_STATES[metadata.state]}\n[dim]{metadata.audience}[/dim]",
            f"{len(document.passages)}\n[dim]{' '.join(_languages(document))}[/dim]",
            _in_force(metadata, today),
        )
    if documents:
        console.print(table)
    print_problems(console, problems)
    passages = sum(len(document.passages) for document in documents)
    left_out = sum(not document.metadata.in_force(today) for document in documents)
    line = f"{label}: {len(documents)} documents, {passages} passages"
    if left_out:
        line += f"; {left_out} not searched (archived or not in force on {today})"
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def print_hits(hits: Sequence[Hit], *, restricted: bool) -> None:
    """Print passages, best first."""
    console = Console()
    if not hits:
        hint = "; the filters may leave out what there is" if restricted else ""
        console.print(f"Nothing was found{hint}.")
        return
    for hit in hits:
        passage = hit.passage
        page = f", page {passage.page}" if passage.page else ""
        console.print(
            Text.assemble(
                (f"{hit.rank}. ", "bold"), (passage.label, "bold"),
                (f"  {passage.document}{page}", "dim"),
            )
        )  # fmt: skip
        console.print(Text("   " + " ".join(passage.text.split())[:400]), highlight=False)
        console.print(
            f"   [dim]meaning {hit.dense:.2f}, words {hit.words:.2f}, letters {hit.letters:.2f}"
            "[/dim]", highlight=False,
        )  # fmt: skip


def print_answer(answer: Answer) -> None:
    """Print an answer with its source, a question back with its choices, or the reason for none."""
    console = Console()
    sure = (
        f"confidence {100 * answer.confidence:.0f} % (answers from {100 * answer.threshold:.0f} %)"
    )
    if answer.citation is not None:
        console.print(_panel(answer.citation, "Answer", "green"))
        if answer.disagreement:
            console.print("[yellow]Another document says something else:[/yellow]")
        elif answer.other:
            console.print("[dim]See also:[/dim]")
        for number, citation in enumerate(answer.other):
            differs = answer.disagreement and number == 0
            console.print(
                _panel(citation, "To be settled", "yellow") if differs else _line(citation)
            )
    elif answer.clarification is not None:
        console.print(Text(answer.clarification.question, style="bold"))
        for number, choice in enumerate(answer.clarification.choices, 1):
            console.print(Text(f"  {number}. {choice.label}"))
            console.print(_line(choice.citation, indent="     "))
    else:
        console.print(Text(answer.reason or ""))
        return  # the reason names the confidence
    console.print(f"[dim]{sure}[/dim]", highlight=False)


def print_written(written: ChannelAnswer) -> None:
    """Print an answer as it is sent on its channel."""
    console = Console()
    note = {"extract": "the document's own words", "rewritten": "worded by the language model",
            "mixed": "in part worded by the language model"}[written.origin]  # fmt: skip
    if written.not_rewritten:
        note += f"; {written.not_rewritten}"
    console.print(
        Panel(
            Text(written.text), title=f"For {written.channel}", title_align="left",
            subtitle=Text(note), subtitle_align="left",
        )
    )  # fmt: skip


def print_gaps(report: GapReport, *, answers: str) -> None:
    """Print the gaps, most handling time first.

    Args:
        report: The gaps.
        answers: Where the answers of the base come from.
    """
    console = Console()
    if report.gaps:
        table = Table(header_style="bold", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.add_column("", justify="right")
        table.add_column("Customers ask", ratio=1)
        table.add_column("Contacts", justify="right")
        table.add_column("Handling", justify="right", no_wrap=True)
        table.add_column("By week", no_wrap=True)
        for gap in report.gaps:
            table.add_row(*_gap_row(gap))
        console.print(table)
    console.print(
        f"{report.conversations} conversations with {report.questions} questions, "
        f"{report.open_questions} without a good answer (answers: {answers}); "
        f"{len(report.gaps)} gaps, {report.ungrouped_questions} asked too seldom to be one",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    if report.left_out:
        console.print(f"{report.left_out} of the oldest questions were left out: too many")
    if report.handling_unknown:
        console.print(
            f"[dim]{report.handling_unknown} conversations without a duration count as long as "
            "the usual one[/dim]", highlight=False,
        )  # fmt: skip


def _gap_row(gap: Gap) -> tuple[str, ...]:
    note = _WHY[gap.why]
    if gap.nearest is not None and gap.why != "missing":
        note += f": {gap.nearest.title}"
    note += f" · draft of {len(gap.statements)} quotes" if gap.statements else " · no draft"
    if gap.contradicted:
        note += ", agents differ"
    growing = gap.growth is not None and gap.growth.p_value < _GROWS
    return (
        str(gap.rank),
        f"{escape(gap.title)}\n[dim]{escape(note)}[/dim]",
        str(len(gap.conversations)),
        clock(gap.handling_s) if gap.handling_known else "–",
        _weeks(gap) + ("\n[red]growing[/red]" if growing else ""),
    )


def _weeks(gap: Gap) -> str:
    counts = [week.count for week in gap.weeks][-12:]
    most = max(counts, default=0)
    return "".join(_BARS[-(-8 * count // most)] for count in counts) if most else ""


def _panel(citation: Citation, title: str, colour: str) -> Panel:
    return Panel(
        Group(Text(citation.quote), Text(_source(citation), style="dim")),
        title=title, title_align="left", border_style=colour,
    )  # fmt: skip


def _line(citation: Citation, indent: str = "  ") -> Text:
    return Text(f"{indent}{_source(citation)}", style="dim")


def _source(citation: Citation) -> str:
    label = citation.title
    if citation.heading:
        label += f" › {citation.heading}"
    parts = [label, citation.document]
    if citation.page:
        parts.append(f"page {citation.page}")
    if citation.date:
        parts.append(citation.date.isoformat())
    if citation.state != "validated":
        parts.append(_STATES[citation.state])
    if citation.link:
        parts.append(citation.link)
    return " · ".join(parts)


def _languages(document: Document) -> list[str]:
    return sorted({passage.language for passage in document.passages})


def _in_force(metadata: Metadata, today: date) -> str:
    if metadata.state == "archived":
        return "[yellow]never[/yellow]"
    lines = []
    if metadata.valid_from is not None:
        early = today < metadata.valid_from
        lines.append(_marked(f"from {metadata.valid_from}", marked=early))
    if metadata.valid_to is not None:
        late = metadata.valid_to < today
        lines.append(_marked(f"until {metadata.valid_to}", marked=late))
    return "\n".join(lines) or "always"


def _marked(text: str, *, marked: bool) -> str:
    return f"[yellow]{text}[/yellow]" if marked else text
