"""Which reader reads which file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb_search.reading.blocks import Reading
from kb_search.reading.docx import read_docx
from kb_search.reading.front_matter import split_front_matter
from kb_search.reading.html import read_html
from kb_search.reading.markdown import read_markdown
from kb_search.reading.pdf import read_pdf
from kb_search.reading.qa_table import read_csv, read_jsonl
from kb_search.reading.text import check_length, decode, text_blocks
from kb_search.settings import IngestSettings

EXTENSIONS: Mapping[str, str] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
KNOWN = (
    "Markdown (.md), text (.txt), HTML (.html), PDF (.pdf), Word (.docx) and tables of questions "
    "and answers (.csv, .jsonl)"
)


def is_markdown(name: str) -> bool:
    """Tell whether a file of this name is read as Markdown."""
    return EXTENSIONS.get(Path(name).suffix.lower()) == "markdown"


def read_file(data: bytes, file: Path, settings: IngestSettings) -> Reading:
    """Read a file by its extension.

    Args:
        data: The file's bytes.
        file: Its name tells the format.
        settings: Limits.

    Raises:
        DocumentUnreadable: It cannot be parsed, or is over a limit.
    """
    kind = EXTENSIONS[file.suffix.lower()]
    if kind == "markdown":
        return read_markdown(data, file, settings)
    if kind == "html":
        return read_html(data, file, settings)
    if kind == "pdf":
        return read_pdf(data, file, settings)
    if kind == "docx":
        return read_docx(data, file, settings)
    if kind == "csv":
        return read_csv(data, file, settings)
    if kind == "jsonl":
        return read_jsonl(data, file, settings)
    properties, text = split_front_matter(decode(data, file.name), file.name)
    check_length(text, file.name, settings)
    return Reading(blocks=text_blocks(text), properties=properties)
