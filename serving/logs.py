"""Log lines as JSON, without transcript text or personal data."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("entendu.access")

REQUEST_ID: ContextVar[str | None] = ContextVar("entendu_request_id", default=None)
"""Of the request or WebSocket that is being served; None outside of any."""
_NOT_LOGGED = frozenset(("/healthz", "/readyz", "/metrics"))  # asked for every few seconds


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and what ``extra={"facts": …}`` adds.

    Of an exception it writes the classes and the lines of code, never the message: messages quote
    what they were given, and that may be somebody's words.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        request_id = REQUEST_ID.get()
        if request_id is not None:
            line["request_id"] = request_id
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line |= facts
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = "\n".join(_frames(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def _frames(error: BaseException) -> Iterator[str]:
    """Yield where an exception and those behind it came from, without their messages."""
    seen: set[int] = set()
    behind: BaseException | None = error
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        kind = type(behind)
        yield f"{kind.__module__}.{kind.__qualname__}"
        yield "".join(traceback.format_tb(behind.__traceback__)).rstrip()
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)


def configure_logging() -> None:
    """Send log lines to standard error as JSON; libraries only when they warn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(_is_ours_or_warns)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("entendu").setLevel(logging.INFO)


def _is_ours_or_warns(record: logging.LogRecord) -> bool:
    """Leave out what a library says in passing that sets a level of its own, as bm25s does."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "entendu"


class AccessLog:
    """Logs method, route, status and time of each request, and nothing about who asked.

    The route is the template (``/v1/conversations/{conversation_id}``): paths and queries that a
    client made up may hold names. Health checks and metrics are left out.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        method = scope["method"]
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", None)
            if route not in _NOT_LOGGED:
                facts = {
                    "method": method,
                    "route": route,
                    "status": status,
                    "duration_ms": round((time.perf_counter() - began) * 1000, 1),
                }
                logger.info("request", extra={"facts": facts})
