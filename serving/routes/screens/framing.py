"""What the screens of the centre have in common: who looks, and what frames the page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse

from serving.access.permissions import Permission
from serving.access.principal import Role
from serving.access.sessions import csrf_token_of
from serving.reviewing.waiting import waiting_for
from serving.screens.page import look_of, render, switched
from serving.screens.policy import content_policy
from serving.screens.words import words_of

if TYPE_CHECKING:
    from serving.access.principal import Principal

SCREENS: tuple[tuple[str, str, Permission], ...] = (
    ("desk", "/desk", Permission.LIVE_USE),
    ("inbox", "/inbox", Permission.CONVERSATIONS_READ),
    ("review", "/review", Permission.EVALUATIONS_REVIEW),
    ("board", "/board", Permission.KPI_READ),
    ("admin", "/admin", Permission.KNOWLEDGE_WRITE),
)
"""Name, path and what it takes to see it."""

OF_AGENTS: tuple[tuple[str, str, Permission], ...] = (
    ("mine", "/review/mine", Permission.EVALUATIONS_ANSWER),
)
"""The same, of what only those have who handle contacts."""

_WORKPLACES = {
    Role.AGENT: "/desk",
    Role.ANALYST: "/review",
    Role.SUPERVISOR: "/board",
    Role.ADMIN: "/board",
}


def show(
    request: Request,
    principal: Principal,
    template: str,
    words: Mapping[str, tuple[str, str]],
    *,
    state: Mapping[str, object],
    styled_by_script: bool = False,
    title: str | None = None,
) -> HTMLResponse:
    """Return a screen for somebody who is signed in.

    Args:
        request: Its cookies and address say language and colours.
        principal: Who looks; sees the screens of their role.
        template: File in ``templates``.
        words: Of the screen, each as (French, English).
        state: What its script begins with, beside the words.
        styled_by_script: Whether a script of the page adds a style of its own (the waveform
            does); it carries ``style_nonce`` of the state.
        title: Name of the word that says which part of the screen this is; None: it has no parts.
    """
    look = look_of(request)
    nonce = token_urlsafe(16) if styled_by_script else None
    root = str(request.scope.get("root_path", ""))
    t = words_of(words, look.language)
    token = request.scope.get("session_token")
    page = render(
        template,
        look,
        root=root,
        t=t,
        title=t["title"] if title is None else f"{t[title]} · {t['title']}",
        who=principal,
        here=request.url.path.removeprefix(root),
        screens=_screens_of(principal),
        waiting=waiting_for(request.app.state.service.store.database, principal),
        switched=partial(switched, request),
        state={
            **state,
            "style_nonce": nonce,
            "words": t,
            "root": root,
            "lang": look.language,
            "person": principal.id,
            "csrf": "" if token is None else csrf_token_of(token),
        },
    )
    policy = content_policy(style_nonce=nonce)
    response = HTMLResponse(page, headers={"Content-Security-Policy": policy})
    look.keep(response)
    return response


def first_screen(principal: Principal) -> str:
    """Return the path of what somebody sees first: the screen of their work.

    Args:
        principal: Who.
    """
    if principal.role is Role.CUSTOMER:
        return "/chat"
    open_to = [path for _, path in _screens_of(principal)]
    wanted = (_WORKPLACES.get(principal.role, ""), "/inbox", *open_to, "/sign-in")
    return next(path for path in wanted if path in (*open_to, "/sign-in"))


def _screens_of(principal: Principal) -> list[tuple[str, str]]:
    own = OF_AGENTS if principal.role is Role.AGENT else ()
    return [(name, path) for name, path, needed in SCREENS + own if principal.may(needed)]
