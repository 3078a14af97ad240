"""Reading the cells of a table as people and telephone systems write them."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u202f']+")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_UNITS = re.compile(
    r"(?:(\d+)\s*h[a-z]*)?\s*"
    r"(?:(\d+)\s*(?:m|mn|min[a-z]*)|(?<=h)\s*(\d{2}))?\s*"
    r"(?:(\d+(?:[.,]\d+)?)\s*s[a-z]*)?"
)
_TRUE = frozenset("1 true vrai yes y oui o x ok".split())
_FALSE = frozenset("0 false faux no n non - ko".split())
_NOTHING = frozenset({"", "-", "null", "none", "nan", "n/a", "na", "\\n", "#n/a"})

_CHANNELS = {
    word: channel
    for channel, words in {
        "phone": "phone telephone tel telephonie call calls appel appels voice voix voip vocal "
        "inbound_call appel_entrant acd",
        "email": "email e_mail mail mails courriel",
        "chat": "chat tchat livechat live_chat messaging messagerie webchat whatsapp messenger",
        "sms": "sms texto text_message",
        "social": "social reseaux_sociaux reseau_social facebook twitter x instagram linkedin",
        "letter": "letter courrier lettre post",
        "voicebot": "voicebot callbot svi ivr",
    }.items()
    for word in words.split()
}


class CellError(Exception):
    """A cell that does not hold what its column should.

    Args:
        got: What stands there.
        expected: What should.
    """

    def __init__(self, got: str, expected: str) -> None:
        super().__init__(f"{got!r}, expected {expected}")
        self.got = got
        self.expected = expected


def is_empty(text: str) -> bool:
    """Tell whether a cell says nothing (empty, ``-``, ``NULL``, ``n/a``)."""
    return text.strip().casefold() in _NOTHING


def read_number(text: str, *, expected: str = "a number") -> float:
    """Read a number with a decimal point or comma, spaces between thousands, and a currency sign.

    Where both a point and a comma stand, the last of them is the decimal one; a comma alone is a
    decimal comma, as French systems write it.

    Raises:
        CellError: It is no number.
    """
    if _PLAIN_NUMBER.fullmatch(text):
        return float(text)
    plain = _SPACES.sub("", text).strip("€$£").removesuffix("EUR")
    if "," in plain and "." in plain:
        thousands = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(thousands, "")
    if not _NUMBER.fullmatch(plain):
        raise CellError(text, expected)
    return float(plain.replace(",", "."))


def read_seconds(text: str) -> float:
    """Read a duration: seconds, ``mm:ss``, ``hh:mm:ss`` or ``1 h 02 min 30 s``.

    Raises:
        CellError: It is no duration, or a negative one.
    """
    expected = "seconds of at least 0, mm:ss or hh:mm:ss"
    stripped = text.strip()
    if ":" in stripped:
        parts = stripped.split(":")
        if len(parts) > 3 or not all(re.fullmatch(r"\d+", part) for part in parts[:-1]):
            raise CellError(text, expected)
        last = read_number(parts[-1], expected=expected)
        if not 0 <= last < 60 or (len(parts) == 3 and int(parts[1]) >= 60):
            raise CellError(text, expected)
        seconds = last
        for factor, part in zip((60, 3600), reversed(parts[:-1]), strict=False):
            seconds += factor * int(part)
        return seconds
    units = _UNITS.fullmatch(stripped.casefold()) if stripped else None
    if units is not None and any(units.groups()):
        hours, minutes, bare_minutes, rest = units.groups()
        whole = 3600 * int(hours or 0) + 60 * int(minutes or bare_minutes or 0)
        return whole + float((rest or "0").replace(",", "."))
    seconds = read_number(text, expected=expected)
    if seconds < 0:
        raise CellError(text, expected)
    return seconds


def read_yes_no(text: str) -> bool:
    """Read yes or no in French or English.

    Raises:
        CellError: It is neither.
    """
    plain = text.strip().casefold()
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise CellError(text, "yes or no (oui/non, 1/0, true/false)")


def read_scale(text: str, low: int, high: int) -> float:
    """Read an answer on a scale.

    Raises:
        CellError: It is no whole number from ``low`` to ``high``.
    """
    expected = f"a whole number from {low} to {high}"
    plain = text.strip().removesuffix(f"/{high}")
    value = read_number(plain.strip(), expected=expected)
    if value != int(value) or not low <= value <= high:
        raise CellError(text, expected)
    return value


def read_channel(text: str) -> str:
    """Return the channel's name here for that of a source; an unknown one as it is written."""
    return _CHANNELS.get(plain_name(text), text.strip())


def plain_name(text: str) -> str:
    """Write a header or a name in lower case without accents, ``_`` between its words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
