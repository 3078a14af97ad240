"""Whether sentences mean what some examples mean, by the vectors of a sentence encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nlu.background import load_background
from quality.polarity import denies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quality.sentence_vectors import SentenceVectors

DEFAULT_THRESHOLD = 0.45
"""Likeness from which a sentence means what an example means; bench/quality/said_by_meaning.py."""


@dataclass(frozen=True)
class Likeness:
    """How near a sentence comes to the examples.

    Attributes:
        value: −1 to 1: cosine to the nearest example, once the mean of ordinary sentences of
            contact centres is taken off both.
        example: The nearest.
        unlike: The same as ``value`` for the counter-examples; −1 where there are none.
        same_polarity: Whether both deny something or neither does.
    """

    value: float
    example: str
    unlike: float
    same_polarity: bool

    def means_it(self, threshold: float) -> bool:
        """Whether the sentence means what the examples mean."""
        return self.value >= threshold and self.value > self.unlike and self.same_polarity


@cache
def ordinary_sentences() -> tuple[str, ...]:
    """Return what is said in every contact centre: its mean is taken off every vector.

    Vectors of sentence encoders share one large direction that says nothing (Mu and Viswanath,
    "All-but-the-Top", 2018); without it, likeness has the same scale for every example.
    """
    background = load_background()
    return (*background.service.texts(), *background.out_of_scope.texts())


def likeness(
    sentences: Sequence[str],
    examples: Sequence[str],
    *,
    unlike: Sequence[str] = (),
    vectors: SentenceVectors,
) -> list[Likeness]:
    """Compare sentences with examples.

    Args:
        sentences: Any number.
        examples: At least one.
        unlike: Counter-examples: near in words, other in meaning.
        vectors: Of all of them and of :func:`ordinary_sentences`.

    Returns:
        One likeness for each sentence, in order.

    Raises:
        ModelMissing: A vector is not there, and nothing may be encoded.
    """
    if not sentences:
        return []
    centre = vectors.mean_of(ordinary_sentences())
    said = _centred(vectors.of(sentences), centre)
    near = said @ _centred(vectors.of(examples), centre).T
    far = said @ _centred(vectors.of(unlike), centre).T if unlike else None
    found = []
    for row, sentence in enumerate(sentences):
        best = int(near[row].argmax())
        found.append(
            Likeness(
                value=float(near[row, best]),
                example=examples[best],
                unlike=-1.0 if far is None else float(far[row].max()),
                same_polarity=denies(sentence) == denies(examples[best]),
            )
        )
    return found


def _centred(vectors: NDArray[np.float32], centre: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    moved = vectors - centre
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
