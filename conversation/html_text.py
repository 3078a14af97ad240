"""HTML as the text that a reader sees, with quotations marked as in plain e-mails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LEFT_OUT = frozenset("script style head title meta link template object svg noscript".split())
_BLOCKS = frozenset(
    "address article aside center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header "
    "hr li main nav ol p pre section table tbody thead tr ul blockquote".split()
)
_SPACED = frozenset("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre".split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|max-height\s*:\s*0",
    re.IGNORECASE,
)
_NO_MARGIN = re.compile(r"(?i)(?:^|[;\s])margin\s*:\s*0|margin-(?:top|bottom)\s*:\s*0")
_INDENT_ONLY = re.compile(r"(?i)border(-left)?\s*:\s*(none|0)|border-left-width\s*:\s*0")
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u202f\u2007]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u2800]")
_MAX_QUOTE_DEPTH = 50


def html_to_text(html: str) -> str:
    """Return HTML as plain text.

    Args:
        html: A document or a part of one; broken markup is read as browsers do.

    Returns:
        Lines; quotations start with ``>`` as in plain e-mails, list items with ``- ``; scripts,
        styles and what is hidden are left out.
    """
    from lxml import etree
    from lxml import html as lxml_html

    if not html.strip():
        return ""
    # A declaration of an encoding inside text that is decoded already is an error to lxml.
    html = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", html).replace("\x00", "")
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^<>]{0,1000}>", " ", html).strip()
    page = _Page()
    skipping: Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipping is not None:
            if event == "end" and element is skipping:
                skipping = None
                page.write(element.tail)
            continue
        if event == "start":
            if _is_left_out(element):
                skipping = element
                continue
            page.open(element)
            page.write(element.text)
        else:
            page.close(element)
            page.write(element.tail)
    return page.text()


def _is_left_out(element: Element) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _LEFT_OUT:
        return True
    return bool(_HIDDEN.search(element.get("style") or "")) or element.get("hidden") is not None


class _Page:
    """Lines written so far, each with how deep it is quoted."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._depth = 0
        self._preformatted = 0

    def open(self, element: Element) -> None:
        tag = element.tag
        if tag == "br":
            self._end_line(even_empty=True)
        elif tag in _BLOCKS:
            self._break(spaced=_is_spaced(element))
        if tag == "blockquote" and _is_quote(element):
            self._depth = min(self._depth + 1, _MAX_QUOTE_DEPTH)
        elif tag == "li":
            self._line.append("- ")
        elif tag == "hr":
            self._line.append("_" * 32)
            self._end_line()
        elif tag == "pre":
            self._preformatted += 1

    def close(self, element: Element) -> None:
        tag = element.tag
        if tag in {"td", "th"}:
            self._line.append(" ")
        elif tag in _BLOCKS:
            self._break(spaced=_is_spaced(element))
        if tag == "blockquote" and _is_quote(element):
            self._depth = max(self._depth - 1, 0)
        elif tag == "pre":
            self._preformatted -= 1

    def write(self, text: str | None) -> None:
        if not text:
            return
        text = _INVISIBLE.sub("", text)
        if not self._preformatted:
            self._line.append(_SPACES.sub(" ", text))
            return
        first, *rest = text.split("\n")
        self._line.append(first)
        for line in rest:
            self._end_line(even_empty=True)
            self._line.append(line)

    def text(self) -> str:
        self._end_line()
        while self._lines and not self._lines[-1][1]:
            self._lines.pop()
        return "\n".join(
            f"{'>' * depth} {line}".rstrip() if depth else line for depth, line in self._lines
        )

    def _break(self, *, spaced: bool) -> None:
        self._end_line()
        if spaced and self._lines and self._lines[-1][1]:
            self._lines.append((min(self._depth, self._lines[-1][0]), ""))

    def _end_line(self, *, even_empty: bool = False) -> None:
        line = re.sub(r" {2,}", " ", "".join(self._line)).strip()
        self._line.clear()
        # One empty line at most, and none at the top.
        if line or (even_empty and self._lines and self._lines[-1][1]):
            self._lines.append((self._depth, line))


def _is_spaced(element: Element) -> bool:
    if element.tag not in _SPACED:
        return False
    if element.tag == "p":
        classes = element.get("class") or ""
        unspaced = _NO_MARGIN.search(element.get("style") or "") is not None
        return "MsoNormal" not in classes and not unspaced
    return str(element.tag) != "table"


def _is_quote(element: Element) -> bool:
    """Tell a quotation from a block that is only moved to the right."""
    if element.get("type") == "cite" or "quote" in (element.get("class") or ""):
        return True
    return not _INDENT_ONLY.search(element.get("style") or "")
