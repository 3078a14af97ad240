"""Opus packets into samples (RFC 6716)."""

from __future__ import annotations

import numpy as np

from conversation.errors import AudioUnreadable

_LONGEST_PACKET_BYTES = 61_440  # 48 frames of 1275 bytes, with room (RFC 6716, section 3.4)


class OpusSound:
    """Decodes the packets of one stream, in order.

    Args:
        sample_rate_hz: Of the samples that come out.
        channels: 1 or 2.
    """

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        import av

        layout = "mono" if channels == 1 else "stereo"
        codec = av.CodecContext.create("libopus", "r")
        codec.sample_rate = 48_000
        codec.layout = layout
        self._codec = codec
        self._resampler = av.AudioResampler(format="s16", layout=layout, rate=sample_rate_hz)

    def decode(self, packet: bytes) -> bytes:
        """Return the samples of a packet, 16-bit little-endian, channels sample by sample.

        Raises:
            AudioUnreadable: It is no Opus packet.
        """
        import av

        if not 0 < len(packet) <= _LONGEST_PACKET_BYTES:
            raise _unreadable()
        try:
            frames = self._codec.decode(av.Packet(packet))
            sound = [out for frame in frames for out in self._resampler.resample(frame)]
        except av.FFmpegError as error:
            raise _unreadable() from error
        return b"".join(np.asarray(out.to_ndarray(), "<i2").tobytes() for out in sound)


def _unreadable() -> AudioUnreadable:
    return AudioUnreadable(
        "got a binary frame that is no Opus packet",
        remedy="send one packet a frame, without a container",
    )
