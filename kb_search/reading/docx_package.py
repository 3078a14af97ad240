"""The parts of a Word document, unpacked only when they are within the limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conversation.errors import DocumentUnreadable
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    Element = Any  # lxml has no types

_MAX_PARTS = 5_000
_ALWAYS_UNPACKED_BYTES = 1024 * 1024
_OLE_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARATION = "<!DOCTYPE"
_DECLARATIONS = tuple(_DECLARATION.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


def unpack(data: bytes, name: str, settings: IngestSettings) -> Mapping[str, bytes]:
    """Return the XML parts of a Word document; pictures and other parts stay packed.

    The sizes that the archive states are checked before anything is unpacked, and no part is
    unpacked beyond what it states.

    Args:
        data: The file's bytes.
        name: For messages.
        settings: ``max_unpacked_bytes``, ``max_compression_ratio`` and ``max_elements`` apply.

    Raises:
        DocumentUnreadable: It is no Word document, is protected, is damaged, or is over a limit.
    """
    if data.startswith(_OLE_FILE):
        raise DocumentUnreadable(
            f"{name} is protected by a password, or in Word's format before 2007",
            remedy="save it as .docx without a password",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_sizes(members, name, settings)
            parts = {
                member.filename: archive.read(member)
                for member in members
                if member.filename.endswith((".xml", ".rels"))
            }
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, RuntimeError,
        NotImplementedError, OverflowError,
    ) as problem:  # fmt: skip
        detail = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DocumentUnreadable(
            f"{name} is no Word document, or is damaged ({detail})", remedy="save it again"
        ) from problem
    _check_xml(parts, name, settings)
    return parts


def _check_sizes(members: list[zipfile.ZipInfo], name: str, settings: IngestSettings) -> None:
    if len(members) > _MAX_PARTS:
        raise DocumentUnreadable(
            f"{name} has {len(members)} parts, the limit is {_MAX_PARTS}", remedy="save it again"
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > settings.max_unpacked_bytes:
        raise DocumentUnreadable(
            f"{name} would unpack to {unpacked / 2**20:.1f} MiB, the limit is "
            f"{settings.max_unpacked_bytes / 2**20:.1f} MiB",
            remedy="split it, or raise max_unpacked_bytes",
        )
    for member in members:
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > _ALWAYS_UNPACKED_BYTES and ratio > settings.max_compression_ratio:
            raise DocumentUnreadable(
                f"{name} has a part that unpacks to {ratio:.0f} times its size, the limit is "
                f"{settings.max_compression_ratio}",
                remedy="save it again, or raise max_compression_ratio if you trust it",
            )


def _check_xml(parts: Mapping[str, bytes], name: str, settings: IngestSettings) -> None:
    for part in parts.values():
        if any(declaration in part for declaration in _DECLARATIONS):
            raise DocumentUnreadable(
                f"{name} declares a document type, which may hold entities without end",
                remedy="save it again with Word or LibreOffice",
            )
    elements = sum(part.count(b"<") for part in parts.values()) // 2
    if elements > settings.max_elements:
        raise DocumentUnreadable(
            f"{name} has {elements} XML elements, the limit is {settings.max_elements}",
            remedy="split it, or raise max_elements",
        )


def parse_part(part: bytes) -> Element | None:
    """Return the root element of an XML part; None when it is no XML.

    Entities are not resolved, nothing is fetched, and 256 levels are the most.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(part, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
