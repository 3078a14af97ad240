"""``entendu train encoder``: a sentence encoder trained further on questions and their passages."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serving.commands.options import DeviceOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import load_settings

if TYPE_CHECKING:
    from models.encoder_training import EncoderReport


class Keep(StrEnum):
    """When the trained encoder is written."""

    ALWAYS = "always"
    BETTER = "better"


def encoder(
    pairs: Annotated[
        list[Path],
        typer.Argument(
            metavar="PAIRS…",
            help="JSONL: query, passage, lang, licence, source, and if wanted negatives and "
            "held_out.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the encoder.")],
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="MODEL", help="Encoder to start from: a name or a folder."),
    ] = None,
    keep: Annotated[
        Keep,
        typer.Option("--keep", help="Write it always, or only when it does better held out."),
    ] = Keep.BETTER,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the same training was interrupted.")
    ] = False,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, max=100, help="Most passes; 3 if left.")
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", min=2, max=4096, help="Pairs of one step; 64 if left."),
    ] = None,
    layers: Annotated[
        int | None, typer.Option("--layers", min=1, help="Upper layers that learn; 6 if left.")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", help="At its height; 0.00003 if left.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", help="Of the loss; 0.02 if left.")
    ] = None,
    distillation: Annotated[
        float | None,
        typer.Option(
            "--distillation", help="Weight of staying near the vectors at the start; 10 if left."
        ),
    ] = None,
    blend: Annotated[
        float | None,
        typer.Option(
            "--blend", help="Share of what was learnt that is kept, above 0, up to 1; 1 if left."
        ),
    ] = None,
    checkpoint_minutes: Annotated[
        float | None,
        typer.Option("--checkpoint-minutes", help="Between two checkpoints; 5 if left."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything that is drawn.")] = 0,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object on standard output, nothing else."),
    ] = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
) -> None:
    """A sentence encoder that finds the passages of your own knowledge base better.

    Trained on questions and the passages that answer them, with hard negatives, while it stays
    near what it was. DIR gets the encoder, its card (README.md) and DIR/int8, the form for CPUs:
    use it with ENTENDU_EMBEDDING_MODEL=DIR/int8. Passages that were not trained on judge it.
    """
    from pydantic import ValidationError

    from conversation.errors import BadInput
    from models import ModelStore, resolve_compute
    from models.encoder_training import EncoderTraining, read_pairs, train_encoder
    from models.sentence_folder import read_sentence_folder

    settings = load_settings(device=device, threads=threads, embedding_model=start)
    given = {
        "epochs": epochs, "batch_size": batch_size, "trained_layers": layers,
        "learning_rate": learning_rate, "temperature": temperature, "distillation": distillation,
        "blend": blend, "checkpoint_minutes": checkpoint_minutes,
    }  # fmt: skip
    try:
        training = EncoderTraining.model_validate(
            {name: value for name, value in given.items() if value is not None} | {"seed": seed}
        )
    except ValidationError as error:
        problem = error.errors()[0]
        raise BadInput(
            f"{problem['loc'][0]} {problem['input']!r} cannot be: {problem['msg']}",
            remedy="see entendu train encoder --help",
        ) from error
    store = ModelStore(settings.models_dir)
    name = settings.embedding_model
    with progress_bar("Reading", hidden=as_json) as advance:
        report = train_encoder(
            read_sentence_folder(store.path(name)), store.reference(name), read_pairs(pairs), out,
            compute=resolve_compute(settings.device, threads=settings.threads),
            settings=training, keep=keep.value, resume=resume,
            progress=lambda what, done, total: advance(done, total, what),
        )  # fmt: skip
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        _print(report, out)


def _print(report: EncoderReport, out: Path) -> None:
    console = Console()
    table = Table(title="Held-out pairs, in int8 on a CPU", header_style="bold")
    table.add_column("Source")
    for heading in ("Questions", "hit@1 before", "after", "MRR@10 before", "after"):
        table.add_column(heading, justify="right")
    for source, before in report.before.items():
        after = report.after[source]
        table.add_row(
            escape(source), f"{before.questions}", f"{before.hit_at_1:.3f}",
            f"{after.hit_at_1:.3f}", f"{before.mrr_at_10:.3f}", f"{after.mrr_at_10:.3f}",
        )  # fmt: skip
    table.add_row(
        "mean of the sources", "", "", "", f"{report.mean_before:.3f}", f"{report.mean_after:.3f}"
    )
    console.print(table)
    trained = sum(count.pairs for count in report.pairs)
    console.print(
        f"{trained} pairs, {report.steps} steps"
        + (" (no better for a while, so it stopped)" if report.stopped_early else "")
        + f", {report.train_s:.0f} s; the best was step {report.best_step}",
        highlight=False,
    )
    if report.kept:
        console.print(f"Saved in {escape(str(out))}, with its card README.md", highlight=False)
    else:
        console.print(
            "Not kept: it does no better on the held-out pairs. --keep always writes it all the "
            "same; more pairs would help.",
            highlight=False,
        )
