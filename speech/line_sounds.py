"""Sounds of the line that are no speech: ring-back, keys, beeps, fax, music on hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from speech.cadences import Parts, gather, name_tones
from speech.dtmf import KeyDetector
from speech.music import MusicDetector
from speech.tones import Burst, ToneTracker
from speech.voice_activity import FRAME_S

LineSoundKind = Literal[
    "ringback", "busy", "dial_tone", "information_tone", "dtmf", "fax", "beep", "music"
]

_SAME_DIAL_S = 2.0
_MUSIC_TONES = 0.3
_SAME_MUSIC_S = 3.0
_MELODY_REST_S = 2.0
_LEAST_NOTE_S = 0.19
_LEAST_NOTES = 6
_LEAST_PITCHES = 4

# the least that is found under any word of a call; music alone hardly ever reaches it
_SPEECH = 0.65
_LEAST_SPEECH_FRAMES = 2
_BESIDE_SPEECH_FRAMES = 15
_MASKED = 0.05

_Stretch = tuple[float, float]


@dataclass(frozen=True)
class LineSound:
    """A sound of the line, on the recording's clock.

    Attributes:
        kind: ``ringback``, ``busy`` (or congestion), ``dial_tone``, ``information_tone`` (the
            three rising tones), ``dtmf`` (keys; which ones is not kept, since they may be a
            card's number), ``fax`` (or modem), ``beep``, ``music``.
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        sounding: Where it sounds between start and end, in seconds, without its rests.
    """

    kind: LineSoundKind
    start_s: float
    end_s: float
    sounding: Parts


class LineSoundDetector:
    """Finds the sounds of the line in one channel, fed with pieces of any size.

    What is found does not depend on how the sound was cut into pieces.
    """

    def __init__(self) -> None:
        self._tones = ToneTracker()
        self._keys = KeyDetector()
        self._music = MusicDetector()
        self._bursts: list[Burst] = []
        self._pressed: list[_Stretch] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples, float32 of shape ``(n,)`` at 16 kHz."""
        self._bursts += self._tones.feed(samples)
        self._pressed += self._keys.feed(samples)
        self._music.feed(samples)

    def finish(self) -> tuple[LineSound, ...]:
        """Return what was found, in order of start."""
        bursts = sorted(self._bursts + self._tones.finish(), key=lambda burst: burst.start_s)
        pressed = self._pressed + self._keys.finish()
        bursts = [
            burst for burst in bursts if _shared_s((burst.start_s, burst.end_s), pressed) == 0
        ]
        notes = [
            burst for burst in bursts if burst.length_s >= _LEAST_NOTE_S and not burst.is_carrier
        ]
        melodies = [melody for melody in _follow_each_other(notes) if _is_melody(melody)]
        played = {burst for melody in melodies for burst in melody}
        sounds = [_sound("dtmf", parts) for parts in gather(pressed, _SAME_DIAL_S)]
        sounds += [
            _sound(kind, parts)
            for kind, parts in name_tones([burst for burst in bursts if burst not in played])
        ]
        sounding = [part for sound in sounds for part in sound.sounding]
        music = [(melody[0].start_s, melody[-1].end_s) for melody in melodies]
        music += [
            stretch
            for stretch in self._music.finish()
            if _shared_s(stretch, sounding) < _MUSIC_TONES * (stretch[1] - stretch[0])
        ]
        found = [_sound("music", (stretch,)) for stretch in _join(music)]
        found += [
            sound
            for sound in sounds
            if sound.kind == "dtmf" or not _is_within((sound.start_s, sound.end_s), music)
        ]
        return tuple(sorted(found, key=lambda sound: (sound.start_s, sound.end_s)))


def mask_line_sounds(
    probabilities: NDArray[np.float32], sounds: Sequence[LineSound]
) -> NDArray[np.float32]:
    """Lower the probability of speech where the line sounds and nobody is likely to speak.

    Speech over music or over a tone keeps its probability: where two frames on end are likely
    speech, they and the half second on both sides are left as they are.

    Args:
        probabilities: Of speech, of each 32 ms, float32 of shape ``(n,)``.
        sounds: Found on the same channel.

    Returns:
        A new array of the same shape; no value is higher than before.
    """
    masked = probabilities.copy()
    for sound in sounds:
        for start_s, end_s in sound.sounding:
            first, last = int(start_s / FRAME_S), min(round(end_s / FRAME_S) + 1, len(masked))
            # speech may reach into the sound from outside
            around = slice(max(0, first - _BESIDE_SPEECH_FRAMES), last + _BESIDE_SPEECH_FRAMES)
            kept = np.zeros(len(masked), np.bool_)
            if around.start < min(around.stop, len(masked)):
                kept[around] = _widen(_runs(probabilities[around] >= _SPEECH))
            quiet = ~kept[first:last]
            masked[first:last][quiet] = np.minimum(masked[first:last][quiet], _MASKED)
    return masked


def _sound(kind: LineSoundKind, parts: Parts) -> LineSound:
    return LineSound(kind, parts[0][0], parts[-1][1], parts)


def _runs(likely: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the runs of frames that are long enough to be a sound of speech."""
    kept = likely.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], likely.astype(np.int8), [0]))))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start < _LEAST_SPEECH_FRAMES:
            kept[start:end] = False
    return kept


def _widen(kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    near = np.ones(2 * _BESIDE_SPEECH_FRAMES + 1)
    return np.convolve(kept, near)[_BESIDE_SPEECH_FRAMES:][: len(kept)] > 0.5


def _shared_s(stretch: _Stretch, parts: Sequence[_Stretch]) -> float:
    return sum(max(0.0, min(stretch[1], end) - max(stretch[0], start)) for start, end in parts)


def _is_within(stretch: _Stretch, parts: Sequence[_Stretch]) -> bool:
    return _shared_s(stretch, parts) > (stretch[1] - stretch[0]) / 2


def _join(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Make one of stretches that overlap or nearly touch."""
    joined: list[_Stretch] = []
    for start_s, end_s in sorted(stretches):
        if joined and start_s - joined[-1][1] <= _SAME_MUSIC_S:
            joined[-1] = joined[-1][0], max(joined[-1][1], end_s)
        else:
            joined.append((start_s, end_s))
    return joined


def _follow_each_other(bursts: Sequence[Burst]) -> list[list[Burst]]:
    groups: list[list[Burst]] = []
    for burst in bursts:
        if groups and burst.start_s - groups[-1][-1].end_s <= _MELODY_REST_S:
            groups[-1].append(burst)
        else:
            groups.append([burst])
    return groups


def _is_melody(bursts: Sequence[Burst]) -> bool:
    pitches = {round(12 * np.log2(burst.hz / 440.0)) for burst in bursts}
    return len(bursts) >= _LEAST_NOTES and len(pitches) >= _LEAST_PITCHES
