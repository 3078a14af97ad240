"""What a file is, by its first and last bytes, where the decoder alone does not say."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

HEAD_BYTES = 4096
UNKNOWN_BYTES = "binary data of an unknown format"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive (or an Office document)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"#EXTM3U", "a playlist"),
    (b"RIFF", "a damaged RIFF/WAV file"),
    (b"ID3", "a damaged MP3 file"),
    (b"fLaC", "a damaged FLAC file"),
    (b"OggS", "a damaged Ogg file"),
    (b"\x1aE\xdf\xa3", "a damaged Matroska/WebM file"),
)

_CONTAINERS: tuple[tuple[bytes, str], ...] = (
    (b"RIFF", "a WAV"),
    (b"RIFX", "a WAV"),
    (b"RF64", "a WAV"),
    (b"fLaC", "a FLAC"),
    (b"OggS", "an Ogg"),
    (b"ID3", "an MP3"),
    (b"\x1aE\xdf\xa3", "a Matroska"),
    (b"#!AMR", "an AMR"),
    (b".snd", "an AU"),
    (b"FORM", "an AIFF"),
    (b"caff", "a CAF"),
)


def describe_bytes(head: bytes) -> str:
    """Say in words what a file looks like that could not be decoded.

    Args:
        head: The first bytes of the file, up to :data:`HEAD_BYTES`.

    Returns:
        A noun phrase: "a PDF document", "text", "binary data of an unknown format".
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return "a damaged MP4/M4A file"
    if not head.strip(b"\0"):
        return "nothing but zero bytes"
    text = _as_text(head)
    if text is None:
        return UNKNOWN_BYTES
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page"
    if start.startswith("<"):
        return "an XML or HTML document"
    if start.startswith(("{", "[")):
        return "JSON text"
    return "text"


def name_container(head: bytes) -> str | None:
    """Name the audio container that a file's first bytes show, with its article.

    Args:
        head: The first bytes of the file.

    Returns:
        "a WAV", "an Ogg"; None where they show none.
    """
    for magic, name in _CONTAINERS:
        if head.startswith(magic):
            return name
    return "an MP4" if head[4:8] == b"ftyp" else None


def _as_text(head: bytes) -> str | None:
    for ending in range(4):  # the head may end within a character
        try:
            text = head[: len(head) - ending].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        return text if all(c.isprintable() or c in "\r\n\t\f" for c in text) else None
    return None


@dataclass(frozen=True)
class WavLength:
    """What the header of a WAV file says about its sound.

    Attributes:
        declared_s: Seconds that the data chunk should last; None where it was written while
            recording and says nothing.
        present_s: Seconds for which there are bytes in the file.
    """

    declared_s: float | None
    present_s: float


def read_wav_length(path: Path) -> WavLength | None:
    """Compare the length of a WAV's data chunk with the bytes that are there.

    Args:
        path: A RIFF, RIFX or RF64 file.

    Returns:
        Both lengths, or None when there is no such header.

    Source: Microsoft RIFF; EBU Tech 3306 for RF64, whose 64-bit sizes are in ``ds64``.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        riff = file.read(12)
        if len(riff) < 12 or riff[8:12] != b"WAVE" or riff[:4] not in (b"RIFF", b"RIFX", b"RF64"):
            return None
        order = ">" if riff[:4] == b"RIFX" else "<"
        byte_rate, long_data = 0, None
        while len(chunk := file.read(8)) == 8:
            name, length = chunk[:4], struct.unpack(f"{order}I", chunk[4:])[0]
            if name == b"data":
                present = size - file.tell()
                declared = long_data if length == 0xFFFFFFFF else length or None
                if byte_rate <= 0:
                    return None
                return WavLength(
                    declared_s=None if declared is None else declared / byte_rate,
                    present_s=min(present, declared or present) / byte_rate,
                )
            body = file.read(min(length, 64))
            if name == b"fmt " and len(body) >= 12:
                byte_rate = struct.unpack(f"{order}I", body[8:12])[0]
            elif name == b"ds64" and len(body) >= 16:
                long_data = struct.unpack("<Q", body[8:16])[0]
            file.seek(length - len(body) + length % 2, 1)
    return None


def has_mp3_length(path: Path) -> bool:
    """Tell whether an MP3 says how many frames it holds (a Xing, Info or VBRI header).

    Without one its length is only estimated from the bit rate and proves nothing.
    """
    with path.open("rb") as file:
        head = file.read(10)
        if head.startswith(b"ID3") and len(head) == 10:
            tag = 0
            for byte in head[6:]:  # a number in groups of seven bits
                tag = tag << 7 | byte & 0x7F
            file.seek(10 + tag)
        else:
            file.seek(0)
        frame = file.read(512)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


@dataclass(frozen=True)
class OggEnd:
    """How an Ogg file ends.

    Attributes:
        page_is_whole: Whether all bytes of the last page are there.
        is_marked: Whether the last page carries the end-of-stream flag.
    """

    page_is_whole: bool
    is_marked: bool


def read_ogg_end(path: Path) -> OggEnd | None:
    """Look at the last page of an Ogg file, which is the only place that shows a cut.

    Args:
        path: A file in Ogg pages (RFC 3533).

    Returns:
        What its end looks like, or None when no page is found in the last 130 kB.
    """
    longest_page = 65_307
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2 * longest_page))
        tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0:
        return None
    header = tail[at : at + 27]
    if len(header) < 27:
        return OggEnd(page_is_whole=False, is_marked=False)
    segments = tail[at + 27 : at + 27 + header[26]]
    is_whole = len(segments) == header[26] and at + 27 + header[26] + sum(segments) <= len(tail)
    return OggEnd(page_is_whole=is_whole, is_marked=bool(header[5] & 0x04))


def lacks_mp4_index(path: Path) -> bool:
    """Tell whether an MP4/M4A has no ``moov`` box, without which nothing of it can be read.

    The box usually stands last, so that a cut file has lost it.
    """
    size = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        for _ in range(1000):
            file.seek(at)
            box = file.read(16)
            if len(box) < 8:
                return at > 0
            length = int.from_bytes(box[:4])
            if at == 0 and box[4:8] != b"ftyp":
                return False
            if box[4:8] == b"moov":
                return at + length > size
            if length == 1 and len(box) == 16:
                length = int.from_bytes(box[8:])
            if length < 8:
                return False
            at += length
    return False
