"""Which methods a path takes, for ``Allow``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.routing import iter_route_contexts

if TYPE_CHECKING:
    from starlette.requests import Request


def allowed_methods(request: Request) -> tuple[str, ...]:
    """Return the methods of all routes with the path of a request.

    Starlette looks at the first such route only.

    Args:
        request: Any request to the application.
    """
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(request.url.path):
            found |= route.methods or set()
    if "GET" in found:
        found.add("HEAD")
    return tuple(sorted(found))
