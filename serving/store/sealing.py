"""Recordings under the right key: the check at the start, and the change to a new key."""

from __future__ import annotations

from sqlalchemy import select

from conversation.errors import Conflict
from serving.store.parts import RECORDINGS, StorePart
from serving.store.tables import RecordingRow


class Sealing(StorePart):
    """Keeps recordings encrypted with the current key."""

    def _started(self) -> None:
        with self._database.reading() as session:
            needed = set(session.scalars(select(RecordingRow.key_id).distinct()))
        missing = sorted(one for one in needed if one and not self.files.keyring.find(one))
        if missing:
            given = ", ".join(key.id for key in self.files.keyring.keys) or "none"
            raise Conflict(
                f"recordings are encrypted with the key {', '.join(missing)}, and that "
                f"is not among the keys given ({given})",
                remedy="set encryption_key or encryption_key_file to the key that was used",
            )
        super()._started()

    def reseal(self) -> int:
        """Encrypt with the current key what lies under an older one, or as it came.

        It may be broken off at any moment and called again; the service can go on meanwhile.

        Returns:
            How many recordings were changed.

        Raises:
            Conflict: There is no key.
        """
        current = self.files.keyring.current
        if current is None:
            raise Conflict("there is no key to encrypt with", remedy="set encryption_key")
        with self._database.reading() as session:
            others = session.scalars(
                select(RecordingRow.sha256)
                .where(RecordingRow.key_id.is_distinct_from(current.id))
                .order_by(RecordingRow.sha256)
            ).all()
        return sum(self._reseal_one(sha256, current.id) for sha256 in others)

    def _reseal_one(self, sha256: str, key_id: str) -> bool:
        if not self.files.has(sha256) or self.files.is_original(sha256):
            return False  # erased meanwhile, or only in memory until its copy is made
        before = self.files.path(sha256)
        with self.files.resealed(sha256) as prepared, self._database.writing() as session:
            self._database.lock(session, RECORDINGS)
            row = session.get(RecordingRow, sha256)
            if row is None or row.key_id == key_id:
                return False
            self.files.keep_on_disk(prepared, sha256)
            row.key_id = key_id
        if before != self.files.path(sha256):
            before.unlink(missing_ok=True)
        return True
