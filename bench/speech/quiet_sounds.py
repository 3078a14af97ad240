"""Sound in which nobody speaks: made by the tests' generators, and recorded, from packages.

The recordings are measured on and not shipped. Each Debian package is unpacked into a folder of
its own name under one folder:

    apt-get download PACKAGE && dpkg -x PACKAGE_*.deb FOLDER/PACKAGE
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from facts import ROOT
from numpy.typing import NDArray

from speech.audio_file import read_header
from speech.decoding import SAMPLE_RATE_HZ, Decoder

RATE_HZ = 16_000


@dataclass(frozen=True)
class Source:
    """A package with recordings.

    ``left_out`` are parts of names of what holds a voice, or what sounds like one; ``longest_s``
    bounds each recording; effects of some tenths of a second are joined into one recording.
    """

    package: str
    licence: str
    music: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    longest_s: float = 60.0


SOURCES = (
    Source(
        "asterisk-moh-opsound-wav",
        "CC-BY-SA-3.0",
        music=("usr/share/asterisk/moh/*.wav",),
        longest_s=90.0,
    ),
    Source(
        "frozen-bubble-data",
        "GPL-2",
        music=("usr/share/games/frozen-bubble/snd/*zik*.ogg",),
        effects=("usr/share/games/frozen-bubble/snd/*.ogg",),
        left_out=("zik",),
    ),
    Source(
        "supertux-data",
        "GPL-2+ (music), GPL-3+ (sounds)",
        music=(
            "usr/share/games/supertux2/music/**/forest*.ogg",
            "usr/share/games/supertux2/music/**/voc-d*.ogg",
            "usr/share/games/supertux2/music/**/salcon.ogg",
            "usr/share/games/supertux2/music/**/cave.ogg",
            "usr/share/games/supertux2/music/**/jewels.ogg",
            "usr/share/games/supertux2/music/**/ghostforest2.ogg",
        ),
        effects=("usr/share/games/supertux2/sounds/**/*.ogg",),
        longest_s=30.0,
    ),
    Source(
        "tuxpaint-data",
        "GPL-2+",
        effects=("usr/share/tuxpaint/sounds/*.wav",),
        left_out=("youcannot", "tuxok", "areyousure", "giggle"),
    ),
    Source(
        "sound-theme-freedesktop",
        "CC-BY-SA-3.0, CC-BY-3.0 and GPL-2 by file",
        effects=("usr/share/sounds/freedesktop/stereo/*.oga",),
        left_out=("audio-channel",),
    ),
)


def load_generators() -> ModuleType:
    """Import the generators of the tests."""
    path = ROOT / "tests" / "speech" / "sounds.py"
    spec = importlib.util.spec_from_file_location("sounds", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is not there")
    module = importlib.util.module_from_spec(spec)
    sys.modules["sounds"] = module
    spec.loader.exec_module(module)
    return module


def generated() -> Iterator[tuple[str, NDArray[np.float32], int]]:
    """Yield name, samples of shape ``(n_channels, n)`` and rate of each made recording."""
    for sound in load_generators().non_speech():
        yield sound.name, sound.samples, sound.rate_hz


def recorded(folder: Path) -> Iterator[tuple[str, NDArray[np.float32], int]]:
    """Yield the same of each recording of the packages, mono, wide and as over a telephone."""
    sounds = load_generators()
    for source in SOURCES:
        base = folder / source.package
        if not base.is_dir():
            raise SystemExit(f"{base} is not there: unpack {source.package} into it")
        music = [path for pattern in source.music for path in sorted(base.glob(pattern))]
        for path in music:
            yield from _both(f"{source.package}/{path.name}", _read(path, source.longest_s), sounds)
        parts: list[NDArray[np.float32]] = []
        for path in sorted({path for pattern in source.effects for path in base.glob(pattern)}):
            if not any(part in path.name for part in source.left_out):
                parts += [_read(path, 5.0), np.zeros(RATE_HZ, np.float32)]
        for place in range(0, len(parts), 40):
            joined = np.concatenate(parts[place : place + 40])
            yield from _both(f"{source.package}/effects_{place // 40}", joined, sounds)


def _both(
    name: str, samples: NDArray[np.float32], sounds: ModuleType
) -> Iterator[tuple[str, NDArray[np.float32], int]]:
    yield name, samples[np.newaxis], RATE_HZ
    narrow = sounds.mu_law(sounds.at_16_khz(samples, 2 * RATE_HZ))
    yield f"{name} telephone", np.clip(narrow, -1, 1)[np.newaxis], RATE_HZ // 2


def _read(path: Path, longest_s: float) -> NDArray[np.float32]:
    pieces: list[NDArray[np.float32]] = []
    left = round(longest_s * SAMPLE_RATE_HZ)
    for block in Decoder(read_header(path), channels=[0], max_duration_s=36_000.0).blocks():
        pieces.append(block[0, :left])
        left -= len(pieces[-1])
        if left <= 0:
            break
    return np.concatenate(pieces)


def write_wav(path: Path, samples: NDArray[np.float32], rate_hz: int) -> Path:
    """Write samples of shape ``(n_channels, n)`` as 16 bits."""
    import wave

    with wave.open(str(path), "wb") as output:
        output.setnchannels(samples.shape[0])
        output.setsampwidth(2)
        output.setframerate(rate_hz)
        output.writeframes((np.clip(samples, -1, 1).T * 32767).astype("<i2").tobytes())
    return path
