"""Headers by which browsers protect who looks at our pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from serving.access.credentials import is_secure

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
}
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
_TWO_YEARS = "max-age=63072000"


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
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _NO_PAGE)
                if _may_be_framed(headers["Content-Security-Policy"]):
                    del headers["X-Frame-Options"]  # it knows nobody or everybody, no list
                if is_secure(scope):
                    headers.setdefault("Strict-Transport-Security", _TWO_YEARS)
            await send(message)

        await self._app(scope, receive, with_headers)


def _may_be_framed(policy: str) -> bool:
    """Tell whether a page names sites that may show it in a frame, as only the policy can."""
    directives = (part.split() for part in policy.split(";"))
    return any(part[:1] == ["frame-ancestors"] and part[1:] != ["'none'"] for part in directives)
