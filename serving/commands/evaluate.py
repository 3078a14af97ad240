"""``entendu evaluate``: how good each capability is, on data of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from serving.commands import evaluate_bot, evaluate_quality, evaluate_search
from serving.commands.options import ComputeTypeOption, DeviceOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import Settings, load_settings

if TYPE_CHECKING:
    from models import Encoder, Transcriber

app = typer.Typer(
    help="Measure every capability on data of your own.",
    no_args_is_help=True,
)
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]
EmbeddingOption = Annotated[
    str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
]


@app.command()
def asr(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="JSONL: audio, text, lang.")],
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            metavar="fr|en|auto",
            help="What the recogniser is told; the manifest's own language if left.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Transcription model: a name or a folder.")
    ] = None,
    beam_size: Annotated[int | None, typer.Option("--beam-size", min=1)] = None,
    as_json: JsonOption = False,
    device: DeviceOption = None,
    compute_type: ComputeTypeOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Word and character error of the transcription.

    Two-channel calls are counted speaker by speaker; text is normalised as
    speech.normalisation says.
    """
    from speech import TranscribeOptions
    from speech.evaluation import evaluate_asr

    settings = load_settings(
        device=device, compute_type=compute_type, threads=threads,
        transcription_model=model, beam_size=beam_size,
    )  # fmt: skip
    with progress_bar("Transcribing", hidden=as_json) as advance:
        result = evaluate_asr(
            manifest, _transcriber(settings), language=language,
            options=TranscribeOptions(
                beam_size=settings.beam_size, max_duration_s=settings.max_duration_s
            ),
            progress=advance,
        )  # fmt: skip
    _print(result, "Transcription", as_json=as_json)


@app.command()
def diarization(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="JSONL: audio, rttm.")],
    speakers_known: Annotated[
        bool,
        typer.Option(
            "--speakers-known",
            help="Tell the number of speakers that the manifest gives; found out if left.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Diarization error of mono recordings: who speaks when.

    No collar, overlapped speech counted, speech found by itself; the rate with a collar of
    0.25 s is given beside it.
    """
    from models import ModelStore, load_speaker_encoder
    from speech.diarization_evaluation import evaluate_diarization

    settings = load_settings()
    encoder = load_speaker_encoder(store=ModelStore(settings.models_dir))
    with progress_bar("Listening for voices", hidden=as_json) as advance:
        result = evaluate_diarization(
            manifest, encoder, speakers_known=speakers_known, progress=advance
        )
    _print(result, "Diarization", as_json=as_json)


@app.command()
def reasons(
    train: Annotated[
        Path, typer.Option("--train", metavar="FILE", help="JSONL: text, intent (label).")
    ],
    test: Annotated[Path, typer.Option("--test", metavar="FILE", help="JSONL: text, intent.")],
    oos_label: Annotated[
        list[str] | None,
        typer.Option(
            "--oos-label",
            metavar="L",
            help="A label that means out of scope; may be repeated. "
            "oos, NO_NODES_DETECTED and null if left.",
        ),
    ] = None,
    error_rate: Annotated[
        float | None,
        typer.Option(
            "--error-rate",
            metavar="R",
            help="Most wrong reasons among those given, 0 to 1; what looks in scope is answered "
            "if left.",
        ),
    ] = None,
    finetune: Annotated[
        bool,
        typer.Option("--finetune", help="Fine-tune the encoder on the training file: minutes."),
    ] = False,
    epochs: Annotated[
        int | None,
        typer.Option("--epochs", min=1, max=100, help="Most passes of --finetune; 8 if left."),
    ] = None,
    baseline: Annotated[
        bool,
        typer.Option("--baseline", help="Also measure TF-IDF with logistic regression beside it."),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of the folds and the training.")] = 0,
    model: EmbeddingOption = None,
    as_json: JsonOption = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Accuracy of contact reasons, and how well what is out of scope is recognised."""
    from models import ModelStore, resolve_compute
    from models.finetuning import FineTuning
    from nlu import evaluate_reasons
    from nlu.reason_finetuning import FineTuneRequest

    settings = load_settings(device=device, threads=threads, embedding_model=model)
    request = None
    if finetune:
        request = FineTuneRequest(
            ModelStore(settings.models_dir).path(settings.embedding_model),
            resolve_compute(settings.device, threads=settings.threads),
            FineTuning() if epochs is None else FineTuning(epochs=epochs),
        )
    with progress_bar("Training and classifying", hidden=as_json) as advance:
        result = evaluate_reasons(
            train, test, _encoder(settings), oos_labels=tuple(oos_label) if oos_label else None,
            error_rate=error_rate, seed=seed, finetune=request, baseline=baseline,
            progress=advance,
        )  # fmt: skip
    _print(result, "Contact reasons", as_json=as_json)


@app.command()
def sentiment(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL: text, label.")],
    model: EmbeddingOption = None,
    as_json: JsonOption = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Accuracy and macro-F1 of the sentiment of texts: negative, neutral, positive."""
    from nlu import evaluate_sentiment

    settings = load_settings(device=device, threads=threads, embedding_model=model)
    with progress_bar("Reading the mood", hidden=as_json) as advance:
        result = evaluate_sentiment(file, _encoder(settings), progress=advance)
    _print(result, "Sentiment", as_json=as_json)


@app.command()
def summary(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL: conversations with facts.")],
    as_json: JsonOption = False,
) -> None:
    """How many facts wrap-up notes keep, and how many they state without support.

    Each line is a conversation with "facts" beside it: texts, {"regex": "…"} or {"any": […]};
    "must_not" and "refused" may stand there too. No model is needed.
    """
    from nlu.evaluation_summary import evaluate_summary

    with progress_bar("Writing notes", hidden=as_json) as advance:
        result = evaluate_summary(file, progress=advance)
    shown = result if as_json else result.model_copy(update={"conversations": ()})
    _print(shown, "Wrap-up notes", as_json=as_json)


@app.command()
def pii(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSONL: text, spans; or tokens, tags.")
    ],
    language: Annotated[
        str | None, typer.Option("--language", metavar="fr|en", help="Of texts that do not say it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recall and precision of personal data, by type."""
    from nlu.evaluation_personal_data import evaluate_personal_data

    with progress_bar("Looking for personal data", hidden=as_json) as advance:
        result = evaluate_personal_data(file, language=language, progress=advance)
    _print(result, "Personal data", as_json=as_json)


app.command()(evaluate_search.search)
app.command()(evaluate_bot.bot)
app.command()(evaluate_quality.quality)


def _encoder(settings: Settings) -> Encoder:
    from serving.encoders import encoder_of

    return encoder_of(settings)


def _transcriber(settings: Settings) -> Transcriber:
    from models import ModelStore, load_transcriber, resolve_compute

    return load_transcriber(
        settings.transcription_model,
        store=ModelStore(settings.models_dir),
        compute=resolve_compute(
            settings.device, compute_type=settings.compute_type, threads=settings.threads
        ),
    )


def _print(result: BaseModel, title: str, *, as_json: bool) -> None:
    values = result.model_dump(mode="json", by_alias=True)
    if as_json:
        import json

        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    table = Table(title=title, header_style="bold")
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    for name, value in _flat(values):
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        table.add_row(name, shown)
    Console().print(table)


def _flat(values: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list) or value:
            yield f"{prefix}{name}", value
