"""How much each signal counts: weights fitted on questions with known answers, not guessed.

The weights minimise the cross-entropy of the right document among all documents of a base
(ListNet's top-one loss, Cao et al. 2007) over three bases of unlike kind: self-care questions
and answers in French, encyclopedia passages in French, and bank answers without titles in
English. ``bench/kb_search/fit_fusion.py`` fits them again and keeps the figures of every signal
alone beside those of the sum. They are for cosines of a contrastive encoder, which lie close
together (a few hundredths apart for the shipped encoder).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb_search.words import LANGUAGES, content_words, split_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LABEL_TIMES = 3
"""How often the words of a label that stands for itself count among those of its passage, as in
BM25F (Robertson et al. 2004)."""
WORDS_WEIGHT = 0.065
LETTERS_WEIGHT = 0.12
CONTEXT_WEIGHT = 0.5

_LABEL_WORDS = 5
_ASKED_LABEL_WORDS = 3
_CONTEXT_WORDS_FULL = 2
_CONTEXT_WORDS_NONE = 6


def stands_for_itself(label: str) -> bool:
    """Tell whether a passage can be found by its title and headings alone.

    A title of one or two words ("Sport") says little of what a passage answers; one that is a
    question or a sentence says as much as the text, and a question may be near to either.

    Args:
        label: Title and headings in one line.

    Returns:
        True from five words, or from three where it is a question.
    """
    n_words = len(split_words(label))
    return n_words >= (_ASKED_LABEL_WORDS if label.rstrip().endswith("?") else _LABEL_WORDS)


def context_share(question: str) -> float:
    """Return how much of a question's vector what was said before it makes up.

    "Where do I find it?" can only be understood from what was said before; a question of many
    words stands for itself.

    Args:
        question: As it was asked.

    Returns:
        ``CONTEXT_WEIGHT`` up to two content words, 0 from six, in between in proportion.
    """
    n_words = len(content_words(question, LANGUAGES))
    left = (_CONTEXT_WORDS_NONE - n_words) / (_CONTEXT_WORDS_NONE - _CONTEXT_WORDS_FULL)
    return CONTEXT_WEIGHT * min(1.0, max(0.0, left))


def fuse(
    dense: NDArray[np.float32], words: NDArray[np.float32], letters: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the fused score of passages.

    Args:
        dense: Cosines of the question with the passages, float32 array of shape (n,).
        words: BM25 on stems, from 0 to 1, of the same shape.
        letters: BM25 on letter grams, from 0 to 1, of the same shape.
    """
    fused: NDArray[np.float32] = dense + WORDS_WEIGHT * words + LETTERS_WEIGHT * letters
    return fused
