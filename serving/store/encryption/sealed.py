"""Files encrypted in chunks, so that any part of them can be read and no part be changed.

A file is a header of 48 bytes (``ENTENDU`` and the byte 1, the key's id, 32 random bytes), then
chunks of 64 KiB, the last one shorter, each encrypted with AES-256-GCM and followed by its tag of
16 bytes. The key of the file is derived from the key and the random bytes (HKDF); a chunk's nonce
is its number and whether it is the last one. The header and the SHA-256 of the content are
authenticated with every chunk: chunks cannot be changed, swapped, left out or taken from another
file. It is the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (CRYPTO 2015), as in Tink.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from conversation.errors import StoreDamaged
from serving.store.encryption.keyring import ID_BYTES, Key, Keyring, derived

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"ENTENDU\x01"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
_SALT_BYTES = 32
_HEADER_BYTES = len(MAGIC) + ID_BYTES + _SALT_BYTES


def seal(plain: BinaryIO, sealed: BinaryIO, *, key: Key, sha256: str) -> None:
    """Encrypt a file; at no time more than two chunks of it are in memory.

    Args:
        plain: What to read.
        sealed: Where to write.
        key: To encrypt with.
        sha256: Of the content.
    """
    salt = os.urandom(_SALT_BYTES)
    header = MAGIC + bytes.fromhex(key.id) + salt
    cipher, bound = _cipher(key, salt), header + sha256.encode()
    sealed.write(header)
    number, chunk = 0, plain.read(CHUNK_BYTES)
    while True:
        following = plain.read(CHUNK_BYTES) if len(chunk) == CHUNK_BYTES else b""
        sealed.write(cipher.encrypt(_nonce(number, last=not following), chunk, bound))
        if not following:
            return
        number, chunk = number + 1, following


class SealedReader(io.RawIOBase):
    """Reads an encrypted file as if it were not.

    Args:
        path: The file.
        keyring: Where its key is.
        sha256: Of the content.

    Raises:
        StoreDamaged: It is none of our files, its key is not here, or it was cut short.
        FileNotFoundError: It is not there.
    """

    def __init__(self, path: Path, *, keyring: Keyring, sha256: str) -> None:
        self._keyring = keyring
        self._file = path.open("rb", buffering=0)
        try:
            self._begin(sha256)
        except BaseException:
            self._file.close()
            raise

    def _begin(self, sha256: str) -> None:
        header = self._file.read(_HEADER_BYTES) or b""
        body = os.fstat(self._file.fileno()).st_size - _HEADER_BYTES
        chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
        if len(header) < _HEADER_BYTES or not header.startswith(MAGIC) or chunks < 1:
            raise _damaged()
        key = self._keyring.find(header[len(MAGIC) : len(MAGIC) + ID_BYTES].hex())
        if key is None:
            raise StoreDamaged(
                "a recording is encrypted with a key that is not among those given",
                remedy="add the key to encryption_key or encryption_key_file",
            )
        self._cipher = _cipher(key, header[-_SALT_BYTES:])
        self._bound = header + sha256.encode()
        self._chunks = chunks
        self._size = body - chunks * TAG_BYTES
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._chunk(chunks - 1)  # the end is there and is the end

    @property
    def size_bytes(self) -> int:
        """Of the content."""
        return self._size

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the content."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"a place before the beginning: {base + offset}")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Return the place in the content."""
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what comes next, as far as the chunk goes.

        Raises:
            StoreDamaged: It was changed.
        """
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, CHUNK_BYTES)
        target = memoryview(buffer).cast("B")
        part = self._chunk(number)[start : start + len(target)]
        target[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file."""
        self._held = (-1, b"")
        self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._held[0] != number:
            self._file.seek(_HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES))
            sealed = _read_all(self._file, CHUNK_BYTES + TAG_BYTES)
            nonce = _nonce(number, last=number == self._chunks - 1)
            try:
                self._held = (number, self._cipher.decrypt(nonce, sealed, self._bound))
            except (InvalidTag, ValueError) as error:
                raise _damaged() from error
        return self._held[1]


def _read_all(file: io.FileIO, size: int) -> bytes:
    parts, left = [], size
    while left and (part := file.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _cipher(key: Key, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(derived(key.secret, b"entendu file", salt=salt))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _damaged() -> StoreDamaged:
    return StoreDamaged(
        "a stored recording was changed or cut short since it was stored",
        remedy="restore it from a backup",
    )
