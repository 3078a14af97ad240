"""Encryption of what a running session leaves on the disk."""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serving.store.encryption import Key

_NONCE_BYTES = 12


class Box:
    """Encrypts pieces with AES-256-GCM under a key of the session; without a key it does nothing.

    Args:
        key: That recordings are encrypted with; None: nothing is.
        session: Id of the session, from which its own key is derived.
    """

    def __init__(self, key: Key | None, session: str) -> None:
        self._cipher = None
        if key is not None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            from serving.store.encryption.keyring import derived

            self._cipher = AESGCM(derived(key.secret, f"live {session}".encode()))

    def seal(self, data: bytes) -> bytes:
        """Encrypt bytes."""
        if self._cipher is None:
            return data
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, None)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt bytes.

        Raises:
            ValueError: They were changed, or another key made them.
        """
        if self._cipher is None:
            return sealed
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except InvalidTag as error:
            raise ValueError("not what was encrypted") from error

    def text(self, text: str) -> str:
        """Encrypt a text of one line into a text of one line."""
        if self._cipher is None:
            return text
        return base64.b64encode(self.seal(text.encode())).decode()

    def untext(self, sealed: str) -> str:
        """Decrypt a text; see :meth:`open`."""
        if self._cipher is None:
            return sealed
        try:
            return self.open(base64.b64decode(sealed, validate=True)).decode()
        except binascii.Error as error:
            raise ValueError("not what was encrypted") from error
