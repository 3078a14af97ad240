"""Lists of pages: the address and the date of HTML files that were saved from a site."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conversation.errors import DocumentUnreadable
from kb_search.documents import Problem
from kb_search.reading.blocks import clean
from kb_search.reading.metadata import is_web_address, plain_name, read_day
from kb_search.reading.text import decode

if TYPE_CHECKING:
    from datetime import date

_EXTENSIONS = {".xml", ".txt", ".json"}
_PAGE_EXTENSIONS = (".html", ".htm", ".xhtml")
_ADDRESS_NAMES = ("url", "loc", "link", "lien", "adresse")
_PATH_NAMES = ("path", "file", "fichier", "chemin")
_DATE_NAMES = ("lastmod", "updated", "date", "mis_a_jour")
_MAX_ENTRIES = 50_000
"""As in the protocol of sitemaps.org."""

_MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Page:
    """What a list says of a page.

    Attributes:
        url: Its address on the site; None when the list gives a path alone.
        updated: Day on which it was last changed; None when the list does not say.
    """

    url: str | None
    updated: date | None


@dataclass(frozen=True, slots=True)
class SiteList:
    """A list of pages, matched with the files beside it.

    Attributes:
        pages: By their file.
        problems: Entries that stand for no file beside the list, put together.
    """

    pages: Mapping[Path, Page]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    target: str
    url: str | None
    updated: str


def is_site_list(file: Path) -> bool:
    """Tell by its name whether a file lists pages: ``sitemap…`` with .xml, .txt or .json."""
    return file.suffix.lower() in _EXTENSIONS and file.name.lower().startswith("sitemap")


def read_site_list(data: bytes, file: Path, path: str, files: Iterable[Path]) -> SiteList:
    """Read a list of pages and find the file of each, beside the list or in a folder below.

    Three forms are read: an XML sitemap (sitemaps.org), a text with an address or path on each
    line (and after a blank its date), a JSON list of addresses or of objects with ``url``,
    ``path`` and ``lastmod``. The page ``https://site.fr/aide/box`` is looked for as
    ``aide/box``, ``aide/box.html``, ``aide/box/index.html`` and the same below ``site.fr/``.

    Args:
        data: The list's bytes.
        file: Where it is.
        path: Under which its problems are reported.
        files: Files that may be its pages; those outside the list's folder are none.

    Raises:
        DocumentUnreadable: It is in none of these forms, or has too many entries.
    """
    readers = {".xml": _xml_entries, ".json": _json_entries, ".txt": _text_entries}
    local = {
        page.relative_to(file.parent).as_posix(): page
        for page in files
        if page.suffix.lower() in _PAGE_EXTENSIONS and page.is_relative_to(file.parent)
    }
    pages: dict[Path, Page] = {}
    missing: list[str] = []
    outside: list[str] = []
    for number, entry in enumerate(readers[file.suffix.lower()](data, file.name), 1):
        if number > _MAX_ENTRIES:
            raise DocumentUnreadable(
                f"{file.name} lists more than {_MAX_ENTRIES} pages", remedy="split it"
            )
        if not entry.target:
            missing.append("an entry without address or path")
            continue
        places = _places(entry.target)
        if places is None:
            outside.append(entry.target)
            continue
        found = next((local[place] for place in places if place in local), None)
        if found is None:
            missing.append(entry.target)
        else:
            pages.setdefault(found, Page(entry.url, read_day(entry.updated)))
    problems = [
        Problem(path=path, kind="unreadable", reason=reason)
        for reason in (
            _summary(outside, "lie outside the folder of the list and are refused"),
            _summary(missing, "have no HTML file beside the list; save them there"),
        )
        if reason
    ]
    return SiteList(pages, tuple(problems))


def _summary(targets: list[str], what: str) -> str:
    if not targets:
        return ""
    shown = ", ".join(target[:120] for target in targets[:_MAX_SHOWN])
    more = f" and {len(targets) - _MAX_SHOWN} more" if len(targets) > _MAX_SHOWN else ""
    return f"{len(targets)} of its entries {what}: {shown}{more}"


def _places(target: str) -> list[str] | None:
    """Return where the file of an entry may lie below the list; None when only outside."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme not in {"", "http", "https"} or (not parts.scheme and parts.netloc):
        return None
    local = unquote(parts.path).replace("\\", "/")
    if "\0" in local or (local.startswith("/") and not parts.scheme):
        return None
    steps = [step for step in local.split("/") if step not in {"", "."}]
    if ".." in steps or (steps and ":" in steps[0]):
        return None
    bases = ["/".join(steps)]
    query = unquote(parts.query)
    if query and "/" not in query:  # as it is saved by tools that mirror sites
        bases.insert(0, f"{bases[0]}?{query}")
    places: list[str] = []
    for base in bases:
        if base:
            places += [base, *(f"{base}{extension}" for extension in _PAGE_EXTENSIONS)]
        folder = f"{base}/" if base else ""
        places += [f"{folder}index{extension}" for extension in _PAGE_EXTENSIONS]
    if parts.scheme and parts.hostname:
        places += [f"{parts.hostname}/{place}" for place in places]
    return places


def _xml_entries(data: bytes, name: str) -> Iterator[_Entry]:
    from lxml import etree

    if any("<!DOCTYPE".encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be")):
        raise DocumentUnreadable(
            f"{name} declares a document type, which may hold entities without end",
            remedy="take the <!DOCTYPE …> away",
        )
    try:
        events = etree.iterparse(
            io.BytesIO(data), events=("end",), resolve_entities=False, no_network=True,
            remove_comments=True,
        )  # fmt: skip
        for _, element in events:
            tag = etree.QName(element).localname
            if tag == "url":
                address = clean(element.findtext("{*}loc") or "")
                yield _entry(address, clean(element.findtext("{*}lastmod") or ""))
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            elif tag == "sitemap":
                element.clear()
        if etree.QName(events.root).localname not in {"urlset", "sitemapindex"}:
            raise DocumentUnreadable(
                f"{name} has the root <{etree.QName(events.root).localname}>, expected <urlset>",
                remedy="give it the form of sitemaps.org",
            )
    except (etree.XMLSyntaxError, ValueError) as problem:
        detail = " ".join(str(problem).split())[:120]
        raise DocumentUnreadable(
            f"{name} is no XML ({detail})", remedy="give it the form of sitemaps.org"
        ) from problem


def _text_entries(data: bytes, name: str) -> Iterator[_Entry]:
    for line in decode(data, name).split("\n"):
        target, _, rest = line.strip().partition("\t")
        if not rest and read_day(target.rpartition(" ")[2]):
            target, _, rest = target.rpartition(" ")
        if target.strip() and not target.startswith("#"):
            yield _entry(target.strip(), rest.strip())


def _json_entries(data: bytes, name: str) -> Iterator[_Entry]:
    try:
        entries = json.loads(decode(data, name))
    except (ValueError, RecursionError) as problem:
        detail = " ".join(str(problem).split())[:120]
        raise DocumentUnreadable(
            f"{name} is no JSON ({detail})", remedy="write a list of addresses"
        ) from problem
    if not isinstance(entries, list):
        raise DocumentUnreadable(
            f"{name} is a JSON {type(entries).__name__}, expected a list of addresses or objects",
            remedy='write [{"url": "https://…", "path": "page.html", "lastmod": "2026-11-22"}]',
        )
    for entry in entries:
        if isinstance(entry, str):
            yield _entry(entry.strip(), "")
            continue
        values = (
            {plain_name(str(key)): str(value).strip() for key, value in entry.items() if value}
            if isinstance(entry, dict)
            else {}
        )
        address = _first(values, _ADDRESS_NAMES)
        local = _first(values, _PATH_NAMES)
        yield _entry(local or address, _first(values, _DATE_NAMES), address)


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if name in values), "")


def _entry(target: str, updated: str, url: str | None = None) -> _Entry:
    address = url or target
    return _Entry(target, address if is_web_address(address) else None, updated)
