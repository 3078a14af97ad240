"""Fine-tuning the encoder itself on labelled texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlu.reason_fitting import TunedPart
from nlu.reason_tuned import TunedReader

if TYPE_CHECKING:
    from models import Compute
    from models.finetuning import FineTuned, FineTuning

HELD_OUT = 0.06
LEAST_HELD_OUT = 100
MOST_HELD_OUT = 0.25
"""Share of the texts that decide when to stop, and on which probabilities are calibrated; a larger
one, up to a quarter, where it would be fewer than a hundred texts."""

Progress = Callable[[str, float, float], None]


@dataclass(frozen=True)
class FineTuneRequest:
    """What is fine-tuned, and with what.

    Attributes:
        folder: Of the sentence encoder to start from.
        compute: Device and threads.
        settings: Epochs and rates; those of :class:`models.finetuning.FineTuning` when None.
    """

    folder: Path
    compute: Compute
    settings: FineTuning | None = None


def fine_tune_reasons(
    texts: Sequence[str],
    labels: Sequence[str | None],
    request: FineTuneRequest,
    out: Path,
    *,
    groups: Sequence[str | None] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[TunedPart, FineTuned]:
    """Fine-tune an encoder on the texts that have a label.

    Args:
        texts: Training texts.
        labels: One for each; None for those out of scope, which are not trained on.
        request: What to start from.
        out: Folder of the encoder that is written.
        groups: Conversation of each text; texts of one are held out together.
        seed: Of everything that is drawn.
        progress: Called with (what is done, steps done, steps in all).

    Returns:
        The encoder with its classifier as :func:`nlu.reason_fitting.fit_reasons` takes it, and
        how the training went.

    Raises:
        BadInput: The encoder is not of a kind that can be fine-tuned.
        DatasetInvalid: A label has too few texts.
    """
    from models.finetuning import FineTuning, fine_tune
    from models.sentence_folder import read_sentence_folder

    names = sorted({label for label in labels if label})
    index = {label: i for i, label in enumerate(names)}
    inside = np.array([i for i, label in enumerate(labels) if label], dtype=np.intp)
    classes = np.array([index[labels[i] or ""] for i in inside], dtype=np.int64)
    together = [(groups[i] if groups else None) or texts[i] for i in inside]
    held_out = held_out_part(classes, together, seed)
    tuned = fine_tune(
        read_sentence_folder(request.folder),
        [texts[i] for i in inside],
        classes,
        len(names),
        held_out=held_out,
        out=out,
        compute=request.compute,
        settings=replace(request.settings or FineTuning(), seed=seed),
        progress=progress,
    )
    unseen = np.ones(len(texts), dtype=bool)
    unseen[inside] = held_out
    return TunedPart(load_tuned(out, tuned, request.compute), unseen), tuned


def load_tuned(folder: Path, head: FineTuned, compute: Compute | None) -> TunedReader:
    """Load an encoder that was fine-tuned; its faster form is kept beside its weights.

    Raises:
        ModelMissing: The folder is not there.
        ModelCorrupt: Its files are not what they should be.
    """
    from models import ModelStore, load_encoder

    store = ModelStore(folder.parent)
    return TunedReader(load_encoder(folder, store=store, compute=compute), head)


def held_out_part(
    classes: NDArray[np.int64], groups: Sequence[str], seed: int
) -> NDArray[np.bool_]:
    """Choose :data:`HELD_OUT` of the texts or somewhat more, of each label, groups whole.

    A label keeps at least two thirds of its texts to learn from.

    Args:
        classes: int array of shape (n_texts,).
        groups: One for each text.
        seed: Of the choice.

    Returns:
        bool array of shape (n_texts,).
    """
    members: dict[str, list[int]] = {}
    for position, group in enumerate(groups):
        members.setdefault(group, []).append(position)
    n_labels = int(classes.max()) + 1
    count = np.bincount(classes, minlength=n_labels)
    quota = max(HELD_OUT, min(MOST_HELD_OUT, LEAST_HELD_OUT / len(classes))) * count
    taken = np.zeros(n_labels, dtype=np.int64)
    chosen = np.zeros(len(classes), dtype=bool)
    rng = np.random.default_rng(seed)
    names = list(members)
    for number in rng.permutation(len(names)):
        rows = members[names[number]]
        more = np.bincount(classes[rows], minlength=n_labels)
        wanted = (taken + 0.5 < quota) & (more > 0)
        if wanted.any() and np.all((taken + more <= count / 3) | (more == 0)):
            chosen[rows] = True
            taken += more
    return chosen
