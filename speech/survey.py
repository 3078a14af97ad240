"""The first pass over a recording: how long, how loud, where speech is, which channels differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from speech.audio_file import AudioHeader
from speech.crosstalk import Bleed, Crosstalk, CrosstalkMeter, mask_bleed
from speech.decoding import ChannelTreatment, Decoder
from speech.line_sounds import LineSound, LineSoundDetector, mask_line_sounds
from speech.sound_checks import (
    PitchMeter,
    StoredSound,
    StoredSoundMeter,
    suspect_rate,
)
from speech.voice_activity import FRAME_SAMPLES, SpeechDetector

_SILENT_RMS = 3e-4  # -70 dBFS; idle mu-law lines lie below
_SPEECH = 0.5
_SPOKEN_SHARE = 0.05
_FLOOR_DB = -120.0
_SILENT_DB = -78.0
_LOUD_PERCENTILE = 98.0
_QUIET_SPEECH_DB = -40.0
_WANTED_SPEECH_DB = -20.0
_MOST_GAIN_DB = 40.0
_TOO_QUIET_FOR_VAD_DB = -50.0


@dataclass(frozen=True)
class ChannelSurvey:
    """What one channel holds.

    Attributes:
        channel: Channel of the recording, from 0.
        rms: Root mean square of its samples without their mean, 1 is full scale.
        probabilities: Of speech, of each 32 ms, float32 of shape ``(n,)``; 0 where only the
            other side's voice is heard.
        levels_db: Level of each 32 ms as it was recorded, float32 of shape ``(n,)``, 0 is the
            mean square of a full-scale square wave, -120 the least.
        stored: How it is stored: offset, clipping, band.
        length_s: Seconds until its file ends; less than the recording's in a pair of files of
            different lengths.
        gain: Factor that brings quiet speech to the level that recognisers know; 1 where it is
            loud enough.
        bleed: Of each 32 ms, whether only the other side's voice is heard; None where there is
            no bleed.
        likely_rate_hz: The sample rate at which it was likely recorded, where the header's
            makes the voices inhumanly high or low; None where there is no strong evidence.
        line_sounds: Ring-back, music, dialled keys and other sounds of the line.
    """

    channel: int
    rms: float
    probabilities: NDArray[np.float32]
    levels_db: NDArray[np.float32]
    stored: StoredSound
    length_s: float
    gain: float = 1.0
    bleed: NDArray[np.bool_] | None = None
    likely_rate_hz: int | None = None
    line_sounds: tuple[LineSound, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing but an idle line."""
        return self.rms < _SILENT_RMS and not bool((self.probabilities >= _SPEECH).any())

    @property
    def treatment(self) -> ChannelTreatment:
        """What to do to its sound before it is recognised."""
        return ChannelTreatment(gain=self.gain, muted=self.bleed)


@dataclass(frozen=True)
class Survey:
    """What a recording holds.

    Attributes:
        n_samples: Length at 16 kHz.
        duration_s: Length in seconds.
        repaired_s: Seconds that could not be decoded and are silent.
        channels: Of each channel that is read.
        crosstalk: What the two channels share; nothing where there is only one. ``source``,
            ``target`` and ``louder`` are places in ``channels``.
    """

    n_samples: int
    duration_s: float
    repaired_s: float
    channels: tuple[ChannelSurvey, ...]
    crosstalk: Crosstalk = field(default_factory=Crosstalk)

    @property
    def is_doubled(self) -> bool:
        """Whether both channels carry the same sound, so that the recording is mono."""
        return self.crosstalk.is_doubled

    @property
    def sides(self) -> tuple[ChannelSurvey, ...]:
        """The channels to recognise: the louder one where both carry the same sound."""
        if self.is_doubled:
            return (self.channels[self.crosstalk.louder],)
        return self.channels


def survey_recording(
    header: AudioHeader,
    channels: Sequence[int],
    *,
    max_duration_s: float,
    progress: Callable[[float], None] | None = None,
) -> Survey:
    """Pass over a recording once, and again only where a channel is very quiet or bleeds.

    Args:
        header: Of the file, or of a pair of files.
        channels: Which channels are read, from 0.
        max_duration_s: Refuse a longer recording, seconds.
        progress: Called with the seconds that have passed.

    Returns:
        What it holds.

    Raises:
        AudioUnreadable: It cannot be decoded to its end (see :class:`speech.decoding.Decoder`).
    """
    stored = [StoredSoundMeter() for _ in channels]
    pitches = [PitchMeter() for _ in channels]
    levels = [_LevelMeter() for _ in channels]
    detectors = [SpeechDetector() for _ in channels]
    shared = CrosstalkMeter() if len(channels) == 2 else None
    decoder = Decoder(
        header,
        channels=channels,
        max_duration_s=max_duration_s,
        observe=lambda place, samples, rate_hz: stored[place].feed(samples, rate_hz),
    )
    lines = [LineSoundDetector() for _ in channels]
    for block in decoder.blocks():
        for place, samples in enumerate(block):
            detectors[place].feed(samples)
            levels[place].feed(samples)
            pitches[place].feed(samples)
            lines[place].feed(samples)
        if shared is not None:
            shared.feed(block)
        if progress is not None:
            progress(decoder.duration_s)

    def again(gains: Sequence[float]) -> Iterator[NDArray[np.float32]]:
        treatments = [ChannelTreatment(gain=gain) for gain in gains]
        return Decoder(
            header, channels=channels, max_duration_s=max_duration_s, treatments=treatments
        ).blocks()

    probabilities = [detector.finish() for detector in detectors]
    levels_db = [meter.finish() for meter in levels]
    _hear_quiet_channels(probabilities, levels_db, again)
    crosstalk = shared.finish() if shared is not None else Crosstalk()
    bleeds = _mask_bleeds(probabilities, crosstalk.bleeds, again)
    line_sounds = [detector.finish() for detector in lines]
    for place, found in enumerate(line_sounds):
        probabilities[place] = mask_line_sounds(probabilities[place], found)
    sounds = [meter.finish() for meter in stored]
    likely_hz = _likely_rates(
        header, channels, sounds, [meter.finish() for meter in pitches], probabilities
    )
    return Survey(
        n_samples=decoder.samples,
        duration_s=decoder.duration_s,
        repaired_s=decoder.repaired_s,
        channels=tuple(
            ChannelSurvey(
                channel=channel,
                rms=levels[place].rms,
                probabilities=probabilities[place],
                levels_db=levels_db[place],
                stored=sounds[place],
                length_s=decoder.file_lengths_s[place] if header.parts else decoder.duration_s,
                gain=_gain(probabilities[place], levels_db[place]),
                bleed=bleeds[place],
                likely_rate_hz=likely_hz[place],
                line_sounds=line_sounds[place],
            )
            for place, channel in enumerate(channels)
        ),
        crosstalk=crosstalk,
    )


def _hear_quiet_channels(
    probabilities: list[NDArray[np.float32]],
    levels_db: Sequence[NDArray[np.float32]],
    again: Callable[[Sequence[float]], Iterator[NDArray[np.float32]]],
) -> None:
    """Look for speech again, louder, where it is too quiet for the detector."""
    gains = [1.0 for _ in levels_db]
    for place, levels in enumerate(levels_db):
        loud_db = _loud_db(levels)
        if _SILENT_DB < loud_db < _TOO_QUIET_FOR_VAD_DB:
            gains[place] = _factor(loud_db)
    if all(gain == 1.0 for gain in gains):
        return
    detectors = [SpeechDetector() for _ in gains]
    for block in again(gains):
        for place, gain in enumerate(gains):
            if gain != 1.0:
                detectors[place].feed(block[place])
    for place, gain in enumerate(gains):
        if gain != 1.0:
            probabilities[place] = detectors[place].finish()


def _mask_bleeds(
    probabilities: list[NDArray[np.float32]],
    bleeds: Sequence[Bleed],
    again: Callable[[Sequence[float]], Iterator[NDArray[np.float32]]],
) -> list[NDArray[np.bool_] | None]:
    """Find where only the other side is heard, and take the speech away there."""
    masks: list[NDArray[np.bool_] | None] = [None for _ in probabilities]
    for bleed in bleeds:
        mask = mask_bleed(again((1.0, 1.0)), bleed, probabilities[bleed.target])
        masks[bleed.target] = mask
    for place, found in enumerate(masks):
        if found is not None:
            probabilities[place] = np.where(found, np.float32(0.0), probabilities[place])
    return masks


def _gain(probabilities: NDArray[np.float32], levels_db: NDArray[np.float32]) -> float:
    is_speech = probabilities >= _SPEECH
    if not is_speech.any():
        return 1.0
    speech_db = float(10 * np.log10(np.mean(10 ** (levels_db[is_speech].astype(np.float64) / 10))))
    return _factor(speech_db) if speech_db < _QUIET_SPEECH_DB else 1.0


def _factor(level_db: float) -> float:
    return float(10 ** (min(_WANTED_SPEECH_DB - level_db, _MOST_GAIN_DB) / 20))


def _loud_db(levels_db: NDArray[np.float32]) -> float:
    return float(np.percentile(levels_db, _LOUD_PERCENTILE)) if len(levels_db) else _FLOOR_DB


def _likely_rates(
    header: AudioHeader,
    channels: Sequence[int],
    sounds: Sequence[StoredSound],
    pitches_hz: Sequence[float | None],
    probabilities: Sequence[NDArray[np.float32]],
) -> list[int | None]:
    """Judge each file by all its channels with speech, since they share its rate."""
    shares = [float(np.mean(side >= _SPEECH)) if len(side) else 0.0 for side in probabilities]

    def judge(rate_hz: int, places: Sequence[int]) -> int | None:
        spoken = [place for place in places if shares[place] >= _SPOKEN_SHARE]
        chosen = spoken or places
        return suspect_rate(
            rate_hz,
            [sounds[place] for place in chosen],
            [pitches_hz[place] for place in chosen],
            is_speech=bool(spoken),
        )

    if header.parts:
        rates_hz = [header.parts[channel].sample_rate_hz for channel in channels]
        return [judge(rate_hz, [place]) for place, rate_hz in enumerate(rates_hz)]
    return [judge(header.sample_rate_hz, range(len(channels)))] * len(channels)


class _LevelMeter:
    """Level of each 32 ms of one channel, in a stream."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._powers: list[NDArray[np.float32]] = []
        self._count = 0
        self._sum = 0.0

    def feed(self, samples: NDArray[np.float32]) -> None:
        self._count += len(samples)
        self._sum += float(np.sum(samples.astype(np.float64) ** 2))
        samples = np.concatenate((self._rest, samples))
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        frames = samples[:whole].reshape(-1, FRAME_SAMPLES)
        self._rest = samples[whole:]
        self._powers.append(np.mean(frames**2, axis=1))

    @property
    def rms(self) -> float:
        return float(np.sqrt(self._sum / max(1, self._count)))

    def finish(self) -> NDArray[np.float32]:
        if len(self._rest):
            self._powers.append(np.mean(self._rest**2, keepdims=True))
            self._rest = np.zeros(0, np.float32)
        powers = np.concatenate(self._powers or [np.zeros(0, np.float32)])
        levels_db = 10 * np.log10(np.maximum(powers, 10 ** (_FLOOR_DB / 10)))
        return np.asarray(levels_db, np.float32)
