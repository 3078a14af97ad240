r"""Requests with NUL characters (``%00``, ``\u0000``), which no route takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from serving.access.refusals import refuse_with
from serving.http.problem_answers import answer_with
from serving.null_text import HOLDS_NULL, NULL, REMEDY
from serving.problems import Problem, Violation, problem_of_status

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class NoNullCharacters:
    """Refuses requests and WebSockets whose path or query holds a NUL, whatever their route.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a WebSocket."""
        problem = _problem_of(scope) if scope["type"] in ("http", "websocket") else None
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await refuse_with(answer_with(problem, scope), problem.title, scope, receive, send)


def _problem_of(scope: Scope) -> Problem | None:
    path = scope["path"]
    if NULL in path:
        return problem_of_status(
            404, f"nothing is at this address: the path {HOLDS_NULL}", remedy=REMEDY, instance=path
        )
    query = scope["query_string"]
    if b"%00" not in query and b"\x00" not in query:
        return None
    sent = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    names = dict.fromkeys(name for name, value in sent if NULL in name + value)
    errors = tuple(
        Violation(detail=f"{name}: {HOLDS_NULL}", parameter=name)
        for name in (one.replace(NULL, "") for one in names)
    )
    return null_problem(errors, f"the query {HOLDS_NULL}", instance=path)


def null_problem(errors: tuple[Violation, ...], detail: str, *, instance: str) -> Problem:
    """Describe a request with NUL characters.

    Args:
        errors: Where they are.
        detail: What to say where that is not known, or in more than one place.
        instance: Path of the request.
    """
    said = errors[0].detail if len(errors) == 1 else detail
    return problem_of_status(422, said, remedy=REMEDY, instance=instance, errors=errors)


def holds_null(body: bytes) -> bool:
    """Tell whether JSON in UTF-8 holds a NUL, escaped or not."""
    return b"\x00" in body or (b"\\u0000" in body and _ESCAPED.search(body) is not None)


def place_of_null(body: bytes) -> Violation | None:
    """Return the first place of a NUL in JSON; None where it is no JSON.

    Args:
        body: Nested no deeper than a parser stands.
    """
    try:
        place = _place_in(json.loads(body))
    except ValueError:
        return None
    if place is None:
        return None
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in place)
    return Violation(detail=f"{'.'.join(place)}: {HOLDS_NULL}", pointer="#/" + "/".join(escaped))


def _place_in(data: object) -> tuple[str, ...] | None:
    if isinstance(data, str):
        return () if NULL in data else None
    if isinstance(data, dict):
        for name, value in data.items():
            shown = name.replace(NULL, "")
            place = () if NULL in name else _place_in(value)
            if place is not None:
                return (shown, *place)
    if isinstance(data, list):
        for number, value in enumerate(data):
            place = _place_in(value)
            if place is not None:
                return (str(number), *place)
    return None
