"""Writing sound without loss: WAV in the recording's own samples, or FLAC."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from conversation.errors import BadInput
from speech.audio_file import AudioHeader, open_audio

if TYPE_CHECKING:
    import av.audio.stream


class _Coding(NamedTuple):
    """An encoder, the sample format that it takes, and the number of its whole samples."""

    codec: str
    sample_format: str
    scale: float


_S16 = 2.0**15
_WAV = {
    "pcm_mulaw": _Coding("pcm_mulaw", "s16", _S16),
    "pcm_alaw": _Coding("pcm_alaw", "s16", _S16),
    "pcm_u8": _Coding("pcm_u8", "u8", 2.0**7),
    "pcm_s24": _Coding("pcm_s24le", "s32", 2.0**31),
    "pcm_s32": _Coding("pcm_s32le", "s32", 2.0**31),
    "pcm_f32": _Coding("pcm_f32le", "flt", 1.0),
    "pcm_f64": _Coding("pcm_f32le", "flt", 1.0),
    "pcm_s16": _Coding("pcm_s16le", "s16", _S16),
}
_FLAC_16 = _Coding("flac", "s16", _S16)
_FLAC_24 = _Coding("flac", "s32", 2.0**31)
_FINE = ("pcm_s24", "pcm_s32", "pcm_f32", "pcm_f64")
_ZERO_OF_U8 = 128
_BLOCK_SAMPLES = 4096


def sound_suffix(header: AudioHeader) -> str:
    """Return the format in which a recording is copied without loss.

    Args:
        header: Of the recording.

    Returns:
        ``.wav`` for uncompressed and G.711 sound, in the samples that it has; ``.flac`` for
        anything else, since a lossy codec would move the clock and change every sample.
    """
    return ".wav" if header.codec.startswith("pcm_") else ".flac"


class SoundWriter:
    """Writes sound block by block.

    Args:
        path: The file; its name may have any ending.
        header: Of the recording that is copied: rate, channels, the format of its samples.
        suffix: ``.wav`` or ``.flac``.

    Raises:
        BadInput: The suffix is another.
    """

    def __init__(self, path: Path, header: AudioHeader, *, suffix: str) -> None:
        import av

        if suffix.lower() not in (".wav", ".flac"):
            raise BadInput(
                f"redacted sound is written as .wav or .flac, got {suffix!r}",
                remedy=f"name the file with {sound_suffix(header)}",
            )
        kind = header.codec.removesuffix("le").removesuffix("be").removesuffix("_planar")
        is_wav = suffix.lower() == ".wav"
        self._coding = _WAV.get(kind, _WAV["pcm_s16"]) if is_wav else _FLAC_16
        if not is_wav and (kind in _FINE or _is_fine_flac(header)):
            self._coding = _FLAC_24
        self._rate_hz = header.sample_rate_hz
        with open_audio(header.path, header.raw) as source:
            self._layout = source.streams.audio[0].layout.name
        # hours of sound need more than the 4 GB that plain WAV can count
        options = {"rf64": "auto"} if is_wav else {}
        self._container = av.open(
            str(path), "w", format="wav" if is_wav else "flac", options=options
        )
        self._stream: av.audio.stream.AudioStream = self._container.add_stream(
            self._coding.codec, rate=self._rate_hz, layout=self._layout
        )
        self._stream.format = self._coding.sample_format
        self._waiting = np.zeros((header.channels, 0), np.float32)
        self._written = 0

    @property
    def codec(self) -> str:
        """The encoder's name."""
        return self._coding.codec

    def write(self, samples: NDArray[np.float32]) -> None:
        """Write float32 samples of shape ``(n_channels, n)``, from -1 to 1."""
        self._waiting = np.concatenate((self._waiting, samples), axis=1)
        size = self._stream.frame_size or _BLOCK_SAMPLES
        whole = self._waiting.shape[1] // size * size
        for start in range(0, whole, size):
            self._encode(self._waiting[:, start : start + size])
        self._waiting = self._waiting[:, whole:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                if self._waiting.shape[1]:
                    self._encode(self._waiting)
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()

    def _encode(self, samples: NDArray[np.float32]) -> None:
        import av

        frame = av.AudioFrame.from_ndarray(
            self._stored(samples), format=self._coding.sample_format, layout=self._layout
        )
        frame.sample_rate = self._rate_hz
        frame.time_base = Fraction(1, self._rate_hz)
        frame.pts = self._written
        self._written += samples.shape[1]
        self._container.mux(self._stream.encode(frame))

    def _stored(self, samples: NDArray[np.float32]) -> NDArray[np.generic]:
        """Return samples as the encoder takes them, channels by turns, shape ``(1, n)``."""
        mixed = samples.T.reshape(1, -1)
        if self._coding.sample_format == "flt":
            return np.ascontiguousarray(mixed)
        scale = self._coding.scale
        whole = np.rint(np.clip(mixed.astype(np.float64) * scale, -scale, scale - 1))
        if self._coding.sample_format == "u8":
            return (whole + _ZERO_OF_U8).astype(np.uint8)
        return whole.astype(np.int16 if self._coding.sample_format == "s16" else np.int32)


def _is_fine_flac(header: AudioHeader) -> bool:
    """Tell a FLAC of 24 bits from one of 16."""
    if header.codec != "flac":
        return False
    with open_audio(header.path, header.raw) as source:
        return str(source.streams.audio[0].format.name).startswith("s32")
