"""Asking a running service on behalf of a command."""

from __future__ import annotations

from typing import Any

import httpx

from conversation.errors import (
    BadInput,
    Conflict,
    EntenduError,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)

_TIMEOUT_S = 30.0
_ERRORS: dict[int, type[EntenduError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
}


def ask_server(
    server: str,
    key: str | None,
    method: str,
    path: str,
    *,
    body: dict[str, Any] | None = None,
    query: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Send a request and return the JSON of its answer.

    Args:
        server: Address of the service: ``https://entendu.example``.
        key: To be shown.
        method: Of HTTP.
        path: With its first slash.
        body: Sent as JSON; None: nothing.
        query: Parameters.

    Raises:
        Unauthenticated: No key was given, or it is not good.
        EntenduError: What the service answered, as an error of the tree.
        Unavailable: It does not answer.
    """
    if key is None:
        raise Unauthenticated("no key was given", remedy="set ENTENDU_KEY, or give --key")
    try:
        answer = httpx.request(
            method,
            server.rstrip("/") + path,
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_TIMEOUT_S,
        )
        found = answer.json()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise BadInput(
            f"{server!r} is no address of a service", remedy="correct --server"
        ) from error
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(
            f"{server} does not answer as a service of Entendu does", remedy="check --server"
        ) from error
    if answer.is_success and isinstance(found, dict):
        return found
    said = found if isinstance(found, dict) else {}
    kind = _ERRORS.get(answer.status_code, BadInput if answer.status_code < 500 else Unavailable)
    raise kind(
        str(
            said.get("detail") or said.get("title") or f"the service answered {answer.status_code}"
        ),
        remedy=said.get("remedy"),
    )
