"""``entendu evaluate search``: whether the right document comes first, and when to say no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from serving.commands.options import DeviceOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import load_settings

if TYPE_CHECKING:
    from kb_search import SearchResult


def search(
    corpus: Annotated[
        Path, typer.Option("--corpus", metavar="FILE", help="JSONL: id, title, text.")
    ],
    queries: Annotated[
        Path,
        typer.Option(
            "--queries",
            metavar="FILE",
            help="JSONL: id, query, relevant (document ids; [] where no document answers).",
        ),
    ],
    unanswerable: Annotated[
        Path | None,
        typer.Option(
            "--unanswerable",
            metavar="FILE",
            help="JSONL: id, query; further questions that no document answers.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
    ] = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Whether the right document comes first, and whether wrong answers are held back.

    Give questions that no document answers as well (--unanswerable, or "relevant": []): how many
    of them are declined says whether the answers can be trusted. A precision of 0.85 means that 15
    of 100 answers given are wrong.
    """
    from kb_search import evaluate_search
    from serving.encoders import encoder_of

    settings = load_settings(device=device, threads=threads, embedding_model=model)
    encoder = encoder_of(settings)
    with progress_bar("index", hidden=as_json) as advance:
        result = evaluate_search(
            corpus, queries, encoder, unanswerable=unanswerable,
            progress=lambda what, done, total: advance(done, total, what),
        )  # fmt: skip
    if as_json:
        typer.echo(result.model_dump_json(by_alias=True))
        return
    table = Table(title="Search", header_style="bold")
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    for name, value in _rows(result):
        table.add_row(name, value)
    Console().print(table)
    for warning in result.warnings:
        Console(stderr=True).print(warning, markup=False)


def _rows(result: SearchResult) -> Iterator[tuple[str, str]]:
    """Yield each figure with the name that a reader knows it by."""
    found = result.abstention
    for name, value in (
        ("right document first (hit@1)", result.hit_1),
        ("among the first five (hit@5)", result.hit_5),
        ("mean reciprocal rank (mrr@10)", result.mrr_10),
        ("ndcg@10", result.ndcg_10),
    ):
        yield name, f"{value:.3f}"
    yield "milliseconds a question, median", f"{result.latency_ms:.1f}"
    yield "milliseconds a question, 95th percentile", f"{result.latency_p95_ms:.1f}"
    yield "seconds to index", f"{result.index_s:.1f}"
    yield "questions with / without an answer", f"{found.answerable} / {found.unanswerable}"
    yield "documents / passages", f"{result.documents} / {result.passages}"
    yield "threshold of the confidence", f"{found.threshold:.2f}"
    for name, share in (
        ("answered, of all questions", found.answer_rate),
        ("answered, of those with an answer", found.answered_answerable),
        ("right, of the answers given", found.precision),
        ("declined, of those without an answer", found.declined_unanswerable),
        ("asked back, of those with an answer", found.clarified_answerable),
        ("asked back, of those without an answer", found.clarified_unanswerable),
        ("right choice offered, of those asked back", found.clarified_right),
        ("area under the risk-coverage curve", found.aurc),
        ("the same in a perfect order", found.aurc_least),
    ):
        yield name, "–" if share is None else f"{share:.3f}"
    for precision, coverage in found.coverage_at.items():
        yield f"questions answered at precision {precision}", f"{coverage:.3f}"
    point = found.at_80_answered
    if point is not None:
        yield "right, when 80 % of those with an answer are answered", f"{point.precision:.3f}"
        if point.declined_unanswerable is not None:
            yield "  and declined, of those without", f"{point.declined_unanswerable:.3f}"
    if found.most_confident_80 is not None:
        yield "right, of the surest 80 % with an answer", f"{found.most_confident_80:.3f}"
