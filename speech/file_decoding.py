"""Decoding of one file in a stream: 16 kHz float32, channels kept apart, exact clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation.errors import AudioEmpty, AudioTooLong, AudioTruncated, AudioUnreadable
from speech.audio_file import AudioHeader, open_audio
from speech.raw_audio import MAX_RATE_HZ, MIN_RATE_HZ
from speech.signatures import read_ogg_end, read_wav_length

if TYPE_CHECKING:
    import av

SAMPLE_RATE_HZ = 16_000
"""What Whisper and Silero expect."""

BLOCK_S = 10.0
_GAP_S = 0.02  # clocks of containers that count in milliseconds jitter by less
_LOST_SHARE = 0.02
_LOST_S = 0.25  # codecs round the length to whole frames
_WAV_LOST_S = 0.05
_LONGEST_UNSTATED_GAP_S = 60.0
_DAMAGED_SHARE = 0.5
_DAMAGED_SHARE_EARLY = 0.9  # a false clock would have hours of silence decoded first
_COPY_AGAIN = "copy it again from where it was recorded"


class FileDecoder:
    """Decodes one file, once, in blocks.

    The clock is the count of decoded samples from the first one on. What is damaged in the
    middle becomes silence of the same length, as the container's own times tell it, so that what
    follows keeps its time.

    Args:
        header: Of the file.
        channels: Which channels to decode, in the order wanted, from 0.
        max_duration_s: Refuse a recording that is longer, in seconds.
        observe: Shown the samples as they are stored, before they are resampled: float32 of
            shape ``(n_channels, n_samples)``, and their rate in Hz.
    """

    def __init__(
        self,
        header: AudioHeader,
        *,
        channels: Sequence[int],
        max_duration_s: float,
        observe: Callable[[NDArray[np.float32], int], None] | None = None,
    ) -> None:
        self._header = header
        self._observe = observe
        self._channels = list(channels)
        self._max_duration_s = max_duration_s
        self._resampler: av.AudioResampler | None = None
        self._layout: tuple[object, ...] = ()
        self._stored_samples = 0
        self.samples = 0
        self.repaired_s = 0.0

    @property
    def duration_s(self) -> float:
        """Seconds decoded so far, from the count of samples."""
        return self.samples / SAMPLE_RATE_HZ

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Decode the file.

        Yields:
            float32 arrays of shape ``(n_channels, n_samples)`` at 16 kHz, about ten seconds
            each, values from -1 to 1.

        Raises:
            AudioUnreadable: Nothing or only part of it can be decoded.
            AudioEmpty: It decodes to nothing.
            AudioTruncated: It stops before its header says it should.
            AudioTooLong: It is longer than the limit.
        """
        self._refuse_long(self._header.stated_s)
        waiting: list[NDArray[np.float32]] = []
        waiting_samples = 0
        for piece in self._pieces():
            waiting.append(piece)
            waiting_samples += piece.shape[1]
            self.samples += piece.shape[1]
            self._refuse_long(self.duration_s)
            if waiting_samples >= BLOCK_S * SAMPLE_RATE_HZ:
                yield _usable(waiting)
                waiting, waiting_samples = [], 0
        if waiting_samples:
            yield _usable(waiting)
        self._check_end()

    def _pieces(self) -> Iterator[NDArray[np.float32]]:
        import av

        rate_hz = self._header.sample_rate_hz
        with open_audio(self._header.path, self._header.raw) as container:
            first_s: float | None = None
            for frame in self._frames(container):
                if len(frame.layout.channels) != self._header.channels:
                    raise AudioUnreadable(
                        f"{self._header.path.name} changes from {self._header.channels} to "
                        f"{len(frame.layout.channels)} channels at {self.duration_s:.1f} s",
                        remedy="split it there",
                    )
                if not MIN_RATE_HZ <= frame.sample_rate <= MAX_RATE_HZ:
                    raise AudioUnreadable(
                        f"{self._header.path.name} changes to {frame.sample_rate} samples a "
                        f"second at {self.duration_s:.1f} s, expected {MIN_RATE_HZ} to "
                        f"{MAX_RATE_HZ}",
                        remedy=_COPY_AGAIN,
                    )
                at_s = frame.time
                if at_s is not None:
                    first_s = at_s if first_s is None else first_s
                    missing_s = at_s - first_s - self._stored_samples / rate_hz
                    if missing_s > _GAP_S and self._may_fill(missing_s):
                        yield from self._silence(frame, missing_s)
                        if self.repaired_s > _LONGEST_UNSTATED_GAP_S:
                            self._refuse_damaged(_DAMAGED_SHARE_EARLY)
                self._stored_samples += round(frame.samples * rate_hz / frame.sample_rate)
                frame.pts = None
                if self._observe is not None:
                    self._observe(_stored_samples(frame)[self._channels], frame.sample_rate)
                yield from self._resample(frame)
            if self._resampler is not None:
                try:
                    yield from self._picked(self._resampler.resample(None))
                except (av.FFmpegError, ValueError):  # nothing was decoded before
                    return

    def _frames(self, container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
        """Yield what can be decoded; a damaged packet is passed over, a damaged file ends."""
        import av

        packets = container.demux(container.streams.audio[0])
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                continue
            for frame in frames:
                if isinstance(frame, av.AudioFrame) and frame.samples:
                    yield frame

    def _may_fill(self, missing_s: float) -> bool:
        """Tell a gap from a damaged clock: no recording lasts longer than it says."""
        stated_s = self._header.stated_s
        if stated_s is None:
            return missing_s <= _LONGEST_UNSTATED_GAP_S
        return self._stored_samples / self._header.sample_rate_hz + missing_s <= stated_s + 1

    def _silence(self, like: av.AudioFrame, length_s: float) -> Iterator[NDArray[np.float32]]:
        import av

        self.repaired_s += length_s
        self._stored_samples += round(length_s * self._header.sample_rate_hz)
        left = round(length_s * like.sample_rate)
        while left > 0:
            count = min(left, like.sample_rate)
            frame = av.AudioFrame(format=like.format.name, layout=like.layout.name, samples=count)
            frame.sample_rate = like.sample_rate
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            yield from self._resample(frame)
            left -= count

    def _resample(self, frame: av.AudioFrame) -> Iterator[NDArray[np.float32]]:
        import av

        layout = (frame.sample_rate, frame.format.name, frame.layout.name)
        if layout != self._layout:
            if self._resampler is not None:
                yield from self._picked(self._resampler.resample(None))
            self._resampler = av.AudioResampler(
                format="fltp", layout=frame.layout, rate=SAMPLE_RATE_HZ
            )
            self._layout = layout
        if self._resampler is not None:
            yield from self._picked(self._resampler.resample(frame))

    def _picked(self, frames: Sequence[av.AudioFrame]) -> Iterator[NDArray[np.float32]]:
        for frame in frames:
            yield frame.to_ndarray()[self._channels]

    def _refuse_long(self, length_s: float | None) -> None:
        if length_s is not None and length_s > self._max_duration_s:
            raise AudioTooLong(
                f"{self._header.path.name} lasts {_clock(length_s)} or more, the limit is "
                f"{_clock(self._max_duration_s)}",
                remedy="split it, or raise the limit (max_duration_s)",
            )

    def _refuse_damaged(self, share: float) -> None:
        if self.repaired_s > share * self.duration_s:
            raise AudioUnreadable(
                f"{self._header.path.name} is damaged: {self.repaired_s:.1f} s of "
                f"{self.duration_s:.1f} s cannot be decoded",
                remedy=_COPY_AGAIN,
            )

    def _check_end(self) -> None:
        name, heard_s = self._header.path.name, self.duration_s - self.repaired_s
        stated_s = self._header.stated_s
        allowed_s = max(_LOST_S, _LOST_SHARE * (stated_s or 0.0))
        if self._header.container == "wav" and (wav := read_wav_length(self._header.path)):
            # the chunk's length is exact, and the decoder is content with what is there
            heard_s, allowed_s = min(heard_s, wav.present_s), _WAV_LOST_S
        if stated_s is not None and stated_s - heard_s > allowed_s:
            raise AudioTruncated(
                f"{name} should last {stated_s:.2f} s by its header, but only {heard_s:.2f} s "
                "can be decoded",
                remedy=_COPY_AGAIN,
            )
        if self.samples == 0:
            raise AudioEmpty(f"{name} holds no sound: 0 samples were decoded")
        self._refuse_damaged(_DAMAGED_SHARE)
        if self._header.container == "ogg":
            end = read_ogg_end(self._header.path)
            if end is None or not end.page_is_whole:
                raise AudioTruncated(
                    f"{name} is cut off in the middle of a page after {heard_s:.2f} s",
                    remedy=_COPY_AGAIN,
                )


def _usable(pieces: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Join pieces; what is no number becomes silence."""
    samples = np.concatenate(pieces, axis=1)
    if not np.isfinite(samples).all():
        samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(samples, np.float32(-1), np.float32(1))


def _stored_samples(frame: av.AudioFrame) -> NDArray[np.float32]:
    """Return a frame's samples as float32 of shape ``(n_channels, n)``, full scale being 1."""
    stored = frame.to_ndarray()
    if not frame.format.is_planar:
        stored = stored.reshape(-1, len(frame.layout.channels)).T
    samples = np.asarray(stored, np.float32)
    if stored.dtype == np.uint8:
        samples = (samples - np.float32(128)) / np.float32(128)
    elif stored.dtype.kind == "i":
        samples = samples / np.float32(-float(np.iinfo(stored.dtype).min))
    return samples


def _clock(length_s: float) -> str:
    minutes, seconds = divmod(round(length_s), 60)
    return f"{minutes // 60} h {minutes % 60:02d} min {seconds:02d} s"
