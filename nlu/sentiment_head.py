"""The trained part of the sentiment: its features, its training and the file that ships."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from conversation.errors import ModelCorrupt
from models import Encoder, LinearHead
from nlu.sentiment_lexicon import FEATURES, LexiconLanguage, lexical_features
from nlu.sentiment_text import clean_text
from nlu.shipped_heads import shipped_head, was_trained_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SentimentLabel = Literal["negative", "neutral", "positive"]
LABELS: tuple[SentimentLabel, ...] = get_args(SentimentLabel)

REGULARISATION_C = 0.0015
"""Inverse strength; the vectors are scaled to unit variance first, hence so small."""

NEGATIVE_ODDS = 0.8
"""What the odds of negative are multiplied by: on texts of other kinds than the training set's,
the regression alone says negative too often (seen alike on tweets and on reviews)."""

HEAD_NAME = "sentiment"
_CLASSES = (*LABELS, "mixed")  # good and bad at once is neutral, but looks like neither
_VECTOR_SCALE = 46.0  # one over the standard deviation of a component of an e5 vector
# One over the standard deviation of each lexical feature on the training set, 7 at most.
_LEXICAL_SCALE = (1.6, 1.9, 0.9, 3.1, 3.9, 5.2, 6.7, 6.7, 4.3, 1.5, 6.7, 5.4, 5.7, 5.1, 2.0)
_FOLDS = 5
_TEMPERATURES = tuple(round(1.05**power, 4) for power in range(-30, 31))
_FOLD_BLOCK = 10  # neighbours in the file may be variants of one sentence: one fold for them


@dataclass(frozen=True)
class SentimentExample:
    """One text of the training set.

    Attributes:
        text: As a customer would say or write it.
        label: What it tells about the customer's feeling.
        lang: ``fr`` or ``en``.
        register: ``call``, ``chat``, ``email``, ``review``, ``social`` or ``news``.
        mixed: Whether a neutral text is neutral because it says good and bad at once.
    """

    text: str
    label: SentimentLabel
    lang: LexiconLanguage
    register: str
    mixed: bool = False


def load_training_set() -> tuple[SentimentExample, ...]:
    """Read the shipped training set, written for Entendu (Apache-2.0)."""
    text = files("nlu").joinpath("data", "sentiment_train.jsonl").read_text(encoding="utf-8")
    return tuple(SentimentExample(**json.loads(line)) for line in text.splitlines())


def sentiment_features(
    vectors: NDArray[np.float32],
    texts: Sequence[str],
    languages: Sequence[LexiconLanguage | None] | None = None,
) -> NDArray[np.float32]:
    """Put the encoder's vectors and the lexicon's findings side by side.

    Args:
        vectors: float32 array of shape ``(n_texts, dim)``, from ``encode(texts, kind="query")``.
        texts: The same texts, cleaned.
        languages: Whose lexicon for each text; guessed where None.

    Returns:
        float32 array of shape ``(n_texts, dim + len(FEATURES))``.
    """
    import numpy as np

    tags = languages or [None] * len(texts)
    lexical = np.zeros((len(texts), len(FEATURES)), dtype=np.float32)
    for row, (text, tag) in enumerate(zip(texts, tags, strict=True)):
        lexical[row] = lexical_features(text, tag)
    scaled = lexical * np.asarray(_LEXICAL_SCALE, dtype=np.float32)
    return np.concatenate([vectors * np.float32(_VECTOR_SCALE), scaled], axis=1)


def label_probabilities(head: LinearHead, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probabilities of the three labels.

    Args:
        head: From :func:`train_sentiment_head` or :func:`load_sentiment_head`.
        features: From :func:`sentiment_features`.

    Returns:
        float64 array of shape ``(n_texts, 3)`` in the order of ``LABELS``; rows add up to 1.
    """
    return _by_label(head.logits(features)[:, _columns(head)] / head.temperature)


def train_sentiment_head(encoder: Encoder) -> LinearHead:
    """Train the head on the shipped training set; the same encoder gives the same head.

    It is a multinomial logistic regression over the classes negative, neutral, positive and mixed;
    nothing in it is random.
    Its metadata says for which encoder it was trained, on what, and how it does on folds that
    were held out (neighbouring lines, which may be variants of one sentence, share a fold).

    Args:
        encoder: Whose vectors it will read.

    Returns:
        The head; ``save(folder / "sentiment")`` writes the two files that ship.
    """
    import numpy as np

    examples = load_training_set()
    texts = [clean_text(example.text) for example in examples]
    features = sentiment_features(
        encoder.encode(texts, kind="query"), texts, [example.lang for example in examples]
    )
    classes = ["mixed" if example.mixed else example.label for example in examples]
    folds = np.arange(len(examples)) // _FOLD_BLOCK % _FOLDS
    held_out = np.empty((len(examples), len(_CLASSES)))
    for fold in range(_FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), folds == fold
        part = _fit(features[seen], [classes[i] for i in seen])
        held_out[unseen] = part.logits(features[unseen])[:, _columns(part)]
    truth = np.asarray([LABELS.index(example.label) for example in examples])
    metadata: dict[str, Any] = {
        "encoder": encoder.reference.model_dump(),
        "training_texts": len(examples),
        "held_out_accuracy": round(float((_by_label(held_out).argmax(axis=1) == truth).mean()), 4),
    }
    temperature = _best_temperature(held_out, truth)
    return replace(_fit(features, classes), temperature=temperature, metadata=metadata)


def load_sentiment_head(encoder: Encoder, *, path: Path | None = None) -> LinearHead:
    """Return the head that goes with an encoder.

    The shipped head serves the encoder that it was trained for, told by the SHA-256 of its
    weights. For any other encoder a head is trained from the shipped training set (3,000 short
    texts to encode, under a minute on a CPU) and kept for the rest of the process.

    Args:
        encoder: Whose vectors the head will read.
        path: Of a head saved by :meth:`LinearHead.save`, without suffix; the shipped one when
            None.

    Returns:
        The head.

    Raises:
        ModelMissing: ``path`` does not exist.
        ModelCorrupt: ``path`` is no head, or was trained for another encoder (a head that the
            caller named is never replaced).
    """
    if path is None:
        return shipped_head(HEAD_NAME, encoder, train_sentiment_head)
    head = LinearHead.load(path)
    if not was_trained_for(head, encoder):
        trained_for = head.metadata.get("encoder", {}).get("sha256")
        raise ModelCorrupt(
            f"{path} was trained for the encoder with SHA-256 {trained_for}, got "
            f"{encoder.name} with {encoder.reference.sha256}",
            remedy="train it again with this encoder",
        )
    return head


def _fit(features: NDArray[np.float32], classes: Sequence[str]) -> LinearHead:
    """Fit the regression once; the temperature is found by the caller, on better folds."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=REGULARISATION_C, max_iter=2000).fit(features, list(classes))
    labels = tuple(str(name) for name in model.classes_)
    bias = np.asarray(model.intercept_, dtype=np.float32)
    bias[labels.index("negative")] += math.log(NEGATIVE_ODDS)
    return LinearHead(labels, weights=np.asarray(model.coef_, dtype=np.float32), bias=bias)


def _columns(head: LinearHead) -> list[int]:
    return [head.labels.index(name) for name in _CLASSES]


def _by_label(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn logits of the classes into probabilities of the labels."""
    import numpy as np

    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    negative, neutral, positive, mixed = (odds / odds.sum(axis=1, keepdims=True)).T
    return np.stack([negative, neutral + mixed, positive], axis=1)


def _best_temperature(logits: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    """Return the temperature that makes held-out labels most likely (Guo et al. 2017).

    It is the labels that must be calibrated here, not the classes, and on folds that do not
    share variants of a sentence; the head's own choice knows neither.
    """
    import numpy as np

    rows = np.arange(len(truth))
    losses = [-np.log(_by_label(logits / t)[rows, truth] + 1e-12).mean() for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
