"""``entendu evaluate bot``: what the self-care bot does on scripted dialogues."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serving.commands.options import DataOption, DeviceOption, ReasonsOption, ThreadsOption
from serving.commands.progress import progress_bar
from serving.settings import load_settings

if TYPE_CHECKING:
    from kb_search.bot.evaluation import BotEvaluation, JudgedTurn, Share

_FIGURES = (
    ("as_expected", "Turns as expected"),
    ("resolution", "Resolved dialogues (résolu)"),
    ("containment", "Ended without a person (contenu)"),
    ("wrong_answers", "Wrong answers, of all answers"),
    ("false_answers", "Unanswerable, yet answered"),
    ("hand_overs", "Hand-overs due and right"),
    ("missed_hand_overs", "Hand-overs missed"),
    ("needless_hand_overs", "Hand-overs needless"),
    ("clarified", "Answered after asking back"),
)
_SAID_CHARACTERS = 160


def bot(
    scripts: Annotated[
        list[Path],
        typer.Argument(
            metavar="SCRIPTS…", help="Dialogues: YAML or JSONL files, or folders of them."
        ),
    ],
    kb: Annotated[Path, typer.Option("--kb", metavar="DIR", help="Folder of knowledge documents.")],
    definition: Annotated[
        Path | None,
        typer.Option("--bot", metavar="FILE", help="YAML: what the centre decides about its bot."),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object on standard output, nothing else."),
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    reasons: ReasonsOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Whether the self-care bot answers, asks back, declines and hands over when it should.

    Dialogues say what is expected at each message (docs/bot.md). Each share is given with its
    count and its 95 % interval, and every turn that went otherwise is shown.
    """
    from kb_search import KnowledgeBase
    from kb_search.bot.evaluation import evaluate_bot
    from serving.definitions import Definitions
    from serving.encoders import compute_of, encoder_of
    from serving.self_care import build_bot, load_bot_policy, load_scripts

    settings = load_settings(
        device=device, threads=threads, data_dir=data, embedding_model=model, reasons=reasons
    )
    dialogues = load_scripts(scripts)
    policy = None if definition is None else load_bot_policy(definition)
    encoder = encoder_of(settings)
    with progress_bar("Reading documents", hidden=as_json) as advance:
        knowledge = KnowledgeBase.open(
            kb, encoder, cache_dir=settings.data_dir / "kb_index",
            progress=lambda _, done, total: advance(done, total),
        )  # fmt: skip
        definitions = Definitions(settings)
        made = build_bot(
            knowledge, encoder, definitions.scorer(encoder, compute_of(settings)),
            policy=policy, centre=definitions.centre,
        )  # fmt: skip
        result = evaluate_bot(
            made, dialogues,
            progress=lambda done, total: advance(done, total, "Talking"),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(result.model_dump(mode="json"), ensure_ascii=False))
        return
    _print(result)


def _print(result: BotEvaluation) -> None:
    console = Console()
    table = Table(title="Self-care bot", header_style="bold", title_justify="left")
    table.add_column("Figure")
    table.add_column("Count", justify="right")
    table.add_column("Share", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, label in _FIGURES:
        table.add_row(label, *_cells(getattr(result, name)))
    for part, share in {**result.by_language, **result.by_sector}.items():
        table.add_row(f"Turns as expected, {escape(part)}", *_cells(share))
    console.print(table)
    console.print(
        f"{result.dialogues} dialogues, {result.turns} judged turns, "
        f"{result.turns_per_dialogue:.1f} customer messages per dialogue"
    )
    if result.failing:
        console.print(_failing(result.failing))


def _cells(share: Share) -> tuple[str, str, str]:
    if share.share is None or share.interval is None:
        return "0 / 0", "–", "–"
    low, high = share.interval
    return f"{share.count} / {share.total}", f"{share.share:.2f}", f"{low:.2f} – {high:.2f}"


def _failing(turns: tuple[JudgedTurn, ...]) -> Table:
    table = Table(title="Not as expected", header_style="bold", title_justify="left")
    for title, ratio in (("Turn", 2), ("Message", 3), ("Expected", 2), ("Did", 4)):
        table.add_column(title, ratio=ratio)
    for turn in turns:
        did = " ".join([turn.did, *turn.documents, turn.trigger or ""]).strip()
        said = turn.said.replace("\n", " ")[:_SAID_CHARACTERS]
        table.add_row(
            f"{turn.script} {turn.turn}", escape(turn.message[:_SAID_CHARACTERS]),
            escape(turn.expected), f"{escape(did)}\n[dim]{escape(said)}[/dim]",
        )  # fmt: skip
    return table
