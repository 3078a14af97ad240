"""``GET /v1/conversations/{id}/audio``: the recording, whole or in ranges, for players."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from conversation.errors import NotFound
from conversation.vcon import is_vcon_name, read_vcon
from serving.access.visibility import visible
from serving.http.conditional import is_known, matches
from serving.routes.answers import problems
from serving.routes.conversations import ConversationId
from serving.routes.dependencies import ServiceInUse
from serving.routes.principals import Reader, audit

if TYPE_CHECKING:
    from serving.service import Service
    from serving.store import StoredConversation

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

SoundOf = Literal["reference", "inline", "none"]
_PIECE_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MEDIA_TYPES = {
    ".wav": "audio/wav", ".wave": "audio/wav", ".mp3": "audio/mpeg", ".flac": "audio/flac",
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".m4a": "audio/mp4",
    ".mp4": "audio/mp4", ".aac": "audio/aac", ".webm": "audio/webm", ".amr": "audio/amr",
}  # fmt: skip


@dataclass(frozen=True)
class StoredSound:
    """The recording of a conversation.

    Attributes:
        name: File name.
        etag: Of its content.
        size_bytes: Of the file.
        media_type: For players.
    """

    name: str
    etag: str
    size_bytes: int
    media_type: str
    _service: Service
    _sha256: str
    _from_vcon: bytes | None = None

    def open(self) -> BinaryIO:
        """Open it; any part of it can be read."""
        if self._from_vcon is not None:
            return io.BytesIO(self._from_vcon)
        return self._service.store.files.open(self._sha256)

    @contextmanager
    def lent(self) -> Iterator[Path]:
        """Lend it as a file with its name; it is gone afterwards."""
        files = self._service.store.files
        if self._from_vcon is None:
            with files.named(self._sha256, self.name) as path:
                yield path
            return
        with files.lending() as folder:
            path = folder / PurePosixPath(self.name).name
            path.write_bytes(self._from_vcon)
            yield path


def sound_of(service: Service, stored: StoredConversation) -> StoredSound | None:
    """Return the recording of a conversation; None where there is none.

    Args:
        service: Has the recordings.
        stored: The conversation. Where it came as a vCon, the recording is the one inside.
    """
    sha256 = stored.recording_sha256
    if sha256 is None or not service.store.files.has(sha256):
        return None
    name, inside = stored.name, None
    if is_vcon_name(Path(stored.name)) or stored.name.casefold().endswith(".json"):
        found = _inside(service, sha256, stored.name)
        if found is None:
            return None
        name, inside = found
    size_bytes = len(inside) if inside is not None else service.store.files.size_bytes(sha256)
    suffix = PurePosixPath(name).suffix.casefold()
    return StoredSound(
        name=name,
        etag=f'"{sha256[:32]}"',
        size_bytes=size_bytes,
        media_type=_MEDIA_TYPES.get(suffix, "application/octet-stream"),
        _service=service,
        _sha256=sha256,
        _from_vcon=inside,
    )


def _inside(service: Service, sha256: str, name: str) -> tuple[str, bytes] | None:
    with service.store.files.named(sha256, name) as path:
        recordings = read_vcon(path).recordings
    return next(((one.name, one.sound) for one in recordings if one.sound is not None), None)


@router.get(
    "/{conversation_id}/audio",
    summary="Get the recording",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The recording as it was received.",
            "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {
            "description": "The range that was asked for.",
            "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "The client has it already."},
        **problems(404, 416),
    },
)
def get_audio(
    conversation_id: ConversationId, request: Request, service: ServiceInUse, principal: Reader
) -> Response:
    """Return the recording; `Range` takes a part of it, so that a player can jump."""
    stored = service.store.get(conversation_id, visibility=visible(principal))
    sound = sound_of(service, stored)
    if sound is None:
        raise NotFound(
            f"the conversation {conversation_id[:64]!r} has no recording",
            remedy="it came as text, or its recording was erased",
        )
    headers = {
        "ETag": sound.etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=utf-8''{quote(sound.name)}",
    }
    if is_known(request, sound.etag):
        return Response(status_code=304, headers=headers)
    span = _span(request, sound)
    audit(request, service, principal, "audio.read", conversation_id)
    first, last = span or (0, sound.size_bytes - 1)
    headers["Content-Length"] = str(last - first + 1)
    if span is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{sound.size_bytes}"
    return StreamingResponse(
        _pieces(sound, first, last),
        status_code=200 if span is None else 206,
        media_type=sound.media_type,
        headers=headers,
    )


def _span(request: Request, sound: StoredSound) -> tuple[int, int] | None:
    """Return the first and last byte that are asked for; None for all of them.

    Raises:
        HTTPException: 416, there is nothing there.
    """
    given = request.headers.get("range")
    known = request.headers.get("if-range")
    if given is None or (known is not None and not matches(known, sound.etag)):
        return None
    found = _RANGE.fullmatch(given.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return None  # several ranges, or another unit: RFC 9110 lets a server send all
    size = sound.size_bytes
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if first > last:
        raise HTTPException(
            416,
            f"the recording has {size} bytes, the range lies outside",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return first, last


def _pieces(sound: StoredSound, first: int, last: int) -> Iterator[bytes]:
    with sound.open() as file:
        file.seek(first, os.SEEK_SET)
        left = last - first + 1
        while left > 0:
            piece = file.read(min(_PIECE_BYTES, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
