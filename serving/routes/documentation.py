"""``GET /docs``: the API to read and try, without a request to any other host."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from secrets import token_urlsafe

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse

router = APIRouter(include_in_schema=False)

# The package that carries Swagger UI's files.
_ASSETS = Path(str(files("fastapi_offline") / "static"))


def _own_host_only(nonce: str) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",  # Swagger UI styles its parts one by one
            "img-src 'self' data:",
        )
    )


@router.get("/docs")
def documentation(request: Request) -> HTMLResponse:
    """Show the API with Swagger UI."""
    root = request.scope.get("root_path", "").rstrip("/")
    page = get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title="Entendu",
        swagger_js_url=f"{root}/docs/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/docs/swagger-ui.css",
        swagger_favicon_url="data:,",
        swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
    )
    nonce = token_urlsafe(16)  # of the one script that the page starts itself with
    return HTMLResponse(
        bytes(page.body).replace(b"<script>", f'<script nonce="{nonce}">'.encode()),
        headers={"Content-Security-Policy": _own_host_only(nonce)},
    )


@router.get("/docs/swagger-ui-bundle.js")
def script() -> FileResponse:
    """Return Swagger UI."""
    return FileResponse(_ASSETS / "swagger-ui-bundle.js", media_type="text/javascript")


@router.get("/docs/swagger-ui.css")
def style() -> FileResponse:
    """Return Swagger UI's style."""
    return FileResponse(_ASSETS / "swagger-ui.css", media_type="text/css")
