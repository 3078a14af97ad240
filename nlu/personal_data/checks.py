"""What makes a number the one it looks like: ranges, lengths and check digits."""

from __future__ import annotations

import re

from stdnum import bic, iban, luhn
from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import nir, siren, siret, tva

_NETWORKS: tuple[tuple[re.Pattern[str], frozenset[int]], ...] = (
    (re.compile(r"4"), frozenset({13, 16, 19})),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), frozenset({16})),  # Mastercard
    (re.compile(r"3[47]"), frozenset({15})),  # American Express
    (re.compile(r"30[0-5]|309|3[689]"), frozenset({14, 16, 19})),  # Diners Club
    (re.compile(r"6011|64[4-9]|65|622"), frozenset({16, 19})),  # Discover, UnionPay
    (re.compile(r"62|81"), frozenset({16, 17, 18, 19})),  # UnionPay
    (re.compile(r"35(?:2[89]|[3-8])"), frozenset({16, 17, 18, 19})),  # JCB
    (re.compile(r"2131|1800"), frozenset({15})),  # JCB, old
    (re.compile(r"50|5[6-9]|6[0137]"), frozenset(range(12, 20))),  # Maestro
)
_COMMON = re.compile(r"4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|50\d{14}")
_NIR = re.compile(
    r"[123478]"
    r"\d{2}"
    r"(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)"
    r"(?:\d{2}|2[AB])"
    r"\d{6}(?:\d{2})?"
)
_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
LA_POSTE = "356000000"
IBAN_LENGTHS: dict[str, int] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
"""Characters of an IBAN by country, as the SWIFT IBAN registry has them (release 99)."""


def is_card_number(digits: str) -> bool:
    """Say whether digits have a network's range and length and pass Luhn (ISO/IEC 7812-1)."""
    return (
        any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _NETWORKS)
        and len(set(digits)) > 1
        and luhn.is_valid(digits)
    )


def is_common_card_number(digits: str) -> bool:
    """Say whether it is of a network and length that customers pay with in Europe."""
    return _COMMON.fullmatch(digits) is not None and is_card_number(digits)


def has_card_form(digits: str) -> bool:
    """Say whether digits could be a card number with one of them heard wrong."""
    return 14 <= len(digits) <= 16 and digits[0] in "23456"


def may_begin_card(digits: str) -> bool:
    """Say whether digits could be the first groups of a card number."""
    return 8 <= len(digits) <= 13 and digits[0] in "23456"


def is_iban(text: str) -> bool:
    """Say whether it has its country's length and 97 as modulus (ISO 13616, ISO 7064).

    The check digits of the national account in it are not looked at: many systems that print
    IBANs for examples leave them wrong, and the account is personal all the same.
    """
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    try:
        iban.validate(text, check_country=False)
    except ValidationError:
        return False
    return True


def is_french_account(text: str) -> bool:
    """Say whether 23 characters are a RIB: bank, branch, account and the key that fits them.

    The key is 97 − (89 × bank + 15 × branch + 3 × account) mod 97, letters of the account
    standing for digits.
    """
    if not re.fullmatch(r"\d{10}[\dA-Z]{11}\d{2}", text) or len(set(text)) < 4:
        return False
    digits = text.translate(_RIB_LETTERS)
    bank, branch, account, key = int(digits[:5]), int(digits[5:10]), digits[10:21], int(digits[21:])
    return key == 97 - (89 * bank + 15 * branch + 3 * int(account)) % 97


def has_nir_form(text: str) -> bool:
    """Say whether 13 or 15 characters have the sex, month and department of a NIR."""
    return _NIR.fullmatch(text) is not None


def is_nir(text: str) -> bool:
    """Say whether 15 characters are a NIR with its key; 2A and 2B are of Corsica."""
    return len(text) == 15 and has_nir_form(text) and bool(nir.is_valid(text))


def is_siren(digits: str) -> bool:
    """Say whether nine digits are a SIREN."""
    return len(digits) == 9 and digits != "0" * 9 and bool(siren.is_valid(digits))


def is_siret(digits: str) -> bool:
    """Say whether fourteen digits are a SIRET.

    The establishments of La Poste have 5 as divisor of the sum of their digits instead of Luhn.
    """
    if len(digits) != 14 or not is_siren(digits[:9]):
        return False
    if digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    return bool(siret.is_valid(digits))


def is_french_vat(text: str) -> bool:
    """Say whether it is FR, a key of two characters and the SIREN that the key fits."""
    return len(text) == 13 and text.startswith("FR") and bool(tva.is_valid(text))


def is_european_vat(text: str) -> bool:
    """Say whether it is the VAT number of a member state, with its country's letters."""
    return text[:2].isalpha() and bool(vat.is_valid(text))


def is_bic(text: str) -> bool:
    """Say whether eight or eleven characters have the form of a BIC (ISO 9362)."""
    return bool(bic.is_valid(text)) and text[4:6] in IBAN_LENGTHS.keys() | {"US", "CA", "JP"}
