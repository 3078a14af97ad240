"""Identifiers that are safe as file names and in addresses."""

from __future__ import annotations

import re
import unicodedata


def identifier_from_name(name: str) -> str:
    """Turn a file's name into a conversation's identifier.

    Args:
        name: File name with or without its ending, any script.

    Returns:
        ASCII letters, digits, ``.``, ``_`` and ``-``, at most 100 of them, starting with a letter
        or digit; ``conversation`` where nothing is left.
    """
    stem = name.rsplit(".", 1)[0] if "." in name.strip(".") else name
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-._")
    return cleaned[:100].rstrip("-._") or "conversation"
