"""Problems of RFC 9457 become the errors that the service raised."""

from __future__ import annotations

import json
from collections.abc import Iterator

from conversation import errors
from conversation.errors import (
    BadInput,
    Conflict,
    EntenduError,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from serving.problems import TYPE_PREFIX

_BY_STATUS: dict[int, type[EntenduError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    429: TooManyRequests,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
    507: Unavailable,
}


def error_of(status: int, body: bytes) -> EntenduError:
    """Return the error that an answer stands for.

    Args:
        status: HTTP status, 400 or more.
        body: Of the answer; a problem, or whatever a proxy on the way wrote.
    """
    problem = _problem(body)
    kind = _kind(str(problem.get("type", "")))
    if kind is None:
        kind = _BY_STATUS.get(status, BadInput if status < 500 else EntenduError)
    message = problem.get("detail") or problem.get("title") or f"the service answered {status}"
    violations = problem.get("errors")
    if isinstance(violations, list) and len(violations) > 1:
        details = [str(one.get("detail", "")) for one in violations if isinstance(one, dict)]
        message = f"{message}: {'; '.join(details)}"
    remedy = problem.get("remedy")
    return kind(str(message), remedy=None if remedy is None else str(remedy))


def _problem(body: bytes) -> dict[str, object]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _kind(urn: str) -> type[EntenduError] | None:
    name = urn.removeprefix(TYPE_PREFIX)
    if name == urn:
        return None
    wanted = "".join(part.capitalize() for part in name.split("-"))
    return next((kind for kind in _kinds(EntenduError) if kind.__name__ == wanted), None)


def _kinds(kind: type[EntenduError]) -> Iterator[type[EntenduError]]:
    if kind.__module__ == errors.__name__:
        yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)
