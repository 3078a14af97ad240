"""Payment card numbers, which no note may hold."""

from __future__ import annotations

import re

_RUN = re.compile(r"\d(?:[ .\-\u00a0\u202f]?\d){12,18}")
_KEPT_OUT = "[carte]"


def holds_card_number(text: str) -> bool:
    """Say whether 13 to 19 digits with a valid Luhn check digit (ISO/IEC 7812-1) are in a text."""
    return any(_is_luhn(match[0]) for match in _RUN.finditer(text))


def without_card_numbers(text: str) -> str:
    """Replace card numbers by ``[carte]``."""
    return _RUN.sub(lambda match: _KEPT_OUT if _is_luhn(match[0]) else match[0], text)


def _is_luhn(run: str) -> bool:
    digits = [int(character) for character in reversed(run) if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
