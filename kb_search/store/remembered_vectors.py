"""Vectors that are made once and kept in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from models.wrapped_encoder import WrappedEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kb_search.store.tables import Database
    from models import Encoder
    from models.encoder import Kind

_COMMITTED_AT_ONCE = 128
_ASKED_AT_ONCE = 500


class RememberedVectors(WrappedEncoder):
    """An encoder that keeps the vectors of passages, portion by portion.

    When it is stopped at any moment, what was committed need not be made again.

    Args:
        encoder: Makes the vectors.
        database: Keeps them, under the encoder's name and content.
    """

    def __init__(self, encoder: Encoder, database: Database) -> None:
        super().__init__(encoder)
        self._database = database
        reference = encoder.reference
        self.kept_under = f"{reference.name} {reference.sha256 or ''}".strip()

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts, as :meth:`models.Encoder.encode` says; passages that are kept are not."""
        import numpy as np

        if kind != "passage":
            return self._encoder.encode(texts, kind=kind)
        self.prepare(texts)
        kept = self._kept([text_key(text) for text in texts])
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([np.frombuffer(kept[text_key(text)], np.float32) for text in texts])

    def prepare(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Make and keep the vectors that are missing.

        Args:
            texts: Of passages.
            progress: Called with (texts encoded, texts to encode) after each portion.
        """
        from sqlalchemy.dialects.sqlite import insert

        from kb_search.store.tables import vectors

        by_key = {text_key(text): text for text in texts}
        kept = self._kept(list(by_key), with_vectors=False)
        missing = [(key, text) for key, text in by_key.items() if key not in kept]
        for first in range(0, len(missing), _COMMITTED_AT_ONCE):
            part = missing[first : first + _COMMITTED_AT_ONCE]
            made = self._encoder.encode([text for _, text in part], kind="passage")
            rows = [
                {"encoder": self.kept_under, "key": key, "vector": vector.tobytes()}
                for (key, _), vector in zip(part, made.astype("float32"), strict=True)
            ]
            with self._database.writing() as connection:
                connection.execute(insert(vectors).on_conflict_do_nothing(), rows)
            if progress is not None:
                progress(first + len(part), len(missing))

    def known(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those passages that are kept; the others are not made."""
        import numpy as np

        kept = self._kept([text_key(text) for text in texts])
        found = ((text, kept.get(text_key(text))) for text in texts)
        return {text: np.frombuffer(vector, np.float32) for text, vector in found if vector}

    def _kept(self, keys: Sequence[bytes], *, with_vectors: bool = True) -> dict[bytes, bytes]:
        from sqlalchemy import literal, select

        from kb_search.store.tables import vectors

        found: dict[bytes, bytes] = {}
        what = vectors.c.vector if with_vectors else literal(b"")
        with self._database.reading() as connection:
            for first in range(0, len(keys), _ASKED_AT_ONCE):
                rows = connection.execute(
                    select(vectors.c.key, what).where(
                        vectors.c.encoder == self.kept_under,
                        vectors.c.key.in_(keys[first : first + _ASKED_AT_ONCE]),
                    )
                )
                found.update((key, vector) for key, vector in rows)
        return found


def text_key(text: str) -> bytes:
    """Return the SHA-256 of a text, under which its vector is kept."""
    return hashlib.sha256(text.encode()).digest()
