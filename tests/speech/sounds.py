"""Sounds of a telephone line that hold no speech, made from a seed: ten minutes of them.

Frequencies and cadences are those of ITU-T E.180 (French, British, North American tones),
E.181 and Q.23 (DTMF), T.30 (fax tones), V.21 (fax carrier).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

LINE_RATE_HZ = 8_000
DTMF_ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
DTMF_COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
DTMF_KEYS = ("123A", "456B", "789C", "*0#D")


@dataclass(frozen=True)
class NonSpeech:
    """A recording in which nobody speaks.

    Attributes:
        name: What it is.
        samples: float32 of shape ``(n_channels, n)``, from -1 to 1.
        rate_hz: Its sample rate.
    """

    name: str
    samples: Samples
    rate_hz: int = LINE_RATE_HZ

    @property
    def length_s(self) -> float:
        return self.samples.shape[1] / self.rate_hz


def clock(length_s: float, rate_hz: int = LINE_RATE_HZ) -> NDArray[np.float64]:
    return np.arange(round(length_s * rate_hz)) / rate_hz


def dbfs(level_db: float) -> float:
    """Return the factor of a level below full scale."""
    return float(10.0 ** (level_db / 20.0))


def tones(
    length_s: float,
    *frequencies_hz: float,
    level_db: float = -20.0,
    rate_hz: int = LINE_RATE_HZ,
) -> Samples:
    """Return a sum of sines; ``level_db`` is the peak of each."""
    time_s = clock(length_s, rate_hz)
    waves = [np.sin(2 * np.pi * hz * time_s) for hz in frequencies_hz]
    return (dbfs(level_db) * np.sum(waves, axis=0)).astype(np.float32)


def silence(length_s: float, rate_hz: int = LINE_RATE_HZ) -> Samples:
    return np.zeros(round(length_s * rate_hz), np.float32)


def cadence(
    length_s: float,
    pattern_s: Sequence[float],
    *frequencies_hz: float,
    level_db: float = -20.0,
    rate_hz: int = LINE_RATE_HZ,
) -> Samples:
    """Return tones that sound and rest by turns: ``pattern_s`` is on, off, on, off, …"""
    whole = tones(length_s, *frequencies_hz, level_db=level_db, rate_hz=rate_hz)
    at, is_on = 0.0, True
    gate = np.zeros(len(whole), np.float32)
    while at < length_s:
        for part_s in pattern_s:
            if is_on:
                gate[round(at * rate_hz) : round((at + part_s) * rate_hz)] = 1.0
            at, is_on = at + part_s, not is_on
    return whole * gate


def ringback_fr(length_s: float, **line: float) -> Samples:
    return cadence(length_s, (1.5, 3.5), 440.0, **line)


def ringback_us(length_s: float, **line: float) -> Samples:
    return cadence(length_s, (2.0, 4.0), 440.0, 480.0, **line)


def ringback_uk(length_s: float, **line: float) -> Samples:
    return cadence(length_s, (0.4, 0.2, 0.4, 2.0), 400.0, 450.0, **line)


def busy_fr(length_s: float, **line: float) -> Samples:
    return cadence(length_s, (0.5, 0.5), 440.0, **line)


def dtmf(
    keys: str, *, on_s: float = 0.1, off_s: float = 0.1, level_db: float = -16.0,
    rate_hz: int = LINE_RATE_HZ,
) -> Samples:  # fmt: skip
    """Return the tones of some keys, one after the other."""
    parts: list[Samples] = []
    for key in keys:
        row = next(place for place, keys_of_row in enumerate(DTMF_KEYS) if key in keys_of_row)
        column = DTMF_KEYS[row].index(key)
        pair = DTMF_ROWS_HZ[row], DTMF_COLUMNS_HZ[column]
        parts += [tones(on_s, *pair, level_db=level_db, rate_hz=rate_hz), silence(off_s, rate_hz)]
    return np.concatenate(parts)


def special_information(length_s: float) -> Samples:
    """Return the three rising tones before "the number you have dialled…", once a second."""
    once = np.concatenate([tones(0.33, hz) for hz in (950.0, 1400.0, 1800.0)] + [silence(1.0)])
    return np.resize(once, round(length_s * LINE_RATE_HZ))


def fax_calling(length_s: float) -> Samples:
    return cadence(length_s, (0.5, 3.0), 1100.0)


def fax_carrier(length_s: float, seed: int) -> Samples:
    """Return an answering fax: 2100 Hz, a pause, then the V.21 carrier at 300 bit/s."""
    bits = np.random.default_rng(seed).integers(0, 2, round(length_s * 300))
    hz = np.repeat(np.where(bits == 1, 1650.0, 1850.0), LINE_RATE_HZ // 300 + 1)
    carrier = dbfs(-18) * np.sin(2 * np.pi * np.cumsum(hz) / LINE_RATE_HZ)
    parts = [tones(2.6, 2100.0), silence(0.1), carrier]
    return np.concatenate(parts)[: round(length_s * LINE_RATE_HZ)].astype(np.float32)


def noise(
    length_s: float, colour: str, level_db: float, seed: int, rate_hz: int = LINE_RATE_HZ
) -> Samples:
    """Return white, pink or brown noise; ``level_db`` is its root mean square."""
    n = round(length_s * rate_hz)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n))
    hz = np.maximum(np.fft.rfftfreq(n, 1 / rate_hz), 20.0)
    shaped = np.fft.irfft(spectrum * hz ** {"white": 0.0, "pink": -0.5, "brown": -1.0}[colour], n)
    return (dbfs(level_db) * shaped / np.sqrt(np.mean(shaped**2))).astype(np.float32)


def hum(length_s: float, level_db: float = -35.0) -> Samples:
    """Return mains hum with the harmonics that a telephone band lets through."""
    time_s = clock(length_s)
    waves = [np.sin(2 * np.pi * 50.0 * k * time_s + k) / k for k in range(1, 12)]
    return (dbfs(level_db) * np.sum(waves, axis=0)).astype(np.float32)


def clicks(length_s: float, seed: int) -> Samples:
    """Return some clicks and crackles a second."""
    random = np.random.default_rng(seed)
    sound = silence(length_s)
    for at in random.integers(0, len(sound) - 200, round(4 * length_s)):
        n = int(random.integers(8, 160))
        shape = np.exp(-np.arange(n) / (n / 4)) * random.standard_normal(n)
        sound[at : at + n] += (dbfs(-12) * shape).astype(np.float32)
    return np.clip(sound, -1, 1)


def applause(length_s: float, seed: int) -> Samples:
    """Return many short bursts of noise, thick and thin by turns."""
    random = np.random.default_rng(seed)
    sound = np.zeros(round(length_s * LINE_RATE_HZ) + 400)
    for at in random.integers(0, len(sound) - 400, round(70 * length_s)):
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * at / (5.0 * LINE_RATE_HZ))
        burst = np.exp(-np.arange(400) / 60) * random.standard_normal(400)
        sound[at : at + 400] += swell * dbfs(-24) * burst
    return np.clip(sound[:-400], -1, 1).astype(np.float32)


def wind(length_s: float, seed: int, period_s: float = 3.0) -> Samples:
    """Return noise that swells and ebbs: wind, or somebody breathing into the receiver."""
    blown = noise(length_s, "pink", -26.0, seed)
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * clock(length_s) / period_s)
    return (blown * swell**2).astype(np.float32)


def _pluck(hz: float, length_s: float, brightness: float) -> NDArray[np.float64]:
    time_s = clock(length_s)
    partials = [
        brightness**k * np.exp(-time_s * (2.0 + k)) * np.sin(2 * np.pi * hz * k * time_s)
        for k in range(1, 8)
        if hz * k < 3_800
    ]
    return np.sum(partials, axis=0)


_CHORDS = ((0, 4, 7, 12), (9, 12, 16, 21), (5, 9, 12, 17), (7, 11, 14, 19))


def _note_hz(semitones: float) -> float:
    return float(220.0 * 2 ** (semitones / 12))


def arpeggios(length_s: float, seed: int, *, beat_s: float = 0.25) -> Samples:
    """Return hold music of plucked broken chords."""
    random = np.random.default_rng(seed)
    sound = np.zeros(round((length_s + 2) * LINE_RATE_HZ))
    for beat in range(round(length_s / beat_s)):
        chord = _CHORDS[beat // 8 % len(_CHORDS)]
        note = _pluck(_note_hz(chord[int(random.integers(4))]), 1.5, 0.6)
        at = round(beat * beat_s * LINE_RATE_HZ)
        sound[at : at + len(note)] += note
    return _level(sound[: round(length_s * LINE_RATE_HZ)], -20.0)


def held_chords(length_s: float, seed: int, *, vibrato_hz: float = 5.5) -> Samples:
    """Return hold music of strings: chords with vibrato that change every two seconds."""
    random = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []
    for place in range(-(-round(length_s) // 2)):
        time_s = clock(2.0)
        part = np.zeros(len(time_s))
        for semitones in _CHORDS[place % len(_CHORDS)]:
            wave = 0.006 * np.sin(2 * np.pi * vibrato_hz * time_s + random.uniform(0, 6)) + 1
            phase = 2 * np.pi * np.cumsum(_note_hz(semitones) * wave) / LINE_RATE_HZ
            part += np.sum([np.sin(k * phase) / k**1.3 for k in range(1, 7)], axis=0)
        parts.append(part * np.minimum(1, np.minimum(time_s, 2.0 - time_s) / 0.15))
    return _level(np.concatenate(parts)[: round(length_s * LINE_RATE_HZ)], -20.0)


def drums(length_s: float, seed: int, *, beat_s: float = 0.5) -> Samples:
    """Return a drum pattern with a bass line."""
    random = np.random.default_rng(seed)
    sound = np.zeros(round((length_s + 1) * LINE_RATE_HZ))

    def add(at_s: float, hit: NDArray[np.float64]) -> None:
        at = round(at_s * LINE_RATE_HZ)
        sound[at : at + len(hit)] += hit

    time_s = clock(0.2)
    kick = (
        2.0 * np.exp(-time_s * 20) * np.sin(2 * np.pi * (60 + 60 * np.exp(-time_s * 30)) * time_s)
    )
    for beat in range(round(length_s / beat_s)):
        hiss = random.standard_normal(len(time_s))
        add(beat * beat_s, kick if beat % 2 == 0 else 0.7 * np.exp(-time_s * 25) * hiss)
        for half in (0.0, 0.5):
            add((beat + half) * beat_s, 0.25 * np.exp(-time_s * 60) * hiss)
        add(beat * beat_s, 0.8 * _pluck(_note_hz(_CHORDS[beat // 4 % 4][0] - 12), 0.45, 0.5))
    return _level(sound[: round(length_s * LINE_RATE_HZ)], -20.0)


def flute(length_s: float, seed: int) -> Samples:
    """Return a melody of one breathy voice with vibrato, the hold music closest to a singer."""
    random = np.random.default_rng(seed)
    scale = (0, 2, 4, 5, 7, 9, 11, 12)
    parts: list[NDArray[np.float64]] = []
    made_s = 0.0
    while made_s < length_s:
        note_s = float(random.choice([0.25, 0.5, 0.5, 1.0]))
        time_s = clock(note_s)
        wave = 1 + 0.008 * np.sin(2 * np.pi * 5 * time_s)
        hz = _note_hz(12 + scale[int(random.integers(8))])
        phase = 2 * np.pi * np.cumsum(hz * wave) / LINE_RATE_HZ
        tone = np.sin(phase) + 0.3 * np.sin(2 * phase) + 0.1 * np.sin(3 * phase)
        tone += 0.05 * random.standard_normal(len(time_s))
        parts.append(tone * np.minimum(1, np.minimum(time_s, note_s - time_s) / 0.03))
        made_s += note_s
    return _level(np.concatenate(parts)[: round(length_s * LINE_RATE_HZ)], -20.0)


def _level(sound: NDArray[np.float64], level_db: float) -> Samples:
    scaled = dbfs(level_db) * sound / max(float(np.sqrt(np.mean(sound**2))), 1e-9)
    return np.clip(scaled, -1, 1).astype(np.float32)


def mu_law(samples: Samples) -> Samples:
    """Return samples as they sound after G.711 µ-law, by the continuous curve and 8 bits."""
    compressed = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
    steps = np.round(compressed * 127) / 127
    return (np.sign(steps) * (256 ** np.abs(steps) - 1) / 255).astype(np.float32)


def at_16_khz(samples: Samples, rate_hz: int = LINE_RATE_HZ) -> Samples:
    """Return samples of shape ``(n,)`` resampled to 16 kHz, band-limited as they were."""
    n = round(len(samples) * 16_000 / rate_hz)
    spectrum = np.zeros(n // 2 + 1, np.complex128)
    stored = np.fft.rfft(samples.astype(np.float64))
    kept = min(len(stored), len(spectrum))
    spectrum[:kept] = stored[:kept]
    return (np.fft.irfft(spectrum, n) * (n / len(samples))).astype(np.float32)


def _beside_silence(samples: Samples, *, first: bool) -> Samples:
    quiet = np.zeros_like(samples)
    return np.stack([samples, quiet] if first else [quiet, samples])


def non_speech() -> list[NonSpeech]:
    """Return ten minutes in which nobody speaks, always the same."""
    idle = mu_law(noise(15, "white", -72.0, 1))
    mono: list[tuple[str, Samples]] = [
        ("digital_silence", silence(30)),
        ("idle_line", idle),
        *(
            (f"{colour}_noise_{-level}", noise(12, colour, level, seed))
            for colour in ("white", "pink", "brown")
            for seed, level in enumerate((-60, -40, -20))
        ),
        ("ringback_fr", ringback_fr(50)),
        ("ringback_us", mu_law(ringback_us(24))),
        ("ringback_uk", mu_law(ringback_uk(24))),
        ("busy_fr", busy_fr(15)),
        ("dial_tone", mu_law(tones(15, 440.0))),
        ("dtmf_short", dtmf("0612345678" * 2, on_s=0.06, off_s=0.06)),
        ("dtmf_slow", mu_law(dtmf("4111111111111111#", on_s=0.25, off_s=0.3))),
        ("special_information", special_information(14)),
        ("fax_calling", fax_calling(14)),
        ("fax_answer", fax_carrier(15, 2)),
        ("beep_1000", np.concatenate([silence(3), tones(0.5, 1000.0), silence(8)])),
        ("beep_1400", np.concatenate([idle[:16_000], tones(0.3, 1400.0), idle[:40_000]])),
        ("clicks", clicks(14, 3)),
        ("hum", hum(14)),
        ("applause", applause(14, 4)),
        ("wind", wind(14, 5)),
        ("breath", wind(14, 6, period_s=1.6)),
    ]  # fmt: skip
    music: list[tuple[str, Callable[..., Samples]]] = [
        ("arpeggios", arpeggios), ("held_chords", held_chords), ("drums", drums), ("flute", flute)
    ]  # fmt: skip
    mono += [(name, mu_law(play(24, seed))) for seed, (name, play) in enumerate(music)]
    found = [NonSpeech(name, samples[np.newaxis]) for name, samples in mono]
    found.append(NonSpeech("hold_music_wide", at_16_khz(held_chords(15, 7))[np.newaxis], 16_000))
    for place, (name, samples) in enumerate(
        [
            ("ringback_beside_silence", ringback_fr(20)),
            ("music_beside_silence", mu_law(arpeggios(20, 8, beat_s=0.33))),
            ("flute_beside_silence", mu_law(flute(20, 9))),
            ("noise_beside_silence", noise(14, "pink", -30.0, 10)),
        ]
    ):
        found.append(NonSpeech(name, _beside_silence(samples, first=place % 2 == 0)))
    return found
