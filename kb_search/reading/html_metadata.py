"""What an HTML page says about itself in its head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kb_search.reading.blocks import clean
from kb_search.reading.metadata import property_name, read_day

if TYPE_CHECKING:
    Element = Any  # lxml has no types

_SITE_SUFFIX = re.compile(r"\s+(?:[|–—·»]|-)\s+[^|–—·»]{1,60}$")
_AUTHORED = {"product", "audience", "state", "valid_from", "valid_to"}
_CHANGED = (
    "article:modified_time", "og:updated_time", "dcterms.modified", "last-modified",
    "last_modified", "datemodified", "revised", "article:published_time", "dcterms.date",
    "dc.date", "date", "datepublished",
)  # fmt: skip


def page_properties(page: Element) -> dict[str, object]:
    """Return what the author of a page wrote about its use: state, audience, product, validity.

    Only names that Entendu knows; a page has many others.
    """
    return {
        name: content for name, content in _metas(page).items() if property_name(name) in _AUTHORED
    }


def page_hints(page: Element) -> dict[str, str]:
    """Return the language, address and date of a page, as far as it gives them."""
    metas = _metas(page)
    language = clean(
        page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    )
    language = language or metas.get("language", "") or metas.get("og:locale", "")
    address = next(
        (
            clean(link.get("href") or "")
            for link in page.iter("link")
            if "canonical" in (link.get("rel") or "").casefold().split()
        ),
        "",
    )
    changed = next((metas[name] for name in _CHANGED if read_day(metas.get(name, ""))), "")
    hints = {
        "language": language,
        "url": address or metas.get("og:url", ""),
        "updated": changed,
    }
    return {field: value for field, value in hints.items() if value}


def page_title(page: Element) -> str | None:
    """Return the title of a page without the name of its site; None when it has none."""
    title = page.find(".//title")
    text = "" if title is None else _SITE_SUFFIX.sub("", clean(title.text or ""))
    return text or _metas(page).get("og:title") or None


def _metas(page: Element) -> dict[str, str]:
    """Return the contents of the meta elements by name, the first of each name."""
    found: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = clean(meta.get("name") or meta.get("property") or meta.get("itemprop") or "")
        content = clean(meta.get("content") or "")
        if name and content:
            found.setdefault(name.casefold(), content)
    return found
