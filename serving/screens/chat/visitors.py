"""Customers without a key: each browser is a visitor of its own, known by chance alone."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import Forbidden
from serving.access.credentials import cookies_of, is_https
from serving.access.permissions import PERMISSIONS_OF
from serving.access.principal import Principal, Role

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

VISITOR_HEADER = "x-entendu-visitor"
VISITOR_FIELD = "visitor"
_COOKIE = "entendu_visitor"
_SECURE_COOKIE = "__Host-entendu_visitor"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_KEPT_S = 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """A browser that opened the chat.

    Attributes:
        token: What makes it known; whoever has it sees its conversation.
        is_new: Whether it was made just now.
    """

    token: str
    is_new: bool = False

    @property
    def principal(self) -> Principal:
        """The visitor as a customer: nothing but the bot and public articles."""
        digest = hashlib.sha256(self.token.encode()).hexdigest()[:32]
        return Principal(
            id=f"visitor-{digest}",
            role=Role.CUSTOMER,
            team=None,
            permissions=PERMISSIONS_OF[Role.CUSTOMER],
        )

    def keep(self, request: Request, response: Response, public_url: str | None) -> None:
        """Let the browser remember who it is, for a day."""
        secure = is_https(request.scope, public_url)
        response.set_cookie(
            _SECURE_COOKIE if secure else _COOKIE, self.token, max_age=_KEPT_S, path="/",
            secure=secure, httponly=True, samesite="lax",
        )  # fmt: skip


def visitor_of(request: Request, public_url: str | None) -> Visitor:
    """Return the visitor that a browser is, or a new one.

    In a frame on another site a browser sends no cookie; the page's script names the visitor in
    a header then, and keeps it for as long as the tab is open.
    """
    secure = is_https(request.scope, public_url)
    kept = cookies_of(request.scope).get(_SECURE_COOKIE if secure else _COOKIE, "")
    token = request.headers.get(VISITOR_HEADER, kept)
    if _TOKEN.fullmatch(token):
        return Visitor(token)
    return Visitor(secrets.token_urlsafe(32), is_new=True)


def check_named(request: Request, field: str | None = None) -> Visitor:
    """Return the visitor that a request names outside its cookies, which no other site can do.

    Args:
        request: With the header, from a script.
        field: Hidden field of a form without a script.

    Raises:
        Forbidden: It names none.
    """
    token = request.headers.get(VISITOR_HEADER, field or "")
    if not _TOKEN.fullmatch(token):
        raise Forbidden(
            "the request does not come from the chat's own page", remedy="open /chat again"
        )
    return Visitor(token)
