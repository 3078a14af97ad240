"""What a training of an encoder did."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from conversation import ModelReference
from models.encoder_training.ranking import RankingFigures, mean_mrr
from models.encoder_training.settings import EncoderTraining


class PairCount(BaseModel):
    """How many pairs came from a source, in a language, under a licence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    lang: str
    licence: str
    pairs: int


class Look(BaseModel):
    """What was seen on the held-out pairs during the training.

    Attributes:
        step: After how many steps.
        loss: Mean of the steps since the look before; None before the first step.
        drift: One minus the mean cosine of the looked-at vectors to those at the start.
        mrr_at_10: Mean over the sources.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    loss: float | None
    drift: float
    mrr_at_10: float


class EncoderReport(BaseModel):
    """What a training did.

    Attributes:
        start: The encoder that it started from.
        settings: Of the training.
        pairs: That were trained on, by source, language and licence.
        held_out: That were measured on.
        steps: Steps done.
        best_step: The step whose weights were kept.
        stopped_early: Whether it ended because the held-out pairs got no better.
        looks: At the held-out pairs, in order.
        before: Held-out figures of the encoder at the start, compiled to int8, by source.
        after: Those of the trained one.
        kept: Whether it was written.
        resumed_at: The step at which it was taken up again; None when it was not.
        train_s: Seconds in all, since it was taken up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: ModelReference
    settings: EncoderTraining
    pairs: tuple[PairCount, ...]
    held_out: tuple[PairCount, ...]
    steps: int
    best_step: int
    stopped_early: bool
    looks: tuple[Look, ...]
    before: dict[str, RankingFigures]
    after: dict[str, RankingFigures]
    kept: bool
    resumed_at: int | None
    train_s: float

    @property
    def mean_before(self) -> float:
        """Mean over the sources of MRR@10 at the start."""
        return mean_mrr(self.before)

    @property
    def mean_after(self) -> float:
        """Mean over the sources of MRR@10 of the trained encoder."""
        return mean_mrr(self.after)
