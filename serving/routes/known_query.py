"""A filter that is misspelt or given twice is refused: without it, other things are answered."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError


async def only_known_query(request: Request) -> None:
    """Refuse parameters that the route does not have, where it has any, or takes only once.

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
    takes = dict(_taken(dependant))
    known = sorted(takes)
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
    counts = Counter(name for name, _ in request.query_params.multi_items())
    repeated = [name for name, several in takes.items() if counts[name] > 1 and not several]
    if repeated:
        raise RequestValidationError(
            [
                {
                    "type": "repeated",
                    "loc": ("query", name),
                    "msg": f"given {counts[name]} times, expected once",
                    "input": None,
                }
                for name in repeated
            ]
        )


def _taken(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Yield the names of a route's parameters, and whether each may come several times."""
    for field in dependant.query_params:
        yield field.alias, _is_several(field.field_info.annotation)
    for inner in dependant.dependencies:
        yield from _taken(inner)


def _is_several(kind: object) -> bool:
    origin = get_origin(kind)
    if origin is Annotated or origin in (Union, UnionType):
        return any(_is_several(one) for one in get_args(kind))
    return (origin or kind) in (list, set, tuple)


def _meant(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
