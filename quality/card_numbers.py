"""Payment card numbers in text, so that they are found and never repeated."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d(?:[\s.,\-]{0,3}\d)*")
_GROUP = re.compile(r"\d+")
_OTHER_NUMBER_BEFORE = re.compile(r"(?:\b[A-Z]{2}|(?i:\b(?:iban|siret|siren)\b\D{0,25}))$")
_ISSUERS = re.compile(
    r"(?:4\d{12}(?:\d{3,6})?|(?:2[2-7]|5\d|6\d|35)\d{14}|3[47]\d{13}|3[068]\d{12})"
)
_SHOWN_DIGITS = 4
_MOST_GROUPS = 19


def find_card_numbers(text: str) -> list[int]:
    """Find card numbers written in digits, in one piece or in groups.

    Args:
        text: Any text.

    Returns:
        Character offsets of their first digits.
    """
    found = []
    for run in _DIGITS.finditer(text):
        if _OTHER_NUMBER_BEFORE.search(text[: run.start()].rstrip()):
            continue
        groups = [(run.start() + g.start(), g.group()) for g in _GROUP.finditer(run.group())]
        for i, (start, _) in enumerate(groups):
            pieces = [
                "".join(digits for _, digits in groups[i:end]) for end in range(i + 1, i + 20)
            ]
            if any(map(is_card_number, pieces)):
                found.append(start)
                break
    return found


def is_card_number(digits: str) -> bool:
    """Check length, issuer's first digits and Luhn sum of a card number.

    Args:
        digits: Nothing but digits.
    """
    if not _ISSUERS.fullmatch(digits):
        return False
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def hide_card_number(text: str, start: int, end: int) -> int:
    """Shorten a span so that it shows no more than the first digits of a card number.

    Args:
        text: Any text.
        start: Character offset where the span starts.
        end: Character offset where it ends.

    Returns:
        The end, or the place after the first four digits of the number that begins in the span.
    """
    for number in find_card_numbers(text):
        if start <= number < end:
            cut, seen = number, 0
            while seen < _SHOWN_DIGITS:
                seen += text[cut].isdigit()
                cut += 1
            return min(end, cut)
    return end
