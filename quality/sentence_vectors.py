"""Vectors of sentences and example phrases: each text is encoded once, then kept with the results.

Vectors are kept as 8-bit numbers, and fresh ones are rounded the same way, so that a question has
the same answer whether its vectors were just computed or stored years ago. Texts are kept only as
hashes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from conversation import ModelReference
from conversation.errors import BadInput, ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

_KEY_BYTES = 16
_LEVELS = 127


def _key(text: str) -> bytes:
    return hashlib.sha256(" ".join(text.split()).encode()).digest()[:_KEY_BYTES]


@dataclass(frozen=True)
class StoredVectors:
    """Vectors of some texts, as a file keeps them.

    Attributes:
        model: That made them.
        keys: 16 bytes of the SHA-256 of each text, spaces evened out; no text twice.
        levels: int8 array of shape (n, dim).
        scales: float32 array of shape (n,): a row times its scale is the vector.
    """

    model: ModelReference
    keys: tuple[bytes, ...]
    levels: NDArray[np.int8]
    scales: NDArray[np.float32]

    def __len__(self) -> int:
        """Return how many texts have a vector."""
        return len(self.keys)

    @cached_property
    def _rows(self) -> dict[bytes, int]:
        return {key: row for row, key in enumerate(self.keys)}

    def row(self, key: bytes) -> int | None:
        """Return the row of a text by its key; None where it is not there."""
        return self._rows.get(key)

    def to_bytes(self) -> bytes:
        """Return the content of a file (NumPy's ``.npz``, nothing pickled)."""
        import numpy as np

        keys = np.frombuffer(b"".join(self.keys), dtype=np.uint8).reshape(-1, _KEY_BYTES)
        file = io.BytesIO()
        np.savez(
            file,
            model=np.array([self.model.name, self.model.sha256 or ""]),
            keys=keys,
            levels=self.levels,
            scales=self.scales,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, *, name: str) -> StoredVectors:
        """Read the content of a file.

        Args:
            content: What :meth:`to_bytes` returned.
            name: Of the file, for messages.

        Raises:
            BadInput: It is something else, or damaged.
        """
        import numpy as np

        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                model, sha256 = (str(part) for part in file["model"])
                keys, levels, scales = file["keys"], file["levels"], file["scales"]
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise _not_vectors(name, str(error)) from None
        if (
            (keys.dtype, levels.dtype, levels.ndim) != (np.uint8, np.int8, 2)
            or keys.shape != (len(levels), _KEY_BYTES)
            or scales.shape != (len(levels),)
        ):
            raise _not_vectors(name, "its arrays do not fit together")
        return cls(
            ModelReference(name=model, sha256=sha256 or None),
            tuple(row.tobytes() for row in keys),
            levels,
            scales.astype(np.float32),
        )


@dataclass(frozen=True)
class _Known:
    """A vector as it is kept, and as it is used."""

    levels: NDArray[np.int8]
    scale: np.float32
    vector: NDArray[np.float32]


class SentenceVectors:
    """Gives vectors of texts: those that are stored, then what an encoder makes.

    Args:
        encoder: Makes what is missing; or a function that loads it, called at the first text
            that is not stored; None where nothing may be encoded.
        model: The model that vectors must come from. None: the encoder's, or where it is not
            loaded yet that of the first stored ones.
        stored: Looked through first, in order; vectors of another model are passed over.
    """

    def __init__(
        self,
        encoder: Encoder | Callable[[], Encoder] | None,
        *,
        model: ModelReference | None = None,
        stored: Iterable[StoredVectors] = (),
    ) -> None:
        self._load: Callable[[], Encoder] | None = encoder if callable(encoder) else None
        self._encoder: Encoder | None = None if callable(encoder) else encoder
        stored = tuple(stored)
        if model is None and self._encoder is not None:
            model = self._encoder.reference
        if model is None and stored:
            model = stored[0].model
        self._model = model
        self._stored = tuple(each for each in stored if each.model == model)
        self._known: dict[str, _Known] = {}
        self._means: dict[tuple[str, ...], NDArray[np.float32]] = {}
        self._shared: SentenceVectors | None = None
        self.encoded = 0
        """How many texts the encoder was asked for."""

    def for_conversation(self, stored: StoredVectors | None = None) -> SentenceVectors:
        """Return vectors that know what these know, and keep what they learn for themselves.

        So the vectors of a card's examples are read once for any number of conversations, and
        those of a conversation's sentences are forgotten with it.

        Args:
            stored: Of the conversation's sentences; None where none are stored.
        """
        can_encode = self._encoder is not None or self._load is not None
        own = SentenceVectors(
            self._loaded if can_encode else None,
            model=self._model,
            stored=() if stored is None else (stored,),
        )
        own._shared = self
        return own

    @property
    def model(self) -> ModelReference | None:
        """The model that the vectors come from; None while that is not known."""
        return self._model

    def can_give(self, texts: Iterable[str]) -> bool:
        """Say whether :meth:`of` has, or can make, the vectors of all texts."""
        if self._encoder is not None or self._load is not None:
            return True
        return all(self.find(text) is not None for text in texts)

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts.

        Args:
            texts: Sentences or example phrases; what is missing is encoded in one batch.

        Returns:
            float32 array of shape (n_texts, dim), rows of length 1, in the order of the texts;
            of shape (0, 0) without texts.

        Raises:
            ModelMissing: A text has no stored vector, and nothing may be encoded.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        return np.stack([one.vector for one in self._all(texts)])

    def mean_of(self, texts: tuple[str, ...]) -> NDArray[np.float32]:
        """Return the mean of the vectors of texts, computed once.

        Args:
            texts: At least one.

        Returns:
            float32 array of shape (dim,).

        Raises:
            ModelMissing: As :meth:`of`.
        """
        if self._shared is not None and self._shared.can_give(texts):
            return self._shared.mean_of(texts)
        if texts not in self._means:
            self._means[texts] = self.of(texts).mean(axis=0)
        return self._means[texts]

    def stored(self, texts: Iterable[str]) -> StoredVectors:
        """Return the vectors of texts in the form in which a file keeps them.

        Raises:
            ModelMissing: As :meth:`of`, or there are no texts and no model is known.
        """
        import numpy as np

        by_key = {_key(text): text for text in texts}
        known = self._all(list(by_key.values()))
        if self._model is None:
            raise ModelMissing("no encoder has made vectors yet", remedy="give an encoder")
        levels = [one.levels for one in known] or np.zeros((0, 0), dtype=np.int8)
        scales = np.array([one.scale for one in known], dtype=np.float32)
        return StoredVectors(self._model, tuple(by_key), np.asarray(levels), scales)

    def _all(self, texts: Sequence[str]) -> list[_Known]:
        missing = [text for text in dict.fromkeys(texts) if self.find(text) is None]
        if missing:
            self._encode(missing)
        return [one for one in map(self.find, texts) if one is not None]

    def find(self, text: str) -> _Known | None:
        """Return what is known of a text without encoding anything; None where nothing is."""
        known = self._known.get(text)
        if known is None and self._shared is not None:
            known = self._shared.find(text)
        if known is None and self._stored:
            key = _key(text)
            for stored in self._stored:
                row = stored.row(key)
                if row is not None:
                    known = self._remember(text, stored.levels[row], stored.scales[row])
                    break
        return known

    def _remember(self, text: str, levels: NDArray[np.int8], scale: np.float32) -> _Known:
        self._known[text] = _Known(levels, scale, _restored(levels, scale))
        return self._known[text]

    def _encode(self, texts: list[str]) -> None:
        if self._encoder is None and self._load is None:
            raise ModelMissing(
                f"{len(texts)} texts have no stored vector and no encoder is given, "
                f"such as {texts[0][:60]!r}",
                remedy="give an encoder, or score with the results of `entendu process`",
            )
        encoder = self._loaded()
        self.encoded += len(texts)
        levels, scales = _rounded(encoder.encode([" ".join(text.split()) for text in texts]))
        for row, text in enumerate(texts):
            self._remember(text, levels[row], scales[row])

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            if self._load is None:
                raise ModelMissing("no encoder is given", remedy="give an encoder")
            encoder = self._load()
            if self._model is not None and self._model != encoder.reference:
                raise BadInput(
                    f"the encoder is {encoder.reference.name}, the vectors are to be of "
                    f"{self._model.name}",
                    remedy="use one model for sentences and example phrases",
                )
            self._encoder, self._model = encoder, encoder.reference
        return self._encoder


def _not_vectors(name: str, why: str) -> BadInput:
    return BadInput(
        f"{name} is not a file of sentence vectors: {why}",
        remedy="remove it: the vectors are made again from the texts",
    )


def _rounded(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    import numpy as np

    most = np.abs(vectors).max(axis=1, initial=0.0)
    scales = (np.maximum(most, 1e-12) / _LEVELS).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def _restored(levels: NDArray[np.int8], scale: np.float32) -> NDArray[np.float32]:
    import numpy as np

    vector: NDArray[np.float32] = levels.astype(np.float32) * scale
    length = float(np.sqrt(vector @ vector))
    return vector / np.float32(max(length, 1e-12))
