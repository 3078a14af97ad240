"""The names under which the service may be called.

A page elsewhere can make its own name point at this machine (DNS rebinding), and a made-up Host
header can end up in an address that the service writes; a list of names ends both.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse

from serving.access.credentials import headers_of
from serving.problems import MEDIA_TYPE, problem_of_status

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from serving.settings import Settings


class HostAllowList:
    """Refuses requests to names that are not on the list; numeric addresses are always good.

    Args:
        app: The application behind it.
        settings: See :class:`serving.settings.Settings`.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        names = ["localhost", settings.host, *settings.allowed_hosts]
        if settings.public_url is not None:
            names.append(urlsplit(settings.public_url).hostname or "")
        self._names = frozenset(name.lower() for name in names if name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a WebSocket."""
        if scope["type"] not in ("http", "websocket") or self._is_good(
            headers_of(scope).get("host", "")
        ):
            await self._app(scope, receive, send)
            return
        if "websocket.http.response" not in scope.get("extensions", {"websocket.http.response": 1}):
            await send({"type": "websocket.close", "code": 1008, "reason": "unknown host"})
            return
        problem = problem_of_status(
            421,
            "the service is not known under the name in the Host header",
            remedy="add the name to allowed_hosts in the settings of the service",
        )
        response = JSONResponse(problem.as_json(), status_code=421, media_type=MEDIA_TYPE)
        await response(scope, receive, send)

    def _is_good(self, host: str) -> bool:
        if "*" in self._names:
            return True
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name in self._names or _is_numeric(name):
            return True
        return any(
            pattern.startswith("*.") and name.endswith(pattern[1:]) for pattern in self._names
        )


def _is_numeric(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
