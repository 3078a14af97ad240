"""Which part of an HTML page is its content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Element = Any  # lxml has no types

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}

_NO_CONTENT = {
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "svg",
    "iframe", "object", "canvas", "select", "input", "textarea", "dialog", "video", "audio",
    "math", "head",
}  # fmt: skip
_NO_CONTENT_ROLES = {
    "navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog",
    "alertdialog",
}  # fmt: skip
_NO_CONTENT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|fil-ariane|cookies?|navbar|navigation|menu|sidebar|footer|share"
    r"|sharing|social|skip-?links?|pagination|advert|ads|newsletter|sr-only|visually-hidden|rgpd"
    r"|gdpr|consent|onetrust|tarteaucitron|didomi|axeptio|cookiebot|klaro|usercentrics"
    r"|trustarc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])")
_MAX_NAME_CHARACTERS = 400
_MAX_WEIGHINGS = 20
"""Named elements whose text is measured on one page; each costs a pass over their text."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a page.

    Attributes:
        root: Element that holds it.
        dropped: Elements in it that are no content, with all that they hold.
        panels: For each control of a folding panel (a question of a list of questions), the panel.
    """

    root: Element
    dropped: frozenset[Element]
    panels: dict[Element, Element]


def find_content(page: Element) -> Content:
    """Find what the page itself calls its main part, or its body, and what in it is no content.

    Controls of panels that fold are content, and so are their panels, shown or hidden.

    Args:
        page: Root element.
    """
    root = _root(page)
    targets = {
        element.get("id"): element for element in root.iter() if element.get("id") is not None
    }
    controls = {
        element: panel
        for element in root.iter()
        if (panel := targets.get(_controlled(element))) is not None and panel is not element
    }
    dropped = _dropped(root, controls)
    gone = set(dropped)
    panels = {
        control: panel
        for control, panel in controls.items()
        if not _is_within(panel, gone) and not _is_within(control.getparent(), gone)
    }
    return Content(root, frozenset(dropped - set(panels)), panels)


def _root(page: Element) -> Element:
    for found in (page.find(".//main"), page.find(".//*[@role='main']")):
        if found is not None:
            return found
    articles = page.findall(".//article")
    if len(articles) == 1:
        return articles[0]
    body = page.find(".//body")
    return page if body is None else body


def _controlled(element: Element) -> str | None:
    """Return the identifier of the panel that an element folds; None when it folds none."""
    if element.get("aria-controls"):
        name: str | None = element.get("aria-controls")
    elif "collapse" in {element.get("data-bs-toggle"), element.get("data-toggle")}:
        name = element.get("data-bs-target") or element.get("data-target") or element.get("href")
    else:
        name = None
    return name.strip().removeprefix("#") if name else None


def _dropped(root: Element, controls: dict[Element, Element]) -> set[Element]:
    """Return the topmost elements that are no content, and controls that may be."""
    with_title = ancestors(root.iter("h1"))
    in_heading = _inside_headings(root)
    panels = set(controls.values())
    whole = -1
    weighings = 0
    dropped: set[Element] = set()
    pending = list(root)
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str):
            dropped.add(element)
            continue
        if element.tag == "button" and element in in_heading:
            continue
        is_named = element.tag in {"header", "form"} or _is_named_furniture(element)
        if _is_no_content(element, element in panels):
            dropped.add(element)
        elif is_named and element not in with_title:
            if whole < 0:
                whole = _weight(root)
            weighings += 1
            if weighings > _MAX_WEIGHINGS or 2 * _weight(element) <= whole:
                dropped.add(element)
        if element not in dropped:
            pending.extend(element)
    return dropped


def _is_no_content(element: Element, is_panel: bool) -> bool:
    if element.tag in _NO_CONTENT - {"form"} or element.get("role") in _NO_CONTENT_ROLES:
        return True
    is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return is_hidden and not is_panel


def _is_named_furniture(element: Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAME_CHARACTERS]
    return names != " " and bool(_NO_CONTENT_NAMES.search(_CAMEL.sub("-", names)))


def _inside_headings(root: Element) -> set[Element]:
    return {
        button
        for button in root.iter("button")
        for parent in button.iterancestors()
        if parent.tag in HEADINGS or parent.tag in {"summary", "dt"}
    }


def _weight(element: Element) -> int:
    """Return how many characters of text an element holds, scripts aside."""
    return sum(
        len((part.text or "").strip()) + len((part.tail or "").strip())
        for part in element.iter()
        if part.tag not in {"script", "style", "template", "noscript"}
    )


def _is_within(element: Element | None, elements: set[Element]) -> bool:
    while element is not None:
        if element in elements:
            return True
        element = element.getparent()
    return False


def ancestors(elements: Iterable[Element]) -> set[Element]:
    """Return all elements that hold one of some elements."""
    found: set[Element] = set()
    for element in elements:
        parent = element.getparent()
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parent.getparent()
    return found
