"""Opening audio files: what is in them, and a clear error where nothing can be heard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conversation import Recording
from conversation.errors import (
    AudioEmpty,
    AudioTruncated,
    AudioUnreadable,
    BadInput,
    ChannelsUnsupported,
    NotFound,
)
from speech.raw_audio import (
    MAX_CHANNELS,
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    RawFormat,
    describe_encoding,
    guess_raw_format,
    raw_format_by_name,
)
from speech.signatures import (
    HEAD_BYTES,
    UNKNOWN_BYTES,
    describe_bytes,
    has_mp3_length,
    lacks_mp4_index,
    name_container,
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
_WAV_PACKET_BYTES = 16_384  # by default telephone sound comes in 20 to 60 ms, slow in hours
_IDLE_BYTES = 8  # an idle A-law line reads as the text "UUUU"
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
        raw: How the bytes are read of a file that has no header; None where it has one.
        parts: The headers of the two files of a pair, first channel first; empty where the
            recording is one file.
    """

    path: Path
    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    tracks: int
    stated_s: float | None
    known_s: float | None
    raw: RawFormat | None = None
    parts: tuple[AudioHeader, ...] = ()

    @property
    def files(self) -> tuple[AudioHeader, ...]:
        """The header of each file that the recording is made of."""
        return self.parts or (self,)

    @property
    def name(self) -> str:
        """File name without folders; both of a pair."""
        return " + ".join(part.path.name for part in self.files)


@contextmanager
def open_audio(path: Path, raw: RawFormat | None = None) -> Iterator[av.container.InputContainer]:
    """Open a file that has at least one audio track.

    Args:
        path: A file of one of :data:`READABLE_FORMATS`, a video with sound included.
        raw: How to read a file that has no header.

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
    options = {
        "format_whitelist": ",".join(READABLE_FORMATS),
        "protocol_whitelist": "file",
        "max_size": str(_WAV_PACKET_BYTES),
    }
    if raw is not None:
        options |= {"format_whitelist": raw.encoding, **raw.demuxer_options()}
    try:
        container = av.open(
            f"file:{path.absolute()}", format=raw.encoding if raw else None, options=options
        )
    except (av.FFmpegError, ValueError) as error:
        if head[4:8] == b"ftyp" and lacks_mp4_index(path):
            raise AudioTruncated(
                f"{path.name} stops after {path.stat().st_size} bytes, before its index (moov)",
                remedy="copy it again from where it was recorded",
            ) from error
        raise _unreadable(path, head) from error
    with container:
        if not container.streams.audio:
            raise AudioUnreadable(f"{path.name} has pictures but no sound", remedy=_GIVE_AUDIO)
        yield container


def read_header(path: Path, raw: RawFormat | None = None) -> AudioHeader:
    """Read what an audio file says about itself, without decoding it.

    Args:
        path: The file.
        raw: How the bytes are to be read of a file that has no header. Files with one of
            Asterisk's extensions (``.ulaw``, ``.alaw``, ``.g722``, ``.gsm``, ``.sln16``) need
            none.

    Returns:
        Its header.

    Raises:
        NotFound: There is no such file.
        BadInput: It has a header, but was declared to have none.
        AudioUnreadable: No audio can be decoded from it (see :func:`open_audio`), or its header
            gives a sample rate or a number of channels that no recording has.
    """
    raw = _settle_raw(path, raw)
    with open_audio(path, raw) as container:
        track = container.streams.audio[0]
        decoder = track.codec_context
        if decoder is None or decoder.sample_rate <= 0 or track.channels <= 0:
            raise _unreadable(path, _read_head(path))
        _refuse_odd_header(path, decoder.sample_rate, track.channels)
        length_s = None
        if track.duration and track.time_base:
            length_s = float(track.duration * track.time_base)
        elif container.duration and container.duration > 0:
            length_s = container.duration / 1_000_000
        name = "raw" if raw else container.format.name.split(",")[0]
        if raw is not None:
            length_s = raw.length_s(path.stat().st_size)
        return AudioHeader(
            path=path,
            container=name,
            codec=decoder.codec.canonical_name,
            sample_rate_hz=decoder.sample_rate,
            channels=track.channels,
            tracks=len(container.streams.audio),
            stated_s=_stated_length(path, name, length_s),
            known_s=length_s,
            raw=raw,
        )


def read_pair(first: Path, second: Path, raw: RawFormat | None = None) -> AudioHeader:
    """Read the headers of a call that was recorded as one file for each side.

    Both files start at the same moment. Their rates, formats and lengths may differ; the
    shorter one is followed by silence.

    Args:
        first: A file with one channel; it becomes channel 0.
        second: A file with one channel; it becomes channel 1.
        raw: How both are to be read where they have no header.

    Returns:
        The header of one recording with two channels.

    Raises:
        NotFound: One of them does not exist.
        AudioUnreadable: No audio can be decoded from one of them.
        ChannelsUnsupported: One of them has more than one channel.
    """
    parts = (read_header(Path(first), raw), read_header(Path(second), raw))
    for part in parts:
        if part.channels != 1:
            raise ChannelsUnsupported(
                f"expected one channel in each file of a pair, got {part.channels} in {part.name}",
                remedy="transcribe it alone, or split its channels into files",
            )
    stated = [part.stated_s for part in parts if part.stated_s is not None]
    known = [part.known_s for part in parts if part.known_s is not None]
    containers = dict.fromkeys(part.container for part in parts)
    return AudioHeader(
        path=parts[0].path,
        container="+".join(containers),
        codec="+".join(dict.fromkeys(part.codec for part in parts)),
        sample_rate_hz=max(part.sample_rate_hz for part in parts),
        channels=2,
        tracks=1,
        stated_s=max(stated) if len(stated) == len(parts) else None,
        known_s=max(known) if known else None,
        parts=parts,
    )


def probe(path: Path, raw: RawFormat | None = None) -> Recording:
    """Read the facts of a recording: header and SHA-256, nothing decoded.

    Args:
        path: An audio file, or a video with sound.
        raw: How a file is to be read that has no header.

    Returns:
        The facts; ``duration_s`` is what the header says, 0 where it says nothing.

    Raises:
        NotFound: There is no such file.
        AudioUnreadable: No audio can be decoded from it.
    """
    return describe_recording(read_header(Path(path), raw))


def describe_recording(
    header: AudioHeader, duration_s: float | None = None, *, sha256: str | None = None
) -> Recording:
    """Make the facts of a recording.

    Args:
        header: Of the file, or of a pair of files.
        duration_s: Decoded length in seconds; None to take the header's word.
        sha256: Of its bytes, where it is already known; see :func:`hash_recording`.

    Returns:
        The facts, with the SHA-256.
    """
    known_s = header.stated_s if header.stated_s is not None else header.known_s
    return Recording(
        name=header.name,
        sha256=hash_recording(header) if sha256 is None else sha256,
        size_bytes=sum(part.path.stat().st_size for part in header.files),
        container=header.container,
        codec=header.codec,
        sample_rate_hz=header.sample_rate_hz,
        channels=header.channels,
        duration_s=max(0.0, (known_s or 0.0) if duration_s is None else duration_s),
    )


def hash_recording(header: AudioHeader) -> str:
    """Return the SHA-256 of a recording's bytes, in hexadecimal.

    That of a pair is the SHA-256 of its files' two digests one after the other (64 bytes), so
    that it changes with either file and with their order. Those of the files themselves are
    ``hash_recording(part) for part in header.parts``.
    """
    if header.parts:
        digests = b"".join(bytes.fromhex(hash_recording(part)) for part in header.parts)
        return hashlib.sha256(digests).hexdigest()
    with header.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle_raw(path: Path, declared: RawFormat | None) -> RawFormat | None:
    """Return how to read a file without a header, or None where its own header says it."""
    if declared is None and raw_format_by_name(path) is None:
        return None
    head = _read_head(path)
    container = name_container(head)
    if declared is not None and container is not None:
        raise BadInput(
            f"{path.name} was declared as {declared}, but it is {container} file with a header",
            remedy="leave --raw out",
        )
    if container is not None:
        return None
    if len(set(head)) > _IDLE_BYTES and describe_bytes(head) != UNKNOWN_BYTES:
        raise _unreadable(path, head)
    return declared or raw_format_by_name(path)


def _refuse_odd_header(path: Path, rate_hz: int, channels: int) -> None:
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise AudioUnreadable(
            f"expected {MIN_RATE_HZ} to {MAX_RATE_HZ} samples a second, got {rate_hz} in the "
            f"header of {path.name}",
            remedy="the header is damaged or wrong: record, convert or copy it again",
        )
    if channels > MAX_CHANNELS:
        raise AudioUnreadable(
            f"expected at most {MAX_CHANNELS} channels, got {channels} in the header of "
            f"{path.name}",
            remedy="the header is damaged or wrong: record, convert or copy it again",
        )


def _unreadable(path: Path, head: bytes) -> AudioUnreadable:
    """Say what a file looks like that has no header that is known."""
    looks_like = describe_bytes(head)
    if looks_like != UNKNOWN_BYTES:
        return AudioUnreadable(
            f"expected audio, got {looks_like} in {path.name}", remedy=_GIVE_AUDIO
        )
    guess = guess_raw_format(path)
    if guess is None:
        return AudioUnreadable(
            f"expected audio, got {looks_like} in {path.name}",
            remedy=f"{_GIVE_AUDIO}; if it is sound without a header, say how to read it, for "
            "example --raw mulaw:8000",
        )
    return AudioUnreadable(
        f"{path.name} has no header and looks like {describe_encoding(guess.encoding)}",
        remedy=f"say how to read it, for example --raw {guess}, with the rate at which it was "
        "recorded",
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
    if container == "raw":
        return length_s
    if container == "wav":
        wav = read_wav_length(path)
        return None if wav is None else wav.declared_s
    if container == "mp3":
        return length_s if has_mp3_length(path) else None
    return length_s if container in _STATED_LENGTH else None
