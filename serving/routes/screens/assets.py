"""``/static``: the scripts and styles of the screens."""

from __future__ import annotations

import gzip
from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import Headers

from conversation.errors import NotFound
from serving.http.compression import MIN_SIZE_BYTES
from serving.http.conditional import GZIP_SUFFIX, matches
from serving.screens.assets import Asset, assets

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

router = APIRouter(include_in_schema=False)

_FOLDER = "/static/"
_FOR_GOOD = "public, max-age=31536000, immutable"


@router.get("/static/{name:path}")
def get_asset(name: str) -> Response:
    """Refuse what does not belong to the screens; what does is answered by :class:`AssetsFirst`."""
    raise NotFound(f"no file {name[:80]!r} belongs to the screens", remedy="reload the page")


class AssetsFirst:
    """Answers with a file from memory before the request is looked at further.

    A page asks for twenty files at once: no thread, no key and no rate are needed for them.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; what is no file of the screens is left to the application."""
        answer = _answer(scope) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = router.routes[0]  # for the log and the metrics
        await answer(scope, receive, send)


def _answer(scope: Scope) -> Response | None:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if scope["method"] not in ("GET", "HEAD") or not path.startswith(_FOLDER):
        return None
    name = path.removeprefix(_FOLDER)
    asset = assets().get(name)
    if asset is None:
        return None
    asked = Headers(scope=scope)
    addressed = scope["query_string"] == f"v={asset.digest}".encode()
    headers = {
        "Cache-Control": _FOR_GOOD if addressed else "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": f'"{asset.digest}"',
        "Vary": "Accept-Encoding",
    }
    content = asset.content
    if len(content) >= MIN_SIZE_BYTES and "gzip" in asked.get("accept-encoding", ""):
        content = _compressed(asset)
        headers |= {"Content-Encoding": "gzip", "ETag": f'"{asset.digest}{GZIP_SUFFIX}"'}
    known = asked.get("if-none-match")
    if known is not None and matches(known, headers["ETag"]):
        return Response(
            status_code=304, headers={k: v for k, v in headers.items() if k != "Content-Encoding"}
        )
    headers["Content-Length"] = str(len(content))
    body = b"" if scope["method"] == "HEAD" else content
    return Response(body, media_type=asset.media_type, headers=headers)


@cache
def _compressed(asset: Asset) -> bytes:
    return gzip.compress(asset.content, mtime=0)
