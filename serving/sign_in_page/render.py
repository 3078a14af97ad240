"""Rendering the sign-in page: it needs no JavaScript and no other host."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from serving.access.principal import Principal
from serving.report.page import page_style, page_template
from serving.sign_in_page.words import PageLanguage, words_in
from serving.version import entendu_version

if TYPE_CHECKING:
    from serving.screens.page import Theme

_PACKAGE = "serving.sign_in_page"

VISITORS = ("agent", "analyst", "supervisor", "admin")
"""The roles in which visitors of the demonstration look around."""


def content_policy() -> str:
    """Return the page's Content-Security-Policy: its own style by its hash, forms to itself."""
    digest = hashlib.sha256(page_style((_PACKAGE, "sign_in.css")).encode()).digest()
    return (
        f"default-src 'none'; style-src 'sha256-{base64.b64encode(digest).decode()}'; "
        "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def render_sign_in(
    *,
    language: PageLanguage,
    theme: Theme,
    goes_to: str,
    with_account: bool,
    message: str | None = None,
    root: str = "",
    demo: bool = False,
) -> str:
    """Return the page that asks for a key.

    Args:
        language: Of its words.
        theme: Its colours.
        goes_to: Path to show afterwards.
        with_account: Whether there is an OIDC provider to sign in with.
        message: Name of what went wrong the last time, in the page's words; None: nothing.
        root: Path under which a proxy serves the application.
        demo: Whether visitors may look around as people of the demonstration.
    """
    return page_template(_PACKAGE, "sign_in.html").render(
        **_common(language, theme, root), goes_to=goes_to, with_account=with_account,
        message=message, visitors=VISITORS if demo else (),
    )  # fmt: skip


def render_account(
    *,
    language: PageLanguage,
    theme: Theme,
    principal: Principal,
    ends_at: datetime,
    csrf_token: str,
    root: str = "",
) -> str:
    """Return the page for somebody who is signed in.

    Args:
        language: Of its words.
        theme: Its colours.
        principal: Who it is.
        ends_at: When the session ends if nothing is done.
        csrf_token: For its forms.
        root: Path under which a proxy serves the application.
    """
    return page_template(_PACKAGE, "account.html").render(
        **_common(language, theme, root), who=principal, ends_at=ends_at, csrf_token=csrf_token
    )


def _common(language: PageLanguage, theme: Theme, root: str) -> dict[str, object]:
    return {
        "t": words_in(language), "lang": language, "theme": theme, "root": root,
        "version": entendu_version(),
        "css": page_style((_PACKAGE, "sign_in.css")),
    }  # fmt: skip
