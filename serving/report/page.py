"""What every page that is one HTML file has in common: how its template and its style are read."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Template

HOUSE_STYLE = ("serving.report", "report.css")
"""The sheet that every page starts from."""


@cache
def page_template(package: str, name: str) -> Template:
    """Return a template of a package's folder ``templates``; what it names must exist.

    ``page_head.html`` of the house stands before every page's own: it wants ``title``, ``lang``,
    ``version`` and ``css``; a page in which readers choose their colours, ``theme``, too.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(HOUSE_STYLE[0])]),
        autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(name)


@cache
def page_style(*own: tuple[str, str]) -> Markup:
    """Return the house's style sheet and a page's own after it, each as (package, file name)."""
    sheets = (
        resources.files(package).joinpath("templates", name).read_text("utf-8")
        for package, name in (HOUSE_STYLE, *own)
    )
    return Markup("".join(sheets))  # noqa: S704 - our own files
