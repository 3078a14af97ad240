"""HTML pages, parsed by lxml; what is no content is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Block, BlockKind, Reading, clean, row_text
from kb_search.reading.text import decode

if TYPE_CHECKING:
    Element = Any  # lxml has no types

_NO_CONTENT = {
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "svg",
    "iframe", "object", "canvas", "select", "dialog", "video", "audio", "math", "head",
}  # fmt: skip
_NO_CONTENT_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu"}
_NO_CONTENT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|cookies?|navbar|navigation|menu|sidebar|footer|share|sharing"
    r"|social|skip-?link|pagination|advert|ads|newsletter|sr-only|visually-hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCK_TAGS = {
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 6}
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]+)""", re.IGNORECASE
)
_SITE_SUFFIX = re.compile(r"\s+(?:[|–—·»]|-)\s+[^|–—·»]{1,60}$")
_MAX_DEPTH = 150


def read_html(data: bytes, path: Path) -> Reading:
    """Read the content of an HTML page.

    Scripts, navigation, banners, forms and footers are left out. The title is that of the first
    heading, else ``<title>`` without the site's name; ``<meta name=…>`` give the properties.

    Args:
        data: The file's bytes; the encoding is the one that the page declares, otherwise UTF-8
            or Windows-1252.
        path: For messages.

    Raises:
        DocumentUnreadable: The page has no content, is no text, or is nested too deep.
    """
    page = _parse(_text(data, path.name), path.name)
    blocks: list[Block] = []
    properties: dict[str, object] = {}
    title: str | None = None
    if page is not None:
        properties, title = _properties(page), _title(page)
        content = _content(page)
        _strip(content)
        _walk(content, _holders_of_blocks(content), blocks, 0)
    if not blocks:
        raise DocumentUnreadable(
            f"{path.name} has no content left without navigation and scripts",
            remedy="save the page after its scripts have run, or as text",
        )
    return Reading(blocks=tuple(blocks), title=title, properties=properties)


def visible_text(markup: str) -> str:
    """Return the text of a piece of HTML, on one line, without what is no content."""
    page = _parse(f"<main>{markup}</main>", "the HTML block")
    if page is None:
        return ""
    content = _content(page)
    _strip(content)
    return _all_text(content)


def _text(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared is not None:
        try:
            return data.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass  # the page is wrong about itself
    return decode(data, name)


def _parse(text: str, name: str) -> Element | None:
    from lxml import etree, html

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


def _properties(page: Element) -> dict[str, object]:
    properties: dict[str, object] = {
        meta.get("name").lower(): clean(meta.get("content"))
        for meta in page.iter("meta")
        if meta.get("name") and meta.get("content") and meta.get("name").lower() != "title"
    }
    language = clean(page.get("lang") or "")
    if language:
        properties.setdefault("language", language)
    return properties


def _title(page: Element) -> str | None:
    title = page.find(".//title")
    return None if title is None else _SITE_SUFFIX.sub("", _all_text(title)) or None


def _content(page: Element) -> Element:
    """Return the element that the page itself calls its main part, or its body."""
    for found in (
        page.find(".//main"),
        page.find(".//*[@role='main']"),
        page.find(".//article"),
        page.find(".//body"),
    ):
        if found is not None:
            return found
    return page


def _strip(content: Element) -> None:
    """Take out what is no content, in place; what follows it is kept."""
    with_title = set(_ancestors(content.iter("h1")))
    for element in [*content.iterdescendants()]:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        is_furniture = element.tag == "header" or _NO_CONTENT_NAMES.search(names)
        if (
            element.tag in _NO_CONTENT
            or element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or element.get("role") in _NO_CONTENT_ROLES
            or (is_furniture and element not in with_title)
        ):
            element.drop_tree()


def _ancestors(elements: Iterable[Element]) -> set[Element]:
    found: set[Element] = set()
    for element in elements:
        parent = element.getparent()
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parent.getparent()
    return found


def _holders_of_blocks(content: Element) -> set[Element]:
    """Return the elements that are blocks or hold one: text around them is a paragraph."""
    blocks = [element for element in content.iter() if element.tag in _BLOCK_TAGS]
    return {*blocks, *_ancestors(blocks)}


def _walk(element: Element, holders: set[Element], blocks: list[Block], depth: int) -> None:
    """Add the blocks of an element."""
    if depth > _MAX_DEPTH:
        _add(blocks, "paragraph", _all_text(element))
        return
    inline = [element.text or ""]
    for child in element:
        if child in holders:
            _add(blocks, "paragraph", "".join(inline))
            inline = []
            _walk_block(child, holders, blocks, depth + 1)
        elif child.tag == "br":
            inline.append("\n")
        else:
            inline.append(child.text_content())
        inline.append(child.tail or "")
    _add(blocks, "paragraph", "".join(inline))


def _walk_block(element: Element, holders: set[Element], blocks: list[Block], depth: int) -> None:
    if element.tag in _HEADINGS:
        _add(blocks, "heading", _all_text(element), level=_HEADINGS[element.tag])
    elif element.tag == "dt":
        _add(blocks, "heading", _all_text(element), level=6)
    elif element.tag == "table" and element.find(".//table") is None:
        _walk_table(element, blocks)
    elif element.tag in {"ul", "ol"}:
        for number, item in enumerate(element.findall("li"), 1):
            first = len(blocks)
            _walk(item, holders, blocks, depth)
            if len(blocks) > first and blocks[first].kind == "paragraph":
                marker = f"{number}. " if element.tag == "ol" else "- "
                blocks[first] = Block("item", marker + blocks[first].text)
    else:
        _walk(element, holders, blocks, depth)


def _walk_table(table: Element, blocks: list[Block]) -> None:
    headers: list[str] = []
    for caption in table.findall("caption"):
        _add(blocks, "paragraph", _all_text(caption))
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        texts = [_all_text(cell) for cell in cells]
        is_header = all(cell.tag == "th" for cell in cells) or row.getparent().tag == "thead"
        if is_header and len(cells) > 1:
            headers = texts
        else:
            _add(blocks, "row", row_text(headers, texts))


def _all_text(element: Element) -> str:
    return clean(" ".join(element.itertext()))


def _add(blocks: list[Block], kind: BlockKind, text: str, level: int = 0) -> None:
    text = clean(text)
    if text:
        blocks.append(Block(kind, text, level=level))
