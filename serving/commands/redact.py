"""``entendu redact``: recordings, chats and e-mails in, copies without personal data out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from conversation.errors import BadInput, EntenduError, NotFound
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
    ThreadsOption,
    VocabularyOption,
    sides,
)
from serving.commands.progress import progress_bars
from serving.settings import load_settings

if TYPE_CHECKING:
    from conversation import Conversation
    from nlu.redaction import Redacted
    from serving.inputs import Input
    from serving.redactor import Redactor
    from serving.speech_models import SpeechModels
    from speech.sound_redaction import RedactedSound

_FORMATS = ("json", "text")
_SUFFIXES = {"json": ".json", "text": ".txt"}
_SOUNDS = (".wav", ".flac", ".0.wav", ".0.flac", ".1.wav", ".1.flac")
_HEARING_SHARE = 0.95  # of the time that a recording takes


def redact(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Recordings, vCons, chats or e-mails (JSON or text), or folders of them.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the redacted copies go."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="FILE",
            help="What to redact: a YAML file, or cards. All personal data if left.",
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="TYPE,…", help="Types to leave as well, such as plate."),
    ] = None,
    mode: Annotated[
        Literal["silence", "beep"], typer.Option("--mode", help="What is heard instead.")
    ] = "silence",
    text_only: Annotated[
        bool, typer.Option("--text-only", help="Write no sound, only what was said.")
    ] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", metavar="json,text", help="Of the text; json if left."),
    ] = None,
    transcript: Annotated[
        Path | None,
        typer.Option(
            "--transcript",
            metavar="FILE|DIR",
            help="The recording's transcript with word times, or a folder of NAME.json.",
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Transcribe the redacted sound; fail if a number is left."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be redacted, write nothing.")
    ] = False,
    language: LanguageOption = None,
    channels: ChannelsOption = None,
    pair: PairOption = False,
    speakers: SpeakersOption = None,
    raw: RawOption = None,
    vocabulary: VocabularyOption = None,
    hotwords: HotwordsOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    compute_type: ComputeTypeOption = None,
    threads: ThreadsOption = None,
    data: DataOption = None,
) -> None:
    """Write copies without personal data; the originals stay as they are.

    Of each input: DIR/NAME.json (the conversation), DIR/NAME.redaction.json (types, places and
    times, never a value) and, of a recording, DIR/NAME.wav or .flac. Card data is always
    redacted. A file that cannot be used is named and the others go on; the exit code is 1 then.
    """
    from nlu.redaction import load_redaction_policy
    from serving.hearing import transcribe_options
    from serving.redactor import Redactor
    from serving.result_files import make_result_folder
    from serving.speech_models import SpeechModels

    console = Console(stderr=True)
    chosen = _chosen_formats(formats or ["json"])
    if out is None and not dry_run:
        raise BadInput("no folder for the redacted copies", remedy="give --out DIR, or --dry-run")
    rules = load_redaction_policy(policy)
    if keep is not None:
        rules = rules.keeping(name.strip() for name in keep.split(",") if name.strip())
    settings = load_settings(
        language=language, device=device, compute_type=compute_type, threads=threads,
        data_dir=data, transcription_model=model, speakers=speakers, raw=raw,
        vocabulary=vocabulary, hotwords=hotwords,
    )  # fmt: skip
    options = transcribe_options(settings, channels=sides(channels, pair=pair))
    tasks = _inputs(files, out, console, pair=pair)
    transcripts = _transcripts(tasks, transcript)
    models = SpeechModels(settings)
    if any(not task.is_text and task not in transcripts for task in tasks) or verify:
        models.check()
    redactor = Redactor(
        models, options, policy=rules, mode=mode,
        with_sound=not (text_only or dry_run), verify=verify,
    )  # fmt: skip
    if out is not None and not dry_run:
        make_result_folder(out)
    given = {path.resolve() for task in tasks for path in (task.path, task.second) if path}
    run = _Run(redactor, models, None if dry_run else out, chosen, transcripts, console, given)
    if not run.all(tasks):
        raise typer.Exit(1)


@dataclass
class _Run:
    """One run of the command."""

    redactor: Redactor
    models: SpeechModels
    out: Path | None
    formats: tuple[str, ...]
    transcripts: dict[Input, Path]
    console: Console
    given: set[Path]
    used: set[Path] = field(default_factory=set)

    def all(self, tasks: Sequence[Input]) -> bool:
        """Redact one after the other and say whether all could be."""
        from serving.hearing import expected_work_s

        costs_s = [expected_work_s(task) or 0.0 for task in tasks]
        failed = 0
        with progress_bars(self.console) as bars:
            bar = bars.add_task("Redacting", total=sum(costs_s) or 1.0)
            if any(not task.is_text and task not in self.transcripts for task in tasks):
                self.models.load()  # what fails here is no file's fault
            done_s = 0.0
            for number, (task, cost_s) in enumerate(zip(tasks, costs_s, strict=True), start=1):
                bars.update(bar, description=f"Redacting {number}/{len(tasks)}")

                def show(share: float, *, before_s: float = done_s, cost_s: float = cost_s) -> None:
                    bars.update(bar, completed=before_s + share * cost_s)

                failed += not self._one(task, number, show)
                done_s += cost_s
                bars.update(bar, completed=done_s)
        return failed == 0

    def _one(self, task: Input, number: int, progress: Callable[[float], None]) -> bool:
        from serving.redacting import without_values

        def hearing(at_s: float, all_s: float) -> None:
            progress(_HEARING_SHARE * at_s / all_s if all_s > 0 else 0.0)

        def writing(share: float) -> None:
            progress(_HEARING_SHARE + (1 - _HEARING_SHARE) * share)

        try:
            with ExitStack() as keep:
                heard = self.redactor.hear(
                    task, keep, transcript=self.transcripts.get(task), progress=hearing
                )
                redacted = self.redactor.redact(heard.conversation)
                name = redacted.scrubber.file_name(task.path.name)
                written: list[str] = []
                if self.out is not None:
                    base = self._base(task, redacted)
                    conversation, sounds, verified = self.redactor.write_sound(
                        heard, redacted, base, progress=writing
                    )
                    written = self._write(
                        base, name, redacted, conversation, sounds, verified=verified
                    )
        except EntenduError as error:
            self._say(f"✗ {number}: {without_values(str(error))}", style="red")
            return False
        except OSError as error:
            self._say(
                f"✗ {number}: {without_values(task.path.name)}: {error.strerror}", style="red"
            )
            return False
        counts = redacted.report.counts
        found = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        line = f"✓ {name}: {found or 'nothing found'}"
        self._say(line if not written else f"{line} → redacted copies: {', '.join(written)}")
        return True

    def _base(self, task: Input, redacted: Redacted) -> Path:
        """Return where results go; names of files may hold a caller's number as well."""
        stem = Path(*map(redacted.scrubber.file_name, task.result_stem.parts))
        base = (self.out or Path()) / stem
        number = 1
        while base in self.used:
            number += 1
            base = (self.out or Path()) / stem.with_name(f"{stem.name}-{number}")
        self.used.add(base)
        for suffix in (*_SUFFIXES.values(), ".redaction.json", *_SOUNDS):
            target = base.with_name(base.name + suffix).resolve()
            if target in self.given:
                raise BadInput(
                    f"the redacted copy would overwrite the input {target.name}",
                    remedy="choose another --out",
                )
        return base

    def _write(
        self,
        base: Path,
        name: str,
        redacted: Redacted,
        conversation: Conversation,
        sounds: Sequence[RedactedSound],
        *,
        verified: bool,
    ) -> list[str]:
        from serving.redactor import FileRedaction
        from serving.result_files import write_together
        from speech.formats import format_conversation

        # speakers are named in the language of the placeholders
        labelled = conversation.model_copy(
            update={"language": conversation.language or redacted.report.language}
        )
        contents = [
            (
                base.with_name(base.name + _SUFFIXES[chosen]),
                format_conversation(conversation, "json")
                if chosen == "json"
                else format_conversation(labelled, "text"),
            )
            for chosen in self.formats
        ]
        report = FileRedaction(
            source=name,
            text=redacted.report,
            counts=redacted.report.counts,
            sound=tuple(sounds),
            verified=verified,
        )
        contents.append(
            (
                base.with_name(base.name + ".redaction.json"),
                report.model_dump_json(indent=2) + "\n",
            )
        )
        write_together(contents)
        return [*(sound.name for sound in sounds), *(path.name for path, _ in contents)]

    def _say(self, line: str, *, style: str | None = None) -> None:
        self.console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


def _chosen_formats(given: Sequence[str]) -> tuple[str, ...]:
    from speech.formats import parse_formats

    chosen = parse_formats(given)
    for name in chosen:
        if name not in _FORMATS:
            raise BadInput(
                f"redacted conversations are written as json or text, got {name!r}",
                remedy="use --format json,text",
            )
    return chosen


def _inputs(
    files: list[Path], out: Path | None, console: Console, *, pair: bool
) -> tuple[Input, ...]:
    from serving.inputs import collect_inputs, pair_inputs

    if pair:
        return pair_inputs(files, keep_names=True)
    inputs, unknown = collect_inputs(files, out=out, keep_names=True)
    if unknown:
        console.print(
            f"{len(unknown)} files left out, whose ending is not known",
            style="dim", highlight=False, markup=False,
        )  # fmt: skip
    if not inputs:
        raise NotFound(
            f"no recording, chat or e-mail in {', '.join(map(str, files))}",
            remedy="give audio files, .json, .txt or .eml files, or a folder of them",
        )
    return inputs


def _transcripts(tasks: Sequence[Input], given: Path | None) -> dict[Input, Path]:
    """Return the transcript of each recording that has one."""
    if given is None:
        return {}
    recordings = [task for task in tasks if not task.is_text]
    if given.is_dir():
        places = {task: given / f"{task.result_stem}.json" for task in recordings}
        return {task: place for task, place in places.items() if place.is_file()}
    if not given.is_file():
        raise NotFound(f"there is no transcript {given}", remedy="correct --transcript")
    if len(recordings) != 1:
        raise BadInput(
            f"one transcript was given for {len(recordings)} recordings",
            remedy="give a folder that holds NAME.json of each",
        )
    return {recordings[0]: given}
