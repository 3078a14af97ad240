"""``entendu evaluate quality``: agreement of the machine's scores with people's labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conversation.errors import BadInput
from serving.commands.options import (
    DataOption,
    DeviceOption,
    KbOption,
    ReasonsOption,
    ScorecardOption,
    ThreadsOption,
)
from serving.commands.progress import progress_bars
from serving.result_files import json_files
from serving.settings import load_settings

if TYPE_CHECKING:
    from quality.agreement.bootstrap import Figure
    from quality.agreement.labelled_quality import QualityEvaluation
    from quality.agreement.labels import Labels
    from quality.results import Evaluation
    from serving.settings import Settings

_QUOTE_CHARACTERS = 160


def quality(
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS",
            help="JSONL: conversation_id or conversation, question, value, rater; or a folder of "
            "labelled conversations in YAML.",
        ),
    ],
    results: Annotated[
        list[Path] | None,
        typer.Option(
            "--results",
            metavar="DIR",
            help="JSON files that `entendu process` wrote, or folders of them, for labels that "
            "name conversations by id. May be repeated.",
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            "--part", metavar="tuning|test", help="Of a folder of cases, one part; all if left."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the intervals.")] = 0,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object on standard output, nothing else."),
    ] = False,
    scorecard: ScorecardOption = None,
    kb: KbOption = None,
    reasons: ReasonsOption = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Agreement of scores with labels: raw, kappa, AC1, each with its interval.

    Conversations that stand in the labels are analysed as `entendu process` does; for others the
    stored evaluation is taken. Every disagreement is listed with the machine's quotes.
    """
    from quality.agreement.labelled_quality import evaluate_labels
    from quality.agreement.labels import read_labels

    if part not in {None, "tuning", "test"}:
        raise BadInput(f"got --part {part!r}, expected tuning or test", remedy="give one of them")
    settings = load_settings(
        device=device, threads=threads, data_dir=data, embedding_model=model, reasons=reasons,
        scorecard=scorecard, kb=kb,
    )  # fmt: skip
    read = read_labels(labels, part=cast("Literal['tuning', 'test'] | None", part))
    with progress_bars(hidden=as_json) as bars:
        task = bars.add_task("Scoring", total=None)

        def advance(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        evaluations = dict(_stored(results or (), read))
        evaluations.update(_analysed(read, settings, advance))
        bars.update(task, description="Comparing", completed=0, total=None)
        result = evaluate_labels(read, evaluations, name=labels.name, seed=seed, progress=advance)
    if as_json:
        typer.echo(json.dumps(result.model_dump(mode="json"), ensure_ascii=False))
        return
    _print(result)


def _stored(results: Sequence[Path], labels: Labels) -> Mapping[str, Evaluation]:
    """Read the evaluations of conversations that labels name and do not hold themselves."""
    from quality.results import Evaluation

    wanted = {label.conversation_id for label in labels.labels} - labels.conversations.keys()
    found: dict[str, Evaluation] = {}
    for path, named in json_files(results):
        try:
            values = json.loads(path.read_text("utf-8"))
            if not isinstance(values, dict) or not isinstance(values.get("evaluation"), dict):
                if named:
                    raise ValueError("no evaluation in it")  # noqa: TRY301 - told like the rest
                continue
            if values["evaluation"].get("conversation_id") in wanted:
                one = Evaluation.model_validate(values["evaluation"])
                found[one.conversation_id] = one
        except (OSError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise BadInput(
                f"{path} is no whole result of entendu process: {first}",
                remedy="process the conversation again with this version",
            ) from None
    return found


def _analysed(
    labels: Labels, settings: Settings, advance: Callable[[int, int], None]
) -> Mapping[str, Evaluation]:
    """Analyse the conversations that stand in the labels."""
    if not labels.conversations:
        return {}
    from serving.pipeline import Pipeline

    pipeline = Pipeline(settings)
    pipeline.prepare(for_audio=False)
    done: dict[str, Evaluation] = {}
    for conversation in labels.conversations.values():
        done[conversation.id] = pipeline.analyse_conversation(conversation).evaluation
        advance(len(done), len(labels.conversations))
    return done


def _print(result: QualityEvaluation) -> None:
    console = Console()
    title = f"Agreement with {result.labels}: {', '.join(result.scorecards)}"
    table = Table(title=escape(title), header_style="bold", title_justify="left")
    table.add_column("Question")
    for name in ("n", "Answered", "Failures", "Raw", "Kappa", "AC1", "Between people"):
        table.add_column(name, justify="right")
    for one in result.questions:
        failing = one.prevalence.get("0", 0.0) + one.prevalence.get("0.5", 0.0)
        table.add_row(
            escape(one.item), str(one.n), f"{one.compared / one.n:.0%}", f"{failing:.0%}",
            _shown(one.raw), _shown(one.kappa), _shown(one.ac1), _shown(one.human_alpha),
        )  # fmt: skip
    console.print(table)
    gap = result.score_gap
    if gap.mean_absolute_points is not None and gap.close_share is not None:
        console.print(
            f"Score: {gap.mean_absolute_points:.1f} points apart on average over {gap.n} contacts "
            f"(machine {gap.mean_points:+.1f}); {gap.close_share:.0%} within ±10"
        )
    console.print(
        f"Kappa at least 0.70 on {result.kappa_070} of {len(result.questions)} questions; "
        f"{result.conversations} conversations, {result.n_labels} labels"
    )
    if result.eliminatory:
        console.print(_eliminatory(result))
    if any(one.disagreements for one in result.questions):
        console.print(_disagreements(result))


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f}\n[dim]{figure.low:.2f} – {figure.high:.2f}[/dim]"


def _eliminatory(result: QualityEvaluation) -> Table:
    table = Table(title="Eliminatory findings", header_style="bold", title_justify="left")
    for name in ("Question", "Met", "Proposed", "Right"):
        table.add_column(name, justify="left" if name == "Question" else "right")
    for one in result.eliminatory:
        table.add_row(escape(one.item), str(one.met), str(one.proposed), str(one.right))
    return table


def _disagreements(result: QualityEvaluation) -> Table:
    from quality.agreement.question import written

    table = Table(title="Disagreements", header_style="bold", title_justify="left")
    for name, ratio in (("Question", 2), ("People", 2), ("Machine", 2), ("Because of", 6)):
        table.add_column(name, ratio=ratio)
    for question in result.questions:
        for one in question.disagreements:
            people = "\n".join(f"{rater} {written(said)}" for rater, said in one.people.items())
            quotes = " / ".join(quote.quote.replace("\n", " ") for quote in one.quotes)
            why = "".join(f"\n[dim]{escape(each)}[/dim]" for each in one.why)
            table.add_row(
                escape(f"{question.item} {one.conversation_id}"), escape(people),
                written(one.machine), escape(quotes[:_QUOTE_CHARACTERS]) + why,
            )  # fmt: skip
    return table
