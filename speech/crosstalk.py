"""What two channels share: the same sound twice, or one side's voice heard on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.file_decoding import SAMPLE_RATE_HZ

_BLOCK = 16_384
_LONGEST_LAG_S = 0.1
_ACTIVE_DB = 30.0
_QUIETEST_RMS = 1e-4
_ALIKE = 0.4
_SAME_LAG_S = 0.0015
_FEWEST_BLOCKS = 3
_BLOCKS_OF_ONE_LAG = 0.5
_BLEED_DB = (-45.0, -2.0)

_SAME_SOUND = 0.9
_SAME_SOUND_SHARE = 0.95
_SAME_GAIN_DB = 3.0
_DOUBLED_DB = 12.0

_FILTER_BEFORE_S = 0.004
_FILTER_S = 0.032
_FRAME_SAMPLES = 512
_EXPLAINED = 0.7
_OWN_FRAMES = 4
_DIP_FRAMES = 10
_MARGIN_FRAMES = 2
_MAYBE_SPEECH = 0.35


@dataclass(frozen=True)
class Bleed:
    """One side's voice heard on the other side's channel.

    Attributes:
        source: Place of the channel that the voice belongs to, 0 or 1.
        target: Place of the channel on which it is heard as well.
        level_db: How loud it is there, against its own channel; below 0.
        delay_s: How much later it is heard there; below 0 where the recorder shifted them.
        response: The path as a finite impulse response at 16 kHz, float64 of shape ``(n,)``;
            its first value belongs to ``response_start``.
        response_start: Delay of the response's first value in samples, may be below 0.
    """

    source: int
    target: int
    level_db: float
    delay_s: float
    response: NDArray[np.float64]
    response_start: int


@dataclass(frozen=True)
class Crosstalk:
    """What the two channels of a recording share.

    Attributes:
        is_doubled: Whether both carry the same sound, perhaps later, at another level or with
            its sign turned, so that the recording is mono.
        louder: Place of the channel that is louder where it is doubled.
        bleeds: What is heard on the wrong channel; none where it is doubled.
    """

    is_doubled: bool = False
    louder: int = 0
    bleeds: tuple[Bleed, ...] = ()


@dataclass(frozen=True)
class _Block:
    lag: int
    alike: float  # normalised cross-correlation at that lag, -1 to 1
    gain_db: float  # level of the second channel against the first
    power: float


class CrosstalkMeter:
    """Compares two channels in a stream, a second at a time."""

    def __init__(self) -> None:
        self._waiting = np.zeros((2, 0), np.float32)
        self._blocks: list[_Block] = []
        self._loudest = np.zeros(2)
        bins = _BLOCK + 1
        self._cross = [np.zeros(bins, np.complex128), np.zeros(bins, np.complex128)]
        self._power = [np.zeros(bins), np.zeros(bins)]

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples, float32 of shape ``(2, n)`` at 16 kHz."""
        waiting = np.concatenate((self._waiting, samples), axis=1)
        while waiting.shape[1] >= _BLOCK:
            self._compare(waiting[:, :_BLOCK])
            waiting = waiting[:, _BLOCK:]
        self._waiting = waiting.copy()

    def finish(self) -> Crosstalk:
        """Return what they share."""
        if self._waiting.shape[1]:
            rest = _BLOCK - self._waiting.shape[1]
            self._compare(np.pad(self._waiting, ((0, 0), (0, rest))))
            self._waiting = np.zeros((2, 0), np.float32)
        doubled = self._find_doubled()
        if doubled is not None:
            return doubled
        bleeds = (self._find_bleed(source) for source in (0, 1))
        return Crosstalk(bleeds=tuple(bleed for bleed in bleeds if bleed is not None))

    def _compare(self, block: NDArray[np.float32]) -> None:
        power = np.mean(block.astype(np.float64) ** 2, axis=1)
        self._loudest = np.maximum(self._loudest, power)
        is_active = power > self._loudest * 10 ** (-_ACTIVE_DB / 10)
        if not is_active.any() or power.max() < _QUIETEST_RMS**2:
            return
        if power.min() < _QUIETEST_RMS**2:  # one side alone: nothing is shared
            self._blocks.append(_Block(0, 0.0, 0.0, float(power.max())))
            return
        first, second = np.fft.rfft(block, 2 * _BLOCK, axis=1)
        cross = second * np.conj(first)
        likeness = np.fft.irfft(cross) / (_BLOCK * np.sqrt(power[0] * power[1]))
        reach = round(_LONGEST_LAG_S * SAMPLE_RATE_HZ)
        near = np.concatenate((likeness[-reach:], likeness[: reach + 1]))
        best = int(np.argmax(np.abs(near)))
        # what of a late copy lies outside the block must not make it less alike
        inside = slice(max(0, reach - best), _BLOCK - max(0, best - reach))
        shifted = slice(max(0, best - reach), _BLOCK - max(0, reach - best))
        shared = np.sqrt(
            np.mean(block[0, inside].astype(np.float64) ** 2)
            * np.mean(block[1, shifted].astype(np.float64) ** 2)
        )
        share = (_BLOCK - abs(best - reach)) / _BLOCK
        alike = float(near[best] * np.sqrt(power[0] * power[1]) / max(shared * share, 1e-20))
        alike = float(np.clip(alike, -1.0, 1.0))
        gain_db = float(10 * np.log10(power[1] / power[0]))
        self._blocks.append(_Block(best - reach, alike, gain_db, float(power.max())))
        if abs(alike) >= _ALIKE:
            source = 0 if gain_db < 0 else 1
            self._cross[source] += cross if source == 0 else np.conj(cross)
            self._power[source] += np.abs(first if source == 0 else second) ** 2

    def _find_doubled(self) -> Crosstalk | None:
        if not self._blocks:
            return None
        loudest = max(block.power for block in self._blocks)
        active = [block for block in self._blocks if block.power > loudest / 1000]
        gain_db = float(np.median([block.gain_db for block in active]))
        lag = float(np.median([block.lag for block in active]))
        same = [
            block
            for block in active
            if abs(block.alike) >= _SAME_SOUND
            and abs(block.gain_db - gain_db) <= _SAME_GAIN_DB
            and abs(block.lag - lag) <= _SAME_LAG_S * SAMPLE_RATE_HZ
        ]
        share = sum(block.power for block in same) / sum(block.power for block in active)
        if share < _SAME_SOUND_SHARE or abs(gain_db) > _DOUBLED_DB:
            return None
        return Crosstalk(is_doubled=True, louder=int(gain_db > 0.5))

    def _find_bleed(self, source: int) -> Bleed | None:
        sign = 1 if source == 0 else -1
        found = [
            (sign * block.lag, block.alike, sign * block.gain_db)
            for block in self._blocks
            if abs(block.alike) >= _ALIKE and (block.gain_db < 0) == (source == 0)
        ]
        lags = np.array([lag for lag, _, _ in found])
        if len(lags) < _FEWEST_BLOCKS:
            return None
        together = np.abs(lags[:, None] - lags[None, :]) <= _SAME_LAG_S * SAMPLE_RATE_HZ
        of_one_lag = together[int(together.sum(axis=1).argmax())]
        if of_one_lag.sum() < max(_FEWEST_BLOCKS, _BLOCKS_OF_ONE_LAG * len(lags)):
            return None
        lag = int(np.median(lags[of_one_lag]))
        # in each of them some of the level is noise, or the other voice
        levels = [gain + 20 * np.log10(abs(alike)) for _, alike, gain in found]
        level_db = float(np.median(np.array(levels)[of_one_lag]))
        if not _BLEED_DB[0] <= level_db <= _BLEED_DB[1]:
            return None
        power = self._power[source]
        response = np.fft.irfft(self._cross[source] / (power + 1e-4 * power.mean()))
        start = lag - round(_FILTER_BEFORE_S * SAMPLE_RATE_HZ)
        taps = np.arange(start, start + round(_FILTER_S * SAMPLE_RATE_HZ))
        return Bleed(
            source=source,
            target=1 - source,
            level_db=level_db,
            delay_s=lag / SAMPLE_RATE_HZ,
            response=np.asarray(response[taps % len(response)], np.float64),
            response_start=start,
        )


def mask_bleed(
    blocks: Iterator[NDArray[np.float32]], bleed: Bleed, probabilities: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Find where a channel holds only the other side's voice.

    The voice of the source is sent through the path by which it got onto the target. Where that
    explains most of what is heard there, nobody else speaks. Where both speak, the target's own
    voice is left over, and the frame stays.

    Args:
        blocks: The sound again, float32 of shape ``(2, n)`` at 16 kHz.
        bleed: Found by :class:`CrosstalkMeter`.
        probabilities: Of speech on the target, of each 32 ms.

    Returns:
        Of each 32 ms of the target, whether it is only the other's voice.
    """
    explained: list[NDArray[np.float64]] = []
    for heard, predicted in _predict(blocks, bleed):
        frames = heard.reshape(-1, _FRAME_SAMPLES)
        left = (heard - predicted).reshape(-1, _FRAME_SAMPLES)
        said = predicted.reshape(-1, _FRAME_SAMPLES)
        explained.append(
            np.stack([np.sum(part**2, axis=1) for part in (frames, left, said)], axis=1)
        )
    energy = np.concatenate(explained)[: len(probabilities)] if explained else np.zeros((0, 3))
    energy = np.pad(energy, ((0, len(probabilities) - len(energy)), (0, 0)))
    around = np.stack([np.convolve(column, (1, 1, 1), mode="same") for column in energy.T])
    total, left_over, _ = around
    is_theirs = left_over < (1 - _EXPLAINED) * total
    return _smooth(is_theirs, probabilities)


def _predict(
    blocks: Iterator[NDArray[np.float32]], bleed: Bleed
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the target and what the source alone would have put there, in whole frames."""
    from scipy.signal import oaconvolve

    taps = len(bleed.response)
    before = max(0, bleed.response_start + taps)
    after = max(0, -bleed.response_start)
    source = np.zeros(before)
    target = np.zeros(0)

    def step(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        nonlocal source, target
        first = before - bleed.response_start - (taps - 1)
        needed = source[first : first + count + taps - 1]
        needed = np.pad(needed, (0, count + taps - 1 - len(needed)))
        predicted = oaconvolve(needed, bleed.response, mode="valid")
        heard = np.pad(target[:count], (0, count - len(target[:count])))
        source, target = source[count:], target[count:]
        return heard, np.asarray(predicted, np.float64)

    for block in blocks:
        source = np.concatenate((source, block[bleed.source].astype(np.float64)))
        target = np.concatenate((target, block[bleed.target].astype(np.float64)))
        count = (len(target) - after) // _FRAME_SAMPLES * _FRAME_SAMPLES
        if count > 0:
            yield step(count)
    if len(target):
        yield step(-(-len(target) // _FRAME_SAMPLES) * _FRAME_SAMPLES)


def _smooth(is_theirs: NDArray[np.bool_], probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Settle runs that are too short to be what they seem.

    What is left of bleed between its syllables is a few frames of speech; the dips within an own
    word, where the other side is louder for a moment, are not bleed alone.
    """
    is_own = ~is_theirs & (probabilities >= _MAYBE_SPEECH)
    crumbs = np.zeros_like(is_own)
    for start, end in _runs(is_own):
        near = is_theirs[max(0, start - 2) : start].any() or is_theirs[end : end + 2].any()
        crumbs[start:end] = end - start < _OWN_FRAMES and near
    is_own &= ~crumbs
    for start, end in _runs(~is_own):
        if start > 0 and end < len(is_own) and end - start <= _DIP_FRAMES:
            is_own[start:end] = True
    for start, end in _runs(is_own):
        is_own[max(0, start - _MARGIN_FRAMES) : end + _MARGIN_FRAMES] = True
    masked: NDArray[np.bool_] = (is_theirs | crumbs) & ~is_own
    return masked


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where the flags are set, as pairs of the first place and the one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
