"""French punctuation that no line break parts from what it belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CODE = re.compile(r"(`[^`]*`)")
_WIDE = re.compile(r" (?=[:»])|(?<=«) ")
_NARROW = re.compile(r" (?=[;?!%€])")


def typeset(text: str) -> str:
    """Return a French text with no-break spaces before its high punctuation and inside guillemets.

    Nothing else changes: what has no space there has none afterwards (addresses, ``12:30``), and
    what stands between backquotes stays as it is.

    Args:
        text: In French; typeset already or not.

    Source: Imprimerie nationale, "Lexique des règles typographiques": the colon and guillemets
    take a whole space, ``; ? !`` and units a narrow one.
    """
    return "".join(
        part if part.startswith("`") else _NARROW.sub("\u202f", _WIDE.sub("\u00a0", part))
        for part in _CODE.split(text)
    )


def one_language(words: Mapping[str, tuple[str, str]], language: str) -> dict[str, str]:
    """Return the words of a page in one language; French ones are typeset.

    Args:
        words: Each as (French, English).
        language: ``fr``, else English.
    """
    if language == "fr":
        return {name: typeset(french) for name, (french, _) in words.items()}
    return {name: english for name, (_, english) in words.items()}
