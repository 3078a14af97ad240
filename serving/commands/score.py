"""``entendu score``: conversations scored with a card, again and again, without losing a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from conversation.errors import NotFound
from serving.commands.options import (
    AgentKeyOption,
    DataOption,
    DeviceOption,
    GatesOption,
    KbOption,
    SamplingOption,
    ThreadsOption,
)
from serving.commands.team_table import print_team
from serving.settings import load_settings

if TYPE_CHECKING:
    from quality import Evaluation, Scorecard
    from serving.score_run import Scored
    from serving.score_tally import Tally
    from serving.settings import Settings
    from serving.team_scores import Drawn, TeamScores


def score(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATHS…",
            help="Results of `entendu process` (JSON files, or folders of them), or conversations "
            "(JSON, text, e-mail).",
        ),
    ],
    card: Annotated[
        str | None,
        typer.Option(
            "--card",
            metavar="CARD",
            help="Scorecard: a YAML file, or inbound, written, sales, support_en; the setting, "
            "else inbound for calls and written for messages, if left.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where evaluations.jsonl and scores.json go."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    stored_only: Annotated[
        bool,
        typer.Option(
            "--stored-only",
            help="Load no model and ask nobody: what is not stored is not assessable.",
        ),
    ] = False,
    ask_again: Annotated[
        bool,
        typer.Option(
            "--ask-again",
            help="Ask the knowledge base and the language model again what they answered before.",
        ),
    ] = False,
    sampling: SamplingOption = None,
    agent_key: AgentKeyOption = None,
    gates: GatesOption = None,
    kb: KbOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Score conversations with a scorecard; stored results are not processed again.

    Every score is a draft with its evidence, for a person to confirm. The card's version is kept
    as it is now: a changed card needs a new version. Stored results stay as they are. With
    --sampling only the contacts that the rule draws are scored, and the team's score is estimated
    from them; without a rule there is no score of a team.
    """
    from quality import load_scorecard
    from serving.result_files import make_result_folder
    from serving.score_run import Scored, ScoreRun, files_to_score, usual_card
    from serving.score_tally import Tally

    console = Console(stderr=True)
    settings = load_settings(
        kb=kb, device=device, threads=threads, data_dir=data, sampling=sampling, gates=gates,
        scorecard=card,
    )  # fmt: skip
    if settings.scorecard is not None:
        load_scorecard(settings.scorecard)  # what is wrong with it is said first
    with console.status("Looking for results"):
        files = list(files_to_score(paths))
    if not files:
        raise NotFound(
            f"no result of entendu process in {', '.join(map(str, paths))}",
            remedy="run entendu process first, and give the folder of its --out",
        )
    chosen = load_scorecard(settings.scorecard or usual_card(files))
    drawn = _draw(files, settings, agent_key, console)
    if drawn is not None:
        files = list(drawn.contacts)
    if out is not None:
        make_result_folder(out)
    with console.status("Reading the card"):
        run = ScoreRun(settings, chosen, stored_only=stored_only, ask_again=ask_again)
    tally = Tally(chosen)
    if drawn is not None:
        tally.failed += drawn.failures
    scores: dict[Path, float] = {}
    with _Results(out) as results, Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(), console=console, transient=True,
    ) as bars:  # fmt: skip
        for file in bars.track(files, description="Scoring"):
            outcome = run.score(file)
            if isinstance(outcome, Scored):
                tally.add(outcome)
                results.add(outcome)
                if outcome.evaluation.score_100 is not None:
                    scores[file] = outcome.evaluation.score_100
            else:
                tally.failed.append(outcome)
        team = None if drawn is None else drawn.scored(scores)
        found = tally.summary(run, None if team is None else team.model_dump(mode="json"))
        summary = json.dumps(found, ensure_ascii=False, indent=2)
        results.finish(summary)
    if as_json:
        typer.echo(summary)
    else:
        _print(chosen, tally, out, team)
    _say_what_is_missing(console, tally, sampled=drawn is not None)
    if tally.failed:
        raise typer.Exit(1)


def _draw(
    files: list[Path], settings: Settings, agent_key: Path | None, console: Console
) -> Drawn | None:
    """Draw the contacts to score; None where no rule is set."""
    if settings.sampling is None:
        return None
    from quality.sampling import load_sampling_rule
    from serving.sampling import agent_keys
    from serving.team_scores import draw

    rule = load_sampling_rule(settings.sampling)
    with console.status("Drawing the contacts"):
        return draw(files, rule, agent_keys(agent_key, settings.data_dir))


def _say_what_is_missing(console: Console, tally: Tally, *, sampled: bool) -> None:
    for one in tally.failed:
        console.print(
            f"[yellow]Left out:[/yellow] {escape(one.message)}", highlight=False, soft_wrap=True
        )
    if len(tally.scores) > 1 and not sampled:
        from serving.team_scores import NO_RULE

        console.print(
            f"[yellow]{escape(NO_RULE.text(tally.language))}[/yellow]",
            highlight=False, soft_wrap=True,
        )  # fmt: skip


class _Results:
    """The files of a run: written aside as it goes, put in place when it is whole.

    Args:
        out: Folder; None writes nothing.
    """

    def __init__(self, out: Path | None) -> None:
        self._out = out
        self._partial = None if out is None else out / ".evaluations.jsonl.partial"
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        if self._partial is not None:
            self._file = self._partial.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._partial is not None:
            self._partial.unlink(missing_ok=True)

    def add(self, one: Scored) -> None:
        """Write an evaluation."""
        if self._file is not None:
            from serving.score_tally import evaluation_line

            self._file.write(evaluation_line(one))

    def finish(self, summary: str) -> None:
        """Put the files in place."""
        if self._out is None or self._partial is None or self._file is None:
            return
        from serving.result_files import write_together

        self._file.close()
        self._partial.replace(self._out / "evaluations.jsonl")
        write_together(((self._out / "scores.json", summary + "\n"),))


def _print(card: Scorecard, tally: Tally, out: Path | None, team: TeamScores | None) -> None:
    console = Console()
    console.print(
        f"Card {escape(card.name)} {escape(card.version)}; scores are drafts for a person to "
        "confirm, not for ranking",
        highlight=False,
    )
    if len(tally.scores) == 1 and tally.last is not None:
        _print_one(console, tally.last)
    elif tally.scores:
        _print_questions(console, card, tally)
    if team is not None:
        print_team(console, team)
    if out is not None:
        console.print(f"Results in {out.resolve()}", highlight=False, soft_wrap=True)


def _print_questions(console: Console, card: Scorecard, tally: Tally) -> None:
    title = f"{len(tally.scores)} conversations"
    table = Table(header_style="bold", title=title, title_justify="left")
    table.add_column("Question", overflow="fold")
    for name in ("Points", "1", "½", "0", "N/A", "For a person"):
        table.add_column(name, justify="right", no_wrap=True)
    for item, counts in zip(card.items, tally.counts, strict=True):
        shown = [str(count) if count else "[dim]·[/dim]" for count in counts.values()]
        label = escape(item.label.text(tally.language))
        table.add_row(f"{item.id} {label}", f"{item.points:g}", *shown)
    console.print(table)
    if tally.proposals:
        console.print(
            f"{tally.proposals} conversations with a proposed elimination, for a person to confirm",
            highlight=False,
        )


def _print_one(console: Console, evaluation: Evaluation) -> None:
    language = evaluation.language
    table = Table(header_style="bold")
    table.add_column("Question", overflow="fold", ratio=3)
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("Why", overflow="fold", ratio=4)
    states = {"not_applicable": "N/A", "not_assessable": "–", "scored": ""}
    for item in evaluation.items:
        value = states[item.status] if item.value is None else f"{item.value:g}"
        why = escape(item.reason(language))
        if item.evidence:
            why += f"\n[dim]« {escape(item.evidence[0].quote[:120])} »[/dim]"
        table.add_row(f"{item.id} {escape(item.label(language))}", value, why)
    console.print(table)
    console.print(escape(evaluation.explanation), highlight=False)
    if evaluation.tip is not None:
        console.print(f"→ {escape(evaluation.tip.text(language))}", highlight=False)
