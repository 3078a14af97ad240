"""A filter with a misspelt name is refused: without it, everything would be answered."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError


async def only_known_query(request: Request) -> None:
    """Refuse parameters of the query that the route does not have, where it has any.

    It is a coroutine so that no request waits for a thread because of it.

    Args:
        request: To one of our own routes; those of other products' protocols take what their
            clients send.

    Raises:
        RequestValidationError: Names what was sent and what it may have meant.
    """
    dependant = getattr(request.scope.get("route"), "dependant", None)
    if not request.query_params or not isinstance(dependant, Dependant):
        return
    known = sorted(set(_names(dependant)))
    unknown = [name for name in request.query_params if name not in known]
    if known and unknown:
        raise RequestValidationError(
            [
                {
                    "type": "extra_forbidden",
                    "loc": ("query", name),
                    "msg": f"there is no such parameter; {_meant(name, known)}",
                    "input": request.query_params[name],
                }
                for name in unknown
            ]
        )


def _names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _names(inner)


def _meant(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
