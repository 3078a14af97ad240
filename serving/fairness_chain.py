"""The whole chain that a score depends on, for many copies of the same conversations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from conversation import Conversation
from models import Encoder
from models.encoder import Kind
from models.wrapped_encoder import WrappedEncoder
from quality import Evaluation
from serving.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from serving.pipeline import Pipeline


class ScoringChain:
    """Scores a conversation through all rooms, each distinct text encoded once for all copies.

    Args:
        settings: Of the pipeline.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _pipeline(self) -> Pipeline:
        from serving.pipeline import Pipeline

        class Remembering(Pipeline):
            @cached_property
            def encoder(self) -> Encoder:
                return RememberingEncoder(super().encoder)

        pipeline = Remembering(self._settings)
        pipeline.prepare(for_audio=False)
        return pipeline

    def __call__(self, conversation: Conversation, *, language: str) -> Evaluation:
        """Redact, understand, measure and score a conversation.

        Args:
            conversation: The original or a copy.
            language: Primary tag of its language.
        """
        return self._pipeline.analyse_conversation(conversation, language=language).evaluation


class RememberingEncoder(WrappedEncoder):
    """An encoder that keeps every vector: copies share most of their texts.

    Args:
        encoder: That encodes what is new.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self._vectors: dict[tuple[str, str], NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts, those that were encoded before from memory (see ``Encoder.encode``)."""
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._vectors]
        if new:
            for text, vector in zip(new, self._encoder.encode(new, kind=kind), strict=True):
                self._vectors[kind, text] = vector
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.stack([self._vectors[kind, text] for text in texts])
