"""Plain text, and the decoding of bytes that all text formats share."""

from __future__ import annotations

import codecs
import re

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Block, clean
from kb_search.settings import IngestSettings

_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n+")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
_UNDERLINE = re.compile(r"^\s*[=\-~_*#]{3,}\s*$")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAX_TITLE_WORDS = 15
_MAX_TITLE_CHARACTERS = 150


def decode(data: bytes, name: str) -> str:
    """Return the text of a file: by its byte order mark, as UTF-8, else as Windows-1252.

    Args:
        data: The file's bytes.
        name: For messages.

    Raises:
        DocumentUnreadable: The bytes are no text.
    """
    encoding = next((name_ for mark, name_ in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if encoding is None and b"\0" in data:
        raise DocumentUnreadable(
            f"{name} holds binary data, not text", remedy="save it as UTF-8 text"
        )
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DocumentUnreadable(
        f"{name} is neither UTF-8 nor Windows-1252 text", remedy="save it as UTF-8 text"
    )


def check_length(text: str, name: str, settings: IngestSettings) -> None:
    """Check a text before it is parsed.

    Args:
        text: Of the whole file.
        name: For messages.
        settings: ``max_characters`` applies.

    Raises:
        DocumentUnreadable: It is too long.
    """
    if len(text) > settings.max_characters:
        raise DocumentUnreadable(
            f"{name} holds {len(text)} characters, the limit is {settings.max_characters}",
            remedy="split it, or raise max_characters",
        )


def _is_text(text: str) -> bool:
    controls = sum(1 for letter in text if letter < " " and letter not in "\n\r\t\f")
    return controls <= len(text) // 100


def text_blocks(text: str, *, with_title: bool = True) -> tuple[Block, ...]:
    """Cut plain text into blocks: blank lines part paragraphs.

    Args:
        text: Any text.
        with_title: Whether a short first line above a blank line is a heading.

    Returns:
        The heading (level 1), paragraphs and list items, in order.
    """
    blocks: list[Block] = []
    for number, paragraph in enumerate(_PARAGRAPH_BREAK.split(text.strip("\n"))):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        lines = [line for line in lines if not _UNDERLINE.match(line)]
        if not lines:
            continue
        if with_title and number == 0 and len(lines) == 1 and _looks_like_a_title(lines[0]):
            blocks.append(Block("heading", clean(lines[0]), level=1))
            continue
        run: list[str] = []
        for line in lines:
            if _ITEM.match(line):
                _close(run, blocks)
                run = [line]
            else:
                run.append(line)
        _close(run, blocks)
    return tuple(blocks)


def _close(run: list[str], blocks: list[Block]) -> None:
    text = clean(" ".join(run))
    if text:
        blocks.append(Block("item" if _ITEM.match(run[0]) else "paragraph", text))


def _looks_like_a_title(line: str) -> bool:
    is_short = len(line.split()) <= _MAX_TITLE_WORDS and len(line) <= _MAX_TITLE_CHARACTERS
    return is_short and not line.rstrip().endswith((".", ";", ","))
