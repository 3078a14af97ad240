"""The cookies of the screens: what they hold is chance, and only browsers' requests carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.access.credentials import (
    SECURE_SESSION_COOKIE,
    SESSION_COOKIE,
    cookies_of,
    is_https,
)

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

_SIGN_IN_COOKIE = "entendu_sign_in"
_SECURE_SIGN_IN_COOKIE = "__Host-entendu_sign_in"


def set_session(
    response: Response, token: str, scope: Scope, public_url: str | None, *, max_age_s: float
) -> None:
    """Give a browser its session.

    Args:
        response: What is answered.
        token: What the cookie is to hold.
        scope: Of ASGI.
        public_url: Of the settings.
        max_age_s: After which it has ended in any case.
    """
    secure = is_https(scope, public_url)
    name = SECURE_SESSION_COOKIE if secure else SESSION_COOKIE
    _set(response, name, token, secure=secure, max_age_s=max_age_s)


def clear_session(response: Response, scope: Scope, public_url: str | None) -> None:
    """Take the session away from a browser."""
    secure = is_https(scope, public_url)
    name = SECURE_SESSION_COOKIE if secure else SESSION_COOKIE
    _set(response, name, "", secure=secure, max_age_s=0)


def set_sign_in(
    response: Response, secret: str, scope: Scope, public_url: str | None, *, max_age_s: float
) -> None:
    """Mark the browser that is sent to the provider, or unmark it with an age of 0."""
    secure = is_https(scope, public_url)
    name = _SECURE_SIGN_IN_COOKIE if secure else _SIGN_IN_COOKIE
    _set(response, name, secret, secure=secure, max_age_s=max_age_s)


def sign_in_of(scope: Scope, public_url: str | None) -> str:
    """Return how the browser was marked; empty: it was not."""
    secure = is_https(scope, public_url)
    return cookies_of(scope).get(_SECURE_SIGN_IN_COOKIE if secure else _SIGN_IN_COOKIE, "")


def _set(response: Response, name: str, value: str, *, secure: bool, max_age_s: float) -> None:
    # Lax and not Strict: who comes back from the provider comes from another site.
    response.set_cookie(
        name, value, max_age=int(max_age_s), path="/", secure=secure, httponly=True, samesite="lax"
    )
