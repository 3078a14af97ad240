"""Headers that keep answers where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.http.raw_headers import add_missing

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class PrivateAnswers:
    """Keeps answers out of caches, and browsers from guessing what they are.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and add the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_missing(message, _HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)
