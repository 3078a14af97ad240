"""How a screen is rendered: its template, its words, its look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from serving.access.credentials import cookies_of
from serving.screens.assets import address_of, module
from serving.sign_in_page.words import PageLanguage, language_of
from serving.version import entendu_version

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import Response

Theme = Literal["light", "dark", "auto"]

LANGUAGE_COOKIE = "entendu_lang"
THEME_COOKIE = "entendu_theme"
_KEPT_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    """In which language and colours somebody wants the screens.

    Attributes:
        language: Of the words.
        theme: ``auto`` follows the system.
        chosen: What the address asked for now, to be kept: cookie name to value.
        demo: Whether everything shown is invented.
    """

    language: PageLanguage
    theme: Theme
    chosen: Mapping[str, str]
    demo: bool = False

    def keep(self, response: Response) -> None:
        """Let the browser remember what was chosen."""
        for name, value in self.chosen.items():
            response.set_cookie(
                name, value, max_age=_KEPT_S, path="/", httponly=True, samesite="lax"
            )


def look_of(request: Request) -> Look:
    """Return how a page is to be shown: as the address asks, as was chosen before, or as usual.

    Args:
        request: Its query may hold ``lang`` and ``theme``.
    """
    asked = {
        LANGUAGE_COOKIE: request.query_params.get("lang"),
        THEME_COOKIE: request.query_params.get("theme"),
    }
    allowed = {LANGUAGE_COOKIE: ("fr", "en"), THEME_COOKIE: ("light", "dark", "auto")}
    chosen = {name: value for name, value in asked.items() if value in allowed[name] and value}
    kept = {**cookies_of(request.scope), **chosen}
    theme = kept.get(THEME_COOKIE)
    return Look(
        language_of(request.headers.get("accept-language", ""), kept.get(LANGUAGE_COOKIE)),
        theme if theme in ("light", "dark") else "auto",  # type: ignore[arg-type]
        chosen,
        demo=getattr(request.app.state, "demo", None) is not None,
    )


def switched(request: Request, name: str, value: str) -> str:
    """Return the query of an address with one of its values changed.

    Args:
        request: Of the page.
        name: Which value.
        value: What it becomes.
    """
    others = [one for one in request.query_params.multi_items() if one[0] != name]
    return f"?{urlencode([*others, (name, value)])}"


def render(template: str, look: Look, *, root: str = "", **values: object) -> str:
    """Return a page.

    Args:
        template: File in ``templates``.
        look: Language and colours.
        root: Path under which a proxy serves the application.
        values: What the template names; all text in it is escaped.
    """
    return (
        _environment()
        .get_template(template)
        .render(
            lang=look.language,
            theme=look.theme,
            demo=look.demo,
            root=root,
            version=entendu_version(),
            asset=partial(address_of, root=root),
            module=partial(module, root=root),
            **values,
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("serving.screens"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
