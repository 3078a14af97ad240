"""Fine-tuning a sentence encoder to tell labels apart.

Only the upper layers learn (:mod:`models.layered_encoder`). The classifier on top starts as the
mean of each label's vectors, so that the first steps do not wash out what the encoder knows (Kumar
et al. 2022, Fine-Tuning can Distort Pretrained Features).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, DatasetInvalid
from models.device import Compute
from models.layered_encoder import LayeredEncoder
from models.sentence_folder import SentenceFolder

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

SCALE = 20.0
"""What the cosine-like scores of the classifier are multiplied by to be logits."""

_BATCHES_SORTED_TOGETHER = 20

Progress = Callable[[str, float, float], None]


@dataclass(frozen=True)
class FineTuning:
    """How an encoder is fine-tuned.

    Attributes:
        epochs: Most passes over the training texts, 1 or more.
        trained_layers: How many of the upper layers learn, 1 or more; all where there are fewer.
        batch_size: Texts of one step.
        learning_rate: Of the layers at its height, after a linear rise and before a linear fall.
        head_learning_rate: Of the classifier.
        warmup: Share of the steps in which the rates rise.
        weight_decay: Of the layers' matrices.
        label_smoothing: Share of the probability given to all labels alike (Szegedy et al. 2016).
        token_dropout: Share of the tokens that a step does not see above the lower layers.
        vector_dropout: Share of a vector's numbers that the classifier does not see in a step.
        max_tokens: Longer texts are cut.
        patience: Epochs without a better result on the held-out texts after which it stops.
        seed: Of the order, the dropout and nothing else.
    """

    epochs: int = 8
    trained_layers: int = 6
    batch_size: int = 32
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 2.5e-4
    warmup: float = 0.06
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    token_dropout: float = 0.1
    vector_dropout: float = 0.1
    max_tokens: int = 64
    patience: int = 3
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training texts gave.

    Attributes:
        number: From 1.
        loss: Mean over the training texts, smoothing included.
        accuracy: On the held-out texts; None where there are none.
    """

    number: int
    loss: float
    accuracy: float | None


@dataclass(frozen=True, eq=False)
class FineTuned:
    """A classifier on the vectors of the encoder that was fine-tuned with it.

    Attributes:
        weights: float32 array of shape (dim, n_labels).
        bias: float32 array of shape (n_labels,).
        epochs: Each pass, in order.
        best_epoch: The pass whose weights were kept.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    epochs: tuple[Epoch, ...] = field(default=())
    best_epoch: int = 0

    def logits(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of each label.

        Args:
            vectors: float32 array of shape (n_texts, dim), rows of length 1.

        Returns:
            float32 array of shape (n_texts, n_labels).
        """
        scores: NDArray[np.float32] = SCALE * (vectors @ self.weights) + self.bias
        return scores


def fine_tune(
    folder: SentenceFolder,
    texts: Sequence[str],
    classes: NDArray[np.int64],
    n_labels: int,
    *,
    held_out: NDArray[np.bool_],
    out: Path,
    compute: Compute,
    settings: FineTuning | None = None,
    progress: Progress | None = None,
) -> FineTuned:
    """Fine-tune an encoder and write it as a sentence-transformers folder.

    Args:
        folder: The encoder to start from; BERT-like, mean pooling.
        texts: Training texts and held-out ones.
        classes: int array of shape (n_texts,), from 0 to n_labels - 1.
        n_labels: How many labels there are, each with a training text.
        held_out: bool array of shape (n_texts,): texts that are not trained on and decide which
            epoch is kept and when to stop: the last that is within one standard error of the
            best (the rule of Breiman et al. 1984), since later ones learn at a lower rate. With
            none of them the last epoch is kept.
        out: Folder to write, made anew: an encoder that :func:`models.load_encoder` loads, with
            weights as float16.
        compute: Device and threads.
        settings: Epochs, rates and so on.
        progress: Called with (what is done, steps done, steps in all).

    Returns:
        The classifier.

    Raises:
        BadInput: The encoder is not of a kind that can be fine-tuned here.
        DatasetInvalid: A label has no training text.
    """
    import torch

    settings = settings or FineTuning()
    seen = classes[~held_out]
    if len(set(seen.tolist())) < max(n_labels, 2):
        raise DatasetInvalid(
            f"got {len(set(seen.tolist()))} labels with training texts, expected all {n_labels} "
            "and at least two",
            remedy="give more texts of the rare labels, or hold out fewer",
        )
    if not folder.suits_ctranslate2 or folder.pooling != "mean":
        raise BadInput(
            f"{folder.path.name} ({folder.architecture or 'unknown architecture'}, "
            f"{folder.pooling or 'other'} pooling) cannot be fine-tuned, expected a BERT-like "
            "encoder with mean pooling",
            remedy="use multilingual-e5-small, or train without --finetune",
        )
    report = progress or _no_progress
    with _threads(compute.threads), torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        encoder = LayeredEncoder(
            folder, texts, trained_layers=settings.trained_layers, max_tokens=settings.max_tokens,
            compute=compute,
            progress=lambda done, total: report("Reading the texts", done, total),
        )  # fmt: skip
        tuned = _Run(encoder, classes, n_labels, held_out, settings, report).train()
        encoder.save(out)
    return tuned


class _Run:
    """The state of one fine-tuning."""

    def __init__(
        self,
        encoder: LayeredEncoder,
        classes: NDArray[np.int64],
        n_labels: int,
        held_out: NDArray[np.bool_],
        settings: FineTuning,
        progress: Progress,
    ) -> None:
        import numpy as np
        import torch

        self._encoder, self._settings, self._progress = encoder, settings, progress
        self._rng = np.random.default_rng(settings.seed)
        self._train = np.flatnonzero(~held_out)
        self._held_out = np.flatnonzero(held_out)
        self._classes = torch.from_numpy(classes.astype(np.int64))
        vectors = encoder.vectors(self._train)
        mean = vectors.mean(dim=0)
        own = self._classes[self._train]
        centres = torch.stack([vectors[own == c].mean(dim=0) - mean for c in range(n_labels)])
        weights = torch.nn.functional.normalize(centres, dim=1).T.contiguous()
        bias = -SCALE * (mean @ weights)
        self._weights = weights.to(encoder.device).requires_grad_(True)
        self._bias = bias.to(encoder.device).requires_grad_(True)

    def train(self) -> FineTuned:
        """Go through the epochs and keep the best."""
        import numpy as np
        import torch

        settings = self._settings
        optimizer = self._optimizer()
        heights = [group["lr"] for group in optimizer.param_groups]
        per_epoch = -(-len(self._train) // settings.batch_size)
        n_steps = per_epoch * settings.epochs
        epochs: list[Epoch] = []
        best, best_at, kept_at = -1.0, 0, 0
        kept = self._snapshot()
        step = 0
        for number in range(1, settings.epochs + 1):
            losses = []
            for batch in self._batches():
                rate = _rate(step, n_steps, settings.warmup)
                for group, height in zip(optimizer.param_groups, heights, strict=True):
                    group["lr"] = height * rate
                losses.append(self._step(batch, optimizer) * len(batch))
                step += 1
                self._progress(f"Fine-tuning, epoch {number}", step, n_steps)
            accuracy = self._accuracy()
            loss = float(np.sum(losses) / len(self._train))
            epochs.append(Epoch(number, round(loss, 4), accuracy))
            if accuracy is None or accuracy > best:
                best, best_at = accuracy or 0.0, number
            if accuracy is None or accuracy >= best - self._standard_error(best):
                kept, kept_at = self._snapshot(), number
            if number - best_at >= settings.patience:
                break
        self._restore(kept)
        with torch.no_grad():
            return FineTuned(
                weights=self._weights.cpu().numpy().copy(),
                bias=self._bias.cpu().numpy().copy(),
                epochs=tuple(epochs),
                best_epoch=kept_at,
            )

    def _optimizer(self) -> torch.optim.Optimizer:
        import torch

        settings = self._settings
        matrices = [master for master in self._encoder.masters if master.ndim > 1]
        others = [master for master in self._encoder.masters if master.ndim < 2]
        return torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": settings.weight_decay},
                {"params": others, "weight_decay": 0.0},
                {
                    "params": [self._weights, self._bias],
                    "weight_decay": 0.0,
                    "lr": settings.head_learning_rate,
                },
            ],
            lr=settings.learning_rate,
            fused=True,
        )

    def _step(self, batch: NDArray[np.intp], optimizer: torch.optim.Optimizer) -> float:
        import torch
        from torch.nn import functional

        settings = self._settings
        vectors = self._encoder.pooled(batch, settings.token_dropout)
        vectors = functional.dropout(vectors, settings.vector_dropout)
        loss = functional.cross_entropy(
            SCALE * (vectors @ self._weights) + self._bias,
            self._classes[batch].to(self._encoder.device),
            label_smoothing=settings.label_smoothing,
        )
        loss.backward()  # type: ignore[no-untyped-call]
        self._encoder.gather_gradients()
        torch.nn.utils.clip_grad_norm_(self._encoder.masters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        self._encoder.copy_masters()
        return float(loss.item())

    def _standard_error(self, accuracy: float) -> float:
        """Return how far two accuracies on the held-out texts may differ by chance."""
        return math.sqrt(accuracy * (1 - accuracy) / max(len(self._held_out), 1))

    def _snapshot(self) -> list[torch.Tensor]:
        tensors = [*self._encoder.masters, self._weights, self._bias]
        return [tensor.detach().clone() for tensor in tensors]

    def _restore(self, kept: list[torch.Tensor]) -> None:
        import torch

        with torch.no_grad():
            tensors = [*self._encoder.masters, self._weights, self._bias]
            for tensor, value in zip(tensors, kept, strict=True):
                tensor.copy_(value)
        self._encoder.copy_masters()

    def _accuracy(self) -> float | None:
        import torch

        if not len(self._held_out):
            return None
        with torch.no_grad():
            logits = (
                self._encoder.vectors(self._held_out) @ self._weights.cpu() * SCALE
                + self._bias.cpu()
            )
        right = logits.argmax(dim=1) == self._classes[self._held_out]
        return round(float(right.float().mean()), 4)

    def _batches(self) -> list[NDArray[np.intp]]:
        """Return the training texts in batches of similar length, in random order."""
        import numpy as np

        size = self._settings.batch_size
        order = self._train[self._rng.permutation(len(self._train))]
        batches = []
        for start in range(0, len(order), size * _BATCHES_SORTED_TOGETHER):
            part = order[start : start + size * _BATCHES_SORTED_TOGETHER]
            part = part[np.argsort(self._encoder.lengths[part], kind="stable")]
            batches += [part[i : i + size] for i in range(0, len(part), size)]
        return [batches[i] for i in self._rng.permutation(len(batches))]


def _rate(step: int, n_steps: int, warmup: float) -> float:
    """Return the share of its height that the learning rate has: a linear rise, a linear fall."""
    rise = max(math.ceil(warmup * n_steps), 1)
    return min((step + 1) / rise, 1.0) * (1 - step / n_steps)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _no_progress(_what: str, _done: float, _total: float) -> None:
    """Show nothing."""
