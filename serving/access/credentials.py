"""Where a request or a WebSocket carries its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from starlette.types import Scope

SESSION_COOKIE = "entendu_session"
SECURE_SESSION_COOKIE = "__Host-entendu_session"
"""Over https; browsers take it only when it is Secure, of the whole host and of no other."""

# Browsers cannot set headers of a WebSocket; these are how Deepgram's and OpenAI's clients send
# the key instead: ["token", KEY] and ["realtime", "openai-insecure-api-key." + KEY].
_DEEPGRAM_PROTOCOL = "token"
_OPENAI_PROTOCOL = "openai-insecure-api-key."
_SCHEMES = ("bearer", "token")  # Token is how Deepgram's clients say it


@dataclass(frozen=True)
class Credential:
    """What was shown.

    Attributes:
        kind: A key, or the session of a browser.
        secret: The key, or what the cookie holds; never logged.
    """

    kind: Literal["key", "session"]
    secret: str

    def __repr__(self) -> str:
        """Show no secret, wherever it is printed by mistake."""
        return f"Credential(kind={self.kind!r})"


def credential_of(scope: Scope, public_url: str | None = None) -> Credential | None:
    """Return what a request or a WebSocket shows; a key goes before a cookie.

    Args:
        scope: Of ASGI.
        public_url: Of the settings.

    Returns:
        What is shown; None: nothing.
    """
    headers = headers_of(scope)
    scheme, _, value = headers.get("authorization", "").strip().partition(" ")
    if scheme:
        known = scheme.lower() in _SCHEMES
        return Credential("key", value.strip() if known else "")
    if scope["type"] == "websocket":
        key = _key_of_protocols(scope.get("subprotocols") or ())
        if key is not None:
            return Credential("key", key)
    name = SECURE_SESSION_COOKIE if is_https(scope, public_url) else SESSION_COOKIE
    session = cookies_of(scope).get(name)
    return None if not session else Credential("session", session)


def is_secure(scope: Scope) -> bool:
    """Tell whether somebody came over TLS, as far as the server or a trusted proxy knows."""
    return scope.get("scheme") in ("https", "wss")


def is_https(scope: Scope, public_url: str | None) -> bool:
    """Tell whether people come over TLS, also where a proxy before us says nothing of it.

    Args:
        scope: Of ASGI.
        public_url: Of the settings.
    """
    return is_secure(scope) or (public_url or "").startswith("https://")


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers by their names in small letters; the first of several counts."""
    found: dict[str, str] = {}
    for name, value in scope.get("headers", ()):
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found


def cookies_of(scope: Scope) -> dict[str, str]:
    """Return the cookies by their names."""
    try:
        jar = SimpleCookie(headers_of(scope).get("cookie", "")[:8192])
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _key_of_protocols(protocols: list[str] | tuple[str, ...]) -> str | None:
    for number, protocol in enumerate(protocols):
        if protocol.startswith(_OPENAI_PROTOCOL):
            return protocol.removeprefix(_OPENAI_PROTOCOL)
        if protocol.lower() == _DEEPGRAM_PROTOCOL and number + 1 < len(protocols):
            return protocols[number + 1]
    return None
