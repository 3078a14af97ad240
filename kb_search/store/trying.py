"""Vectors for a base that is only tried: what is kept is taken, the rest is made and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.wrapped_encoder import WrappedEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kb_search.store.remembered_vectors import RememberedVectors
    from models import Encoder
    from models.encoder import Kind


class BorrowedVectors(WrappedEncoder):
    """An encoder that takes the vectors of known passages and keeps none of others.

    Args:
        encoder: Makes what is not known.
        remembered: Knows passages.
    """

    def __init__(self, encoder: Encoder, remembered: RememberedVectors) -> None:
        super().__init__(encoder)
        self._remembered = remembered

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts, as :meth:`models.Encoder.encode` says."""
        import numpy as np

        if kind != "passage" or not texts:
            return self._encoder.encode(texts, kind=kind)
        known = self._remembered.known(texts)
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            made = self._encoder.encode(new, kind=kind).astype(np.float32)
            known |= dict(zip(new, made, strict=True))
        return np.stack([known[text] for text in texts])
