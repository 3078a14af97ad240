"""What the screens of the centre have in common: who looks, and what frames the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse

from serving.access.permissions import Permission
from serving.access.sessions import csrf_token_of
from serving.screens.page import look_of, render
from serving.screens.policy import content_policy
from serving.screens.words import words_of

if TYPE_CHECKING:
    from serving.access.principal import Principal

SCREENS: tuple[tuple[str, str, Permission], ...] = (
    ("inbox", "/inbox", Permission.CONVERSATIONS_READ),
)
"""Name, path and what it takes to see it."""


def show(
    request: Request,
    principal: Principal,
    template: str,
    words: Mapping[str, tuple[str, str]],
    *,
    state: Mapping[str, object],
) -> HTMLResponse:
    """Return a screen for somebody who is signed in.

    Args:
        request: Its cookies and address say language and colours.
        principal: Who looks; sees the screens of their role.
        template: File in ``templates``.
        words: Of the screen, each as (French, English).
        state: What its script begins with, beside the words.
    """
    look = look_of(request)
    root = str(request.scope.get("root_path", ""))
    t = words_of(words, look.language)
    token = request.scope.get("session_token")
    page = render(
        template,
        look,
        root=root,
        t=t,
        title=t["title"],
        who=principal,
        here=request.url.path.removeprefix(root),
        screens=[(name, path) for name, path, needed in SCREENS if principal.may(needed)],
        state={
            **state,
            "words": t,
            "root": root,
            "lang": look.language,
            "csrf": "" if token is None else csrf_token_of(token),
        },
    )
    response = HTMLResponse(page, headers={"Content-Security-Policy": content_policy()})
    look.keep(response)
    return response
