"""Headers by which browsers protect who looks at our pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.access.credentials import is_secure
from serving.http.raw_headers import add_missing, value_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), payment=(), usb=()"),
)
_NO_FRAMES = (b"x-frame-options", b"DENY")
_NO_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_TWO_YEARS = (b"strict-transport-security", b"max-age=63072000")


class SecurityHeaders:
    """Adds them; a page that says more about itself (its Content-Security-Policy) is left as it is.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and add the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = value_of(message, _NO_PAGE[0])
                headers = [*_ALWAYS, _NO_PAGE]
                if policy is None or not _may_be_framed(policy.decode("latin-1")):
                    headers.append(_NO_FRAMES)  # it knows nobody or everybody, no list
                if is_secure(scope):
                    headers.append(_TWO_YEARS)
                add_missing(message, headers)
            await send(message)

        await self._app(scope, receive, with_headers)


def _may_be_framed(policy: str) -> bool:
    """Tell whether a page names sites that may show it in a frame, as only the policy can."""
    directives = (part.split() for part in policy.split(";"))
    return any(part[:1] == ["frame-ancestors"] and part[1:] != ["'none'"] for part in directives)
