"""A problem as a page, for whoever followed a link or typed an address."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse
from starlette.requests import Request

from serving.access.principal import Role
from serving.screens.page import look_of, render, switched
from serving.screens.policy import content_policy
from serving.screens.problem.words import PROBLEM
from serving.screens.words import words_of

if TYPE_CHECKING:
    from starlette.types import Scope

    from serving.problems import Problem

_PASSING = (409, 429, 503, 507)
"""Where asking again may help."""


def problem_page(problem: Problem, scope: Scope) -> HTMLResponse:
    """Return the page that says what is wrong, with the status of the problem.

    Args:
        problem: What is wrong.
        scope: Of ASGI; says who asked, in which language and colours.
    """
    request = Request(scope)
    look = look_of(request)
    words = words_of(PROBLEM, look.language)
    kind = str(problem.status) if f"title_{problem.status}" in words else "other"
    root = str(scope.get("root_path", "")).rstrip("/")
    page = render(
        "problem.html",
        look,
        root=root,
        t=words,
        title=words[f"title_{kind}"],
        help=words[f"help_{kind}"],
        problem=problem,
        passing=problem.status in _PASSING or problem.status >= 500,
        onward=_onward(scope, root),
        switched=partial(switched, request),
    )
    response = HTMLResponse(
        page,
        status_code=problem.status,
        headers={"Content-Security-Policy": content_policy(), "Vary": "Accept"},
    )
    look.keep(response)
    return response


def _onward(scope: Scope, root: str) -> tuple[str, str]:
    """Return the name and the path of where to go on."""
    principal = scope.get("principal")
    path = scope["path"].removeprefix(root)
    if path.startswith("/chat") or (principal is not None and principal.role is Role.CUSTOMER):
        return "to_chat", "/chat"
    return ("to_sign_in", "/sign-in") if principal is None else ("to_screens", "/")
