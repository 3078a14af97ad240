"""Sound without what must not be kept: stretches silenced or beeped, the clock as it was."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from speech.audio_file import AudioHeader, read_header
from speech.file_decoding import FileDecoder
from speech.raw_audio import RawFormat
from speech.sound_writing import SoundWriter, sound_suffix

__all__ = [
    "Mode",
    "RedactedSound",
    "SoundSpan",
    "WordSpan",
    "redact_sound",
    "sound_suffix",
    "widen_word_spans",
]

Mode = Literal["silence", "beep"]

MARGIN_S = 0.3
"""At least so much is taken on either side of a word, seconds; see docs/redaction.md."""

REACH_S = 1.2
"""At most so much of a pause beside a word is taken, seconds."""

GAP_S = 2.0
"""Less than this between two parts of one kind of data is redacted with them, seconds."""

_BEEP_HZ = 1000.0
_BEEP_PEAK = 0.05  # −26 dB of full scale: as loud as quiet speech
_FADE_S = 0.01
_NEAR_S = 0.1  # less than this between two stretches is a click, no sound worth keeping


_T = TypeVar("_T", int, float)


class SoundSpan(BaseModel):
    """A stretch of a recording in which nothing may be heard.

    Attributes:
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        channels: Channels of the recording, from 0; None for all of them, since what is said on
            one is often heard on the other as well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    channels: tuple[int, ...] | None = None


class RedactedSound(BaseModel):
    """A redacted copy of a recording.

    Attributes:
        name: File name without folders.
        codec: Of the copy, as the encoder is named.
        sample_rate_hz: As in the recording.
        channels: As in the recording.
        samples: Of each channel, as many as the recording has.
        mode: What is heard in the stretches.
        spans: The stretches, on the whole clock of the recording.
        redacted_s: Seconds in which at least one channel was redacted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    codec: str
    sample_rate_hz: int = Field(gt=0)
    channels: int = Field(gt=0)
    samples: int = Field(ge=0)
    mode: Mode
    spans: tuple[SoundSpan, ...]
    redacted_s: float = Field(ge=0)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.samples / self.sample_rate_hz


class WordSpan(NamedTuple):
    """Words in a row of which nothing may be heard.

    Attributes:
        start_s: Seconds where the first word starts.
        end_s: Seconds where the last word ends.
        free_from_s: Seconds where the word before ends.
        free_to_s: Seconds where the word after starts.
    """

    start_s: float
    end_s: float
    free_from_s: float
    free_to_s: float


def widen_word_spans(spans: Iterable[WordSpan]) -> tuple[tuple[float, float], ...]:
    """Return the stretches to redact so that nothing of some words of one speaker is heard.

    Word times of a recogniser are approximate. :data:`MARGIN_S` is taken on both sides, into the
    words beside if need be, and of a pause up to :data:`REACH_S`, since what is said in it was
    either not recognised or belongs to the words. Between two spans that are less than
    :data:`GAP_S` apart all is taken: digits that were not recognised stand there.

    Args:
        spans: Of one speaker and one kind of data, in any order.

    Returns:
        Start and end of each stretch, in seconds, in order.
    """
    widened = []
    for span in spans:
        first_s = min(span.start_s - MARGIN_S, max(span.free_from_s, span.start_s - REACH_S))
        last_s = max(span.end_s + MARGIN_S, min(span.free_to_s, span.end_s + REACH_S))
        widened.append((max(0.0, first_s), last_s))
    return tuple(_join(widened, near=GAP_S))


def redact_sound(
    source: Path,
    target: Path,
    spans: Sequence[SoundSpan],
    *,
    mode: Mode = "silence",
    raw: RawFormat | None = None,
    overwrite_source: bool = False,
    progress: Callable[[float], None] | None = None,
) -> RedactedSound:
    """Write a copy of a recording in which some stretches are silent, or beep.

    The copy has the recording's rate, channels and number of samples; outside of the stretches,
    and 10 ms beside them in which the sound fades, every sample is as it was. It is decoded and
    written in a stream, and takes its name only when it is whole. Titles and other tags, pictures
    and further sound tracks are not copied.

    Args:
        source: An audio file, or a video with sound.
        target: A ``.wav`` or ``.flac`` file; see :func:`sound_suffix`.
        spans: The stretches, in any order; what lies after the end is left out.
        mode: ``silence``, or ``beep``: a tone of 1 kHz at −26 dB of full scale.
        raw: How a source is to be read that has no header.
        overwrite_source: Whether the target may be the source itself.
        progress: Called with the share that is done, 0 to 1.

    Returns:
        The facts of the copy.

    Raises:
        BadInput: The target is the source, is neither WAV nor FLAC, cannot be written, or a span
            names a channel that is not there.
        AudioUnreadable: The recording cannot be decoded to its end; nothing is written then.
    """
    header = read_header(source, raw)
    if not overwrite_source and target.exists() and target.samefile(source):
        raise BadInput(
            f"the redacted sound would overwrite the recording {source.name}",
            remedy="choose another folder or name",
        )
    stretches = _stretches(header, spans)
    try:
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".partial"
        )
        os.close(handle)
    except OSError as error:
        raise BadInput(
            f"nothing can be written to {target.parent}: {error.strerror}",
            remedy="name another folder",
        ) from error
    partial = Path(name)
    try:
        editor = _Editor(stretches, header, mode)
        with SoundWriter(partial, header, suffix=target.suffix) as writer:
            done = 0
            for block in _stored_blocks(header):
                writer.write(editor.edit(block, done))
                done += block.shape[1]
                if progress is not None and header.known_s:
                    progress(min(1.0, done / (header.known_s * header.sample_rate_hz)))
        partial.chmod(0o644)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    if progress is not None:
        progress(1.0)
    return _account(target, header, writer, stretches, mode, done)


@dataclass(frozen=True)
class _Stretch:
    """A stretch in samples."""

    start: int
    end: int
    channels: tuple[int, ...]


def _stretches(header: AudioHeader, spans: Sequence[SoundSpan]) -> list[_Stretch]:
    """Bring spans onto the samples and join, on each channel, what touches."""
    rate_hz = header.sample_rate_hz
    per_channel: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        start, end = int(span.start_s * rate_hz), -int(-span.end_s * rate_hz // 1)
        for channel in range(header.channels) if span.channels is None else span.channels:
            if not 0 <= channel < header.channels:
                raise BadInput(
                    f"a span names channel {channel}, {header.path.name} has {header.channels}",
                    remedy="count channels from 0",
                )
            per_channel.setdefault(channel, []).append((start, end))
    joined: dict[tuple[int, int], list[int]] = {}
    for channel, places in per_channel.items():
        for place in _join(places, near=round(_NEAR_S * rate_hz)):
            joined.setdefault(place, []).append(channel)
    return [_Stretch(*place, tuple(sorted(joined[place]))) for place in sorted(joined)]


def _join(places: Sequence[tuple[_T, _T]], *, near: _T) -> list[tuple[_T, _T]]:
    joined: list[tuple[_T, _T]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1] + near:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


class _Editor:
    """Silences stretches of sound, or puts a tone in them."""

    def __init__(self, stretches: Sequence[_Stretch], header: AudioHeader, mode: Mode) -> None:
        self._stretches = stretches
        self._rate_hz = header.sample_rate_hz
        self._fade = max(1, round(_FADE_S * self._rate_hz))
        self._beeps = mode == "beep"

    def edit(self, block: NDArray[np.float32], first: int) -> NDArray[np.float32]:
        """Return a block, float32 of shape ``(n_channels, n)``, as it is to be written.

        Args:
            block: The sound; it is changed only where a stretch is.
            first: Which sample of the recording its first one is.
        """
        last = first + block.shape[1]
        for stretch in self._stretches:
            start, end = stretch.start - self._fade, stretch.end + self._fade
            if start >= last or end <= first:
                continue
            at = np.arange(max(start, first), min(end, last))
            channels = list(stretch.channels)
            # 1 before the stretch, down to 0 at its edge; the same backwards after it
            beside = np.maximum(stretch.start - at, at - (stretch.end - 1))
            share = np.clip(beside / (self._fade + 1), 0.0, 1.0)
            window = slice(at[0] - first, at[-1] - first + 1)
            block[channels, window] *= share.astype(np.float32)
            if self._beeps:
                block[channels, window] += self._tone(at, stretch)
        return block

    def _tone(self, at: NDArray[np.int64], stretch: _Stretch) -> NDArray[np.float32]:
        inside = np.minimum(at - stretch.start, stretch.end - 1 - at)
        envelope = np.clip(inside / self._fade, 0.0, 1.0)
        wave = np.sin(2 * np.pi * _BEEP_HZ / self._rate_hz * (at - stretch.start))
        return np.asarray(_BEEP_PEAK * envelope * wave, np.float32)


def _stored_blocks(header: AudioHeader) -> Iterator[NDArray[np.float32]]:
    """Decode a recording as it is stored: no resampling, what is damaged silent, one clock.

    It is the decoder of the transcription that says what is there and what is missing, so that
    times of words mean the same sample here.
    """
    waiting: list[NDArray[np.float32]] = []
    repaired_s = 0.0

    def take(samples: NDArray[np.float32], rate_hz: int) -> None:
        nonlocal repaired_s
        if rate_hz != header.sample_rate_hz:
            raise BadInput(
                f"{header.path.name} changes from {header.sample_rate_hz} to {rate_hz} samples a "
                "second",
                remedy="convert it to WAV or FLAC first",
            )
        missing = round((decoder.repaired_s - repaired_s) * rate_hz)
        repaired_s = decoder.repaired_s
        if missing:
            waiting.append(np.zeros((samples.shape[0], missing), np.float32))
        waiting.append(samples)

    decoder = FileDecoder(
        header,
        channels=range(header.channels),
        max_duration_s=float("inf"),
        observe=take,
    )
    for _ in decoder.blocks():
        yield np.concatenate(waiting, axis=1)
        waiting.clear()
    if waiting:
        yield np.concatenate(waiting, axis=1)


def _account(
    target: Path,
    header: AudioHeader,
    writer: SoundWriter,
    stretches: Sequence[_Stretch],
    mode: Mode,
    samples: int,
) -> RedactedSound:
    rate_hz = header.sample_rate_hz
    there = [stretch for stretch in stretches if stretch.start < samples]
    whole = _join([(stretch.start, min(stretch.end, samples)) for stretch in there], near=0)
    return RedactedSound(
        name=target.name,
        codec=writer.codec,
        sample_rate_hz=rate_hz,
        channels=header.channels,
        samples=samples,
        mode=mode,
        spans=tuple(
            SoundSpan(
                start_s=round(stretch.start / rate_hz, 3),
                end_s=round(min(stretch.end, samples) / rate_hz, 3),
                channels=None if len(stretch.channels) == header.channels else stretch.channels,
            )
            for stretch in there
        ),
        redacted_s=round(sum(end - start for start, end in whole) / rate_hz, 3),
    )
