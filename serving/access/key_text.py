"""What a key looks like: a prefix, chance, and a checksum."""

from __future__ import annotations

import hashlib
import secrets
import zlib

from conversation.errors import DefinitionInvalid, Unauthenticated

PREFIX = "ent_"
MIN_CHOSEN_LENGTH = 24
"""Characters of a key that people choose themselves (``ENTENDU_ADMIN_KEY``)."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 36  # of 62 characters: 214 bits, so that a plain hash keeps it safe
_CHECKSUM_LENGTH = 6
_MAX_LENGTH = 512


def new_key() -> str:
    """Make a key: ``ent_``, 36 characters of chance, and 6 of checksum.

    The prefix and the checksum let secret scanners find keys in places where none should be, and
    let the service tell a typing mistake from a key that it does not know.
    """
    chance = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return PREFIX + chance + _checksum(chance)


def is_well_formed(key: str) -> bool:
    """Tell whether a text that starts with ``ent_`` can be a key: its checksum is right."""
    chance, checksum = key[len(PREFIX) : -_CHECKSUM_LENGTH], key[-_CHECKSUM_LENGTH:]
    return (
        key.startswith(PREFIX) and len(chance) == _RANDOM_LENGTH and _checksum(chance) == checksum
    )


def digest_of(key: str) -> str:
    """Return what is stored of a key: its SHA-256, as hexadecimal.

    A slow hash guards short secrets that people choose; a key has 214 bits of chance.
    """
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def check_shown(key: str) -> None:
    """Refuse what cannot be a key, before anything is looked up.

    Raises:
        Unauthenticated: It is empty or far too long, or it starts as a key but its checksum is
            wrong.
    """
    if not key or len(key) > _MAX_LENGTH:
        raise Unauthenticated(
            f"the key has {len(key)} characters", remedy="send Authorization: Bearer KEY"
        )
    if key.startswith(PREFIX) and not is_well_formed(key):
        raise Unauthenticated(
            "the key is mistyped or cut short: its checksum is wrong",
            remedy="copy it again, whole",
        )


def check_chosen(key: str) -> None:
    """Refuse a key of somebody's own choice that is too easy to guess, or cannot be sent.

    Raises:
        DefinitionInvalid: It is short, has few different characters, is not plain ASCII without
            spaces, or starts with ``ent_`` and has a wrong checksum.
    """
    remedy = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
    if len(key) < MIN_CHOSEN_LENGTH or len(key) > _MAX_LENGTH or len(set(key)) < 8:
        raise DefinitionInvalid(
            f"the admin key has {len(key)} characters, {len(set(key))} different ones; expected "
            f"{MIN_CHOSEN_LENGTH} to {_MAX_LENGTH}, and at least 8 different ones",
            remedy=remedy,
        )
    if not all("!" <= character <= "~" for character in key):
        raise DefinitionInvalid(
            "the admin key has a character that a header cannot carry; expected plain ASCII "
            "without spaces",
            remedy=remedy,
        )
    if key.startswith(PREFIX) and not is_well_formed(key):
        raise DefinitionInvalid(
            f"the admin key starts with {PREFIX} but its checksum is wrong",
            remedy="copy it again, whole, or choose one that starts otherwise",
        )


def _checksum(chance: str) -> str:
    rest = zlib.crc32(chance.encode())
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
