"""Rows to learn from: sentences for the lexical view, an array for the dense one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from nlu.lexical import LexicalFeatures

_PLACEHOLDER = "entendu"


@dataclass(frozen=True)
class Example:
    """What is known of one turn or one contact.

    Attributes:
        texts: Sentences by block (such as the agent's, then the customer's); the number of
            blocks is the same for all examples.
        dense: float32 array of shape (n_dense,).
    """

    texts: tuple[tuple[str, ...], ...]
    dense: NDArray[np.float32]


@dataclass(frozen=True)
class Labelled:
    """An example with what people say of it.

    Attributes:
        example: The example.
        label: What they say.
        group: What must not be on both sides of a split, such as the conversation.
        weight: Share of them who say so, above 0.
    """

    example: Example
    label: str
    group: str
    weight: float = 1.0


class TextBlocks:
    """TF-IDF of sentences, summed over each block to rows of length 1.

    As rows are sums, what a sentence contributes to a linear score can be told exactly.

    Args:
        blocks: One set of features a block.
    """

    def __init__(self, blocks: Sequence[LexicalFeatures]) -> None:
        self._blocks = tuple(blocks)

    @classmethod
    def fit(cls, examples: Sequence[Example]) -> TextBlocks:
        """Learn the words and their rarities."""
        from nlu.lexical import LexicalFeatures

        blocks = []
        for number in range(len(examples[0].texts)):
            sentences = [s for example in examples for s in example.texts[number]]
            spoken = [s for s in sentences if any(len(word) > 1 for word in s.split())]
            blocks.append(LexicalFeatures(spoken or [_PLACEHOLDER]))
        return cls(blocks)

    def matrix(self, examples: Sequence[Example]) -> csr_matrix:
        """Return the rows of examples: sparse float32 of shape (n, n_terms)."""
        from scipy.sparse import hstack

        return hstack(
            [self._block(number, examples)[0] for number in range(len(self._blocks))], format="csr"
        )

    def contributions(
        self, example: Example, weights: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], ...]:
        """Return what each sentence adds to a linear score.

        Args:
            example: Any.
            weights: Of the terms, shape (n_terms,).

        Returns:
            For each block, an array of shape (n_sentences,); all of them sum to the score.
        """
        import numpy as np

        start = 0
        found = []
        for number in range(len(self._blocks)):
            _, sentences, length = self._block(number, [example])
            end = start + sentences.shape[1]
            added = (sentences @ weights[start:end]) / length[0]
            found.append(np.asarray(added, dtype=np.float32))
            start = end
        return tuple(found)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what the same features can be made of again."""
        return {
            f"block{number}_{name}": array
            for number, block in enumerate(self._blocks)
            for name, array in block.arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], *, blocks: int) -> TextBlocks:
        """Make the features again.

        Raises:
            KeyError: An array is missing.
            ValueError: Terms and rarities do not go together.
        """
        from nlu.lexical import LexicalFeatures

        made = []
        for number in range(blocks):
            prefix = f"block{number}_"
            own = {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)}
            made.append(LexicalFeatures(arrays=own))
        return cls(made)

    def _block(
        self, number: int, examples: Sequence[Example]
    ) -> tuple[csr_matrix, csr_matrix, NDArray[np.float32]]:
        """Return the rows, those of the sentences, and the lengths that the sums had."""
        import numpy as np
        from scipy.sparse import csr_matrix, diags

        counts = [len(example.texts[number]) for example in examples]
        flat = [s for example in examples for s in example.texts[number]]
        rows = self._blocks[number].transform(flat or [""])[: len(flat)]
        starts = np.concatenate([[0], np.cumsum(counts)])
        adding = csr_matrix(
            (np.ones(len(flat), np.float32), np.arange(len(flat)), starts),
            shape=(len(examples), len(flat)),
        )
        summed = adding @ rows
        length = np.sqrt(np.asarray(summed.multiply(summed).sum(axis=1)).ravel())
        length = np.maximum(length, 1e-9).astype(np.float32)
        return (diags(1 / length) @ summed).tocsr().astype(np.float32), rows, length


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as the content of an ``.npz`` file, nothing pickled."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of what :func:`packed` returned."""
    import numpy as np

    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
