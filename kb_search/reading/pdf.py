"""PDF documents, parsed by pypdf; their layout is read by :mod:`kb_search.reading.pdf_layout`."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from conversation.errors import DocumentUnreadable
from kb_search.reading.blocks import Reading, clean
from kb_search.reading.metadata import property_name
from kb_search.reading.pdf_layout import layout_blocks
from kb_search.reading.pdf_lines import Fragment
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

logging.getLogger("pypdf").addHandler(logging.NullHandler())

_MAX_PIECES = 20_000
_PDF_DAY = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
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
        settings: ``max_pages``, ``max_characters`` and ``max_seconds`` apply.

    Raises:
        DocumentUnreadable: It is damaged, protected by a password, longer than the limits, or
            holds no text (a scan).
    """
    settings = settings or IngestSettings()
    deadline = _Deadline(path.name, settings.max_seconds)
    reader = _open(data, path.name, settings)
    n_pages = len(reader.pages)
    pages: list[list[Fragment]] = []
    characters = 0
    for number, page in enumerate(reader.pages, 1):
        fragments = _fragments(page, number, path.name, deadline)
        characters += sum(len(fragment.text) for fragment in fragments)
        if characters > settings.max_characters:
            raise DocumentUnreadable(
                f"{path.name} holds more than {settings.max_characters} characters up to page "
                f"{number} of {n_pages}",
                remedy="split it, or raise max_characters",
            )
        pages.append(fragments)
    blocks = layout_blocks(pages, deadline.check)
    if not blocks:
        raise DocumentUnreadable(
            f"{path.name} has no text on its {n_pages} pages, only pictures",
            remedy="run it through optical character recognition first",
        )
    info = _info(reader)
    title = info.pop("title", "")
    return Reading(
        blocks=blocks,
        title=title if title and not _NO_TITLE.match(title) else None,
        properties={name: text for name, text in info.items() if property_name(name)},
        hints=_hints(reader, info),
        pages=n_pages,
    )


class _Deadline:
    """Stops the reading of a document that takes too long."""

    def __init__(self, name: str, max_seconds: float) -> None:
        self._name = name
        self._max_seconds = max_seconds
        self._end = monotonic() + max_seconds

    def check(self) -> None:
        """Raise DocumentUnreadable when the time is over."""
        if monotonic() > self._end:
            raise DocumentUnreadable(
                f"{self._name} takes more than {self._max_seconds:g} s to read",
                remedy="split it, export it again, or raise max_seconds",
            )


def _open(data: bytes, name: str, settings: IngestSettings) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    damaged = DocumentUnreadable(f"{name} is damaged: no PDF reader could open it")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentUnreadable(
                f"{name} is protected by a password", remedy="save a copy without the password"
            )
        # To follow the tree of very many pages takes long: what the file states comes first.
        _check_pages(reader.trailer["/Root"]["/Pages"].get("/Count"), name, settings)
        _check_pages(len(reader.pages), name, settings)
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


def _check_pages(n_pages: object, name: str, settings: IngestSettings) -> None:
    if isinstance(n_pages, int) and n_pages > settings.max_pages:
        raise DocumentUnreadable(
            f"{name} has {n_pages} pages, the limit is {settings.max_pages}",
            remedy="split it, or raise max_pages",
        )


def _with_cause(error: DocumentUnreadable, cause: Exception) -> DocumentUnreadable:
    detail = " ".join(str(cause).split())[:120] or type(cause).__name__
    return DocumentUnreadable(f"{error.message} ({detail})", remedy="export it again")


def _fragments(page: PageObject, number: int, name: str, deadline: _Deadline) -> list[Fragment]:
    """Return the pieces of text of a page with their places and sizes, in drawing order."""
    fragments: list[Fragment] = []
    deadline.check()

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
        if len(fragments) > _MAX_PIECES:
            raise DocumentUnreadable(
                f"page {number} of {name} has more than {_MAX_PIECES} pieces of text",
                remedy="export it again, or as text",
            )

    try:
        page.extract_text(visitor_text=visit, visitor_operand_before=lambda *_: deadline.check())
    except DocumentUnreadable:
        raise
    except Exception as problem:
        detail = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DocumentUnreadable(
            f"page {number} of {name} cannot be parsed ({detail})", remedy="export it again"
        ) from problem
    return fragments


def _info(reader: PdfReader) -> dict[str, str]:
    """Return the document's information, names in small letters."""
    from pypdf.errors import PyPdfError

    try:
        found = reader.metadata or {}
        return {
            name.removeprefix("/").lower(): clean(value)
            for name, value in found.items()
            if isinstance(value, str) and clean(value)
        }
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _hints(reader: PdfReader, info: Mapping[str, str]) -> dict[str, str]:
    """Return the language and the day of the last change, where they are stated."""
    from pypdf.errors import PyPdfError

    try:
        language = clean(str(reader.trailer["/Root"].get("/Lang") or ""))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        language = ""
    day = _PDF_DAY.match(info.get("moddate") or info.get("creationdate") or "")
    hints = {"language": language, "updated": "-".join(day.groups()) if day else ""}
    return {field: text for field, text in hints.items() if text}
