"""HTML pages, parsed by lxml; what is no content is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Block, Reading
from kb_search.reading.front_matter import split_front_matter
from kb_search.reading.html_blocks import content_blocks
from kb_search.reading.html_content import find_content
from kb_search.reading.html_metadata import page_hints, page_properties, page_title
from kb_search.reading.text import decode
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    Element = Any  # lxml has no types

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]+)""", re.IGNORECASE
)


def read_html(data: bytes, path: Path, settings: IngestSettings | None = None) -> Reading:
    """Read the content of an HTML page.

    Scripts, navigation, banners, forms and footers are left out. The title is that of the first
    heading, else ``<title>`` without the site's name; a front matter above the page and
    ``<meta name=…>`` give the properties; ``<html lang>``, the canonical link and the dates of
    the page are hints.

    Args:
        data: The file's bytes; the encoding is the one that the page declares, otherwise UTF-8
            or Windows-1252.
        path: For messages.
        settings: ``max_elements`` applies.

    Raises:
        DocumentUnreadable: The page has no content, is no text, is nested too deep, or has too
            many elements.
    """
    settings = settings or IngestSettings()
    written, text = split_front_matter(_text(data, path.name), path.name)
    page = parse_html(text, path.name, settings)
    blocks: tuple[Block, ...] = ()
    properties: dict[str, object] = {}
    hints: dict[str, str] = {}
    title: str | None = None
    if page is not None:
        properties, hints, title = page_properties(page), page_hints(page), page_title(page)
        content = find_content(page)
        blocks = content_blocks(content.root, content.dropped, content.panels)
    if not any(block.text for block in blocks):
        raise DocumentUnreadable(
            f"{path.name} has no content left without navigation and scripts",
            remedy="save the page after its scripts have run, or as text",
        )
    return Reading(blocks=blocks, title=title, properties={**properties, **written}, hints=hints)


def html_blocks(markup: str, name: str, settings: IngestSettings | None = None) -> list[Block]:
    """Return the blocks of a piece of HTML, such as a cell of a table or a converted document.

    Args:
        markup: Without ``<html>`` and ``<body>``.
        name: For messages.
        settings: ``max_elements`` applies.

    Raises:
        DocumentUnreadable: It is nested too deep, or has too many elements.
    """
    page = parse_html(f"<main>{markup}</main>", name, settings or IngestSettings())
    if page is None:
        return []
    content = find_content(page)
    return list(content_blocks(content.root, content.dropped, content.panels))


def _text(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared is not None and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(declared.group(1).decode("ascii"))
        except (LookupError, ValueError):
            pass  # the page is wrong about itself
    return decode(data, name)


def parse_html(text: str, name: str, settings: IngestSettings) -> Element | None:
    """Return the root element of a page; None when it has no element at all.

    Args:
        text: Of the page.
        name: For messages.
        settings: ``max_elements`` applies.

    Raises:
        DocumentUnreadable: It is nested too deep, or has too many elements.
    """
    from lxml import etree, html

    if text.count("<") > settings.max_elements:
        raise DocumentUnreadable(
            f"{name} has more than {settings.max_elements} elements",
            remedy="split it, or raise max_elements",
        )
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None  # no element at all
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentUnreadable(
            f"{name} nests its elements deeper than the parser goes (2048)",
            remedy="simplify the page, or save it as text",
        )
    return page
