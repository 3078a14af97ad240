"""An encoder around another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conversation import ModelReference
    from models.encoder import Encoder


class WrappedEncoder:
    """Is the same model as the encoder inside; a subclass says how texts get to it.

    Args:
        encoder: Makes the vectors.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def name(self) -> str:
        """Of the model."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    @property
    def reference(self) -> ModelReference:
        """The model by name and content."""
        return self._encoder.reference
