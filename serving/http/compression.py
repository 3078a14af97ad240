"""Answers compressed with gzip for clients that take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware

from serving.http.conditional import GZIP_SUFFIX

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIN_SIZE_BYTES = 1000
_LEVEL = 5  # nearly as small as 9 in a third of the time


class Compression:
    """Compresses texts from a size on; sound and event streams are left as they are.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = GZipMiddleware(app, minimum_size=MIN_SIZE_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                etag = headers.get("etag")
                if etag is not None and headers.get("content-encoding") == "gzip":
                    headers["ETag"] = f'{etag.removesuffix(chr(34))}{GZIP_SUFFIX}"'
            await send(message)

        await self._app(scope, receive, tagged)
