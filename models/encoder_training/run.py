"""The steps of one training."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from models.encoder_training.checkpoint import Checkpoint
from models.encoder_training.loss import Batch, backward_in_parts, contrastive_loss, make_batch
from models.encoder_training.negatives import mine_negatives
from models.encoder_training.pairs import TextTable
from models.encoder_training.ranking import HeldOutTask, mean_mrr
from models.encoder_training.report import Look
from models.encoder_training.settings import EncoderTraining
from models.layered_encoder import LayeredEncoder

if TYPE_CHECKING:
    import torch

_SECONDS_PER_MINUTE = 60.0


class TrainingRun:
    """The weights, the optimiser and the order of the batches.

    Each batch is of one source, so that its passages are hard to tell apart; anchors, texts of
    any source, only have to stay where they are.

    Args:
        encoder: With the texts of the table.
        table: Texts of all pairs, those to train on first.
        sources: Of the pairs to train on, in order.
        task: The held-out questions.
        settings: Rates, batches and so on.
        progress: Called with (what is done, done, in all).
        checkpoint: Where the state is kept.
        clock: Seconds that only go forward.

    Attributes:
        step: Steps done.
        best_step: The step of the best look.
        looks: At the held-out pairs.
        stopped_early: Whether it ended because the held-out pairs got no better.
    """

    def __init__(
        self,
        encoder: LayeredEncoder,
        table: TextTable,
        sources: Sequence[str],
        task: HeldOutTask,
        settings: EncoderTraining,
        *,
        progress: Callable[[str, float, float], None],
        checkpoint: Checkpoint,
        clock: Callable[[], float],
    ) -> None:
        import numpy as np
        import torch

        self._encoder, self._table, self._sources = encoder, table, sources
        self._task, self._settings, self._progress = task, settings, progress
        self._checkpoint, self._clock = checkpoint, clock
        progress("Finding hard negatives", 0, 1)
        self._start = encoder.vectors(np.arange(len(table.texts)))
        self._negatives = mine_negatives(
            table, self._start.numpy(), np.arange(len(sources)),
            count=settings.hard_negatives, closest=settings.closest_negative,
        )  # fmt: skip
        self._right: dict[int, set[int]] = defaultdict(set)
        for query, passage in zip(table.queries, table.passages, strict=True):
            self._right[query].add(passage)
        self._at_start = self._snapshot()
        self._best_weights = self._at_start
        self._best = -math.inf
        self._losses: list[float] = []
        self._optimizer = torch.optim.AdamW(
            [
                {
                    "params": [master for master in encoder.masters if master.ndim > 1],
                    "weight_decay": settings.weight_decay,
                },
                {
                    "params": [master for master in encoder.masters if master.ndim < 2],
                    "weight_decay": 0.0,
                },
            ],
            lr=settings.learning_rate,
        )
        self.step = 0
        self.best_step = 0
        self.looks: list[Look] = []
        self.stopped_early = False
        self.n_steps = settings.epochs * len(self._order(0))

    def train(self) -> None:
        """Go through the steps that are left, and leave the best weights in the encoder."""
        if not self.looks:
            self._look()
        saved = self._clock()
        between_steps = True
        try:
            for pairs in self._batches_left():
                between_steps = False
                self._take(pairs)
                self.step += 1
                between_steps = True
                self._progress("Training", self.step, self.n_steps)
                if self.step % self._settings.evaluate_every == 0 or self.step == self.n_steps:
                    self._look()
                    if self._bored():
                        self.stopped_early = self.step < self.n_steps
                        break
                if self._clock() - saved > self._settings.checkpoint_minutes * _SECONDS_PER_MINUTE:
                    self._checkpoint.write(self.state())
                    saved = self._clock()
        except KeyboardInterrupt:
            if between_steps:  # else the weights may be half those of the next step
                self._checkpoint.write(self.state())
            raise
        self._leave_best()

    def state(self) -> dict[str, Any]:
        """Return everything that :meth:`restore` needs to go on as if nothing had happened."""
        return {
            "step": self.step,
            "weights": self._snapshot(),
            "optimizer": self._optimizer.state_dict(),
            "best": self._best,
            "best_step": self.best_step,
            "best_weights": list(self._best_weights),
            "losses": list(self._losses),
            "looks": [look.model_dump_json() for look in self.looks],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a training where it was left."""
        self.step = int(state["step"])
        self._set(state["weights"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._best = float(state["best"])
        self.best_step = int(state["best_step"])
        self._best_weights = state["best_weights"]
        self._losses = list(state["losses"])
        self.looks = [Look.model_validate_json(look) for look in state["looks"]]

    def _take(self, pairs: Sequence[int]) -> None:
        """Take one step of the optimiser."""
        import torch

        settings = self._settings
        rate = _rate(self.step, self.n_steps, settings.warmup)
        for group in self._optimizer.param_groups:
            group["lr"] = settings.learning_rate * rate
        batch = self._batch(pairs)
        start = self._start[batch.texts].to(self._encoder.device)

        def loss_of(vectors: torch.Tensor) -> torch.Tensor:
            return contrastive_loss(
                vectors, start, batch,
                temperature=settings.temperature, distillation=settings.distillation,
            )  # fmt: skip

        loss = backward_in_parts(self._encoder, batch.texts, settings.tokens_per_pass, loss_of)
        self._losses.append(loss)
        self._encoder.gather_gradients()
        torch.nn.utils.clip_grad_norm_(self._encoder.masters, 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._encoder.copy_masters()

    def _batch(self, pairs: Sequence[int]) -> Batch:
        import numpy as np

        rng = np.random.default_rng((self._settings.seed, 1, self.step))
        anchors = rng.integers(len(self._table.texts), size=self._settings.batch_size // 2)
        return make_batch(
            [self._table.queries[pair] for pair in pairs],
            [self._table.passages[pair] for pair in pairs],
            [self._negatives[pair] for pair in pairs],
            anchors.tolist(), self._right, self._start.numpy(),
        )  # fmt: skip

    def _batches_left(self) -> Iterator[list[int]]:
        done = 0
        for epoch in range(self._settings.epochs):
            for pairs in self._order(epoch):
                if done >= self.step:
                    yield pairs
                done += 1

    def _order(self, epoch: int) -> list[list[int]]:
        """Return the pairs of an epoch in batches of one source, in random order.

        A passage is once in a batch where its source has enough of them.
        """
        import numpy as np

        rng = np.random.default_rng((self._settings.seed, 0, epoch))
        by_source: dict[str, list[int]] = defaultdict(list)
        for position in rng.permutation(len(self._sources)).tolist():
            by_source[self._sources[position]].append(position)
        batches: list[list[int]] = []
        for source in sorted(by_source):
            own = by_source[source]
            size = -(-len(own) // -(-len(own) // self._settings.batch_size))
            dealt = _apart(own, self._table.passages)
            batches += [dealt[start : start + size] for start in range(0, len(dealt), size)]
        # The number of batches is the same in each epoch: it follows from the sources' sizes.
        return [batches[number] for number in rng.permutation(len(batches)).tolist()]

    def _look(self) -> None:
        """Measure the held-out pairs and remember the weights when they are the best."""
        task = self._task
        self._progress("Measuring on the held-out pairs", self.step, self.n_steps)
        vectors = [self._encoder.vectors(numbers) for numbers in (task.questions, task.passages)]
        drift = 1 - float((vectors[0] * self._start[task.questions]).sum(dim=1).mean())
        found = mean_mrr(task.figures(vectors[0].numpy(), vectors[1].numpy()))
        loss = round(sum(self._losses) / len(self._losses), 4) if self._losses else None
        self._losses = []
        self.looks.append(Look(step=self.step, loss=loss, drift=round(drift, 5), mrr_at_10=found))
        if found > self._best:
            self._best, self.best_step = found, self.step
            self._best_weights = self._snapshot()

    def _bored(self) -> bool:
        since = sum(look.step > self.best_step for look in self.looks)
        return since >= self._settings.patience

    def _leave_best(self) -> None:
        share = self._settings.blend
        self._set(
            [
                before + share * (best - before)
                for before, best in zip(self._at_start, self._best_weights, strict=True)
            ]
        )

    def _snapshot(self) -> list[torch.Tensor]:
        return [master.detach().clone() for master in self._encoder.masters]

    def _set(self, weights: Sequence[torch.Tensor]) -> None:
        import torch

        with torch.no_grad():
            for master, value in zip(self._encoder.masters, weights, strict=True):
                master.copy_(value)
        self._encoder.copy_masters()


def _apart(pairs: Sequence[int], passages: Sequence[int]) -> list[int]:
    """Deal pairs so that those of one passage are far apart: each round has every passage once."""
    turns: dict[int, int] = defaultdict(int)
    dealt: list[tuple[int, int]] = []
    for pair in pairs:
        dealt.append((turns[passages[pair]], pair))
        turns[passages[pair]] += 1
    return [pair for _, pair in sorted(dealt, key=lambda entry: entry[0])]


def _rate(step: int, n_steps: int, warmup: float) -> float:
    """Return the share of its height that the learning rate has: a linear rise, a linear fall."""
    rise = max(math.ceil(warmup * n_steps), 1)
    return min((step + 1) / rise, 1.0) * (1 - step / n_steps)
