"""The second look for dangers: what the patterns have no words for, told by nearness of meaning.

A linear head on the sentence encoder's vectors tells the dangers and ``none`` apart. A piece of the
customer's words is a danger where one kind's score is above that of ``none`` by a margin, which is
set so that few ordinary sentences pass.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from conversation import Conversation, Evidence
from models import Encoder, LinearHead
from nlu.axes.cues import is_meant_now
from nlu.axes.danger import DANGERS, Danger, FoundDanger, has_words_of
from nlu.axes.passages import CUSTOMERS, fold
from nlu.segments import Segment, segments_of
from nlu.shipped_heads import shipped_head

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE = "none"
HEAD_NAME = "danger"
REGULARISATION_C = 0.01
"""Inverse strength; chosen by cross-validation on the training set."""

MARGIN = 2.0
"""How far above ``none`` a danger must score, in log odds, where a contact opens."""

LATER_MARGIN = 3.0
"""The same after the opening: a call has dozens of pieces, each a chance for a false alarm."""

OPENING_PIECES = 6

_VECTOR_SCALE = 46.0  # one over the standard deviation of a component of an e5 vector
_LEAST_WORDS = 3


@dataclass(frozen=True)
class DangerExample:
    """One sentence of the training set.

    Attributes:
        text: As a customer would say or write it.
        danger: One of :data:`nlu.axes.danger.DANGERS`, or ``none``.
    """

    text: str
    danger: str


def load_danger_examples() -> tuple[DangerExample, ...]:
    """Read the shipped training set, written for Entendu (Apache-2.0)."""
    text = files("nlu").joinpath("axes", "danger_train.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return tuple(DangerExample(row["text"], row["danger"]) for row in rows)


def train_danger_head(encoder: Encoder, *, seed: int = 0) -> LinearHead:
    """Train the head on the shipped training set; the same encoder and seed give the same head.

    Args:
        encoder: Whose vectors it will read.
        seed: Decides which sentences are held out together for the temperature.

    Returns:
        The head; ``save(folder / "danger")`` writes the two files that ship.
    """
    examples = load_danger_examples()
    vectors = encoder.encode([example.text for example in examples], kind="query")
    return LinearHead.fit(
        _features(vectors),
        [example.danger for example in examples],
        C=REGULARISATION_C,
        seed=seed,
        balanced=True,
        metadata={
            "encoder": encoder.reference.model_dump(),
            "training_texts": len(examples),
            "seed": seed,
        },
    )


def load_danger_head(encoder: Encoder) -> LinearHead:
    """Return the head that goes with an encoder, as :func:`nlu.axes.nature_head.load_nature_head`.

    Args:
        encoder: Whose vectors the head will read.

    Raises:
        ModelMissing: The shipped files were removed.
        ModelCorrupt: The shipped files are damaged.
    """
    return shipped_head(HEAD_NAME, encoder, train_danger_head)


def near_dangers(
    conversation: Conversation,
    *,
    head: LinearHead,
    vectors: Mapping[str, NDArray[np.float32]],
) -> tuple[FoundDanger, ...]:
    """Find dangers by what the customer's words mean.

    Args:
        conversation: Any conversation.
        head: From :func:`load_danger_head`.
        vectors: Of each of :func:`nlu.axes.nature.nature_texts`, of shape ``(dim,)``.

    Returns:
        Each danger once, with the piece that is surest, in the order of :data:`DANGERS`. What is
        only supposed, asked in general, long past or over is none.
    """
    pieces = [
        piece
        for piece in segments_of(conversation)
        if piece.speaker in CUSTOMERS and not piece.text.startswith(">")
    ]
    if not pieces:
        return ()
    margins = danger_margins(head, [vectors[piece.text] for piece in pieces])
    best: dict[Danger, tuple[float, Segment]] = {}
    for place, (piece, row) in enumerate(zip(pieces, margins, strict=True)):
        column = int(row.argmax())
        needed = MARGIN if place < OPENING_PIECES else LATER_MARGIN
        danger = DANGERS[column]
        if row[column] > needed and _is_meant(piece.text, danger):
            best[danger] = max(
                (float(row[column]), piece),
                best.get(danger, (float("-inf"), piece)),
                key=lambda pair: pair[0],
            )
    return tuple(
        FoundDanger(danger, Evidence.from_turn(conversation.turns[found.turn_index], found.text))
        for danger in DANGERS
        if danger in best
        for _, found in [best[danger]]
    )


def danger_margins(head: LinearHead, vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return how far each danger scores above ``none``: shape (n_texts, n_dangers), log odds."""
    import numpy as np

    logits = head.logits(_features(np.stack(vectors)))
    none = logits[:, [head.labels.index(NONE)]]
    return np.asarray(logits[:, [head.labels.index(danger) for danger in DANGERS]] - none)


def _is_meant(text: str, danger: Danger) -> bool:
    plain, _ = fold(text)
    # where the patterns know the words, they have judged: "je ne sens pas le gaz"
    return (
        len(plain.split()) >= _LEAST_WORDS
        and not has_words_of(danger, plain)
        and is_meant_now(plain)
    )


def _features(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    return np.asarray(vectors, dtype=np.float32) * np.float32(_VECTOR_SCALE)
