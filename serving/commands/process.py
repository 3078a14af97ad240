"""``entendu process``: recordings, chats and e-mails in, JSON and reports out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import (
    TaskID,
)
from rich.table import Table

from conversation.errors import EntenduError, NotFound
from serving.clock import clock
from serving.commands.options import (
    CategoriesOption,
    CentreOption,
    ChannelsOption,
    ComputeTypeOption,
    DataOption,
    DeviceOption,
    GatesOption,
    HotwordsOption,
    KbOption,
    LanguageOption,
    ModelOption,
    PairOption,
    RawOption,
    ReasonsOption,
    RedactOption,
    RoutingOption,
    ScorecardOption,
    SpeakersOption,
    SpokenNumbersOption,
    ThreadsOption,
    VocabularyOption,
    sides,
)
from serving.commands.progress import progress_bars
from serving.result_files import make_result_folder, remove_vectors_left_over
from serving.settings import load_settings

if TYPE_CHECKING:
    from serving.analysis import Analysis, Source
    from serving.inputs import Input
    from serving.pipeline import Pipeline
    from serving.vcon_calls import ChannelRoles


@dataclass(frozen=True)
class Outcome:
    """What became of one input."""

    input: Input
    state: Literal["done", "unchanged", "failed"]
    message: str = ""
    analysis: Analysis | None = None


def process(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…",
            help="Recordings, vCons, chats or e-mails (JSON or text), or folders of them.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go.")],
    kb: KbOption = None,
    reasons: ReasonsOption = None,
    routing: RoutingOption = None,
    centre: CentreOption = None,
    redact: RedactOption = None,
    scorecard: ScorecardOption = None,
    categories: CategoriesOption = None,
    gates: GatesOption = None,
    language: LanguageOption = None,
    channels: ChannelsOption = None,
    pair: PairOption = False,
    speakers: SpeakersOption = None,
    raw: RawOption = None,
    vocabulary: VocabularyOption = None,
    hotwords: HotwordsOption = None,
    spoken_numbers: SpokenNumbersOption = False,
    model: ModelOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also do again what is done and unchanged.")
    ] = False,
    device: DeviceOption = None,
    compute_type: ComputeTypeOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Transcribe, understand, answer and score conversations.

    Writes DIR/NAME.json, DIR/NAME.html and DIR/NAME.vectors (with which `entendu score` needs no
    model) for each. A file that cannot be used is named with the reason and the others go on; the
    exit code is 1 then. What is done and unchanged is skipped.
    """
    from serving.inputs import collect_inputs, pair_inputs
    from serving.pipeline import Pipeline

    console = Console(stderr=True)
    roles = sides(channels, pair=pair)
    settings = load_settings(
        kb=kb, reasons=reasons, routing=routing, centre=centre, redact=redact,
        scorecard=scorecard, categories=categories, gates=gates, language=language, device=device,
        compute_type=compute_type, threads=threads, data_dir=data, transcription_model=model,
        speakers=speakers, raw=raw, vocabulary=vocabulary, hotwords=hotwords,
        written_numbers=False if spoken_numbers else None,
    )  # fmt: skip
    inputs, unknown = (pair_inputs(paths), ()) if pair else collect_inputs(paths, out=out)
    if unknown:
        shown = ", ".join(path.name for path in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        console.print(f"[dim]Left out, not a known ending: {shown}{more}[/dim]", highlight=False)
    if not inputs:
        raise NotFound(
            f"no recording, chat or e-mail in {', '.join(map(str, paths))}",
            remedy="give audio files, .json, .txt or .eml files, or a folder of them",
        )
    pipeline = Pipeline(settings)
    pipeline.check_settings()
    make_result_folder(out)
    remove_vectors_left_over(out)
    began = time.perf_counter()
    outcomes = _run(pipeline, inputs, out=out, roles=roles, force=force, console=console)
    _print_summary(outcomes, out, wall_s=time.perf_counter() - began)
    if any(outcome.state == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def _run(
    pipeline: Pipeline,
    inputs: tuple[Input, ...],
    *,
    out: Path,
    roles: ChannelRoles | None,
    force: bool,
    console: Console,
) -> list[Outcome]:
    from serving.hearing import expected_work_s
    from serving.result_files import stored_fingerprint
    from serving.source_files import describe_source

    outcomes: dict[Input, Outcome] = {}
    todo: list[Input] = []
    sources: dict[Input, Source] = {}
    for item in inputs:
        try:
            source = sources[item] = describe_source(item.path, item.second)
        except OSError:
            todo.append(item)  # the pipeline says what is wrong with it
            continue
        stored = None if force else stored_fingerprint(out, item.result_stem)
        if stored is not None and stored == pipeline.fingerprint(source, channels=roles):
            outcomes[item] = Outcome(item, "unchanged")
        else:
            todo.append(item)
    costs_s = {item: expected_work_s(item, pipeline.raw_format) for item in todo}
    with progress_bars(console) as bars:
        overall = bars.add_task(
            "All files", total=sum(cost or 0.0 for cost in costs_s.values()) or 1.0
        )
        if any(cost is not None for cost in costs_s.values()):
            current = bars.add_task("Loading the models", total=None)
            pipeline.prepare(for_audio=any(not item.is_text for item in todo))
            bars.remove_task(current)
        done_s = 0.0
        for number, item in enumerate(todo, start=1):
            cost_s = costs_s[item] or 0.0
            current = bars.add_task(f"{number}/{len(todo)} {item.path.name}", total=1.0)

            def show(share: float, *, task: TaskID = current, before_s: float = done_s,
                     cost_s: float = cost_s) -> None:  # fmt: skip
                bars.update(task, completed=share)
                bars.update(overall, completed=before_s + share * cost_s)

            outcomes[item] = _analyse_one(
                pipeline, item, sources.get(item), out=out, roles=roles, progress=show
            )
            done_s += cost_s
            bars.update(overall, completed=done_s)
            bars.remove_task(current)
    if any(outcome.state == "done" for outcome in outcomes.values()) and pipeline.knowledge_base:
        for problem in pipeline.knowledge_base.problems:
            console.print(
                f"Knowledge left out: {problem.path}: {problem.reason}",
                style="yellow", highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip
    return [outcomes[item] for item in inputs]


def _analyse_one(
    pipeline: Pipeline,
    item: Input,
    source: Source | None,
    *,
    out: Path,
    roles: ChannelRoles | None,
    progress: Callable[[float], None],
) -> Outcome:
    from serving.report import render_report
    from serving.result_files import write_results

    try:
        analysis = pipeline.analyse(
            item.path,
            second=item.second,
            channels=roles,
            source=source,
            progress=progress,
        )
        write_results(
            analysis,
            render_report(analysis),
            out=out,
            stem=item.result_stem,
            vectors=_vectors(pipeline, analysis),
        )
    except EntenduError as error:
        if error is pipeline.preparation_error:
            raise  # not the file's fault: the next one would fail the same way
        message = str(error)
        if item.path.name not in message:
            message = f"{item.path.name}: {message}"
        return Outcome(item, "failed", message)
    except OSError as error:
        return Outcome(item, "failed", f"{item.path.name}: {error.strerror or error}")
    return Outcome(item, "done", analysis=analysis)


def _vectors(pipeline: Pipeline, analysis: Analysis) -> bytes | None:
    """Return what is kept of the sentences' vectors; None where nothing was said."""
    from quality.sentences import sentence_texts

    if not sentence_texts(analysis.conversation):
        return None
    return pipeline.vectors_of(analysis).to_bytes()


def _print_summary(outcomes: list[Outcome], out: Path, *, wall_s: float) -> None:
    console = Console()
    table = Table(header_style="bold")
    table.add_column("File", overflow="fold")
    table.add_column("Length", justify="right", no_wrap=True)
    table.add_column("Contact reason", overflow="fold")
    table.add_column("Mood", justify="right", no_wrap=True)
    table.add_column("Answers", justify="right", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    for outcome in outcomes:
        table.add_row(*_row(outcome))
    console.print(table)
    for outcome in outcomes:
        if outcome.state == "failed":
            console.print(
                f"✗ {outcome.message}", style="red", highlight=False, markup=False, soft_wrap=True
            )
    states = [outcome.state for outcome in outcomes]
    analyses = [outcome.analysis for outcome in outcomes if outcome.analysis is not None]
    audio_s = sum(a.conversation.recording.duration_s for a in analyses if a.conversation.recording)
    speech_s = sum(a.timings.speech_s for a in analyses)
    total_s = sum(a.timings.total_s for a in analyses)
    line = f"{states.count('done')} done, {states.count('unchanged')} unchanged, "
    line += f"{states.count('failed')} failed in {wall_s:.0f} s"
    if audio_s and total_s:
        line += f"; {audio_s:.0f} s of sound in {total_s:.0f} s of work, "
        line += f"{100 * (1 - speech_s / total_s):.0f} % of it after transcription"
    console.print(line, highlight=False)
    console.print(f"Results in {out.resolve()}", highlight=False, soft_wrap=True)


def _row(outcome: Outcome) -> tuple[str, ...]:
    name = outcome.input.path.name
    if outcome.state == "failed":
        return (name, "", "[red]failed[/red]", "", "", "")
    if outcome.analysis is None:
        return (name, "", "[dim]unchanged[/dim]", "", "", "")
    analysis = outcome.analysis
    conversation, understanding = analysis.conversation, analysis.understanding
    length_s = conversation.recording.duration_s if conversation.recording else None
    primary = understanding.reasons.primary
    english = understanding.language == "en"
    reason = "unknown" if english else "inconnu"
    if primary is not None:
        label = primary.label_en if english else primary.label_fr
        reason = f"{label} ({100 * primary.probability:.0f} %)"
    sentiment, score = understanding.sentiment, analysis.evaluation.score_20
    answered = sum(item.answer.answered for item in analysis.questions)
    return (
        name,
        clock(length_s) if length_s is not None else "text",
        reason,
        f"{sentiment.start:+.1f} → {sentiment.end:+.1f}" if sentiment is not None else "–",
        f"{answered}/{len(analysis.questions)}" if analysis.knowledge_base else "–",
        f"{score:.1f}/20" if score is not None else "–",
    )
