"""Markdown (CommonMark with tables), parsed by markdown-it-py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Block, BlockKind, Reading, clean, row_text
from kb_search.reading.front_matter import split_front_matter
from kb_search.reading.html import html_blocks
from kb_search.reading.html_blocks import FOLDED_LEVEL
from kb_search.reading.text import check_length, decode
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    from markdown_it.token import Token


_MARKS = "\n*_`[]<>&|!"


def read_markdown(data: bytes, path: Path, settings: IngestSettings | None = None) -> Reading:
    """Read a Markdown document with its front matter.

    Args:
        data: The file's bytes.
        path: For messages.
        settings: ``max_characters`` and ``max_elements`` apply.

    Raises:
        DocumentUnreadable: No text, too much of it, or a front matter that is not YAML.
    """
    from markdown_it import MarkdownIt

    settings = settings or IngestSettings()
    properties, text = split_front_matter(decode(data, path.name), path.name)
    check_length(text, path.name, settings)
    if sum(text.count(mark) for mark in _MARKS) > settings.max_elements:
        raise DocumentUnreadable(
            f"{path.name} has more than {settings.max_elements} lines and Markdown marks",
            remedy="split it, or raise max_elements",
        )
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Reading(blocks=tuple(_blocks(tokens, path.name, settings)), properties=properties)


def _blocks(tokens: list[Token], name: str, settings: IngestSettings) -> list[Block]:
    blocks: list[Block] = []
    markers: list[str] = []
    headers: list[str] = []
    cells: list[str] = []
    in_head = False
    fresh_item = False
    level = 0
    for token in tokens:
        kind = token.type
        if kind == "heading_open":
            level = int(token.tag[1:])
        elif kind == "heading_close":
            level = 0
        elif kind == "list_item_open":
            markers.append(f"{token.info}. " if token.info else "- ")
            fresh_item = True
        elif kind == "list_item_close":
            markers.pop()
            fresh_item = False
        elif kind == "thead_open":
            headers, in_head = [], True
        elif kind == "thead_close":
            in_head = False
        elif kind == "tr_open":
            cells = []
        elif kind == "tr_close":
            if in_head:
                headers = cells
            else:
                _add(blocks, "row", row_text(headers, cells))
            cells = []
        elif kind in {"td_open", "th_open"}:
            cells.append("")
        elif kind == "inline":
            text = _plain(token)
            if level:
                _add(blocks, "heading", text, level)
            elif cells:
                cells[-1] = text
            elif fresh_item:
                _add(blocks, "item", markers[-1] + text)
                fresh_item = False
            else:
                _add(blocks, "paragraph", text)
        elif kind in {"fence", "code_block"}:
            _add(blocks, "paragraph", clean(token.content))
        elif kind == "html_block":
            blocks.extend(html_blocks(token.content, name, settings))
            if "</details>" in token.content.lower():
                blocks.append(Block("end", "", level=FOLDED_LEVEL))
    return blocks


def _add(blocks: list[Block], kind: BlockKind, text: str, level: int = 0) -> None:
    if text.strip("-. "):
        blocks.append(Block(kind, text, level=level))


def _plain(inline: Token) -> str:
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return clean("".join(parts))
