"""Recordings encrypted at rest: the keys, and the files.

What is protected: the sound, and the names of its files, against somebody who gets the disk, a
backup or the shared folder without the key. The database holds text and the SHA-256 of recordings
and is not encrypted by Entendu; put it on an encrypted disk, or use PostgreSQL's own means.
"""

from serving.store.encryption.keyring import NO_KEYS, Key, Keyring, keyring_of
from serving.store.encryption.sealed import SealedReader, seal

__all__ = ["NO_KEYS", "Key", "Keyring", "SealedReader", "keyring_of", "seal"]
