"""Sound without a header: how it is declared, and what it looks like where it was not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from conversation.errors import BadInput

RawEncoding: TypeAlias = Literal["mulaw", "alaw", "s16le", "s16be", "g722", "gsm"]

MIN_RATE_HZ = 4_000
MAX_RATE_HZ = 384_000
MAX_CHANNELS = 32

_ALIASES: dict[str, RawEncoding] = {
    "ulaw": "mulaw",
    "pcmu": "mulaw",
    "mu-law": "mulaw",
    "pcma": "alaw",
    "a-law": "alaw",
    "slin": "s16le",
    "pcm": "s16le",
}
_FIXED_RATE_HZ: dict[str, int] = {"g722": 16_000, "gsm": 8_000}
_BYTES: dict[str, int] = {"mulaw": 1, "alaw": 1, "s16le": 2, "s16be": 2}
_NAMES: dict[RawEncoding, str] = {
    "mulaw": "µ-law (G.711)",
    "alaw": "A-law (G.711)",
    "s16le": "16-bit PCM",
    "s16be": "16-bit PCM, high byte first",
    "g722": "G.722",
    "gsm": "GSM 06.10",
}
_FORMS = "write it as ENCODING:RATE[:CHANNELS], for example mulaw:8000, alaw:8000:2 or s16le:16000"
_GSM_FRAME_BYTES = 33
_LOOKED_AT_BYTES = 65_536
_SMOOTH = 0.6
_SMOOTHER = 0.05


@dataclass(frozen=True)
class RawFormat:
    """How the bytes of a file without a header are to be read.

    Attributes:
        encoding: ``mulaw`` and ``alaw`` (ITU-T G.711), ``s16le`` and ``s16be`` (16-bit PCM, low
            or high byte first), ``g722`` (ITU-T G.722 at 64 kbit/s), ``gsm`` (GSM 06.10 full
            rate in frames of 33 bytes).
        sample_rate_hz: Samples a second of each channel.
        channels: How many there are, their samples alternating.
    """

    encoding: RawEncoding
    sample_rate_hz: int
    channels: int = 1

    def __post_init__(self) -> None:
        if self.encoding not in get_args(RawEncoding):
            raise BadInput(
                f"expected one of {', '.join(get_args(RawEncoding))}, got {self.encoding!r}",
                remedy=_FORMS,
            )
        if not MIN_RATE_HZ <= self.sample_rate_hz <= MAX_RATE_HZ:
            raise BadInput(
                f"expected a rate from {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz, got "
                f"{self.sample_rate_hz}",
                remedy=_FORMS,
            )
        if not 1 <= self.channels <= MAX_CHANNELS:
            raise BadInput(
                f"expected 1 to {MAX_CHANNELS} channels, got {self.channels}", remedy=_FORMS
            )
        fixed_hz = _FIXED_RATE_HZ.get(self.encoding)
        if fixed_hz is not None and (self.sample_rate_hz != fixed_hz or self.channels != 1):
            raise BadInput(
                f"{_NAMES[self.encoding]} has one channel at {fixed_hz} Hz, got {self}",
                remedy=f"write {self.encoding}:{fixed_hz}",
            )

    def __str__(self) -> str:
        channels = "" if self.channels == 1 else f":{self.channels}"
        return f"{self.encoding}:{self.sample_rate_hz}{channels}"

    @property
    def frame_bytes(self) -> int:
        """The bytes that a file holds a whole number of."""
        if self.encoding == "gsm":
            return _GSM_FRAME_BYTES
        return _BYTES.get(self.encoding, 1) * self.channels

    def length_s(self, n_bytes: int) -> float:
        """Return how long a file of so many bytes lasts, in seconds."""
        if self.encoding == "gsm":
            return n_bytes // _GSM_FRAME_BYTES * 0.02
        if self.encoding == "g722":
            return 2 * n_bytes / self.sample_rate_hz
        return n_bytes // self.frame_bytes / self.sample_rate_hz

    def demuxer_options(self) -> dict[str, str]:
        """Return what FFmpeg's demuxer of this encoding has to be told."""
        if self.encoding in _FIXED_RATE_HZ:
            return {}
        layout = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels}C")
        return {"sample_rate": str(self.sample_rate_hz), "ch_layout": layout}


_CONVENTIONS: dict[str, RawFormat] = {
    **dict.fromkeys((".ulaw", ".ul", ".pcmu", ".mulaw"), RawFormat("mulaw", 8_000)),
    **dict.fromkeys((".alaw", ".al", ".pcma"), RawFormat("alaw", 8_000)),
    ".g722": RawFormat("g722", 16_000),
    ".gsm": RawFormat("gsm", 8_000),
    **{
        f".sln{suffix}": RawFormat("s16le", rate_hz)
        for suffix, rate_hz in {
            "": 8_000, "12": 12_000, "16": 16_000, "24": 24_000, "32": 32_000, "44": 44_100,
            "48": 48_000, "96": 96_000, "192": 192_000,
        }.items()
    },
}  # fmt: skip


def parse_raw_format(text: str) -> RawFormat:
    """Read how a file without a header is declared.

    Args:
        text: ``"mulaw:8000"``, ``"alaw:8000:2"`` (two channels), ``"s16le:16000"``,
            ``"g722"``, ``"gsm"``. Other usual names (ulaw, pcmu, pcma, slin) do as well.

    Returns:
        The format.

    Raises:
        BadInput: It is none of these.
    """
    encoding, *numbers = text.strip().lower().split(":")
    known = _ALIASES.get(encoding, encoding)
    if not numbers and known in _FIXED_RATE_HZ:
        numbers = [str(_FIXED_RATE_HZ[known])]
    if not 1 <= len(numbers) <= 2 or not all(
        number.isascii() and number.isdecimal() and len(number) < 10 for number in numbers
    ):
        raise BadInput(
            f"expected the format of sound without a header, got {text!r}", remedy=_FORMS
        )
    for name in get_args(RawEncoding):
        if known == name:
            return RawFormat(name, *(int(number) for number in numbers))
    raise BadInput(
        f"expected one of {', '.join(get_args(RawEncoding))}, got {encoding!r}", remedy=_FORMS
    )


def raw_format_by_name(path: Path) -> RawFormat | None:
    """Return the format that Asterisk's file extensions stand for.

    Args:
        path: Only its extension is looked at (``.ulaw``, ``.pcma``, ``.g722``, ``.gsm``,
            ``.sln16`` and others).

    Returns:
        The format, or None where the extension does not settle encoding and rate (``.raw`` and
        ``.pcm`` mean different things to different programs).
    """
    return _CONVENTIONS.get(path.suffix.lower())


def guess_raw_format(path: Path) -> RawFormat | None:
    """Say what sound without a header looks like; a hint for a message, never acted on.

    Speech is smooth: neighbouring samples are alike when the bytes are read the right way, and
    much less so when they are read in another. GSM shows by the mark that starts each frame.

    Args:
        path: A file that no decoder knows.

    Returns:
        The likely format, the rate being the usual one of its encoding, or None.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT_BYTES)
        file.seek(size // 4 * 2)
        middle = file.read(_LOOKED_AT_BYTES)
    marks = np.frombuffer(head, np.uint8)[: len(head) // 33 * 33 : 33] >> 4
    if len(marks) > 20 and bool(np.all(marks == 0xD)):  # GSM 06.10 in RTP and files: 1101
        return RawFormat("gsm", 8_000)
    # in the wrong order the bytes that hardly matter become those that matter most
    low_first, high_first = (_as_pcm(head + middle, order) for order in ("<i2", ">i2"))
    is_low_first = float(low_first @ low_first) <= float(high_first @ high_first)
    pcm: RawEncoding = "s16le" if is_low_first else "s16be"
    order = "<i2" if is_low_first else ">i2"
    likeness: dict[RawEncoding, float] = {
        "mulaw": max(_smoothness(expand_mulaw(part)) for part in (head, middle)),
        "alaw": max(_smoothness(expand_alaw(part)) for part in (head, middle)),
        pcm: max(_smoothness(_as_pcm(part, order)) for part in (head, middle)),
    }
    best, second = sorted(likeness, key=lambda name: -likeness[name])[:2]
    if likeness[best] < _SMOOTH or likeness[best] - likeness[second] < _SMOOTHER:
        return None
    return RawFormat(best, 8_000)


def describe_encoding(encoding: RawEncoding) -> str:
    """Return an encoding's usual name."""
    return _NAMES[encoding]


def expand_mulaw(data: bytes) -> NDArray[np.float32]:
    """Expand µ-law bytes to float32 samples from -1 to 1 (ITU-T G.711, table 2)."""
    code = ~np.frombuffer(data, np.uint8)
    exponent = (code >> 4 & 7).astype(np.int32)
    magnitude = ((((code & 15).astype(np.int32) << 3) + 132) << exponent) - 132
    return (np.where(code & 0x80, -magnitude, magnitude) / 32_768).astype(np.float32)


def expand_alaw(data: bytes) -> NDArray[np.float32]:
    """Expand A-law bytes to float32 samples from -1 to 1 (ITU-T G.711, table 1)."""
    code = np.frombuffer(data, np.uint8) ^ 0x55
    exponent = (code >> 4 & 7).astype(np.int32)
    mantissa = ((code & 15).astype(np.int32) << 4) + 8
    magnitude = np.where(exponent > 0, (mantissa + 256) << np.maximum(exponent - 1, 0), mantissa)
    return (np.where(code & 0x80, magnitude, -magnitude) / 32_768).astype(np.float32)


def _as_pcm(data: bytes, dtype: str) -> NDArray[np.float32]:
    samples = np.frombuffer(data[: len(data) // 2 * 2], dtype)
    return samples.astype(np.float32) / np.float32(32_768)


def _smoothness(samples: NDArray[np.float32]) -> float:
    """Return the correlation of each sample with the next one; 0 for silence."""
    if len(samples) < 1000:
        return 0.0
    samples = samples - samples.mean()
    power = float(samples @ samples)
    if power < 1e-6 * len(samples):
        return 0.0
    return float(samples[1:] @ samples[:-1]) / power
