"""A span for each request, named after its route.

The ready-made instrumentation writes paths and queries into spans; here they may hold a customer's
key or somebody's words, so only the route's template is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.operation.tracing import continued, is_ready, note, rename, span

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UNTRACED = frozenset(("/healthz", "/readyz", "/metrics"))


class TracedRequests:
    """Makes the spans, and continues the trace that a client began (``traceparent``).

    Where nothing is exported when the application is made, a request passes through untouched.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._exports = False
        if is_ready():
            from serving.operation.exporting import start_exporting

            self._exports = start_exporting()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and trace it."""
        if not self._exports or scope["type"] == "lifespan" or scope["path"] in _UNTRACED:
            await self._app(scope, receive, send)
            return
        carried = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"traceparent", b"tracestate")
        }
        method = scope.get("method", "WEBSOCKET")

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                note({"http.response.status_code": message["status"]})
            await send(message)

        with continued(carried), span(method, {"http.request.method": method}, is_server=True):
            try:
                await self._app(scope, receive, noting)
            finally:
                route = getattr(scope.get("route"), "path", None)
                if route is not None:
                    rename(f"{method} {route}")
                    note({"http.route": route})
