"""``/``: leads everybody to the screen of their work."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from serving.access.guard import SignedIn
from serving.routes.screens.framing import first_screen

router = APIRouter(include_in_schema=False)


@router.get("/")
def begin(request: Request, principal: SignedIn) -> RedirectResponse:
    """Lead to the first screen."""
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}{first_screen(principal)}", status_code=303)
