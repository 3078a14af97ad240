"""A problem as an answer: a page for who looks with a browser, problem+json for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from serving.access.credentials import headers_of
from serving.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from serving.problems import Problem


def wants_a_page(scope: Scope) -> bool:
    """Tell whether a request is a browser's that opens an address, with no key in its hand.

    Args:
        scope: Of ASGI.
    """
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    headers = headers_of(scope)
    return "authorization" not in headers and headers.get("accept", "").startswith("text/html")


def answer_with(
    problem: Problem, scope: Scope, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem in the form that its reader reads.

    Args:
        problem: What is wrong.
        scope: Of ASGI.
        headers: More of them for the answer.
    """
    if not wants_a_page(scope):
        return JSONResponse(
            problem.as_json(),
            status_code=problem.status,
            media_type=MEDIA_TYPE,
            headers=None if headers is None else dict(headers),
        )
    from serving.screens.problem.page import problem_page

    page = problem_page(problem, scope)
    page.headers.update(headers or {})
    return page
