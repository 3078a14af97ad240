"""A folder of documents read into passages; what cannot be read is reported, the rest goes in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conversation.errors import DocumentUnreadable, EntenduError, NotFound
from kb_search.documents import Document, Problem
from kb_search.passages import cut_passages
from kb_search.reading.blocks import Reading
from kb_search.reading.files import (
    check_name,
    find_files,
    read_bytes,
    shown_path,
    why_skipped,
)
from kb_search.reading.formats import EXTENSIONS, KNOWN, is_markdown, read_file
from kb_search.reading.metadata import property_name, read_metadata
from kb_search.reading.site_list import Page, is_site_list, read_site_list
from kb_search.reading.text import decode
from kb_search.settings import IngestSettings


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds.

    Attributes:
        documents: Those that could be read, by path.
        problems: The other files, and rows that could not be read, each with its reason.
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

    Hidden files and folders are passed over; symbolic links are not followed. A list of pages
    (``sitemap….xml``, ``.txt`` or ``.json``) gives the HTML files that it names their address
    and date.

    Args:
        folder: A folder, a single document, or a list of pages.
        settings: Limits, and the length of passages.
        known: Documents read before, by path; those whose bytes are the same are not parsed again.
        progress: Called with (files done, files in all) after each file.

    Returns:
        The documents and the problems.

    Raises:
        NotFound: The folder does not exist.
        DocumentUnreadable: No file of it is a document that can be read, or it has too many.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    for found in iter_folder(folder, settings, known=known, progress=progress):
        if isinstance(found, Document):
            documents.append(found)
            problems.extend(found.problems)
        else:
            problems.append(found)
    if not documents:
        raise DocumentUnreadable(_nothing_usable(folder, problems), remedy=f"add {KNOWN} files")
    return Folder(tuple(documents), tuple(problems))


def iter_folder(
    folder: Path,
    settings: IngestSettings | None = None,
    *,
    known: Mapping[str, Document] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Document | Problem]:
    """Yield the documents of a folder one after the other, as :func:`read_folder` reads them.

    Only one file is in memory at a time. The problems of a document's own rows are not yielded
    apart, they are in the document.

    Args:
        folder: A folder, a single document, or a list of pages.
        settings: Limits, and the length of passages.
        known: Documents read before, by path; those whose bytes are the same are not parsed again.
        progress: Called with (files done, files in all) after each file.

    Yields:
        Documents by path, and a problem for each file that is none.

    Raises:
        NotFound: The folder does not exist.
        DocumentUnreadable: It has too many files.
    """
    settings = settings or IngestSettings()
    root, files, problems = _files(folder, settings)
    yield from problems
    lists = {folder} if folder.is_file() else set(files)
    lists = {file for file in lists if is_site_list(file)}
    pages: dict[Path, Page] = {}
    for file in sorted(lists):
        listed, found_problems = _listed(file, shown_path(file, root), files, settings)
        yield from found_problems
        pages = {**listed, **pages}
    files = sorted(pages) if folder in lists else [file for file in files if file not in lists]
    for number, file in enumerate(files, 1):
        path = shown_path(file, root)
        try:
            check_name(file.relative_to(root).as_posix())
            yield _read_known(file, path, settings, known or {}, pages.get(file))
        except (DocumentUnreadable, NotFound) as problem:
            yield Problem(path=path, kind="unreadable", reason=str(problem))
        if progress is not None:
            progress(number, len(files))


def read_document(
    file: Path, *, path: str | None = None, settings: IngestSettings | None = None
) -> Document:
    """Read one document and cut it into passages.

    Args:
        file: In a format of :data:`kb_search.reading.formats.EXTENSIONS`, told by the extension.
        path: Under which it is cited; the file's name when None.
        settings: Limits, and the length of passages.

    Raises:
        NotFound: The file does not exist.
        DocumentUnreadable: It cannot be parsed, is empty, or is over a limit.
    """
    if not file.exists():
        raise NotFound(f"the document {file} does not exist", remedy="check the path")
    check_name(path or file.name)
    if file.suffix.lower() not in EXTENSIONS:
        raise DocumentUnreadable(why_skipped(file), remedy=f"convert it to one of {KNOWN}")
    return _read_known(file, path or file.name, settings or IngestSettings(), {}, None)


def _files(folder: Path, settings: IngestSettings) -> tuple[Path, list[Path], Sequence[Problem]]:
    """Return the folder that paths are relative to, its files, and what is none."""
    if not folder.exists():
        raise NotFound(
            f"the knowledge base {folder} does not exist", remedy="give a folder of documents"
        )
    if folder.is_dir():
        return folder, *find_files(folder, limit=settings.max_documents)
    if is_site_list(folder):
        beside, _ = find_files(folder.parent, limit=settings.max_documents)
        return folder.parent, beside, ()
    if folder.suffix.lower() in EXTENSIONS:
        return folder.parent, [folder], ()
    problem = Problem(path=folder.name, kind="skipped", reason=why_skipped(folder))
    return folder.parent, [], (problem,)


def _listed(
    file: Path, path: str, files: Sequence[Path], settings: IngestSettings
) -> tuple[Mapping[Path, Page], Sequence[Problem]]:
    try:
        data = read_bytes(file, limit=settings.max_file_bytes)
        found = read_site_list(data, file, path, files)
    except (DocumentUnreadable, NotFound) as problem:
        return {}, (Problem(path=path, kind="unreadable", reason=str(problem)),)
    return found.pages, found.problems


def _read_known(
    file: Path,
    path: str,
    settings: IngestSettings,
    known: Mapping[str, Document],
    page: Page | None,
) -> Document:
    data = read_bytes(file, limit=settings.max_file_bytes)
    digest = hashlib.sha256(data)
    if page is not None:
        digest.update(f"\0{page.url}\0{page.updated}".encode())
    sha256 = digest.hexdigest()
    before = known.get(path)
    if before is not None and before.sha256 == sha256:
        return before
    try:
        return _parse(data, file, path, sha256, settings, page)
    except EntenduError:
        raise
    except Exception as problem:
        # A parser may raise anything on bytes that were made to break it; the rest goes in.
        detail = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DocumentUnreadable(
            f"{file.name} cannot be parsed ({detail})", remedy="save it again, or as text"
        ) from problem


def _parse(
    data: bytes,
    file: Path,
    path: str,
    sha256: str,
    settings: IngestSettings,
    page: Page | None,
) -> Document:
    if not data.strip():
        raise DocumentUnreadable(f"{file.name} is empty", remedy="write it, or take it away")
    reading = read_file(data, file, settings)
    characters = sum(len(block.text) for block in reading.blocks)
    if characters > settings.max_characters:
        raise DocumentUnreadable(
            f"{file.name} holds {characters} characters, the limit is {settings.max_characters}",
            remedy="split it, or raise max_characters",
        )
    hints = {**reading.hints, **_page_hints(page)}
    metadata = reading.metadata or read_metadata(reading.properties, file.name, hints=hints)
    title = metadata.title or _first_heading(reading) or reading.title or _title_of(file)
    text, passages = cut_passages(
        reading.blocks,
        document=path,
        title=title,
        language=metadata.language if _states_language(reading) else None,
        likely=metadata.language,
        settings=settings,
    )
    if not passages:
        found = "headings but no text under them" if text else "no text"
        raise DocumentUnreadable(f"{file.name} has {found}", remedy="write its text")
    return Document(
        path=path,
        sha256=sha256,
        title=title,
        text=text,
        pages=reading.pages,
        metadata=metadata,
        passages=passages,
        problems=tuple(problem.model_copy(update={"path": path}) for problem in reading.problems),
        source=decode(data, file.name) if is_markdown(file.name) else None,
    )


def _states_language(reading: Reading) -> bool:
    """Tell whether an author stated the language; a format's own mark is often a left-over."""
    return reading.metadata is not None or any(
        property_name(name) == "language" for name in reading.properties
    )


def _page_hints(page: Page | None) -> dict[str, str]:
    if page is None:
        return {}
    hints = {"url": page.url, "updated": page.updated.isoformat() if page.updated else None}
    return {field: value for field, value in hints.items() if value}


def _first_heading(reading: Reading) -> str | None:
    """Return the first heading where it is of the highest level; None where it is no title.

    A PDF's headings are guesses, its own title wins; a table's are its questions.
    """
    if reading.metadata is not None or (reading.pages is not None and reading.title):
        return None
    top = [block for block in reading.blocks if block.kind == "heading"]
    return top[0].text if top and top[0].level == min(block.level for block in top) else None


def _title_of(file: Path) -> str:
    return file.stem.replace("-", " ").replace("_", " ").strip().capitalize() or file.name


def _nothing_usable(folder: Path, problems: list[Problem]) -> str:
    if not problems:
        return f"{folder} holds no document"
    shown = "; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return f"none of the {len(problems)} files of {folder} can be used ({shown}{more})"
