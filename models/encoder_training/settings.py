"""How an encoder is trained on pairs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EncoderTraining(BaseModel):
    """The settings of one training; a checkpoint only goes on with the same ones.

    Attributes:
        epochs: Most passes over the pairs.
        batch_size: Pairs of one step. Their passages and hard negatives are each other's
            negatives, so more are better; memory does not grow with them.
        trained_layers: How many of the upper layers learn; all where there are fewer.
        learning_rate: At its height, after a linear rise and before a linear fall.
        warmup: Share of the steps in which the rate rises.
        weight_decay: Of the matrices.
        temperature: What cosines are divided by in the loss.
        hard_negatives: Mined for each question, besides those that the pair names.
        closest_negative: A mined passage counts as a negative when its cosine to the question is
            under this share of the right passage's; those above may well be right too.
        distillation: Weight of staying near the vectors that the encoder gave at the start.
        blend: Share of what was learnt in the weights that are kept; the rest stays what it was
            (Wortsman et al. 2022, Robust fine-tuning of zero-shot models).
        max_tokens: Longer texts are cut.
        tokens_per_pass: Most tokens that go through the encoder at once, padding included.
        evaluate_every: Steps between two looks at the held-out pairs.
        patience: Looks without a better result after which it stops.
        held_out: Share of the passages that is held out where the pairs do not say which.
        checkpoint_minutes: Between two checkpoints.
        seed: Of the order, the held-out passages and nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int = Field(default=3, ge=1, le=100)
    batch_size: int = Field(default=64, ge=2, le=4096)
    trained_layers: int = Field(default=6, ge=1)
    learning_rate: float = Field(default=3e-5, gt=0)
    warmup: float = Field(default=0.06, ge=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    temperature: float = Field(default=0.02, gt=0, le=1)
    hard_negatives: int = Field(default=1, ge=0, le=16)
    closest_negative: float = Field(default=0.97, gt=0, le=1)
    distillation: float = Field(default=10.0, ge=0)
    blend: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=192, ge=8)
    tokens_per_pass: int = Field(default=2048, ge=64)
    evaluate_every: int = Field(default=50, ge=1)
    patience: int = Field(default=5, ge=1)
    held_out: float = Field(default=0.1, gt=0, lt=1)
    checkpoint_minutes: float = Field(default=5.0, gt=0)
    seed: int = Field(default=0, ge=0)
