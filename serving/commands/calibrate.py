"""``entendu calibrate``: thresholds fitted to what analysts answered, and gates measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conversation.errors import BadInput, NotFound
from serving.commands.options import DataOption, DeviceOption, ThreadsOption
from serving.commands.progress import progress_bars
from serving.result_files import json_files, make_result_folder, write_together
from serving.settings import load_settings

if TYPE_CHECKING:
    from quality.agreement.bootstrap import Figure
    from quality.agreement.calibration import QuestionCalibration
    from quality.agreement.gate import GateDecision
    from quality.agreement.ratings import Rated
    from quality.agreement.trust import TrustReport
    from quality.rescoring import StoredConversation
    from quality.review import JsonlLog
    from quality.scorecard import Scorecard
    from quality.sentence_vectors import SentenceVectors
    from serving.settings import Settings

Advance = Callable[[int, int], None]
_AUTHOR = "entendu"


def calibrate(
    reviews: Annotated[
        Path,
        typer.Argument(metavar="REVIEWS", help="JSONL: the events of reviews and blind sessions."),
    ],
    results: Annotated[
        list[Path],
        typer.Option(
            "--results",
            metavar="DIR",
            help="JSON files that `entendu process` wrote, or folders of them. May be repeated.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="DIR", help="Where the new version of the card goes, if it is better."
        ),
    ],
    scorecard: Annotated[
        str | None,
        typer.Option(
            "--scorecard", metavar="FILE", help="The card in use: a YAML file, or inbound, written."
        ),
    ] = None,
    gates: Annotated[
        Path | None,
        typer.Option(
            "--gates",
            metavar="FILE",
            help="Also measure which questions may count, be shown, or be withdrawn; write it to "
            "FILE and every change to REVIEWS.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of folds and intervals.")] = 0,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object on standard output, nothing else."),
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Sentence encoder: a name or a folder.")
    ] = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Fit the thresholds of a scorecard's semantic questions to what analysts answered.

    A threshold is judged on contacts that it was not fitted on. Where a question gets surely
    better, a new version of the card is written; the card in use is never changed. Nothing is
    written where nothing gets better.
    """
    from quality import load_scorecard
    from quality.review import JsonlLog

    settings = load_settings(device=device, threads=threads, data_dir=data, embedding_model=model)
    if not reviews.is_file():
        raise NotFound(f"there is no file {reviews}", remedy="give the JSONL file of reviews")
    card = load_scorecard(scorecard)
    log = JsonlLog(reviews)
    now = datetime.now(UTC)
    with progress_bars(hidden=as_json) as bars:
        task = bars.add_task("Reading reviews", total=None)

        def advance(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        trust = None
        if gates is not None:
            bars.update(task, description="Measuring agreement", completed=0, total=None)
            trust = _measured(log, card, gates, now, seed, advance)
        bars.update(task, description="Trying thresholds", completed=0, total=None)
        calibrations = _calibrations(log, card, results, settings, seed, advance)
    outcome = _written(log, card, calibrations, out, now, trust)
    if as_json:
        typer.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
        return
    _print(outcome, gates)


@dataclass(frozen=True)
class _Outcome:
    """What was fitted and what was written.

    Attributes:
        card: Before.
        new_version: Of the card; None where nothing got better.
        questions: What fitting did for each.
        files: What was written.
        trust: Gates and alarms; None where they were not asked for.
    """

    card: Scorecard
    new_version: str | None
    questions: Sequence[QuestionCalibration]
    files: tuple[Path, ...]
    trust: TrustReport | None

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "scorecard": self.card.name,
            "from_version": self.card.version,
            "to_version": self.new_version,
            "questions": [one.model_dump(mode="json") for one in self.questions],
            "files": [str(file) for file in self.files],
            "trust": None if self.trust is None else self.trust.model_dump(mode="json"),
        }


def _measured(
    log: JsonlLog, card: Scorecard, gates: Path, now: datetime, seed: int, advance: Advance
) -> TrustReport:
    """Measure the gates, record their changes and write them."""
    from quality.agreement.trust import announce, assess_trust

    report = assess_trust(log, card, at=now, author=_AUTHOR, seed=seed, progress=advance)
    try:
        write_together(((gates, report.gates.model_dump_json(indent=2) + "\n"),))
    except OSError as error:
        raise BadInput(
            f"{gates} cannot be written: {error.strerror}", remedy="name another file"
        ) from None
    announce(log, report)
    return report


def _calibrations(
    log: JsonlLog,
    card: Scorecard,
    results: Sequence[Path],
    settings: Settings,
    seed: int,
    advance: Advance,
) -> list[QuestionCalibration]:
    from quality.agreement.calibration import calibrate_question
    from quality.agreement.thresholds import fittable_items, threshold_choices
    from quality.agreement.trust import human_answers

    fittable = {item.id for item in fittable_items(card)}
    if not fittable:
        return []
    rated = {
        key: one
        for key, one in human_answers(log.events(), scorecard=card.name).items()
        if key[1] in fittable
    }
    contacts = _contacts(results, {conversation for conversation, _ in rated})
    if rated and not contacts:
        raise NotFound(
            "none of the reviewed conversations is among --results",
            remedy="give the folder where entendu process put their results",
        )
    vectors = _card_vectors(settings)
    choices = threshold_choices(
        card,
        [one.result for one in contacts],
        vectors=lambda number: vectors.for_conversation(contacts[number].vectors),
        progress=advance,
    )
    calibrations = []
    for choice in choices:
        known: list[tuple[int, Rated]] = [
            (number, rated[contact.result.conversation.id, choice.item])
            for number, contact in enumerate(contacts)
            if (contact.result.conversation.id, choice.item) in rated
        ]
        calibrations.append(
            calibrate_question(
                choice.for_contacts([number for number, _ in known]),
                [one for _, one in known],
                seed=seed,
            )
        )
    return calibrations


def _contacts(results: Sequence[Path], wanted: set[str]) -> list[StoredConversation]:
    """Read the results of reviewed conversations, in the order of their ids."""
    from quality.rescoring import read_stored

    found: dict[str, StoredConversation] = {}
    for path, named in json_files(results):
        if not named and not _is_about(path, wanted):
            continue
        stored = read_stored(path)
        if stored.result.conversation.id in wanted:
            found.setdefault(stored.result.conversation.id, stored)
    return [found[one] for one in sorted(found)]


def _is_about(path: Path, wanted: set[str]) -> bool:
    """Tell whether a file of a folder is a result of one of the conversations."""
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    conversation = values.get("conversation") if isinstance(values, dict) else None
    return isinstance(conversation, dict) and conversation.get("id") in wanted


def _card_vectors(settings: Settings) -> SentenceVectors:
    """Return what encodes the examples of the card once, and sentences without stored vectors."""
    from models import ModelStore
    from quality.sentence_vectors import SentenceVectors
    from serving.encoders import encoder_of

    model = ModelStore(settings.models_dir).reference(settings.embedding_model)
    return SentenceVectors(lambda: encoder_of(settings), model=model)


def _written(
    log: JsonlLog,
    card: Scorecard,
    calibrations: Sequence[QuestionCalibration],
    out: Path,
    now: datetime,
    trust: TrustReport | None,
) -> _Outcome:
    """Write the new version of the card, if there is one, and record what changed."""
    from quality.agreement.new_card import card_as_yaml, recalibrated_card, recalibrations

    new = recalibrated_card(card, calibrations, at=now)
    if new is None:
        return _Outcome(card, None, calibrations, (), trust)
    make_result_folder(out)
    comment = "\n".join(
        [f"{card.name} {card.version}, thresholds fitted to analysts' answers on {now:%Y-%m-%d}:"]
        + [f"{one.item}: {one.reason_en}" for one in calibrations if one.outcome == "better"]
    )
    card_file = out / f"{new.name}-{new.version}.yaml"
    report_file = out / f"{new.name}-{new.version}.calibration.json"
    outcome = _Outcome(card, new.version, calibrations, (card_file, report_file), trust)
    write_together(
        (
            (card_file, card_as_yaml(new, comment=comment)),
            (report_file, json.dumps(outcome.as_json(), ensure_ascii=False, indent=2) + "\n"),
        )
    )
    for event in recalibrations(card, new, calibrations, at=now, author=_AUTHOR):
        log.append(event)
    return outcome


def _print(outcome: _Outcome, gates: Path | None) -> None:
    console = Console()
    card = outcome.card
    if outcome.trust is not None:
        console.print(_trust_table(outcome.trust))
        for event in outcome.trust.changes:
            what = "drift" if event.kind == "drift_alarmed" else f"{event.before} → {event.after}"
            console.print(escape(f"{event.item}: {what}. {event.reason_en}"), soft_wrap=True)
        console.print(f"Gates in {gates}", soft_wrap=True)
    if not outcome.questions:
        console.print(
            f"No question of {card.name} {card.version} compares meaning with examples: there is "
            "no threshold to fit",
            soft_wrap=True,
        )
        return
    table = Table(title="Thresholds", header_style="bold", title_justify="left")
    for name in ("Question", "Contacts", "Failures", "Setting", "Kappa before", "Kappa after",
                 "Gain", "Outcome"):  # fmt: skip
        table.add_column(name, justify="left" if name in ("Question", "Outcome") else "right")
    for one in outcome.questions:
        table.add_row(
            escape(one.item), str(one.n), f"{one.failures:g}", _settings(one),
            _shown(one.kappa_before), _shown(one.kappa_after), _shown(one.gain),
            one.outcome.replace("_", " "),
        )  # fmt: skip
    console.print(table)
    if outcome.new_version is None:
        console.print("Nothing gets surely better: nothing was written")
        return
    console.print(
        f"New version {outcome.new_version} of the card in {outcome.files[0]}; version "
        f"{card.version} stays as it is. Use it with --scorecard {outcome.files[0]}",
        soft_wrap=True,
    )


def _settings(one: QuestionCalibration) -> str:
    before = ", ".join(f"{value:g}" if isinstance(value, float) else str(value)
                       for value in one.settings_before.values())  # fmt: skip
    if one.settings_after is None:
        return before
    after = ", ".join(f"{value:g}" if isinstance(value, float) else str(value)
                      for value in one.settings_after.values())  # fmt: skip
    return f"{before} → {after}"


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    return f"{figure.value:.2f}\n[dim]{figure.low:.2f} – {figure.high:.2f}[/dim]"


def _trust_table(report: TrustReport) -> Table:
    table = Table(
        title=escape(f"Gates of {report.scorecard} {report.version}"),
        header_style="bold", title_justify="left",
    )  # fmt: skip
    for name in ("Question", "Double", "Failures", "Kappa", "Between people", "Gate"):
        table.add_column(name, justify="left" if name in ("Question", "Gate") else "right")
    for measured, decision in zip(report.questions, report.decisions, strict=True):
        table.add_row(
            escape(measured.item), str(measured.doubly_scored), f"{measured.failures:g}",
            _shown(measured.double_kappa), _shown(measured.human_kappa), _gate(report, decision),
        )  # fmt: skip
    return table


def _gate(report: TrustReport, decision: GateDecision) -> str:
    held = report.gates.questions.get(decision.item)
    return "not measured" if held is None else held.gate
