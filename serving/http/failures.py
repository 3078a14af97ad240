"""What nobody foresaw still ends in a problem, with the headers of every other answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from serving.http.problem_answers import answer_with
from serving.problems import unexpected_problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("entendu.app")


class UnexpectedErrors:
    """Answers 500 where an error was not caught, and logs where it came from.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            logger.exception("unexpected error")
            if started:
                raise  # only a broken connection can still tell the client
            problem = unexpected_problem(instance=scope["path"])
            await answer_with(problem, scope)(scope, receive, send)
