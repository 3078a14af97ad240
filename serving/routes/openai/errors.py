"""Errors on the routes that OpenAI's clients use, in the shape that they read."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders

from serving.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIXES = ("/v1/audio/", "/v1/chat/", "/v1/embeddings", "/v1/models")

# As OpenAI's own service names them; its clients have a class of errors for 400, none for 415.
_STATUSES = {415: 400, 422: 400}
_TYPES = {429: "rate_limit_error"}
_CODES = {
    401: "invalid_api_key",
    403: "insufficient_permissions",
    404: "model_not_found",
    429: "rate_limit_exceeded",
}


def speaks_openai(path: str) -> bool:
    """Tell whether a path belongs to the routes that OpenAI's clients use."""
    return path.startswith(_PREFIXES)


def openai_error(problem: dict[str, Any], status: int) -> dict[str, object]:
    """Return a problem as OpenAI's clients read it.

    Args:
        problem: As :mod:`serving.problems` describes it.
        status: Of the answer.

    Returns:
        ``{"error": {"message", "type", "param", "code"}}``.
    """
    detail = problem.get("detail") or problem["title"]
    remedy = problem.get("remedy")
    violations = problem.get("errors") or []
    first: dict[str, str] = violations[0] if violations else {}
    param = (first.get("pointer") or first.get("parameter") or "").removeprefix("#/")
    if violations:  # the detail only counts them
        detail = "; ".join(str(one["detail"]) for one in violations)
        remedy = None
    return {
        "error": {
            "message": detail if remedy is None else f"{detail}; {remedy}",
            "type": _TYPES.get(
                status, "server_error" if status >= 500 else "invalid_request_error"
            ),
            "param": param.replace("/", ".") or None,
            "code": _CODES.get(status),
        }
    }


class OpenAIErrors:
    """Turns every problem on these routes, whoever answered it, into OpenAI's shape.

    What is not valid, a file that is no sound included, is 400 there and not 415 or 422.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or not speaks_openai(scope["path"]):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def translated(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE):
                    start = message  # held back until the problem is there
                    return
            elif start is not None:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_translated(start, bytes(body), send)
                return
            await send(message)

        await self._app(scope, receive, translated)


async def _send_translated(start: Message, body: bytes, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
        del headers["content-encoding"]
    start["status"] = _STATUSES.get(start["status"], start["status"])
    content = json.dumps(openai_error(json.loads(body), start["status"]), ensure_ascii=False)
    headers["content-type"] = "application/json"
    headers["content-length"] = str(len(content.encode()))
    await send(start)
    await send({"type": "http.response.body", "body": content.encode()})
