"""ETags: an answer that the client has already is not sent again, and changes can ask for one.

Tags are strong (RFC 9110 §8.8.3): the SHA-256 of what is sent. A compressed answer has a tag of
its own, ``"…-gzip"``; when tags are compared both stand for the same content.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from conversation.errors import ChangedMeanwhile

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

GZIP_SUFFIX = "-gzip"
_PREFIX = "/v1/"
# What describes the body goes with it; what is left is what RFC 9110 §15.4.5 asks for.
_OF_THE_BODY = ("content-length", "content-type", "content-encoding", "content-disposition")


def etag_of(content: bytes) -> str:
    """Return the strong tag of a representation."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def matches(header: str, etag: str, *, strongly: bool = False) -> bool:
    """Tell whether a tag is among those of ``If-None-Match`` or ``If-Match``.

    Args:
        header: The header's value: tags with commas between them, or ``*``.
        etag: Of what is there now.
        strongly: Compare as ``If-Match`` is (RFC 9110 §13.1.1): a weak tag fits nothing.
    """
    if header.strip() == "*":
        return True
    current = _plain(etag)
    tags = (tag.strip() for tag in header.split(","))
    return any(_plain(tag) == current for tag in tags if not (strongly and tag.startswith("W/")))


def check_if_match(request: Request, *etags: str) -> None:
    """Refuse a change to something that is no longer what the client saw.

    Args:
        request: Its ``If-Match`` counts; without one every change may be made.
        etags: Tags of what ``GET`` would answer now: one for each form of it.

    Raises:
        ChangedMeanwhile: None of the tags fits.
    """
    given = request.headers.get("if-match")
    if given is not None and not any(matches(given, etag, strongly=True) for etag in etags):
        raise ChangedMeanwhile(
            "this is not what If-Match names any more",
            remedy="get it again, look at what changed, and send the change with its new ETag",
        )


def is_known(request: Request, etag: str) -> bool:
    """Tell whether the client has an answer with this tag, so that 304 says it all."""
    given = request.headers.get("if-none-match")
    return given is not None and matches(given, etag)


class ConditionalAnswers:
    """Puts a tag on every answer to ``GET`` below ``/v1/`` that comes in one piece.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or not scope["path"].startswith(_PREFIX)
        ):
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match")
        start: Message | None = None
        is_silent = False

        async def tagged(message: Message) -> None:
            nonlocal start, is_silent
            if message["type"] == "http.response.start":
                if message["status"] == 200:
                    start = message  # held back until the content is known
                    return
            elif start is not None and message["type"] == "http.response.body":
                held, start = start, None
                headers = MutableHeaders(scope=held)
                if "etag" not in headers and not message.get("more_body", False):
                    headers["ETag"] = etag_of(message.get("body", b""))
                etag = headers.get("etag")
                if etag is not None and known is not None and matches(known, etag):
                    held["status"] = 304
                    headers["ETag"] = _as_given(known, etag)
                    for name in _OF_THE_BODY:
                        del headers[name]
                    is_silent = True
                    await send(held)
                    await send({"type": "http.response.body", "body": b""})
                    return
                await send(held)
            if not is_silent:
                await send(message)

        await self._app(scope, receive, tagged)


def _as_given(header: str, etag: str) -> str:
    """Return the client's own form of the tag: compressed or not, as it has the content."""
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return next((tag for tag in tags if _plain(tag) == _plain(etag)), etag)


def _plain(tag: str) -> str:
    return tag.strip().removeprefix("W/").strip('"').removesuffix(GZIP_SUFFIX)
