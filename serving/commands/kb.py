"""``entendu kb``: a knowledge base filled, looked at, searched and asked; what it lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from pydantic import BaseModel
from rich.console import Console

from conversation.errors import BadInput, NotFound
from serving.commands.options import DataOption, DeviceOption, KbOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import load_settings

if TYPE_CHECKING:
    from kb_search import KnowledgeBase
    from kb_search.filters import Filters
    from kb_search.gaps import GapReport
    from serving.knowledge_bases import ChosenBase

app = typer.Typer(
    help="Knowledge bases: add documents, search, ask, and see what is missing.",
    no_args_is_help=True,
)
BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="NAME", help="Of the bases that Entendu keeps, this one; main if left."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
]
AudienceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--audience",
        metavar="internal|partner|public",
        help="Only documents for these readers; may be repeated.",
    ),
]
StateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        metavar="work_in_progress|not_validated|validated",
        help="Only documents in these states; may be repeated.",
    ),
]
ProductOption = Annotated[
    list[str] | None,
    typer.Option("--product", metavar="NAME", help="Only of these products; may be repeated."),
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="fr|en", help="Only in these languages; may be repeated."),
]
TodayOption = Annotated[
    datetime | None,
    typer.Option(
        "--today",
        metavar="YYYY-MM-DD",
        formats=["%Y-%m-%d"],
        help="Day on which documents must be in force; the current day if left.",
    ),
]


@app.command()
def add(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…", help="Folders of documents, or single documents (Markdown, PDF, …)."
        ),
    ],
    kb: KbOption = None,
    base: BaseOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Bring documents into the base that Entendu keeps.

    A folder given again is brought up to date: what changed is read again, what is gone from the
    folder leaves the base. A file that cannot be read is named and the others go in; the exit
    code is 1 then.
    """
    from serving.commands.kb_tables import print_change

    chosen = _choose(kb, base, model=model, device=device, threads=threads, data=data)
    for path in paths:
        if not path.exists():
            raise NotFound(f"there is no {path}", remedy="check the path")
    store = chosen.store(make=True)
    with _progress(as_json=as_json) as advance:
        report = store.add(paths, progress=advance)
    if as_json:
        _print_json(report)
    else:
        print_change(report, chosen.label)
    if any(problem.kind == "unreadable" for problem in report.problems):
        raise typer.Exit(1)


@app.command("list")
def list_documents(
    kb: KbOption = None,
    base: BaseOption = None,
    today: TodayOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    data: DataOption = None,
) -> None:
    """Show the documents of a base: state, audience, language, passages, validity, problems."""
    from serving.commands.kb_tables import listed, print_documents

    chosen = _choose(kb, base, model=model, data=data)
    documents, problems = chosen.documents()
    day = _day(today) or date.today()  # noqa: DTZ011, validity dates are local days
    if as_json:
        shown = {
            "base": chosen.label,
            "documents": [listed(document, day) for document in documents],
            "problems": [problem.model_dump(mode="json") for problem in problems],
        }
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    print_documents(documents, problems, label=chosen.label, today=day)


@app.command()
def remove(
    documents: Annotated[
        list[str],
        typer.Argument(metavar="DOCUMENT…", help="Paths as `entendu kb list` shows them."),
    ],
    kb: KbOption = None,
    base: BaseOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    data: DataOption = None,
) -> None:
    """Take documents out of the base that Entendu keeps; the files themselves stay."""
    from serving.commands.kb_tables import print_change

    chosen = _choose(kb, base, model=model, data=data)
    report = chosen.store().remove(documents)
    if as_json:
        _print_json(report)
    else:
        print_change(report, chosen.label)


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A question or keywords.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    kb: KbOption = None,
    base: BaseOption = None,
    audience: AudienceOption = None,
    state: StateOption = None,
    product: ProductOption = None,
    language: LanguageOption = None,
    today: TodayOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Show the passages that fit a question or keywords best."""
    from serving.commands.kb_tables import print_hits

    query = _asked(query, "QUERY")
    filters = _filters(audience, state, product, language)
    chosen = _choose(kb, base, model=model, device=device, threads=threads, data=data)
    opened = _open(chosen, today, as_json=as_json)
    hits = opened.search(query, k=k, filters=filters)
    if as_json:
        found = [hit.model_dump(mode="json") for hit in hits]
        typer.echo(json.dumps({"query": query, "hits": found}, ensure_ascii=False))
        return
    print_hits(hits, restricted=filters.restrict)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="As a customer asks it.")],
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            metavar="call|chat|email|sms",
            help="Also write the answer as it is sent there; a language model words it where one "
            "is set (llm_url).",
        ),
    ] = None,
    kb: KbOption = None,
    base: BaseOption = None,
    audience: AudienceOption = None,
    state: StateOption = None,
    product: ProductOption = None,
    language: LanguageOption = None,
    today: TodayOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Answer a question with the documents' own sentences, or say why there is no answer."""
    from kb_search.channels import MAX_WORDS
    from serving.commands.kb_tables import print_answer, print_written
    from serving.knowledge_bases import write_answer

    if channel is not None and channel not in MAX_WORDS:
        raise BadInput(
            f"got --channel {channel!r}, expected {', '.join(MAX_WORDS)}",
            remedy="give one of them",
        )
    question = _asked(question, "QUESTION")
    filters = _filters(audience, state, product, language)
    chosen = _choose(kb, base, model=model, device=device, threads=threads, data=data)
    answer = _open(chosen, today, as_json=as_json).answer(question, filters=filters)
    written = None
    if channel is not None and answer.answered:
        written = write_answer(answer, channel, chosen.settings, encoder=chosen.encoder)
    if as_json:
        shown = answer.model_dump(mode="json")
        if channel is not None:
            shown["written"] = None if written is None else written.model_dump(mode="json")
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    print_answer(answer)
    if written is not None:
        print_written(written)


@app.command()
def gaps(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS…", help="JSON files that `entendu process` wrote, or folders of them."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where gaps.json and a draft for each gap go."),
    ] = None,
    kb: KbOption = None,
    base: BaseOption = None,
    stored: Annotated[
        bool,
        typer.Option(
            "--stored",
            help="Take the answers in RESULTS; left out, the base is asked again as it is now.",
        ),
    ] = False,
    cards: Annotated[
        Path | None,
        typer.Option(
            "--cards", metavar="FILE", help="What became of the cards that an assistant showed."
        ),
    ] = None,
    min_conversations: Annotated[
        int, typer.Option("--min", min=2, help="Asked in fewer conversations is no gap.")
    ] = 3,
    audience: AudienceOption = None,
    state: StateOption = None,
    product: ProductOption = None,
    language: LanguageOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also write drafts anew that are in DIR already.")
    ] = False,
    today: TodayOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Find what customers ask and the base does not answer well, most handling time first.

    Each gap comes with a draft article made of agents' own best sentences, word for word, with
    their source and without personal data. With --audience public, what only internal articles
    answer is a gap too.
    """
    from kb_search.gaps import GapSettings, find_gaps
    from serving.commands.kb_tables import print_gaps
    from serving.knowledge import AskedBase, GatheredQuestions, read_cards, write_gaps
    from serving.result_files import make_result_folder

    console = Console(stderr=True)
    filters = _filters(audience, state, product, language)
    chosen = _choose(kb, base, model=model, device=device, threads=threads, data=data)
    given = kb is not None or base is not None
    opened = _open(chosen, today, as_json=as_json) if given or chosen.exists else None
    asked = None if stored or opened is None else AskedBase(opened, filters)
    if out is not None:
        make_result_folder(out)
    with _progress(as_json=as_json) as advance:
        read = GatheredQuestions(
            results,
            knowledge=asked,
            cards=read_cards(cards),
            progress=lambda done, total: advance("results", done, total),
        )
        if not read.questions:
            raise _nothing_to_read(read, results)
        report = find_gaps(
            read.questions, encoder=chosen.encoder, library=opened, filters=filters,
            personal=read.personal, settings=GapSettings(min_conversations=min_conversations),
            today=_day(today), progress=advance,
        )  # fmt: skip
    written, kept = write_gaps(report, out, force=force) if out is not None else ([], [])
    if as_json:
        _print_json(report)
    else:
        print_gaps(report, answers="RESULTS" if asked is None else chosen.label)
        _print_written(out, written, kept, report)
    for path, why in read.failures:
        console.print(
            f"Left out: {path}: {why}", style="yellow", highlight=False, markup=False,
            soft_wrap=True,
        )  # fmt: skip
    if read.failures:
        raise typer.Exit(1)


def _choose(
    kb: Path | None,
    base: str | None,
    *,
    model: str | None = None,
    device: str | None = None,
    threads: int | None = None,
    data: Path | None = None,
) -> ChosenBase:
    from serving.knowledge_bases import choose_base

    settings = load_settings(device=device, threads=threads, data_dir=data, embedding_model=model)
    return choose_base(settings, kb=kb, base=base)


def _open(chosen: ChosenBase, today: datetime | None, *, as_json: bool) -> KnowledgeBase:
    with _progress(as_json=as_json) as advance:
        opened = chosen.open(today=_day(today), progress=advance)
    if not as_json:
        for problem in opened.problems:
            Console(stderr=True).print(
                f"Knowledge left out: {problem.path}: {problem.reason}",
                style="yellow", highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip
    return opened


def _filters(
    audience: list[str] | None,
    state: list[str] | None,
    product: list[str] | None,
    language: list[str] | None,
) -> Filters:
    from kb_search.documents import Audience, State
    from kb_search.filters import Filters

    for option, values, known in (
        ("--audience", audience, get_args(Audience)),
        ("--state", state, get_args(State)),
    ):
        for value in values or ():
            if value not in known or value == "archived":
                expected = ", ".join(name for name in known if name != "archived")
                raise BadInput(
                    f"got {option} {value!r}, expected {expected}",
                    remedy="archived documents are never searched"
                    if value == "archived"
                    else "give one of them",
                )
    return Filters.model_validate(
        {
            "audiences": tuple(audience or ()),
            "states": tuple(state or ()),
            "products": tuple(product or ()),
            "languages": tuple(language or ()),
        }
    )


def _asked(text: str, name: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise BadInput(f"the {name} {text!r} holds no word", remedy="write what you look for")
    return text.strip()


def _day(today: datetime | None) -> date | None:
    return None if today is None else today.date()


def _nothing_to_read(read: object, results: list[Path]) -> Exception:
    from serving.knowledge import GatheredQuestions

    named = ", ".join(map(str, results))
    if isinstance(read, GatheredQuestions) and read.unanswered:
        return BadInput(
            f"the {read.unanswered} results in {named} were made without a knowledge base",
            remedy="name one with --kb or --base: it is asked now",
        )
    if isinstance(read, GatheredQuestions) and read.conversations:
        return NotFound(
            f"no question of a customer in the {read.conversations} results in {named}",
            remedy="give more conversations",
        )
    return NotFound(
        f"no result of entendu process in {named}",
        remedy="run entendu process first, and give the folder of its --out",
    )


def _print_written(
    out: Path | None, written: list[Path], kept: list[Path], report: GapReport
) -> None:
    console = Console()
    if out is None:
        if report.gaps:
            console.print("[dim]Drafts of articles are written with --out DIR[/dim]")
        return
    line = f"{len(written)} drafts and gaps.json in {out}"
    if kept:
        line += f"; {len(kept)} drafts were there already and stay as they are (--force)"
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _print_json(value: BaseModel) -> None:
    typer.echo(json.dumps(value.model_dump(mode="json"), ensure_ascii=False))


_STAGES = {
    "read": "Reading documents", "encode": "Reading passages", "results": "Reading results",
    "questions": "Comparing questions", "answers": "Comparing answers",
    "articles": "Writing drafts",
}  # fmt: skip


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on the error stream; the block calls back with the stage and its progress."""
    with progress_bar("Loading", hidden=as_json) as advance:
        yield lambda stage, done, total: advance(done, total, _STAGES.get(stage, stage))
