"""The secret of an installation, and what is derived from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from conversation.errors import BadInput, DefinitionInvalid

FILE_NAME = "privacy.key"
MIN_LENGTH = 32


class InstallationKey:
    """Fingerprints people, signs proofs and encrypts the secrets of webhooks.

    Each use has a key of its own, derived with HKDF (RFC 5869). A fingerprint is always the same
    for the same person, and cannot be computed without the key: a ledger can be asked about a
    person, but lists nobody.

    Args:
        secret: At least 32 characters.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_LENGTH:
            raise DefinitionInvalid(
                f"the privacy key has {len(secret)} characters, expected at least {MIN_LENGTH}",
                remedy="set ENTENDU_PRIVACY_KEY to a longer random text, or leave it out",
            )
        self._secret = secret

    @classmethod
    def open(cls, data_dir: Path, given: SecretStr | None) -> InstallationKey:
        """Take the key of the settings, else that of the data folder, made at the first start.

        Args:
            data_dir: The data folder.
            given: ``privacy_key`` of the settings; machines that share a database need the same.

        Raises:
            DefinitionInvalid: The key is too short.
        """
        if given is not None:
            return cls(given.get_secret_value().encode())
        path = data_dir / FILE_NAME
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(path.read_bytes().strip())
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(48).encode())
            file.flush()
            os.fsync(file.fileno())
        return cls(path.read_bytes())

    def fingerprint(self, team: str, customer_key: str) -> str:
        """Return what stands for a customer of a team in the ledgers: 64 hexadecimal digits."""
        content = f"{team}\0{customer_key}".encode()
        return hmac.new(self._derived("subjects"), content, hashlib.sha256).hexdigest()

    def sign(self, text: str) -> str:
        """Return the HMAC-SHA256 of a text, as 64 hexadecimal digits."""
        return hmac.new(self._derived("proofs"), text.encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str) -> str:
        """Encrypt a short secret, to be kept in the database."""
        from cryptography.fernet import Fernet

        return Fernet(self._fernet_key()).encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt what :meth:`seal` gave.

        Raises:
            BadInput: It was sealed with another key, or is damaged.
        """
        from cryptography.fernet import Fernet, InvalidToken

        try:
            return Fernet(self._fernet_key()).decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise BadInput(
                "a stored secret was encrypted with another privacy key",
                remedy=f"set ENTENDU_PRIVACY_KEY, or bring back {FILE_NAME}, as it was then",
            ) from error

    def _fernet_key(self) -> bytes:
        return base64.urlsafe_b64encode(self._derived("sealing"))

    def _derived(self, use: str) -> bytes:
        extracted = hmac.new(b"entendu", self._secret, hashlib.sha256).digest()
        return hmac.new(extracted, use.encode() + b"\x01", hashlib.sha256).digest()
