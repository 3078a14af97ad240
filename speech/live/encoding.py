"""Bytes of a live stream into samples."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from conversation.errors import BadInput

Encoding = Literal["mulaw", "alaw", "s16le", "f32le"]

_BYTES_PER_SAMPLE: dict[Encoding, int] = {"mulaw": 1, "alaw": 1, "s16le": 2, "f32le": 4}


class SampleReader:
    """Makes samples of the bytes of one channel, in pieces of any size.

    A sample that is split between two pieces is put together again.

    Args:
        encoding: ``mulaw`` or ``alaw`` (ITU-T G.711), ``s16le`` or ``f32le``.

    Raises:
        BadInput: The encoding is none of these.
    """

    def __init__(self, encoding: Encoding) -> None:
        if encoding not in _BYTES_PER_SAMPLE:
            raise BadInput(
                f"expected one of the encodings {', '.join(get_args(Encoding))}, got {encoding!r}",
                remedy="name the encoding in which the stream is sent",
            )
        self._encoding = encoding
        self._rest = b""

    def read(self, data: bytes) -> NDArray[np.float32]:
        """Return the next samples, float32 of shape ``(n,)`` from -1 to 1."""
        data = self._rest + data
        whole = len(data) - len(data) % _BYTES_PER_SAMPLE[self._encoding]
        self._rest = data[whole:]
        data = data[:whole]
        if self._encoding == "s16le":
            return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)
        if self._encoding == "f32le":
            return clean_samples(np.frombuffer(data, "<f4"))
        table = _mulaw_table() if self._encoding == "mulaw" else _alaw_table()
        return np.take(table, np.frombuffer(data, np.uint8))


def clean_samples(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return finite samples between -1 and 1, whatever was sent."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0).astype(
        np.float32
    )


@cache
def _mulaw_table() -> NDArray[np.float32]:
    """ITU-T G.711, table 2a: the values of the µ-law codes, as 16-bit samples."""
    codes = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    size = (((mantissa.astype(np.int32) << 3) + 132) << exponent) - 132
    return (np.where(codes & 0x80, -size, size) / 32768).astype(np.float32)


@cache
def _alaw_table() -> NDArray[np.float32]:
    """ITU-T G.711, table 1a: the values of the A-law codes, as 16-bit samples."""
    codes = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, (codes & 15).astype(np.int32)
    size = np.where(
        exponent == 0,
        (mantissa << 4) + 8,
        ((mantissa << 4) + 264) << np.maximum(exponent.astype(np.int32) - 1, 0),
    )
    return (np.where(codes & 0x80, size, -size) / 32768).astype(np.float32)
