"""A folder of documents read into passages; what cannot be read is reported, the rest goes in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conversation.errors import DocumentUnreadable, NotFound
from kb_search.documents import Document, Problem
from kb_search.passages import cut_passages
from kb_search.reading.blocks import Reading
from kb_search.reading.front_matter import read_metadata, split_front_matter
from kb_search.reading.html import read_html
from kb_search.reading.markdown import read_markdown
from kb_search.reading.pdf import read_pdf
from kb_search.reading.text import decode, text_blocks
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
}
_KNOWN = "Markdown (.md), text (.txt), HTML (.html) and PDF (.pdf)"


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds.

    Attributes:
        documents: Those that could be read, by path.
        problems: The other files, by path, each with its reason.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def read_folder(
    folder: Path,
    settings: IngestSettings | None = None,
    *,
    known: Mapping[str, Document] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Folder:
    """Read every document of a folder and of the folders in it.

    Hidden files and folders are passed over; symbolic links are not followed.

    Args:
        folder: A folder, or a single document.
        settings: Limits, and the length of passages.
        known: Documents read before, by path; those whose bytes are the same are not parsed again.
        progress: Called with (files done, files in all) after each file.

    Returns:
        The documents and the problems.

    Raises:
        NotFound: The folder does not exist.
        DocumentUnreadable: No file of it is a document that can be read, or it has too many.
    """
    settings = settings or IngestSettings()
    if not folder.exists():
        raise NotFound(
            f"the knowledge base {folder} does not exist", remedy="give a folder of documents"
        )
    root, files = (folder, sorted(_files(folder))) if folder.is_dir() else (folder.parent, [folder])
    if len(files) > settings.max_documents:
        raise DocumentUnreadable(
            f"{folder} holds {len(files)} files, the limit is {settings.max_documents}",
            remedy="split it, or raise max_documents",
        )
    documents: list[Document] = []
    problems: list[Problem] = []
    for number, file in enumerate(files, 1):
        path = file.relative_to(root).as_posix()
        try:
            if file.suffix.lower() not in EXTENSIONS or file.is_symlink():
                problems.append(Problem(path=path, kind="skipped", reason=_why_skipped(file)))
                continue
            documents.append(_read_known(file, path, settings, known or {}))
        except DocumentUnreadable as problem:
            problems.append(Problem(path=path, kind="unreadable", reason=str(problem)))
        finally:
            if progress is not None:
                progress(number, len(files))
    if not documents:
        raise DocumentUnreadable(_nothing_usable(folder, problems), remedy=f"add {_KNOWN} files")
    return Folder(tuple(documents), tuple(problems))


def read_document(
    file: Path, *, path: str | None = None, settings: IngestSettings | None = None
) -> Document:
    """Read one document and cut it into passages.

    Args:
        file: Markdown, text, HTML or PDF, told by the extension.
        path: Under which it is cited; the file's name when None.
        settings: Limits, and the length of passages.

    Raises:
        NotFound: The file does not exist.
        DocumentUnreadable: It cannot be parsed, is empty, or is over a limit.
    """
    if not file.is_file():
        raise NotFound(f"the document {file} does not exist", remedy="check the path")
    if file.suffix.lower() not in EXTENSIONS:
        raise DocumentUnreadable(_why_skipped(file), remedy=f"convert it to one of {_KNOWN}")
    return _read_known(file, path or file.name, settings or IngestSettings(), {})


def _read_known(
    file: Path, path: str, settings: IngestSettings, known: Mapping[str, Document]
) -> Document:
    try:
        size = file.stat().st_size
        if size > settings.max_file_bytes:
            raise DocumentUnreadable(
                f"{file.name} has {size / 2**20:.1f} MiB, the limit is "
                f"{settings.max_file_bytes / 2**20:.1f} MiB",
                remedy="split it, or raise max_file_bytes",
            )
        data = file.read_bytes()
    except OSError as problem:
        raise DocumentUnreadable(
            f"{file.name} cannot be opened ({problem.strerror})", remedy="check its permissions"
        ) from problem
    sha256 = hashlib.sha256(data).hexdigest()
    before = known.get(path)
    if before is not None and before.sha256 == sha256:
        return before
    return _parse(data, file, path, sha256, settings)


def _parse(data: bytes, file: Path, path: str, sha256: str, settings: IngestSettings) -> Document:
    if not data.strip():
        raise DocumentUnreadable(f"{file.name} is empty", remedy="write it, or take it away")
    reading = _read(data, file, settings)
    metadata = read_metadata(reading.properties, file.name)
    characters = sum(len(block.text) for block in reading.blocks)
    if characters > settings.max_characters:
        raise DocumentUnreadable(
            f"{file.name} holds {characters} characters, the limit is {settings.max_characters}",
            remedy="split it, or raise max_characters",
        )
    title = metadata.title or _first_heading(reading) or reading.title or _title_of(file)
    text, passages = cut_passages(
        reading.blocks, document=path, title=title, language=metadata.language, settings=settings
    )
    if not passages:
        raise DocumentUnreadable(
            f"{file.name} has headings but no text under them", remedy="write its text"
        )
    return Document(
        path=path,
        sha256=sha256,
        title=title,
        text=text,
        pages=reading.pages,
        metadata=metadata,
        passages=passages,
    )


def _read(data: bytes, file: Path, settings: IngestSettings) -> Reading:
    kind = EXTENSIONS[file.suffix.lower()]
    if kind == "markdown":
        return read_markdown(data, file)
    if kind == "html":
        return read_html(data, file)
    if kind == "pdf":
        return read_pdf(data, file, settings)
    properties, text = split_front_matter(decode(data, file.name), file.name)
    return Reading(blocks=text_blocks(text), properties=properties)


def _first_heading(reading: Reading) -> str | None:
    """Return the only heading of the first level; a PDF's headings are guesses, its title wins."""
    if reading.pages is not None and reading.title:
        return None
    top = [block for block in reading.blocks if block.kind == "heading"]
    return top[0].text if top and top[0].level == min(block.level for block in top) else None


def _title_of(file: Path) -> str:
    return file.stem.replace("-", " ").replace("_", " ").strip().capitalize() or file.name


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", "~$")):
                yield Path(parent) / name


def _why_skipped(file: Path) -> str:
    if file.is_symlink():
        return f"{file.name} is a symbolic link; copy the document itself into the folder"
    extension = file.suffix or "no extension"
    return f"{file.name} has {extension}, which is not read; what is read: {_KNOWN}"


def _nothing_usable(folder: Path, problems: list[Problem]) -> str:
    if not problems:
        return f"{folder} holds no document"
    shown = "; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return f"none of the {len(problems)} files of {folder} can be used ({shown}{more})"
