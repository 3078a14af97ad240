"""HTML pages, parsed by Beautiful Soup with lxml; what is no content is left out."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Block, BlockKind, Reading, clean, row_text

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
_SITE_SUFFIX = re.compile(r"\s+(?:[|–—·»]|-)\s+[^|–—·»]{1,60}$")
_MAX_DEPTH = 150


def read_html(data: bytes, path: Path) -> Reading:
    """Read the content of an HTML page.

    Scripts, navigation, banners, forms and footers are left out. The title is the first ``h1``,
    else ``<title>`` without the site's name; ``<meta name=…>`` give the properties.

    Args:
        data: The file's bytes; the encoding is that of the page's own declaration.
        path: For messages.

    Raises:
        DocumentUnreadable: The page has no content.
    """
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentUnreadable(
            f"{path.name} holds binary data, not HTML", remedy="save the page as HTML text"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Beautiful Soup's advice to programmers
        soup = BeautifulSoup(data, "lxml")
    properties = _properties(soup)
    title = _title(soup)
    root = soup.find("main") or soup.find(role="main") or soup.find("article")
    content = root if isinstance(root, Tag) else soup.body or soup
    _strip(content)
    blocks: list[Block] = []
    _walk(content, blocks, 0)
    if not blocks:
        raise DocumentUnreadable(
            f"{path.name} has no content left without navigation and scripts",
            remedy="save the page after its scripts have run, or as text",
        )
    return Reading(blocks=tuple(blocks), title=title, properties=properties)


def _properties(soup: BeautifulSoup) -> dict[str, object]:
    properties: dict[str, object] = {}
    for meta in soup.find_all("meta"):
        name, content = meta.get("name"), meta.get("content")
        if isinstance(name, str) and isinstance(content, str) and name.lower() != "title":
            properties[name.lower()] = clean(content)
    html = soup.find("html")
    language = html.get("lang") if isinstance(html, Tag) else None
    if isinstance(language, str) and language.strip():
        properties.setdefault("language", language)
    return properties


def _title(soup: BeautifulSoup) -> str | None:
    if soup.title is None:
        return None
    return _SITE_SUFFIX.sub("", clean(soup.title.get_text(" "))) or None


def _strip(content: Tag) -> None:
    """Take out what is no content, in place."""
    for tag in content.find_all(True):
        if tag.decomposed or tag is content:
            continue
        names = " ".join([*_words(tag.get("class")), *_words(tag.get("id"))])
        if (
            tag.name in _NO_CONTENT
            or tag.has_attr("hidden")
            or tag.get("aria-hidden") == "true"
            or tag.get("role") in _NO_CONTENT_ROLES
            or (tag.name == "header" and tag.find("h1") is None)
            or (_NO_CONTENT_NAMES.search(names) and tag.find("h1") is None)
        ):
            tag.decompose()


def _words(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [str(part) for part in value] if isinstance(value, list) else []


def _walk(tag: Tag, blocks: list[Block], depth: int) -> None:
    """Add the blocks of a tag; text between two block tags is a paragraph."""
    if depth > _MAX_DEPTH:
        _add(blocks, "paragraph", [tag.get_text(" ")])
        return
    inline: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag) and _is_block(child):
            _add(blocks, "paragraph", inline)
            inline = []
            _walk_block(child, blocks, depth + 1)
        else:
            inline.append(_inline_text(child))
    _add(blocks, "paragraph", inline)


def _is_block(tag: Tag) -> bool:
    return tag.name in _BLOCK_TAGS or tag.find(list(_BLOCK_TAGS)) is not None


def _walk_block(tag: Tag, blocks: list[Block], depth: int) -> None:
    if re.fullmatch("h[1-6]", tag.name):
        _add(blocks, "heading", [tag.get_text(" ")], level=int(tag.name[1]))
    elif tag.name == "summary":
        _add(blocks, "heading", [tag.get_text(" ")], level=6)
    elif tag.name == "table" and tag.find("table") is None:
        _walk_table(tag, blocks)
    elif tag.name in {"ul", "ol"}:
        _walk_list(tag, blocks, depth)
    elif tag.name == "dl":
        _walk_definitions(tag, blocks, depth)
    else:
        _walk(tag, blocks, depth)


def _walk_table(table: Tag, blocks: list[Block]) -> None:
    headers: list[str] = []
    caption = table.find("caption")
    if isinstance(caption, Tag):
        _add(blocks, "paragraph", [caption.get_text(" ")])
    for row in table.find_all("tr"):
        cells = list(row.find_all(["td", "th"]))
        texts = [clean(cell.get_text(" ")) for cell in cells]
        is_header = all(cell.name == "th" for cell in cells) or (
            row.find_parent("thead") is not None
        )
        if is_header and len(cells) > 1:
            headers = texts
        else:
            _add(blocks, "row", [row_text(headers, texts)])


def _walk_list(tag: Tag, blocks: list[Block], depth: int) -> None:
    for number, item in enumerate(tag.find_all("li", recursive=False), 1):
        marker = f"{number}. " if tag.name == "ol" else "- "
        first = len(blocks)
        _walk(item, blocks, depth)
        if len(blocks) > first and blocks[first].kind == "paragraph":
            blocks[first] = Block("item", marker + blocks[first].text)


def _walk_definitions(tag: Tag, blocks: list[Block], depth: int) -> None:
    """Read a list of terms: each term is a heading of the lowest level over its definition."""
    for child in tag.find_all(["dt", "dd"]):
        if child.name == "dt":
            _add(blocks, "heading", [child.get_text(" ")], level=6)
        else:
            _walk(child, blocks, depth)


def _inline_text(node: PageElement) -> str:
    if isinstance(node, Tag):
        return "\n" if node.name == "br" else node.get_text()
    if isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
        return str(node)
    return ""


def _add(blocks: list[Block], kind: BlockKind, parts: list[str], level: int = 0) -> None:
    text = clean("".join(parts))
    if text:
        blocks.append(Block(kind, text, level=level))
