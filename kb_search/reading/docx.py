"""Word documents, converted by mammoth."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Block, Reading, clean
from kb_search.reading.docx_package import parse_part, unpack
from kb_search.reading.html import parse_html
from kb_search.reading.html_blocks import content_blocks, text_of
from kb_search.reading.html_content import find_content
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    Element = Any  # lxml has no types

_NO_TITLE = re.compile(
    r"^(?:untitled|sans titre|title|titre|document\d*|word document|.*\.docx?)$", re.IGNORECASE
)
_STYLE_NAME = re.compile(r"^[\w .,()+/&-]{1,100}$")
_HEADING_STYLE = re.compile(r"^heading ([1-9])$", re.IGNORECASE)
_FIXED_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='TOC Heading'] => !
p[style-name^='toc '] => !
p[style-name^='TOC '] => !
p[style-name='table of figures'] => !
"""
_MAX_HEADING_LEVEL = 6
_MAX_INHERITED = 20


def read_docx(data: bytes, path: Path, settings: IngestSettings | None = None) -> Reading:
    """Read a Word document: headings, paragraphs, lists, tables, text boxes and notes.

    Headings are told by their style, by the style it is based on, or by an outline level. A
    foot- or endnote stands as a paragraph below the one that refers to it. Headers, footers, the
    table of contents, comments, pictures, and text that a tracked change takes away are left
    out. Custom properties (``state``, ``audience``, …) and the content status are the
    properties; title, language and date of the core properties are hints.

    Args:
        data: The file's bytes.
        path: For messages.
        settings: ``max_unpacked_bytes``, ``max_compression_ratio``, ``max_elements`` and
            ``max_characters`` apply.

    Raises:
        DocumentUnreadable: It is no Word document, is protected, damaged or empty, or is over a
            limit.
    """
    settings = settings or IngestSettings()
    parts = unpack(data, path.name, settings)
    markup = _convert(parts, path.name)
    if len(markup) > 4 * settings.max_characters:
        raise DocumentUnreadable(
            f"{path.name} holds more than {settings.max_characters} characters",
            remedy="split it, or raise max_characters",
        )
    page = parse_html(f"<main>{markup}</main>", path.name, settings)
    content = None if page is None else find_content(page)
    blocks: tuple[Block, ...] = ()
    if content is not None:
        _place_notes(content.root)
        blocks = content_blocks(content.root, content.dropped, content.panels)
    if not blocks:
        raise DocumentUnreadable(
            f"{path.name} has no text, only pictures or nothing", remedy="write it, or export text"
        )
    core = _core_properties(parts)
    title = core.pop("title", "")
    status = core.pop("content_status", "")
    properties: dict[str, object] = dict(_custom_properties(parts))
    if status:
        properties.setdefault("state", status)
    return Reading(
        blocks=blocks,
        title=title if title and not _NO_TITLE.match(title) else None,
        properties=properties,
        hints=core,
    )


def _convert(parts: Mapping[str, bytes], name: str) -> str:
    """Return the document as HTML; mammoth is given the checked parts alone."""
    import mammoth  # type: ignore[import-untyped]

    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        for part_name, part in parts.items():
            if part_name.endswith(".rels") or parse_part(part) is not None:
                archive.writestr(part_name, part)
    try:
        result = mammoth.convert_to_html(
            package,
            style_map=_FIXED_STYLES + "\n".join(_heading_styles(parts)),
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda _: {}),
        )
    except Exception as problem:
        # mammoth raises whatever Python raises where a part does not have the expected shape
        detail = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DocumentUnreadable(
            f"{name} cannot be parsed ({detail})", remedy="save it again with Word or LibreOffice"
        ) from problem
    return str(result.value)


def _heading_styles(parts: Mapping[str, bytes]) -> Iterator[str]:
    """Yield a rule for each paragraph style that is a heading by its base or outline level."""
    root = parse_part(parts.get("word/styles.xml", b""))
    if root is None:
        return
    styles = {
        _attribute(style, "styleId"): style
        for style in root.iter("{*}style")
        if _attribute(style, "type") == "paragraph"
    }
    for style in styles.values():
        name = _value(style, "{*}name")
        level = _heading_level(style, styles)
        if level and not _HEADING_STYLE.match(name) and _STYLE_NAME.match(name):
            yield f"p[style-name='{name}'] => h{level}:fresh"


def _heading_level(style: Element, styles: Mapping[str, Element]) -> int:
    """Return the level of a heading style, from 1; 0 for a style of other text."""
    found: Element | None = style
    for _ in range(_MAX_INHERITED):
        if found is None:
            break
        heading = _HEADING_STYLE.match(_value(found, "{*}name"))
        if heading:
            return min(int(heading.group(1)), _MAX_HEADING_LEVEL)
        outline = _value(found, "{*}pPr/{*}outlineLvl")
        if outline.isascii() and outline.isdigit():
            return min(int(outline) + 1, _MAX_HEADING_LEVEL) if int(outline) < 9 else 0
        found = styles.get(_value(found, "{*}basedOn"))
    return 0


def _value(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else _attribute(found, "val")


def _attribute(element: Element, name: str) -> str:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _place_notes(root: Element) -> None:
    """Put each note as a paragraph below the text that refers to it, and drop the references."""
    from lxml import html

    notes = {
        item.get("id"): item
        for item in root.iter("li")
        if re.fullmatch(r"(?:foot|end)note-\d+", item.get("id") or "")
    }
    references = [
        link
        for link in root.iter("a")
        if re.fullmatch(r"(?:foot|end)note-ref-\d+", link.get("id") or "")
    ]
    below: dict[Element, Element] = {}
    for link in references:
        note = notes.get((link.get("href") or "").removeprefix("#"))
        holder = _holder(link, root)
        number = clean(link.text or "").strip("[]")
        link.text = None
        if note is None or holder is None:
            continue
        text = text_of(note).removesuffix("↑").rstrip()
        if not text:
            continue
        paragraph = html.Element("p")
        paragraph.text = f"Note {number} : {text}"
        if holder.tag == "li":
            nested = next((child for child in holder if child.tag in {"ul", "ol"}), None)
            if nested is None:
                holder.append(paragraph)
            else:
                nested.addprevious(paragraph)
        else:
            last: Element = below.get(holder, holder)
            last.addnext(paragraph)
            below[holder] = paragraph
    for note in notes.values():
        parent = note.getparent()
        if parent is not None:
            parent.remove(note)


def _holder(link: Element, root: Element) -> Element | None:
    """Return the list item, or the topmost block, in which a reference stands."""
    holder = link
    for parent in link.iterancestors():
        if parent is root:
            return holder
        if parent.tag == "table":
            return parent
        holder = parent
        in_table = any(above.tag == "table" for above in parent.iterancestors())
        if parent.tag == "li" and not in_table:
            return parent
    return None


def _core_properties(parts: Mapping[str, bytes]) -> dict[str, str]:
    root = parse_part(parts.get("docProps/core.xml", b""))
    if root is None:
        return {}
    named = {
        "title": "{*}title",
        "language": "{*}language",
        "updated": "{*}modified",
        "content_status": "{*}contentStatus",
    }
    found = {
        field: clean(element.text or "")
        for field, path in named.items()
        if (element := root.find(path)) is not None
    }
    return {field: text for field, text in found.items() if text}


def _custom_properties(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    root = parse_part(parts.get("docProps/custom.xml", b""))
    if root is None:
        return
    for entry in root.iter("{*}property"):
        text = clean("".join(entry.itertext()))
        if text:
            yield _attribute(entry, "name"), text
