"""``entendu train``: models of a centre's own, from its own labelled conversations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serving.commands import train_encoder
from serving.commands.options import DeviceOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import load_settings

if TYPE_CHECKING:
    from nlu.reason_training import TrainingReport

app = typer.Typer(help="Train on your own labelled conversations.", no_args_is_help=True)


app.command()(train_encoder.encoder)


@app.command()
def reasons(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="CSV or JSONL: text or conversation, reason, and if known language and "
            "conversation_id.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for what is trained.")],
    taxonomy: Annotated[
        str | None,
        typer.Option(
            "--taxonomy",
            metavar="FILE",
            help="Whose codes the reasons are: a YAML file, or telecom, banque, ecommerce. "
            "Each label is a reason of its own if left.",
        ),
    ] = None,
    finetune: Annotated[
        bool,
        typer.Option("--finetune", help="Fine-tune the encoder too: minutes instead of seconds."),
    ] = False,
    epochs: Annotated[
        int | None,
        typer.Option("--epochs", min=1, max=100, help="Most passes of --finetune; 8 if left."),
    ] = None,
    error_rate: Annotated[
        float,
        typer.Option(
            "--error-rate",
            metavar="R",
            help="Most wrong reasons among those given, 0 to 1; the others are unknown.",
        ),
    ] = 0.05,
    oos_label: Annotated[
        list[str] | None,
        typer.Option(
            "--oos-label",
            metavar="L",
            help="A label that means out of scope; may be repeated. "
            "oos, NO_NODES_DETECTED and null if left.",
        ),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option("--licence", metavar="TEXT", help="Of the data, for the model card."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything that is drawn.")] = 0,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object on standard output, nothing else."),
    ] = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Contact reasons from texts or conversations that you labelled.

    Heads on the frozen encoder are trained in seconds. DIR gets the model, its card (README.md)
    and its figures on held-out texts; give DIR wherever a file of reasons is expected.
    """
    from models import ModelStore, load_encoder, resolve_compute
    from models.finetuning import FineTuning
    from nlu.reason_data import OUT_OF_SCOPE_LABELS
    from nlu.reason_finetuning import FineTuneRequest
    from nlu.reason_training import train_reasons
    from nlu.taxonomy import load_taxonomy

    settings = load_settings(device=device, threads=threads, embedding_model=model)
    store = ModelStore(settings.models_dir)
    compute = resolve_compute(settings.device, threads=settings.threads)
    encoder = load_encoder(settings.embedding_model, store=store, compute=compute)
    request = FineTuneRequest(
        store.path(settings.embedding_model),
        compute,
        FineTuning() if epochs is None else FineTuning(epochs=epochs),
    )
    with progress_bar("Reading", hidden=as_json) as advance:
        report = train_reasons(
            data, out, encoder, taxonomy=load_taxonomy(taxonomy) if taxonomy else None,
            oos_labels=frozenset(oos_label) if oos_label else OUT_OF_SCOPE_LABELS,
            finetune=request if finetune else None, error_rate=error_rate, seed=seed,
            licence=licence, progress=advance,
        )  # fmt: skip
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        _print(report, out)


def _print(report: TrainingReport, out: Path) -> None:
    choice, reliability = report.error_choice, report.reliability
    console = Console()
    table = Table(title="Contact reasons trained", header_style="bold", show_header=False)
    table.add_column("What")
    table.add_column("Value", justify="right")
    rows: list[tuple[str, str]] = [
        ("texts with a reason", f"{report.n_texts}"),
        ("texts out of scope", f"{report.n_out_of_scope}"),
        ("reasons", f"{report.n_labels}"),
        ("encoder", report.encoder.name + (", fine-tuned" if report.fine_tuning else "")),
        ("held-out texts", f"{reliability.n_texts}"),
        ("accuracy when all are answered", f"{reliability.accuracy:.1%}"),
        ("calibration error", f"{reliability.expected_calibration_error:.3f}"),
        ("wrong among the reasons given", f"{choice.error_rate:.1%}"),
        ("  wanted at most", f"{choice.wanted:.1%}"),
        ("reasons given, of all texts", f"{choice.answered:.1%}"),
        ("threshold of the probability", f"{report.threshold:.3f}"),
        ("seconds", f"{report.train_s:g}"),
    ]
    for name, value in rows:
        table.add_row(name, escape(value))
    console.print(table)
    if not choice.reached:
        console.print(
            f"An error rate of {choice.wanted:.1%} cannot be reached with these texts: more of "
            "them, or clearer reasons, would help.",
            highlight=False,
        )
    if report.rarest_labels:
        console.print(
            f"Fewer than five texts: {escape(', '.join(report.rarest_labels))}", highlight=False
        )
    console.print(f"Saved in {escape(str(out))}, with its card README.md", highlight=False)
