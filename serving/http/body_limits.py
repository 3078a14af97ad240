"""Limits on what may be sent to any route: size, depth of JSON, half characters and NULs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from conversation.half_characters import holds_half_characters
from conversation.reading import MAX_TEXT_BYTES
from serving.http.null_characters import holds_null, null_problem, place_of_null
from serving.null_text import HOLDS_NULL
from serving.problems import MEDIA_TYPE, Problem, problem_of_status
from serving.routes.uploads import MEGABYTE, OVERHEAD_BYTES, drain

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_DEPTH = 64
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


class BodyLimits:
    """Refuses bodies that are too large, and JSON that is too large, too deep or no text.

    JSON is looked at before any route is, so that no parser meets what it could not stand.
    Other bodies are counted as they come, since routes stream them to the disk.

    Args:
        app: The application behind it.
        max_upload_mb: Largest upload, in megabytes.
    """

    def __init__(self, app: ASGIApp, *, max_upload_mb: int) -> None:
        self._app = app
        self._max_bytes = max_upload_mb * MEGABYTE + OVERHEAD_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = MAX_TEXT_BYTES if _is_json(headers) else self._max_bytes
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            await _refuse_unread(Request(scope, receive), send, limit)
        elif _is_json(headers):
            await self._serve_json(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit), send)

    async def _serve_json(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        request = Request(scope, receive)
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_TEXT_BYTES:
                    await _refuse_unread(request, send, MAX_TEXT_BYTES)
                    return
        except ClientDisconnect:
            return
        problem = _problem_of(bytes(body), instance=scope["path"])
        if problem is not None:
            await _answer(problem)(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)


def is_too_deep(body: bytes) -> bool:
    """Tell whether JSON, valid or not, opens more brackets than :data:`MAX_DEPTH` at once."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(body):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif mark in (b"]", b"}"):
            depth -= 1
    return False


def _is_json(headers: Headers) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.endswith("+json") and "vcon" not in kind)


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0
    refused = False

    async def counting() -> Message:
        nonlocal received, refused
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit and not refused:
            refused = True  # whoever reads on only throws away what still comes
            raise HTTPException(413, _too_large(limit), headers={"Connection": "close"})
        return message

    return counting


def _too_large(limit: int) -> str:
    return f"the body is larger than the {limit / MEGABYTE:.0f} MB that are accepted"


def _problem_of(body: bytes, *, instance: str) -> Problem | None:
    """Say why no parser is to see a JSON body; None: one may."""
    if is_too_deep(body):
        return problem_of_status(
            422,
            f"the body is nested deeper than the {MAX_DEPTH} levels that are accepted",
            remedy="send less, or in parts",
            instance=instance,
        )
    if holds_half_characters(body.decode("utf-8", "replace")):
        return problem_of_status(
            422,
            "the body escapes half of a character, such as \\ud83d without what follows it",
            remedy="send UTF-8 encoded JSON",
            instance=instance,
        )
    if holds_null(body):
        place = place_of_null(body)
        errors = () if place is None else (place,)
        return null_problem(errors, f"the body {HOLDS_NULL}", instance=instance)
    return None


async def _refuse_unread(request: Request, send: Send, limit: int) -> None:
    """Refuse a body that is too large, once what is left of it has come."""
    problem = problem_of_status(
        413, _too_large(limit), remedy="send less, or in parts", instance=request.scope["path"]
    )
    await drain(request)
    await _answer(problem)(request.scope, request.receive, send)


def _answer(problem: Problem) -> JSONResponse:
    return JSONResponse(problem.as_json(), status_code=problem.status, media_type=MEDIA_TYPE)
