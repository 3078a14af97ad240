"""Telephone numbers of people, told apart from service and emergency numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from conversation import Turn
from nlu.personal_data.cues import Cues
from nlu.personal_data.found import Found, Span

_REGIONS = {"fr": ("FR",), "en": ("GB", "US")}
_OF_SERVICES = frozenset({
    PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN, PhoneNumberType.VOICEMAIL,
})  # fmt: skip
_FRENCH = re.compile(r"0[1-79]\d{8}")
_NORTH_AMERICAN_GROUPS = frozenset({(3, 3, 4), (1, 3, 3, 4)})
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)[ .]?[1-9](?:[ .\-/]?(?:\(0\))?[ .\-/]?\(?\d\)?){7,13}\b")
_PARENTHESISED = re.compile(r"(?<![\w+])\(\d{3}\) ?\d{3}[ .\-]\d{4}\b")


def national_regions(language: str) -> tuple[str, ...]:
    """Return the countries whose way to write numbers is tried, by language of the talk."""
    return _REGIONS[language]


def is_personal_phone(
    text: str,
    region: str,
    *,
    grouped: Sequence[int] = (),
    announced: bool = False,
    spoken: bool = False,
) -> str | None:
    """Return the number in E.164 form if it may reach a person, else None.

    Args:
        text: Digits, with a plus sign before a country code.
        region: Country for numbers without one.
        grouped: Digits in each group that was written or said together.
        announced: Whether the talk says that it is a telephone number.
        spoken: Whether it was said in words.

    Returns:
        The number; None for service numbers and for what the numbering plan does not have. What
        nothing announces has to be grouped or begin as its country's numbers do.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    is_valid = phonenumbers.is_valid_number(number)
    if not is_valid and not (announced and phonenumbers.is_possible_number(number)):
        return None
    if phonenumbers.number_type(number) in _OF_SERVICES:
        return None
    if not text.startswith("+") and not text.startswith("00"):
        if region == "FR" and not _FRENCH.fullmatch(text):
            return None
        if region == "GB" and not text.startswith("0"):
            return None
        if region == "US":
            plausible = tuple(grouped) in _NORTH_AMERICAN_GROUPS
            if len(text) not in (10, 11) or not (announced or (plausible and is_valid)):
                return None
            if text[0] == "0" or (spoken and not announced):
                return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def find_written_phones(turns: Sequence[Turn], cues: Cues, language: str) -> Iterator[Found]:
    """Yield the numbers written with a country code or an area code in parentheses.

    Args:
        turns: Of the conversation.
        cues: Of the same.
        language: ``fr`` or ``en``.
    """
    for turn in turns:
        for pattern, region in ((_ABROAD, _REGIONS[language][0]), (_PARENTHESISED, "US")):
            for match in pattern.finditer(turn.text):
                place = (turn.index, match.start(), match.end())
                announced = cues.announces(("phone",), *place)
                is_marked = match[0].startswith("+")  # and nothing but a telephone number is
                is_other = (
                    cues.is_introduced_as_something_else(turn.index, match.start())
                    if is_marked
                    else cues.is_something_else(*place)
                )
                if is_other and not announced:
                    continue
                text = re.sub(r"\(0\)|[^\d+]", "", match[0])
                if text.startswith("00"):
                    text = f"+{text[2:]}"
                value = is_personal_phone(text, region, grouped=(3, 3, 4), announced=announced)
                if value is not None:
                    yield Found("phone", (Span(*place),), value, 0.95)
