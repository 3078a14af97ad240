"""Diarization error over the recordings of a manifest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput, DatasetInvalid, NotFound
from speech.audio_file import read_header
from speech.decoding import Decoder
from speech.diarization import SpeakerSegment
from speech.diarization_clustering import MOST_SPEAKERS
from speech.diarization_error import DiarizationError, diarization_error
from speech.diarization_stream import diarize
from speech.manifest import read_manifest
from speech.rttm import read_rttm_file

if TYPE_CHECKING:
    from models import SpeakerEncoder

_COLLAR_S = 0.25
_LONGEST_S = 24 * 3600.0


class DiarizationScore(BaseModel):
    """Errors over some recordings, as shares of the reference's speech.

    Attributes:
        der: Diarization error rate: the sum of the three shares below.
        missed: Speech that nobody was found for.
        false_alarm: Speakers found where there are none, or fewer.
        confusion: Speech given to another speaker.
        der_collar_025: The rate with 0.25 s around each start and end left out.
        speech_s: Seconds of the reference's speech; each of several people at once counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    der: float
    missed: float
    false_alarm: float
    confusion: float
    der_collar_025: float
    speech_s: float


class FileScore(DiarizationScore):
    """Errors of one recording.

    Attributes:
        speakers: In the reference.
        speakers_found: By the diarization.
    """

    speakers: int
    speakers_found: int


class DiarizationResult(DiarizationScore):
    """What diarization reaches on a manifest.

    Attributes:
        collar_s: Of ``der`` and its parts, seconds: none is left out.
        skip_overlap: Whether speech of several people at once was left out: it never is.
        files: Recordings that were read.
        speakers_right: Share of them in which the number of speakers was right.
        audio_s: Seconds of audio.
        wall_s: Seconds that it took, decoding and voice activity included, loading not.
        by_file: The same of each recording, by its id.
    """

    collar_s: float = 0.0
    skip_overlap: bool = False
    files: int
    speakers_right: float
    audio_s: float
    wall_s: float
    by_file: dict[str, FileScore]


class _Entry(BaseModel):
    """One line of a manifest; other fields are of no matter here."""

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    audio: str | None = None
    audio_mono: str | None = None
    rttm: str | None = None
    speakers: int | None = Field(default=None, ge=1)


def evaluate_diarization(
    manifest: Path,
    encoder: SpeakerEncoder,
    *,
    speakers_known: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> DiarizationResult:
    """Diarize the recordings of a manifest and count the errors.

    A manifest has one JSON object a line: ``audio_mono`` or ``audio`` and ``rttm``, paths
    relative to the manifest; optionally ``id`` and ``speakers``. Lines without ``rttm`` are
    passed over. The channels of a recording are mixed. Nothing about the recording is told: the
    protocol has no collar, counts overlapped speech and finds speech by itself, as that of
    pyannote.audio's published figures
    (https://github.com/pyannote/pyannote-audio#benchmark).

    Args:
        manifest: The JSON Lines file.
        encoder: A loaded speaker encoder, from :func:`models.load_speaker_encoder`.
        speakers_known: Whether to tell the number of speakers, where a line has ``speakers``.
        progress: Called with the recordings done and all of them.

    Returns:
        The rates over all speech and by recording.

    Raises:
        NotFound: The manifest, or a file that it names, does not exist.
        DatasetInvalid: A line or an RTTM file is not as described; the message names it.
        AudioUnreadable: A recording cannot be decoded; the message names the line.
    """
    manifest = Path(manifest)
    entries = _read_manifest(manifest)
    by_file: dict[str, FileScore] = {}
    plain = collared = _none()
    audio_s = wall_s = 0.0
    for done, (number, entry) in enumerate(entries):
        if progress is not None:
            progress(done, len(entries))
        where = f"line {number} of {manifest.name}"
        reference = read_rttm_file(_named(manifest, where, entry.rttm or ""))
        sound = _Sound(_named(manifest, where, entry.audio_mono or entry.audio or ""))
        started = time.perf_counter()
        try:
            found = diarize(
                sound.blocks, encoder, n_speakers=entry.speakers if speakers_known else None
            ).segments
        except BadInput as error:
            raise type(error)(f"{where}: {error.message}", remedy=error.remedy) from error
        wall_s += time.perf_counter() - started
        audio_s += sound.length_s
        errors = diarization_error(reference, found)
        outside = diarization_error(reference, found, collar_s=_COLLAR_S)
        plain, collared = plain + errors, collared + outside
        name = entry.id or f"line {number}"
        if name in by_file:
            name = f"{name} (line {number})"
        by_file[name] = FileScore(
            **_shares(errors, outside),
            speakers=_speakers(reference),
            speakers_found=_speakers(found),
        )
    if progress is not None:
        progress(len(entries), len(entries))
    right = sum(score.speakers == score.speakers_found for score in by_file.values())
    return DiarizationResult(
        **_shares(plain, collared),
        files=len(by_file),
        speakers_right=round(right / len(by_file), 5),
        audio_s=round(audio_s, 3),
        wall_s=round(wall_s, 3),
        by_file=by_file,
    )


class _Sound:
    """The mix of a recording's channels, as often as it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.length_s = 0.0

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        header = read_header(self._path)
        decoder = Decoder(header, channels=range(header.channels), max_duration_s=_LONGEST_S)
        for block in decoder.blocks():
            yield block.mean(axis=0, dtype=np.float32)
        self.length_s = decoder.duration_s


def _none() -> DiarizationError:
    return DiarizationError(speech_s=0, missed_s=0, false_alarm_s=0, confusion_s=0)


def _shares(errors: DiarizationError, outside: DiarizationError) -> dict[str, float]:
    speech_s = errors.speech_s or 1.0
    return {
        "der": round(errors.rate, 5),
        "missed": round(errors.missed_s / speech_s, 5),
        "false_alarm": round(errors.false_alarm_s / speech_s, 5),
        "confusion": round(errors.confusion_s / speech_s, 5),
        "der_collar_025": round(outside.rate, 5),
        "speech_s": round(errors.speech_s, 3),
    }


def _speakers(segments: Sequence[SpeakerSegment]) -> int:
    return len({segment.speaker for segment in segments})


def _named(manifest: Path, where: str, name: str) -> Path:
    path = manifest.parent / name
    if not path.is_file():
        raise NotFound(f"{where} names {name}, which is not there", remedy="correct the path")
    return path


def _read_manifest(manifest: Path) -> list[tuple[int, _Entry]]:
    """Return the usable lines with their numbers."""
    entries: list[tuple[int, _Entry]] = []
    for number, where, entry in read_manifest(manifest, _Entry):
        if entry.rttm is None:
            continue
        if not (entry.audio or entry.audio_mono):
            raise DatasetInvalid(
                f"{where} has neither audio nor audio_mono",
                remedy="give the recording's path, relative to the manifest",
            )
        if entry.speakers is not None and entry.speakers > MOST_SPEAKERS:
            raise DatasetInvalid(
                f"{where} has {entry.speakers} speakers, expected at most {MOST_SPEAKERS}"
            )
        entries.append((number, entry))
    if not entries:
        raise DatasetInvalid(
            f"no line of {manifest.name} has an rttm", remedy='give at least one an "rttm"'
        )
    return entries
