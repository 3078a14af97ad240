"""What stands before every route, whoever comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from serving.access.headers import SecurityHeaders
from serving.access.hosts import HostAllowList

if TYPE_CHECKING:
    from fastapi import FastAPI

    from serving.settings import Settings

_CORS_AGE_S = 600
_READ_BY_PAGES = (
    "ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID",
)  # fmt: skip


def install_doors(app: FastAPI, settings: Settings) -> None:
    """Put trusted proxies, host names, security headers and CORS before the application.

    Pages of other origins get in only where the settings name them, and with a key: cookies are
    for our own pages.

    Args:
        app: The application.
        settings: See :class:`serving.settings.Settings`.
    """
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "If-Match"),
            expose_headers=_READ_BY_PAGES,
            allow_credentials=False,
            max_age=_CORS_AGE_S,
        )
    app.add_middleware(HostAllowList, settings=settings)
    app.add_middleware(SecurityHeaders)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
