"""Opening audio files: what is in them, and a clear error where nothing can be heard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conversation import Recording
from conversation.errors import AudioEmpty, AudioTruncated, AudioUnreadable, BadInput, NotFound
from speech.signatures import (
    HEAD_BYTES,
    describe_bytes,
    has_mp3_length,
    lacks_mp4_index,
    read_wav_length,
)

if TYPE_CHECKING:
    import av.container

READABLE_FORMATS = (
    "aac", "aiff", "amr", "asf", "au", "avi", "caf", "flac", "flv", "matroska", "mov", "mp3",
    "mpeg", "mpegts", "ogg", "w64", "wav", "wv",
)  # fmt: skip
"""Containers that are tried. Playlists are not among them: a file that came from outside must
not make the decoder open other files or addresses."""

_GIVE_AUDIO = "give a wav, mp3, flac, ogg/opus or m4a file, or a video with sound"
_STATED_LENGTH = ("flac", "mov", "matroska", "w64", "aiff", "au", "caf", "asf", "avi", "flv")


@dataclass(frozen=True)
class AudioHeader:
    """What an audio file says about itself, before it is decoded.

    Attributes:
        path: The file.
        container: As the decoder names it, first of its names (``wav``, ``mov``).
        codec: As the decoder names it (``pcm_mulaw``).
        sample_rate_hz: As stored.
        channels: As stored.
        tracks: How many audio tracks there are; the first is the one that is read.
        stated_s: Seconds that the header states; None where the format states none, or where
            what it says is an estimate.
        known_s: The best idea of the length in seconds, stated or estimated; None when unknown.
    """

    path: Path
    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    tracks: int
    stated_s: float | None
    known_s: float | None


@contextmanager
def open_audio(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a file that has at least one audio track.

    Args:
        path: A file of one of :data:`READABLE_FORMATS`, a video with sound included.

    Yields:
        The container, closed at the end.

    Raises:
        NotFound: There is no such file.
        BadInput: It is a folder, or may not be read.
        AudioEmpty: It has no bytes.
        AudioTruncated: It is an MP4 that was cut off before its index.
        AudioUnreadable: It is something else; the message says what it looks like.
    """
    import av

    head = _read_head(path)
    options = {"format_whitelist": ",".join(READABLE_FORMATS), "protocol_whitelist": "file"}
    try:
        container = av.open(f"file:{path.absolute()}", options=options)
    except (av.FFmpegError, ValueError) as error:
        if head[4:8] == b"ftyp" and lacks_mp4_index(path):
            raise AudioTruncated(
                f"{path.name} stops after {path.stat().st_size} bytes, before its index (moov)",
                remedy="copy it again from where it was recorded",
            ) from error
        raise AudioUnreadable(
            f"expected audio, got {describe_bytes(head)} in {path.name}", remedy=_GIVE_AUDIO
        ) from error
    with container:
        if not container.streams.audio:
            raise AudioUnreadable(f"{path.name} has pictures but no sound", remedy=_GIVE_AUDIO)
        yield container


def read_header(path: Path) -> AudioHeader:
    """Read what an audio file says about itself, without decoding it.

    Args:
        path: The file.

    Returns:
        Its header.

    Raises:
        NotFound: There is no such file.
        AudioUnreadable: No audio can be decoded from it (see :func:`open_audio`).
    """
    with open_audio(path) as container:
        track = container.streams.audio[0]
        decoder = track.codec_context
        if decoder is None or decoder.sample_rate <= 0 or track.channels <= 0:
            raise AudioUnreadable(
                f"expected audio, got {describe_bytes(_read_head(path))} in {path.name}",
                remedy=_GIVE_AUDIO,
            )
        length_s = None
        if track.duration and track.time_base:
            length_s = float(track.duration * track.time_base)
        elif container.duration and container.duration > 0:
            length_s = container.duration / 1_000_000
        name = container.format.name.split(",")[0]
        return AudioHeader(
            path=path,
            container=name,
            codec=decoder.codec.canonical_name,
            sample_rate_hz=decoder.sample_rate,
            channels=track.channels,
            tracks=len(container.streams.audio),
            stated_s=_stated_length(path, name, length_s),
            known_s=length_s,
        )


def probe(path: Path) -> Recording:
    """Read the facts of a recording: header and SHA-256, nothing decoded.

    Args:
        path: An audio file, or a video with sound.

    Returns:
        The facts; ``duration_s`` is what the header says, 0 where it says nothing.

    Raises:
        NotFound: There is no such file.
        AudioUnreadable: No audio can be decoded from it.
    """
    path = Path(path)
    return describe_recording(read_header(path))


def describe_recording(header: AudioHeader, duration_s: float | None = None) -> Recording:
    """Make the facts of a recording.

    Args:
        header: Of the file.
        duration_s: Decoded length in seconds; None to take the header's word.

    Returns:
        The facts, with the file's SHA-256.
    """
    with header.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    known_s = header.stated_s if header.stated_s is not None else header.known_s
    return Recording(
        name=header.path.name,
        sha256=sha256,
        size_bytes=header.path.stat().st_size,
        container=header.container,
        codec=header.codec,
        sample_rate_hz=header.sample_rate_hz,
        channels=header.channels,
        duration_s=max(0.0, (known_s or 0.0) if duration_s is None else duration_s),
    )


def _read_head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {path}", remedy="check the path") from error
    except IsADirectoryError as error:
        raise BadInput(f"{path} is a folder, expected an audio file") from error
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read: {error}", remedy="check its permissions") from error
    if not head:
        raise AudioEmpty(f"{path.name} has no bytes", remedy="record or copy it again")
    return head


def _stated_length(path: Path, container: str, length_s: float | None) -> float | None:
    if container == "wav":
        wav = read_wav_length(path)
        return None if wav is None else wav.declared_s
    if container == "mp3":
        return length_s if has_mp3_length(path) else None
    return length_s if container in _STATED_LENGTH else None
