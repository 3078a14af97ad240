"""``/static``: the scripts and styles of the screens."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from conversation.errors import NotFound
from serving.screens.assets import assets

router = APIRouter(include_in_schema=False)

_FOR_GOOD = "public, max-age=31536000, immutable"


@router.get("/static/{name:path}")
def get_asset(name: str, request: Request) -> Response:
    """Return a file; under the address that pages give it, browsers keep it for good."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound(f"no file {name[:80]!r} belongs to the screens", remedy="reload the page")
    addressed = request.query_params.get("v") == asset.digest
    return Response(
        asset.content,
        media_type=asset.media_type,
        headers={
            "Cache-Control": _FOR_GOOD if addressed else "no-cache",
            "ETag": f'"{asset.digest}"',
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )
