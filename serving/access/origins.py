"""Where a request of a browser comes from, and whether it was meant (CSRF)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from conversation.errors import Forbidden
from serving.access.credentials import headers_of, is_secure
from serving.access.sessions import csrf_token_of

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"

_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_BYTES = 64 * 1024


def own_origin(scope: Scope, public_url: str | None) -> str:
    """Return the origin under which the service is called: ``https://entendu.example``.

    Args:
        scope: Of ASGI; its Host header was checked against the allow list.
        public_url: Of the settings; it goes before the Host header.
    """
    if public_url is not None:
        return _origin_of(public_url) or public_url
    scheme = "https" if is_secure(scope) else "http"
    return _origin_of(f"{scheme}://{headers_of(scope).get('host', '')}") or ""


def check_origin(scope: Scope, public_url: str | None, *, must_say: bool = True) -> None:
    """Refuse what a page of another origin makes a browser send.

    Args:
        scope: Of ASGI.
        public_url: Of the settings.
        must_say: Also refuse a browser that does not say where it comes from; False for requests
            that no cookie vouches for, which programs send, too.

    Raises:
        Forbidden: It comes from elsewhere.
    """
    headers = headers_of(scope)
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if origin is None and "referer" in headers:
        origin = _origin_of(headers["referer"]) or "null"
    if origin is not None:
        good = origin == own_origin(scope, public_url)
    elif site is not None:
        good = site in ("same-origin", "none")
    else:
        good = not must_say
    if not good:
        raise Forbidden(
            "the request comes from a page of another origin",
            remedy="send it from the service's own pages, or show a key instead of a cookie",
        )


async def check_meant(
    scope: Scope, receive: Receive, token: str, public_url: str | None
) -> Receive:
    """Refuse a request that changes something and rests on a cookie, unless our page made it.

    It has to come from our own origin and to hold the session's CSRF token, in the header
    ``X-CSRF-Token`` or, from a page without JavaScript, in the form field ``csrf_token``.

    Args:
        scope: Of ASGI.
        receive: Of ASGI.
        token: What the session's cookie holds.
        public_url: Of the settings.

    Returns:
        What the application receives from now on; a form that was read is given again.

    Raises:
        Forbidden: It comes from elsewhere, or without the token.
    """
    check_origin(scope, public_url)
    headers = headers_of(scope)
    shown = headers.get(CSRF_HEADER)
    if shown is None and headers.get("content-type", "").partition(";")[0].strip() == _FORM:
        body, receive = await _read(receive)
        fields = parse_qs(body.decode("latin-1"), max_num_fields=100)
        shown = fields.get(CSRF_FIELD, [""])[0]
    if shown is None or not hmac.compare_digest(shown.encode(), csrf_token_of(token).encode()):
        raise Forbidden(
            "the CSRF token is missing or wrong",
            remedy="send csrf_token of GET /v1/me as the header X-CSRF-Token",
        )
    return receive


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        if len(body) > _MAX_FORM_BYTES:
            raise Forbidden(
                f"the form is larger than {_MAX_FORM_BYTES // 1024} KB",
                remedy="send the CSRF token as the header X-CSRF-Token",
            )
        if not message.get("more_body", False):
            break
    whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    return bytes(body), again


def _origin_of(url: str) -> str | None:
    """Return scheme, host and port as a browser writes them; None: it is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")
