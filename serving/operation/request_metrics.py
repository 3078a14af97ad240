"""Counts and times requests by route and status."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from serving.operation import metrics

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A method that a client made up is no label: it would make a new series each time.
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class RequestMetrics:
    """Counts answers; the route is its template, since a path may hold a name.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", None) or "none"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _answers(method, route, status).inc()
            _seconds(method, route).observe(time.perf_counter() - began)


# To find a series by its labels takes longer than to count in it; there are as many as routes.
@functools.cache
def _answers(method: str, route: str, status: int) -> Counter:
    return metrics.REQUESTS.labels(method=method, route=route, status=str(status))


@functools.cache
def _seconds(method: str, route: str) -> Histogram:
    return metrics.REQUEST_SECONDS.labels(method=method, route=route)
