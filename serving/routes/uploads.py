"""Request bodies that come in pieces: a file goes to the disk as it arrives, within limits."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import anyio
from fastapi import HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from conversation.errors import ConversationUnreadable
from conversation.reading import MAX_TEXT_BYTES
from serving.null_text import HOLDS_NULL

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEGABYTE = 1_000_000
_FIELD_BYTES = 1000
_METADATA_BYTES = 8000
_PARTS = 16
OVERHEAD_BYTES = 64 * 1024  # boundaries, part headers and fields around the file
_BATCH_BYTES = 1024 * 1024
_NAME_BYTES = 150
_DRAIN_S = 10
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def refusal(pointer: str, detail: str) -> RequestValidationError:
    """Return the error that says which part of the body is not valid.

    Args:
        pointer: The member, without ``#/``.
        detail: What is wrong with it.
    """
    return RequestValidationError([{"loc": ("body", pointer), "msg": detail, "type": "value"}])


@dataclass
class Form:
    """A multipart form that was received.

    Attributes:
        file: Where its file is, under the name that the sender gave it; None without one.
        fields: The other parts.
        lists: Those that may be repeated, in order.
    """

    file: Path | None = None
    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)


async def receive_json(request: Request) -> object:
    """Read a JSON body, up to the size of one conversation.

    Raises:
        HTTPException: 413, it is larger.
        ConversationUnreadable: It is not JSON.
    """
    body = bytearray()
    async for chunk in _within(request, MAX_TEXT_BYTES):
        body += chunk
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (json.JSONDecodeError, UnicodeDecodeError, _NoNumber) as error:
        raise ConversationUnreadable(
            f"the body is not JSON: {error}", remedy="send UTF-8 encoded JSON"
        ) from error
    except ValueError as error:  # of Python, which reads numbers up to a length
        raise ConversationUnreadable(
            "the body holds a number with thousands of digits", remedy="send it as a text"
        ) from error


async def receive_form(
    request: Request,
    folder: Path,
    *,
    max_file_bytes: int,
    repeated: frozenset[str] = frozenset(),
    max_field_bytes: int = _FIELD_BYTES,
) -> Form:
    """Read a multipart form whose part ``file`` goes to the disk.

    Args:
        request: The request.
        folder: Where the file goes.
        max_file_bytes: Largest file that is accepted.
        repeated: Parts that may come several times.
        max_field_bytes: Longest of the other parts.

    Raises:
        HTTPException: 400, the form is broken or cut short; 413, the file is too large.
        RequestValidationError: A part is there twice or too long.
    """
    _, options = parse_options_header(request.headers["content-type"])
    boundary = options.get(b"boundary")
    if not boundary:
        raise HTTPException(400, "multipart/form-data without a boundary")
    reader = _FormReader(folder, max_file_bytes, repeated, max_field_bytes)
    overhead_bytes = OVERHEAD_BYTES + (max_field_bytes * _PARTS if repeated else max_field_bytes)
    batch = bytearray()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        async for chunk in _within(request, max_file_bytes + overhead_bytes):
            batch += chunk
            if len(batch) >= _BATCH_BYTES:
                await run_in_threadpool(parser.write, bytes(batch))
                batch.clear()
        await run_in_threadpool(parser.write, bytes(batch))
    except FormParserError as error:
        raise HTTPException(400, f"the multipart form is broken: {error}") from error
    finally:
        reader.close()
    if not reader.complete:
        raise HTTPException(400, "the multipart form is cut short: its last boundary is missing")
    return reader.form


async def receive_file(request: Request, path: Path, *, max_file_bytes: int) -> None:
    """Read a body that is one file; it goes to the disk as it arrives.

    Args:
        request: The request.
        path: Where it goes.
        max_file_bytes: Largest file that is accepted.

    Raises:
        HTTPException: 413, it is too large.
    """
    with path.open("xb") as file:
        batch = bytearray()
        async for chunk in _within(request, max_file_bytes):
            batch += chunk
            if len(batch) >= _BATCH_BYTES:
                await run_in_threadpool(file.write, bytes(batch))
                batch.clear()
        await run_in_threadpool(file.write, bytes(batch))


async def drain(request: Request) -> None:
    """Read on after a refusal, for a while, and throw away what comes.

    Most clients look for the answer only when they have sent all; a connection that is closed
    before loses the answer on its way.
    """
    if "expect" in request.headers:  # it waits to be told to go on, and will not be
        return
    everything_was_read = RuntimeError  # as Starlette says it
    with (
        contextlib.suppress(ClientDisconnect, everything_was_read),
        anyio.move_on_after(_DRAIN_S),
    ):
        async for _chunk in request.stream():
            pass


async def _within(request: Request, limit_bytes: int) -> AsyncIterator[bytes]:
    """Yield the body's pieces; refuse one that says it is, or turns out, too long."""
    announced = request.headers.get("content-length", "")
    received = int(announced) if announced.isdecimal() else 0
    if received > limit_bytes:
        raise _too_large(limit_bytes)
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit_bytes:
            raise _too_large(limit_bytes)
        yield chunk


def _too_large(limit_bytes: int) -> HTTPException:
    return HTTPException(
        413,
        f"the body is larger than the {limit_bytes / MEGABYTE:.0f} MB that are accepted; "
        "send less, or raise max_upload_mb in the settings of the service",
        headers={"Connection": "close"},
    )


class _NoNumber(ValueError):
    pass


def _no_constant(name: str) -> object:
    raise _NoNumber(f"{name} is no JSON number")


def _safe_name(name: str) -> str:
    """Return a file name without folders that every disk takes."""
    base = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, suffix = base.rpartition(".")
    if not dot:
        stem, suffix = base, ""
    suffix = suffix[:16]
    stem = stem.encode("utf-8", "replace")[:_NAME_BYTES].decode("utf-8", "ignore") or "upload"
    return f"{stem}.{suffix}" if suffix else stem


class _FormReader:
    """Takes the parts of a form from the parser's callbacks."""

    def __init__(
        self, folder: Path, max_file_bytes: int, repeated: frozenset[str], max_field_bytes: int
    ) -> None:
        self.form = Form()
        self._repeated = repeated
        self._max_field_bytes = max_field_bytes
        self._most_parts = _PARTS * (4 if repeated else 1)
        self.complete = False
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._parts = 0
        self._file_bytes = 0
        self._file: BinaryIO | None = None
        self._name = ""
        self._value = bytearray()
        self._header = bytearray()
        self._header_value = bytearray()
        self._disposition = b""

    def callbacks(self) -> MultipartCallbacks:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > self._most_parts:
            raise HTTPException(413, f"the form has more than {self._most_parts} parts")
        self._disposition = b""
        self._name = ""
        self._value.clear()

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name in self.form.fields or (self._name == "file" and self.form.file is not None):
            raise refusal(self._name, "given twice")
        if self._name == "file":
            name = options.get(b"filename", b"").decode("utf-8", "replace")
            self.form.file = self._folder / _safe_name(name)
            self._file = self.form.file.open("xb")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            self._value += data[start:end]
            limit = _METADATA_BYTES if self._name == "metadata" else self._max_field_bytes
            if len(self._value) > limit:
                raise refusal(self._name, f"longer than {limit} bytes")
            return
        self._file_bytes += end - start
        if self._file_bytes > self._max_file_bytes:
            raise _too_large(self._max_file_bytes)
        self._file.write(memoryview(data)[start:end])

    def _on_part_end(self) -> None:
        if self._file is None:
            if b"\x00" in self._value:
                raise refusal(self._name, HOLDS_NULL)
            value = self._value.decode("utf-8", "replace")
            if self._name in self._repeated:
                self.form.lists.setdefault(self._name, []).append(value)
            else:
                self.form.fields[self._name] = value
        self.close()

    def _on_end(self) -> None:
        self.complete = True
