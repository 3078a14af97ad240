"""PDF documents, parsed by pypdf; their layout is read by :mod:`kb_search.reading.pdf_layout`."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Reading, clean
from kb_search.reading.pdf_layout import layout_blocks
from kb_search.reading.pdf_lines import Fragment
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

logging.getLogger("pypdf").addHandler(logging.NullHandler())

_NO_TITLE = re.compile(
    r"^(?:untitled|sans titre|document\d*|microsoft (?:word|powerpoint).*"
    r"|.*\.(?:docx?|indd|pdf|tex))$",
    re.IGNORECASE,
)


def read_pdf(data: bytes, path: Path, settings: IngestSettings | None = None) -> Reading:
    """Read a PDF: paragraphs, guessed headings, lists and tables, with their pages.

    Args:
        data: The file's bytes.
        path: For messages.
        settings: ``max_pages`` and ``max_characters`` apply.

    Raises:
        DocumentUnreadable: It is damaged, protected by a password, longer than the limits, or
            holds no text (a scan).
    """
    settings = settings or IngestSettings()
    reader = _open(data, path.name)
    n_pages = len(reader.pages)
    if n_pages > settings.max_pages:
        raise DocumentUnreadable(
            f"{path.name} has {n_pages} pages, the limit is {settings.max_pages}",
            remedy="split it, or raise max_pages",
        )
    pages: list[list[Fragment]] = []
    characters = 0
    for number, page in enumerate(reader.pages, 1):
        fragments = _fragments(page, number, path.name)
        characters += sum(len(fragment.text) for fragment in fragments)
        if characters > settings.max_characters:
            raise DocumentUnreadable(
                f"{path.name} holds more than {settings.max_characters} characters up to page "
                f"{number} of {n_pages}",
                remedy="split it, or raise max_characters",
            )
        pages.append(fragments)
    blocks = layout_blocks(pages)
    if not blocks:
        raise DocumentUnreadable(
            f"{path.name} has no text on its {n_pages} pages, only pictures",
            remedy="run it through optical character recognition first",
        )
    return Reading(blocks=blocks, title=_title(reader), pages=n_pages)


def _open(data: bytes, name: str) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    damaged = DocumentUnreadable(f"{name} is damaged: no PDF reader could open it")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentUnreadable(
                f"{name} is protected by a password", remedy="save a copy without the password"
            )
        if len(reader.pages) == 0:
            raise DocumentUnreadable(f"{name} has no pages", remedy="export it again")
    except DependencyError as problem:
        raise DocumentUnreadable(
            f"{name} is protected by AES encryption", remedy="save a copy without protection"
        ) from problem
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        raise _with_cause(damaged, problem) from problem
    except (RecursionError, OverflowError, ArithmeticError, NotImplementedError) as problem:
        raise _with_cause(damaged, problem) from problem
    return reader


def _with_cause(error: DocumentUnreadable, cause: Exception) -> DocumentUnreadable:
    detail = " ".join(str(cause).split())[:120] or type(cause).__name__
    return DocumentUnreadable(f"{error.message} ({detail})", remedy="export it again")


def _fragments(page: PageObject, number: int, name: str) -> list[Fragment]:
    """Return the pieces of text of a page with their places and sizes, in drawing order."""
    fragments: list[Fragment] = []

    def visit(
        text: str, cm: list[float], tm: list[float], font: dict[str, object] | None, size: float
    ) -> None:
        if not text.strip():
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = (tm[2] ** 2 + tm[3] ** 2) ** 0.5 * (cm[2] ** 2 + cm[3] ** 2) ** 0.5
        points = abs(size * scale) or 1.0
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        for line_number, line in enumerate(text.split("\n")):
            if clean(line):
                top = y - line_number * 1.2 * points
                fragments.append(Fragment(clean(line), x, top, points, bold, number))

    try:
        page.extract_text(visitor_text=visit)
    except Exception as problem:
        detail = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DocumentUnreadable(
            f"page {number} of {name} cannot be parsed ({detail})", remedy="export it again"
        ) from problem
    return fragments


def _title(reader: PdfReader) -> str | None:
    from pypdf.errors import PyPdfError

    try:
        title = clean(str((reader.metadata and reader.metadata.title) or ""))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return title if title and not _NO_TITLE.match(title) else None
