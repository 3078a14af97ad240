"""``entendu topics``: what many conversations have in common that the taxonomy does not say."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conversation import Conversation
from conversation.errors import BadInput, NotFound
from serving.commands.options import DataOption, DeviceOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.result_files import json_files
from serving.settings import load_settings

if TYPE_CHECKING:
    from nlu.reasons import ReasonResult
    from nlu.taxonomy import Bilingual
    from nlu.topics import Topic, TopicItem, TopicReport

_BARS = " ▁▂▃▄▅▆▇█"
_BARS_WIDTH = 24


def topics(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS…", help="JSON files that `entendu process` wrote, or folders of them."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="DIR", help="Where topics.json, topics.html and the state go."
        ),
    ],
    min_conversations: Annotated[
        int, typer.Option("--min", min=2, help="Fewer conversations are no topic.")
    ] = 5,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Start anew: forget the state in DIR and the topics' names."),
    ] = False,
    forget_missing: Annotated[
        bool,
        typer.Option(
            "--forget-missing",
            help="Also forget conversations of earlier runs that are not in RESULTS (erasure).",
        ),
    ] = False,
    page_language: Annotated[
        str | None,
        typer.Option(
            "--page-language",
            metavar="fr|en",
            help="Of the page; that of most conversations if left.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Find emerging topics: what no reason covers, and what known reasons start to say.

    Run again with the same DIR, new conversations join the topics there, which keep their names.
    """
    from nlu.topics import TopicSettings, TopicState, find_topics
    from serving.encoders import encoder_of
    from serving.result_files import make_result_folder, write_together
    from serving.topic_page import render_topics

    console = Console(stderr=True)
    if page_language not in {None, "fr", "en"}:
        raise BadInput(
            f"got --page-language {page_language!r}, expected fr or en", remedy="give one of them"
        )
    settings = load_settings(device=device, threads=threads, data_dir=data, embedding_model=model)
    with console.status("Reading results"):
        read = _Results(results, out)
    if not read.items:
        raise NotFound(
            f"no result of entendu process in {', '.join(map(str, results))}",
            remedy="run entendu process first, and give the folder of its --out",
        )
    make_result_folder(out)
    try:
        previous = None if fresh else TopicState.load(out)
    except NotFound:
        previous = None
    known = {item.conversation_id for item in previous.items} if previous else set()
    encoder = encoder_of(settings)
    with progress_bar("Reading sentences", console) as advance:
        found = find_topics(
            list(read.items.values()),
            encoder=encoder,
            settings=TopicSettings(min_conversations=min_conversations),
            previous=previous,
            forget=known - read.items.keys() if forget_missing else (),
            progress=advance,
        )
    language = cast("Literal['fr', 'en']", page_language or _most_common_language(read))
    page = render_topics(found.report, language=language, reasons=read.reasons, links=read.links)
    write_together(
        (
            (out / "topics.html", page),
            (out / "topics.json", found.report.model_dump_json(indent=2) + "\n"),
        )
    )
    found.state.save(out)
    _print(found.report, language, read.reasons, out)
    for path, why in read.failures:
        console.print(
            f"[yellow]Left out:[/yellow] {escape(f'{path}: {why}')}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if read.failures:
        raise typer.Exit(1)


class _Results:
    """The result files of a run, read.

    Args:
        paths: Files or folders.
        out: Where the topics go; links are relative to it.

    Attributes:
        items: The conversations, by identifier.
        reasons: Names of reasons, by code.
        links: For a conversation, where its report is.
        failures: Files that cannot be used, with the reason.
    """

    def __init__(self, paths: list[Path], out: Path) -> None:
        self.items: dict[str, TopicItem] = {}
        self.reasons: dict[str, Bilingual] = {}
        self.links: dict[str, str] = {}
        self.failures: list[tuple[Path, str]] = []
        self._out = out
        for path, named in json_files(paths):
            try:
                self._read(path, named=named)
            except OSError as error:
                self.failures.append((path, f"it cannot be read: {error.strerror}"))
            except (ValueError, ValidationError, KeyError, TypeError):
                why = "not a whole result of this version of entendu process; process it again"
                self.failures.append((path, why))

    def _read(self, path: Path, *, named: bool) -> None:
        from nlu.reasons import ReasonResult
        from nlu.topics import topic_item

        values = json.loads(path.read_text("utf-8"))
        if not isinstance(values, dict) or not {"conversation", "understanding"} <= values.keys():
            if named:
                raise ValueError("no conversation in it")
            return  # another JSON file in the folder
        conversation = Conversation.model_validate(values["conversation"])
        reasons = ReasonResult.model_validate(values["understanding"]["reasons"])
        language = values["understanding"]["language"]
        item = topic_item(conversation, reasons, language=language)
        if self.items.setdefault(item.conversation_id, item) != item:
            self.failures.append(
                (path, f"another conversation has the identifier {item.conversation_id}")
            )
            return
        self._name_reasons(reasons)
        page = path.with_suffix(".html")
        if page.is_file():
            relative = os.path.relpath(page.resolve(), self._out.resolve())
            self.links[item.conversation_id] = Path(relative).as_posix()

    def _name_reasons(self, reasons: ReasonResult) -> None:
        from nlu.taxonomy import Bilingual

        for score in (*reasons.candidates, *((reasons.primary,) if reasons.primary else ())):
            if score.parent_code is None:
                self.reasons[score.code] = Bilingual(fr=score.label_fr, en=score.label_en)


def _most_common_language(read: _Results) -> str:
    tags = Counter(item.language for item in read.items.values())
    return "en" if tags["en"] > tags["fr"] else "fr"


def _print(
    report: TopicReport,
    language: Literal["fr", "en"],
    reasons: dict[str, Bilingual],
    out: Path,
) -> None:
    console = Console()
    for found, title in (
        (report.topics, "Topics that no reason covers"),
        (report.vocabulary, "New vocabulary in known reasons"),
    ):
        if not found:
            console.print(f"{title}: none")
            continue
        table = Table(title=title, header_style="bold", title_justify="left")
        table.add_column("Topic", ratio=3)
        table.add_column("Size", justify="right")
        table.add_column("Trend")
        table.add_column("Over time", no_wrap=True)
        table.add_column("A customer said", ratio=4)
        for topic in found:
            name = escape(topic.label.text(language))
            if topic.reason_code is not None:
                reason = reasons.get(topic.reason_code)
                where = reason.text(language) if reason else topic.reason_code
                name += f"\n[dim]{escape(where)}[/dim]"
            else:
                name += f" [dim]{topic.id}[/dim]"
            table.add_row(
                name, f"{topic.size}\n[dim]{100 * topic.share:.0f} %[/dim]", _trend(topic),
                _bars(topic), escape(topic.quotes[0].evidence.quote),
            )  # fmt: skip
        console.print(table)
    for change in report.changes:
        into = f" {change.into}" if change.into else ""
        console.print(f"{change.id} {change.label.text(language)}: {change.kind}{into}")
    console.print(
        f"{report.conversations} conversations, {report.open_conversations} without a fitting "
        f"reason, {report.grouped_conversations} of them in {len(report.topics)} topics"
    )
    if report.undated_conversations:
        console.print(f"{report.undated_conversations} without a date: no growth for them")
    console.print(f"Results in {out}", soft_wrap=True)


def _trend(topic: Topic) -> str:
    growth = topic.growth
    text = f"[red]{topic.trend}[/red]" if growth and growth.growing else topic.trend
    if growth is not None and growth.growing:
        window = "last day" if growth.window_days == 1 else f"{growth.window_days} days"
        ratio = f"× {growth.ratio:.1f}" if growth.ratio is not None else f"≥ × {growth.low:.1f}"
        text += f"\n[dim]{ratio}, {window}[/dim]"
    return text


def _bars(topic: Topic) -> str:
    """Draw the counts as a line of blocks, neighbouring periods together where there are many."""
    counts = [period.count for period in topic.periods]
    if not counts:
        return ""
    each = -(-len(counts) // _BARS_WIDTH)
    offset = -len(counts) % each
    padded = [0] * offset + counts
    sums = [sum(padded[i : i + each]) for i in range(0, len(padded), each)]
    most = max(sums)
    return "".join(_BARS[-(-8 * value // most)] for value in sums)
