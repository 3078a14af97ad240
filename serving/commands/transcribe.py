"""``entendu transcribe``: recordings and vCons in, transcripts in the usual formats out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from conversation.errors import BadInput, EntenduError, NotFound
from serving.clock import clock
from serving.commands.options import (
    ChannelsOption,
    ComputeTypeOption,
    DataOption,
    DeviceOption,
    HotwordsOption,
    LanguageOption,
    ModelOption,
    PairOption,
    RawOption,
    SpeakersOption,
    SpokenNumbersOption,
    ThreadsOption,
    VocabularyOption,
    sides,
)
from serving.commands.progress import progress_bars
from serving.settings import load_settings

if TYPE_CHECKING:
    from serving.inputs import Input
    from serving.speech_models import SpeechModels
    from speech import TranscribeOptions, Transcription
    from speech.formats import Format


def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Recordings or vCons, or folders of them."),
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="json|text|srt|vtt|rttm",
            help="text if left. With --out several: --format srt,json.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where results go; standard output if left."),
    ] = None,
    language: LanguageOption = None,
    channels: ChannelsOption = None,
    pair: PairOption = False,
    speakers: SpeakersOption = None,
    raw: RawOption = None,
    vocabulary: VocabularyOption = None,
    hotwords: HotwordsOption = None,
    spoken_numbers: SpokenNumbersOption = False,
    model: ModelOption = None,
    beam_size: Annotated[
        int | None,
        typer.Option("--beam-size", min=1, max=20, help="5 if left; 1 is fastest."),
    ] = None,
    device: DeviceOption = None,
    compute_type: ComputeTypeOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Transcribe recordings, and nothing else.

    With --out each result is DIR/NAME.json, .txt, .srt, .vtt or .rttm, after its input; a name
    that two inputs share gets their ending, or a part of their path's hash. A file that cannot be
    used is named with the reason and the others go on; the exit code is 1 then.
    """
    from serving.hearing import transcribe_options
    from serving.inputs import pair_inputs
    from serving.speech_models import SpeechModels
    from speech.formats import parse_formats

    console = Console(stderr=True)
    chosen = parse_formats(formats or ["text"])
    settings = load_settings(
        language=language, device=device, compute_type=compute_type, threads=threads,
        data_dir=data, transcription_model=model, beam_size=beam_size, speakers=speakers, raw=raw,
        vocabulary=vocabulary, hotwords=hotwords,
        written_numbers=False if spoken_numbers else None,
    )  # fmt: skip
    options = transcribe_options(settings, channels=sides(channels, pair=pair))
    tasks = pair_inputs(files, keep_names=True) if pair else _singles(files, out, console)
    _check_output(tasks, chosen, out)
    models = SpeechModels(settings)
    models.check()
    run = _Run(models, options, chosen, out, console, n_files=len(tasks))
    if out is not None:
        from serving.result_files import make_result_folder

        make_result_folder(out)
    if not run.all(tasks):
        raise typer.Exit(1)


@dataclass
class _Run:
    """One run of the command."""

    models: SpeechModels
    options: TranscribeOptions
    formats: tuple[Format, ...]
    out: Path | None
    console: Console
    n_files: int

    def all(self, tasks: Sequence[Input]) -> bool:
        """Transcribe all of them and say whether all could be."""
        from serving.hearing import expected_work_s, hear_all

        found_s = [expected_work_s(task, self.options.raw) for task in tasks]
        costs_s = [cost_s or 0.0 for cost_s in found_s]
        is_sound = [
            cost_s is not None and not task.is_text
            for task, cost_s in zip(tasks, found_s, strict=True)
        ]
        failed = 0
        with progress_bars(self.console) as bars:
            bar = bars.add_task("Loading the model", total=sum(costs_s) or 1.0)
            if any(is_sound):
                self.models.load()  # what fails here is no file's fault
            shares: dict[Input, float] = {}
            costs = dict(zip(tasks, costs_s, strict=True))

            def show(task: Input, share: float) -> None:
                shares[task] = share
                bars.update(bar, completed=sum(costs[one] * part for one, part in shares.items()))

            began = time.perf_counter()
            results = hear_all(tasks, self.models, options=self.options, progress=show)
            bars.update(bar, description=f"0/{len(tasks)} done")
            for number, (task, result) in enumerate(results, start=1):
                failed += not self._finish(task, result)
                show(task, 1.0)
                bars.update(bar, description=f"{number}/{len(tasks)} done")
        if len(tasks) - failed > 1:
            sound_s = sum(cost_s for cost_s, heard in zip(costs_s, is_sound, strict=True) if heard)
            took_s = time.perf_counter() - began
            self._say(f"{len(tasks) - failed} done, {clock(sound_s)} of sound in {took_s:.0f} s")
        return failed == 0

    def _finish(self, task: Input, heard: Transcription | EntenduError) -> bool:
        name = task.path.name
        try:
            if isinstance(heard, EntenduError):
                raise heard
            written = self._write(task, heard)
        except EntenduError as error:
            message = str(error) if name in str(error) else f"{name}: {error}"
            self._say(f"✗ {message}", style="red")
            return False
        except OSError as error:
            self._say(f"✗ {name}: {error.strerror or error}", style="red")
            return False
        for warning in heard.warnings:
            self._say(f"{name}: {warning}", style="yellow")
        if written:
            length_s = heard.conversation.duration_s or 0.0
            self._say(f"✓ {name} ({clock(length_s)}): {', '.join(written)}")
        return True

    def _write(self, task: Input, heard: Transcription) -> list[str]:
        """Write one result in all formats, or print it; return what was written."""
        from serving.result_files import write_together

        texts = [_formatted(heard, name) for name in self.formats]
        if self.out is None:
            header = f"# {task.path.name}\n" if self.n_files > 1 else ""
            typer.echo(header + texts[0] + ("\n" if header else ""), nl=False)
            return []
        targets = _targets(task, self.formats, self.out)
        write_together(list(zip(targets, texts, strict=True)))
        return [str(target) for target in targets]

    def _say(self, line: str, *, style: str | None = None) -> None:
        self.console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


def _formatted(heard: Transcription, name: Format) -> str:
    from speech.formats import format_conversation

    if name == "json":
        return heard.model_dump_json(indent=2) + "\n"
    return format_conversation(heard.conversation, name)


def _targets(task: Input, formats: tuple[Format, ...], out: Path) -> list[Path]:
    from speech.formats.choice import SUFFIXES

    base = out / task.result_stem
    return [base.with_name(base.name + SUFFIXES[name]) for name in formats]


def _singles(files: list[Path], out: Path | None, console: Console) -> Sequence[Input]:
    from serving.inputs import AUDIO_SUFFIXES, collect_inputs

    inputs, unknown = collect_inputs(files, out=out, suffixes=AUDIO_SUFFIXES, keep_names=True)
    if unknown:
        shown = ", ".join(path.name for path in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        console.print(
            f"Left out, not a known ending: {shown}{more}",
            style="dim", highlight=False, markup=False,
        )  # fmt: skip
    if not inputs:
        raise NotFound(
            f"no recording in {', '.join(map(str, files))}",
            remedy="give audio files or vCons, or a folder of them",
        )
    return inputs


def _check_output(tasks: Sequence[Input], formats: tuple[Format, ...], out: Path | None) -> None:
    """Refuse what could not be written, before anything is transcribed."""
    if out is None:
        if len(formats) > 1:
            raise BadInput(
                f"{len(formats)} formats cannot all go to standard output", remedy="give --out DIR"
            )
        if len(tasks) > 1 and formats != ("text",):
            raise BadInput(
                f"{len(tasks)} results in {formats[0]} cannot all go to standard output",
                remedy="give --out DIR, or one file, or --format text",
            )
        return
    given = {task.path.resolve() for task in tasks}
    for task in tasks:
        for target in _targets(task, formats, out):
            if target.resolve() in given:
                raise BadInput(
                    f"the result of {task.path.name} would overwrite the input {target}",
                    remedy="choose another --out",
                )
