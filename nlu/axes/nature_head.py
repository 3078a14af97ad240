"""The trained part of the nature of a contact: its features, its training, the file that ships."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from models import Encoder, LinearHead
from nlu.axes.nature_cues import CUES, cue_features
from nlu.sentiment_lexicon import FEATURES, LexiconLanguage, lexical_features
from nlu.shipped_heads import shipped_head

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Nature = Literal[
    "information",
    "request",
    "incident",
    "complaint",
    "cancellation",
    "follow_up",
    "praise",
]
NATURES: tuple[Nature, ...] = get_args(Nature)
NONE = "none"
"""Class of greetings, names, thanks and answers, which have no nature of their own."""

CLASSES: tuple[str, ...] = (*NATURES, NONE)
HEAD_NAME = "nature"
REGULARISATION_C = 0.02
"""Inverse strength; chosen by cross-validation on the training set."""

_VECTOR_SCALE = 46.0  # one over the standard deviation of a component of an e5 vector
_CUE_SCALE = 4.0
_LEXICAL_SCALE = 2.0


@dataclass(frozen=True)
class NatureExample:
    """One sentence of the training set.

    Attributes:
        text: As a customer would say or write it.
        nature: One of :data:`CLASSES`.
        lang: ``fr`` or ``en``.
    """

    text: str
    nature: str
    lang: LexiconLanguage


def load_nature_examples() -> tuple[NatureExample, ...]:
    """Read the shipped training set, written for Entendu (Apache-2.0)."""
    text = files("nlu").joinpath("axes", "nature_train.jsonl").read_text(encoding="utf-8")
    return tuple(NatureExample(**json.loads(line)) for line in text.splitlines())


def nature_features(
    vectors: NDArray[np.float32],
    texts: Sequence[str],
    languages: Sequence[LexiconLanguage | None] | None = None,
) -> NDArray[np.float32]:
    """Put the encoder's vectors, the cues and the polarity lexicon's findings side by side.

    Args:
        vectors: float32 array of shape ``(n_texts, dim)``, from ``encode(texts, kind="query")``.
        texts: The same texts.
        languages: Whose polarity lexicon for each text; guessed where None.

    Returns:
        float32 array of shape ``(n_texts, dim + len(CUES) + len(FEATURES))``.
    """
    import numpy as np

    tags = languages or [None] * len(texts)
    cues = np.zeros((len(texts), len(CUES)), dtype=np.float32)
    lexical = np.zeros((len(texts), len(FEATURES)), dtype=np.float32)
    for row, (text, tag) in enumerate(zip(texts, tags, strict=True)):
        cues[row] = cue_features(text)
        lexical[row] = lexical_features(text, tag)
    return np.concatenate(
        [
            vectors * np.float32(_VECTOR_SCALE),
            cues * np.float32(_CUE_SCALE),
            lexical * np.float32(_LEXICAL_SCALE),
        ],
        axis=1,
    )


def train_nature_head(encoder: Encoder, *, seed: int = 0) -> LinearHead:
    """Train the head on the shipped training set; the same encoder and seed give the same head.

    It is a multinomial logistic regression over :data:`CLASSES`, each class weighing the same.

    Args:
        encoder: Whose vectors it will read.
        seed: Decides which sentences are held out together for the temperature.

    Returns:
        The head; ``save(folder / "nature")`` writes the two files that ship.
    """
    examples = load_nature_examples()
    texts = [example.text for example in examples]
    features = nature_features(
        encoder.encode(texts, kind="query"), texts, [example.lang for example in examples]
    )
    return LinearHead.fit(
        features,
        [example.nature for example in examples],
        C=REGULARISATION_C,
        seed=seed,
        balanced=True,
        metadata={
            "encoder": encoder.reference.model_dump(),
            "training_texts": len(examples),
            "seed": seed,
        },
    )


def load_nature_head(encoder: Encoder) -> LinearHead:
    """Return the head that goes with an encoder.

    The shipped head serves the encoder that it was trained for, told by the SHA-256 of its
    weights. For any other encoder a head is trained from the shipped training set (under a
    thousand sentences to encode) and kept for the rest of the process.

    Args:
        encoder: Whose vectors the head will read.

    Returns:
        The head.

    Raises:
        ModelMissing: The shipped files were removed.
        ModelCorrupt: The shipped files are damaged.
    """
    return shipped_head(HEAD_NAME, encoder, train_nature_head)
