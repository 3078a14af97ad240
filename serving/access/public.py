"""The few paths that are open to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

PROBE_PATHS = frozenset(("/healthz", "/readyz"))
"""Whether the service lives; asked every few seconds, and not counted."""

PUBLIC_PATHS = PROBE_PATHS | frozenset(
    (
        "/docs",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/openapi.json",
        "/sign-in",
        "/sign-in/oidc",
        "/sign-in/oidc/back",
    )
)
"""Without a key: whether the service lives, what its API is, and the way in."""

PUBLIC_PREFIXES = ("/chat", "/static/")
"""Customers without a key write to the assistant; the files of the pages hold no secret."""

SIGNED_PATHS = frozenset(("/v1/twilio", "/v1/audiohook"))
"""Where a protocol brings a signature instead of a key, which its route checks itself."""


def is_public(scope: Scope) -> bool:
    """Tell whether a path asks for no key."""
    path = _path_of(scope)
    if path in PUBLIC_PATHS or path in SIGNED_PATHS:
        return True
    return path.startswith(PUBLIC_PREFIXES[1]) or f"{path}/".startswith(f"{PUBLIC_PREFIXES[0]}/")


def is_uncounted(scope: Scope) -> bool:
    """Tell whether requests to a path count against no limit."""
    return _path_of(scope) in PROBE_PATHS


def _path_of(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(scope.get("root_path", "")) or "/"
