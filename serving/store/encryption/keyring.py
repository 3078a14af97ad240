"""The keys that recordings are encrypted with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import DefinitionInvalid

if TYPE_CHECKING:
    from serving.settings import Settings

KEY_BYTES = 32
ID_BYTES = 8


@dataclass(frozen=True, repr=False)
class Key:
    """One key, and what is derived from it (HKDF with SHA-256, RFC 5869).

    Attributes:
        id: Says which key it is and nothing about it, 16 hexadecimal digits.
        secret: What file keys are derived from.
        naming: What file names are derived from.
    """

    id: str
    secret: bytes
    naming: bytes

    def name_of(self, sha256: str) -> str:
        """Return the name of the file of a recording: an HMAC of its SHA-256.

        The SHA-256 itself would tell whoever has the disk and a recording that it is stored here.
        """
        return hmac.new(self.naming, sha256.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Keyring:
    """Keys, the one that encrypts first; the others still read what they encrypted.

    Attributes:
        keys: The keys; none: nothing is encrypted.
    """

    keys: tuple[Key, ...] = ()

    @property
    def current(self) -> Key | None:
        """The key that encrypts; None: recordings lie as they came."""
        return self.keys[0] if self.keys else None

    def find(self, key_id: str) -> Key | None:
        """Return the key with an id; None: it is not here."""
        return next((key for key in self.keys if key.id == key_id), None)

    def name_of(self, sha256: str, key_id: str | None) -> str:
        """Return the name of the file of a recording.

        Args:
            sha256: Of the recording.
            key_id: Of the key it is encrypted with; None: it lies as it came.

        Raises:
            KeyError: The key is not here.
        """
        if key_id is None:
            return sha256
        key = self.find(key_id)
        if key is None:
            raise KeyError(key_id)
        return key.name_of(sha256)


NO_KEYS = Keyring()
"""Recordings lie as they came."""


def keyring_of(settings: Settings) -> Keyring:
    """Read the keys that the settings name.

    Args:
        settings: See :class:`serving.settings.Settings`.

    Raises:
        DefinitionInvalid: They cannot be read; the message quotes nothing of them.
    """
    written = settings.encryption_key
    file = settings.encryption_key_file
    if written is not None and file is not None:
        raise DefinitionInvalid(
            "both encryption_key and encryption_key_file are set", remedy="keep one of them"
        )
    if written is not None:
        return _keyring("encryption_key", written.get_secret_value().split(","))
    if file is not None:
        return _keyring(str(file), _lines(file))
    return NO_KEYS


def _lines(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionInvalid(
            f"encryption_key_file {file} cannot be read", remedy="correct the path, or its rights"
        ) from error
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _keyring(where: str, written: list[str]) -> Keyring:
    keys = tuple(_key(where, number, one) for number, one in enumerate(written, start=1))
    if not keys or len({key.id for key in keys}) < len(keys):
        raise DefinitionInvalid(
            f"{where} has {'one key twice' if keys else 'no key'}", remedy="give each key once"
        )
    return Keyring(keys)


def _key(where: str, number: int, written: str) -> Key:
    try:
        given = base64.b64decode(written.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_key(where, number, "it is no base64") from error
    if len(given) != KEY_BYTES:
        raise _no_key(where, number, f"it has {len(given)} bytes, expected {KEY_BYTES}")
    return Key(
        id=derived(given, b"entendu key id", ID_BYTES).hex(),
        secret=derived(given, b"entendu sound"),
        naming=derived(given, b"entendu names"),
    )


def derived(secret: bytes, purpose: bytes, length: int = 32, salt: bytes | None = None) -> bytes:
    """Derive a key from another (RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose).derive(secret)


def _no_key(where: str, number: int, why: str) -> DefinitionInvalid:
    return DefinitionInvalid(
        f"key {number} of {where} cannot be used: {why}",
        remedy="make one with: openssl rand -base64 32",
    )
