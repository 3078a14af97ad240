"""Word error of a transcriber on a manifest of recordings with their reference texts."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator

from conversation import Speaker, Turn
from conversation.errors import DatasetInvalid, EntenduError, NotFound
from speech.audio_file import read_header
from speech.manifest import read_manifest
from speech.normalisation import normalise
from speech.options import TranscribeOptions
from speech.source import Source
from speech.transcript import Transcription
from speech.transcription import transcribe_many

if TYPE_CHECKING:
    from jiwer import CharacterOutput, WordOutput

    from models import Transcriber


class AsrScore(BaseModel):
    """Errors counted over some recordings.

    Attributes:
        wer: Word error rate: substitutions, deletions and insertions by reference words.
        cer: Character error rate, counted the same way on the characters.
        words: Reference words, after normalisation.
        audio_s: Seconds of audio.
        substitutions: Words heard as another.
        deletions: Words not heard.
        insertions: Words that nobody said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wer: float
    cer: float
    words: int
    audio_s: float
    substitutions: int
    deletions: int
    insertions: int


class AsrResult(AsrScore):
    """What a transcriber reaches on a manifest.

    Attributes:
        wall_s: Seconds that transcription took, decoding included, loading of the model not.
        rtf: Real-time factor: ``wall_s`` by ``audio_s``.
        files: Recordings that were transcribed.
        skipped: Entries without a reference text, which were not transcribed.
        by_language: The same counts by primary language tag.
    """

    wall_s: float
    rtf: float
    files: int
    skipped: int
    by_language: dict[str, AsrScore]


class _ReferenceTurn(BaseModel):
    model_config = ConfigDict(frozen=True)

    speaker: str
    text: str


class _Entry(BaseModel):
    """One line of a manifest; other fields are of no matter here."""

    model_config = ConfigDict(frozen=True)

    audio: str | None = None
    audio_stereo: str | None = None
    audio_mono: str | None = None
    text: str | None = None
    turns: tuple[_ReferenceTurn, ...] | None = None
    lang: str | None = None
    channel: int | None = Field(default=None, ge=0)
    channels: dict[int, str] | None = None

    @field_validator("channels")
    @classmethod
    def _one_or_two(cls, channels: dict[int, str] | None) -> dict[int, str] | None:
        if channels is not None and (len(channels) > 2 or any(number < 0 for number in channels)):
            raise ValueError(f"expected one or two channels from 0 on, got {sorted(channels)}")
        return channels

    @property
    def has_reference(self) -> bool:
        return bool((self.text or "").strip()) or any(
            turn.text.strip() for turn in self.turns or ()
        )


_SPEAKERS: dict[str, Speaker] = {"agent": "agent", "customer": "customer", "bot": "bot"}


@dataclass
class _Tally:
    """References and hypotheses, one pair for each speaker of each recording."""

    references: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    audio_s: float = 0.0

    def score(self) -> AsrScore:
        import jiwer

        words = jiwer.process_words(self.references, self.hypotheses)
        characters = jiwer.process_characters(self.references, self.hypotheses)
        return AsrScore(
            wer=_error_rate(words),
            cer=_error_rate(characters),
            words=words.hits + words.substitutions + words.deletions,
            audio_s=round(self.audio_s, 3),
            substitutions=words.substitutions,
            deletions=words.deletions,
            insertions=words.insertions,
        )


def _error_rate(counts: WordOutput | CharacterOutput) -> float:
    """Return errors by what was said; by 1 where nothing was, so that inventions still count."""
    errors: int = counts.substitutions + counts.deletions + counts.insertions
    said: int = counts.hits + counts.substitutions + counts.deletions
    return round(errors / max(1, said), 5)


def evaluate_asr(
    manifest: Path,
    transcriber: Transcriber,
    *,
    language: str | None = None,
    options: TranscribeOptions | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> AsrResult:
    """Transcribe the recordings of a manifest, short ones together, and count the errors.

    A manifest has one JSON object a line: ``audio`` (or ``audio_stereo``, ``audio_mono``), a
    path relative to the manifest; ``text``, or ``turns`` with ``speaker`` and ``text``;
    optionally ``lang``, ``channel`` (the one to read) and ``channels`` (who is on which). Where
    there are turns and more than one channel, the errors are counted speaker by speaker: each
    speaker's turns joined against the words of that speaker's channel. Both sides are brought
    to the form of :func:`speech.normalisation.normalise`.

    Args:
        manifest: The JSON Lines file.
        transcriber: A loaded Whisper, from :func:`models.load_transcriber`.
        language: The language of all recordings, or ``auto`` to have it detected; None takes
            each entry's own ``lang``, and detects where it has none.
        options: Other settings; language and channels of these are not used.
        progress: Called with the seconds of sound that are done and with all of them; in the
            last call both are equal.

    Returns:
        The rates and counts, over all words and by language.

    Raises:
        NotFound: The manifest, or a recording that it names, does not exist.
        DatasetInvalid: A line is not as described; the message names line and field.
        AudioUnreadable: A recording cannot be decoded; the message names the line.
        BadInput: The model does not know the language of an entry; the message names the line.
    """
    manifest = Path(manifest)
    entries = _read_manifest(manifest)
    usable = [(number, entry) for number, entry in entries if entry.has_reference]
    if not usable:
        raise DatasetInvalid(
            f"no entry of {manifest.name} has a reference text ({len(entries)} entries)",
            remedy='give at least one a "text" or "turns"',
        )
    sources = [
        Source(
            _audio_path(manifest, number, entry),
            options=(options or TranscribeOptions()).model_copy(
                update={
                    "language": language or entry.lang or "auto",
                    "channels": _channels(entry),
                }
            ),
        )
        for number, entry in usable
    ]
    heard: list[Transcription] = []
    started = time.perf_counter()
    results = transcribe_many(_reporting(sources, progress), transcriber)
    for (number, _), result in zip(usable, results, strict=True):
        if isinstance(result, EntenduError):
            raise type(result)(
                f"line {number} of {manifest.name}: {result.message}", remedy=result.remedy
            ) from result
        heard.append(result)
    wall_s = time.perf_counter() - started
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for (_, entry), transcription in zip(usable, heard, strict=True):
        conversation = transcription.conversation
        tag = (entry.lang or conversation.language or "und").split("-")[0].lower()
        tally = tallies[tag]
        tally.audio_s += conversation.duration_s or 0.0
        for reference, hypothesis in _pairs(entry, conversation.turns):
            tally.references.append(normalise(reference, tag))
            tally.hypotheses.append(normalise(hypothesis, tag))
    total = _Tally()
    for tally in tallies.values():
        total.references += tally.references
        total.hypotheses += tally.hypotheses
        total.audio_s += tally.audio_s
    return AsrResult(
        **total.score().model_dump(),
        wall_s=round(wall_s, 3),
        rtf=round(wall_s / total.audio_s, 4) if total.audio_s else 0.0,
        files=len(usable),
        skipped=len(entries) - len(usable),
        by_language={tag: tally.score() for tag, tally in sorted(tallies.items())},
    )


def _reporting(
    sources: Sequence[Source], report: Callable[[float, float], None] | None
) -> Iterator[Source]:
    """Give the recordings one by one; report the seconds that are done of all of them."""
    if report is None:
        yield from sources
        return
    length_s = [_length_s(source) for source in sources]
    done_s = [0.0] * len(sources)
    all_s = sum(length_s)

    def note(place: int, at_s: float, of_s: float) -> None:
        done_s[place] = length_s[place] * (at_s / of_s if of_s > 0 else 1.0)
        report(all_s if done_s == length_s else sum(done_s), all_s)

    for place, source in enumerate(sources):
        yield replace(source, progress=partial(note, place))


def _length_s(source: Source) -> float:
    """Return what the header says; 0 where it does not, or the file will be refused."""
    try:
        header = read_header(source.path, source.options.raw)
    except EntenduError:
        return 0.0
    return header.stated_s or header.known_s or 0.0


def _read_manifest(manifest: Path) -> list[tuple[int, _Entry]]:
    entries: list[tuple[int, _Entry]] = []
    for number, where, entry in read_manifest(manifest, _Entry):
        if not (entry.audio or entry.audio_stereo or entry.audio_mono):
            raise DatasetInvalid(
                f"{where} has none of the fields audio, audio_stereo, audio_mono",
                remedy="give the recording's path, relative to the manifest",
            )
        entries.append((number, entry))
    return entries


def _audio_path(manifest: Path, number: int, entry: _Entry) -> Path:
    name = entry.audio or entry.audio_stereo or entry.audio_mono or ""
    path = manifest.parent / name
    if not path.is_file():
        raise NotFound(f"line {number} of {manifest.name} names {name}, which is not there")
    return path


def _channels(entry: _Entry) -> tuple[tuple[int, Speaker], ...] | None:
    if entry.channels:
        named = [(number, _SPEAKERS.get(who, "unknown")) for number, who in entry.channels.items()]
        return tuple(sorted(named))
    return None if entry.channel is None else ((entry.channel, "unknown"),)


def _pairs(entry: _Entry, turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Return reference and hypothesis of each speaker, or of the whole where there is one."""
    speakers = {_SPEAKERS.get(who, "unknown") for who in (entry.channels or {}).values()}
    if len(speakers) > 1 and entry.turns and {turn.speaker for turn in entry.turns} <= speakers:
        return [
            (
                " ".join(turn.text for turn in entry.turns if turn.speaker == speaker),
                " ".join(turn.text for turn in turns if turn.speaker == speaker),
            )
            for speaker in sorted(speakers)
        ]
    reference = entry.text or " ".join(turn.text for turn in entry.turns or ())
    return [(reference, " ".join(turn.text for turn in turns))]
