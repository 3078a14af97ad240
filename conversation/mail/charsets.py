"""From bytes to text where the stated character set may be wrong, missing or unknown."""

from __future__ import annotations

import codecs
import re
import unicodedata

# What mail programs state and what they mean: browsers read these so too
# (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {"iso8859-1": "cp1252", "ascii": "utf-8", "latin-1": "cp1252", "iso8859-9": "cp1254"}
_DOUBLY_ENCODED = re.compile(r"[ÃÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ]|â€[™œ“\x9d¦]")


def decode_text(raw: bytes, stated: str | None) -> tuple[str, str | None]:
    """Decode a text part.

    Args:
        raw: Its bytes, transfer encoding removed.
        stated: The character set in its header; None where there is none.

    Returns:
        The text in composed form (NFC), and what had to be guessed, None if nothing.
    """
    text, remark = _decoded(raw, stated)
    if _DOUBLY_ENCODED.search(text):
        mended = _mended(text)
        if mended is not None:
            text, remark = mended, "text encoded twice, mended"
    return unicodedata.normalize("NFC", text.replace("\x00", "")), remark


def _decoded(raw: bytes, stated: str | None) -> tuple[str, str | None]:
    name = _codec_name(stated)
    if name is not None:
        try:
            return raw.decode(name), None
        except (UnicodeDecodeError, LookupError, ValueError):
            pass
    guess = _by_mark(raw)
    for candidate in filter(None, (guess, "utf-8", "cp1252")):
        try:
            text = raw.decode(candidate)
        except UnicodeDecodeError:
            continue
        plain = candidate == "utf-8" and raw.isascii()
        remark = None if plain else f"character set {stated or 'not stated'}, read as {candidate}"
        return text, remark
    return raw.decode("cp1252", "replace"), f"character set {stated or 'not stated'}, not all read"


def _codec_name(stated: str | None) -> str | None:
    if not stated:
        return None
    try:
        name = codecs.lookup(stated.strip("\"' ")[:40]).name
        b"".decode(name)  # rot13, zlib and the like are no text encodings
    except (LookupError, ValueError, TypeError):
        return None
    return _MEANT.get(name, name)


def _by_mark(raw: bytes) -> str | None:
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _mended(text: str) -> str | None:
    """Undo UTF-8 that was read as Windows-1252 and written again; None where it was not that."""
    try:
        raw = b"".join(
            letter.encode("latin-1") if "\x80" <= letter <= "\x9f" else letter.encode("cp1252")
            for letter in text
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return None
